"""The acquirer opens a token: Apple's signature, the decryption, and everything that makes it good for one payment."""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec

from payswitch.kit.clock import beijing
from payswitch.sandbox.applepay.cms import is_signed
from payswitch.sandbox.applepay.device import TOKEN_VALID_MS, Device
from payswitch.sandbox.applepay.envelope import private_key, public_bytes, unseal
from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.terms import CURRENCY

UNREADABLE, OTHER_AMOUNT, USED_UP, CARD_EXPIRED = "10", "36", "80", "73"


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    ephemeral: str = msgspec.field(name="ephemeralPublicKey")
    public_key_hash: str = msgspec.field(name="publicKeyHash")
    transaction_id: str = msgspec.field(name="transactionId")


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    data: str
    signature: str
    header: _Header


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A card for one payment."""

    account_no: str = msgspec.field(name="applicationPrimaryAccountNumber")
    expires: str = msgspec.field(name="applicationExpirationDate")
    currency: str = msgspec.field(name="currencyCode")
    amount_fen: int = msgspec.field(name="transactionAmount")
    transaction_id: str = ""

    @property
    def bank_code(self) -> str:
        """How the sandbox's bank of this card answers."""
        return self.account_no[-2:]


def open_token(text: str, keys: ApplepayKeys) -> Opened:
    """Refused (10) for whatever is no token of Apple's for this merchant."""
    try:
        sealed = msgspec.json.decode(base64.b64decode(text, validate=True), type=_Sealed)
        data, signature = _raw(sealed.data), _raw(sealed.signature)
        ephemeral, number = _raw(sealed.header.ephemeral), bytes.fromhex(sealed.header.transaction_id)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Refused(UNREADABLE) from error
    processing = hashlib.sha256(public_bytes(private_key(keys.processing_private_key).public_key())).digest()
    if sealed.version != "EC_v1" or sealed.header.public_key_hash != base64.b64encode(processing).decode():
        raise Refused(UNREADABLE)
    if not is_signed(ephemeral + data + number, signature, keys.token_certificate):
        raise Refused(UNREADABLE)
    content = unseal(data, ephemeral, keys.processing_private_key, keys.merchant_identifier)
    if content is None:
        raise Refused(UNREADABLE)
    opened = msgspec.json.decode(content, type=Opened)
    return msgspec.structs.replace(opened, transaction_id=sealed.header.transaction_id.lower())


def check_fit(opened: Opened, device: Device, amount_fen: int, *, now_ms: int, used: bool) -> None:
    """Whether this card may pay this amount now. Refused otherwise: 80, 36 or 73."""
    made_at_ms = device.made_at_ms.get(opened.transaction_id)
    if used or made_at_ms is None or now_ms > made_at_ms + TOKEN_VALID_MS:
        raise Refused(USED_UP)
    if opened.amount_fen != amount_fen or opened.currency != CURRENCY:
        raise Refused(OTHER_AMOUNT)
    if opened.expires < f"{beijing(now_ms):%y%m%d}":
        raise Refused(CARD_EXPIRED)


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
