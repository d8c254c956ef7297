"""One UnionPay merchant of the world: its keys, parsed once, and the door that its messages come through."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.keys import signing_key, verifying_key
from payswitch.sandbox.unionpay import fields
from payswitch.sandbox.unionpay.certificates import (
    UNIONPAY_NAME,
    issue,
    new_middle,
    new_root,
    on_the_wire,
    serial_decimal,
)
from payswitch.sandbox.unionpay.codes import Refused, malformed
from payswitch.sandbox.unionpay.keys import UnionpayKeys
from payswitch.sandbox.unionpay.oddities import Oddities
from payswitch.sandbox.unionpay.signing import Fields, is_signed_by, signed
from payswitch.sandbox.wire import Seal
from payswitch.sandbox.world import AccountSpec

_MANDATORY = ("version", "encoding", "signMethod", "txnType", "txnSubType", "bizType", "accessType", "merId")


class Member:
    """Made once per account when the sandbox starts."""

    def __init__(self, spec: AccountSpec) -> None:
        if not isinstance(spec.keys, UnionpayKeys):
            raise TypeError(f"{spec.channel_id} is no UnionPay account")
        self.spec = spec
        self.mer_id = spec.keys.mer_id
        self.certificate_id = serial_decimal(spec.keys.sign_certificate)
        self.certificate = on_the_wire(spec.keys.unionpay_certificate)
        self.oddities = Oddities()
        self._merchant = verifying_key(spec.keys.sign_certificate)
        self._unionpay = signing_key(spec.keys.unionpay_private_key)

    def admit(self, message: Mapping[str, str]) -> None:
        """Whether this is a complete message of this merchant's own making. Refused otherwise: 11, 13 or 10."""
        if message.get("certId") != self.certificate_id or not is_signed_by(message, self._merchant):
            raise Refused("11")
        for name in _MANDATORY:
            fields.required(message, name)
        fields.exactly(message, "version", "5.1.0")
        fields.exactly(message, "signMethod", "01")
        fields.exactly(message, "accessType", "0")
        if message["encoding"].upper() != "UTF-8":
            raise malformed("encoding")

    def seal(self, message: Mapping[str, str], seal: Seal = Seal.HONEST) -> Fields:
        """The message under UnionPay's signature, or wrong in the one way that `seal` says."""
        if seal is Seal.BAD_SIGNATURE:
            return signed(message, stranger_key(), self.certificate)
        if seal is Seal.UNKNOWN_SERIAL:
            return signed(message, stranger_key(), impostor_certificate())
        return signed(message, self._unionpay, self.certificate)


@lru_cache(1)
def stranger_key() -> SigningKey:
    """A key that is not UnionPay's."""
    return SigningKey(_stranger_pem())


@lru_cache(1)
def impostor_certificate() -> str:
    """Says that the stranger is UnionPay: the right name, fitting signatures, issued by nobody that anyone trusts.

    Whoever verifies a message with the certificate that came along, and looks no further, believes it.
    """
    root = new_root("Sandbox CFCA ACS CA", generate_private_pem())
    middle = new_middle("Sandbox CFCA ACS OCA31", generate_private_pem(), root)
    return on_the_wire(issue(UNIONPAY_NAME, _stranger_pem(), middle))


@lru_cache(1)
def _stranger_pem() -> str:
    return generate_private_pem()
