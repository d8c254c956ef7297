"""收银宝's signatures, both ways. One text for requests, answers and notifications: every field that has a value but
`sign`, sorted by name, as `name=value` joined with `&`, values raw, in UTF-8.

RSA is SHA1withRSA over that text. MD5 puts the key among the fields, as a field called `key`, before sorting. SM2, the
third kind, is not built.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, Protocol

from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.kit.secrets import Secret

SIGN: Final = "sign"
_KEY: Final = "key"


def signed_text(fields: Mapping[str, str]) -> bytes:
    """The bytes that are signed."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != SIGN and fields[name]).encode()


class Signatures(Protocol):
    """How one account signs, and how it knows Allinpay."""

    name: str
    """For the field `signtype`."""

    def sign(self, fields: Mapping[str, str]) -> str: ...

    def verify(self, fields: Mapping[str, str]) -> bool:
        """Whether `fields["sign"]` is Allinpay's over exactly these fields. The account decides the kind of signature:
        what the message says about itself (`signtype`) is not asked."""
        ...


class RsaSignatures:
    """Our private key, Allinpay's public key."""

    name = "RSA"

    def __init__(self, own: SigningKey, allinpay: VerifyingKey) -> None:
        self._own = own
        self._allinpay = allinpay

    def sign(self, fields: Mapping[str, str]) -> str:
        return self._own.sign_sha1(signed_text(fields))

    def verify(self, fields: Mapping[str, str]) -> bool:
        return self._allinpay.verify_sha1(signed_text(fields), fields.get(SIGN, ""))


class Md5Signatures:
    """One secret on both sides."""

    name = "MD5"

    def __init__(self, key: Secret) -> None:
        self._key = key

    def sign(self, fields: Mapping[str, str]) -> str:
        """MD5 is Allinpay's choice; older merchants have nothing else."""
        keyed = {**fields, _KEY: self._key.reveal()}
        return hashlib.md5(signed_text(keyed), usedforsecurity=False).hexdigest().upper()

    def verify(self, fields: Mapping[str, str]) -> bool:
        """A message that brings a field `key` of its own is refused: it would take the secret's place."""
        given = fields.get(SIGN, "").upper()
        return _KEY not in fields and hmac.compare_digest(given.encode(), self.sign(fields).encode())
