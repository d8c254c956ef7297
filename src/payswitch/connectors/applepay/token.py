"""The token of one `ApplePaySession`, as the page hands it over: looked at from outside, never opened here.

Only the acquirer holds the payment processing key, so only the acquirer can verify Apple's signature against the
content and decrypt it. What is checked here is the documented outer form [O: "Payment token format reference"], so that
nothing else is ever sent under our signature. A refusal never quotes what was in the token.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, Literal

import msgspec

from payswitch.kit.secrets import Secret

LONGEST: Final = 24_576
"""Bytes. Real tokens have 3 to 7 thousand; the signature with its certificates is most of it."""
_MOST_DATA: Final = 8_192
_MOST_SIGNATURE: Final = 12_288
_HASH_BYTES: Final = 32
_POINT_BYTES: Final = range(59, 159)
"""X.509-encoded keys on P-256 have 91 bytes."""
_WRAPPED_BYTES: Final = frozenset({256, 384, 512})
"""A symmetric key under RSA 2048, 3072 or 4096."""
_TRANSACTION: Final = re.compile(r"[0-9A-Fa-f]{16,128}")
_APPLICATION: Final = re.compile(r"[0-9A-Fa-f]{64}")


class _Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    public_key_hash: str = msgspec.field(name="publicKeyHash")
    transaction_id: str = msgspec.field(name="transactionId")
    ephemeral_public_key: str = msgspec.field(name="ephemeralPublicKey", default="")
    wrapped_key: str = msgspec.field(name="wrappedKey", default="")
    application_data: str = msgspec.field(name="applicationData", default="")


class _PaymentData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another form would come with another `version`: an unknown field is not forwarded."""

    version: Literal["EC_v1", "RSA_v1"]
    data: str
    signature: str
    header: _Header


class _PaymentMethod(msgspec.Struct, frozen=True, kw_only=True):
    network: str


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    payment_data: _PaymentData = msgspec.field(name="paymentData")
    payment_method: _PaymentMethod = msgspec.field(name="paymentMethod")
    transaction_identifier: str = msgspec.field(name="transactionIdentifier")


class TokenProblem(ValueError):
    """Not a token that may be sent. `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_decode: Final = msgspec.json.Decoder(_Token).decode
_encode: Final = msgspec.json.Encoder().encode


def forwardable(consent: Secret, networks: frozenset[str]) -> str:
    """The token's `paymentData` as base64 for the acquirer. TokenProblem when it is no token, or of a card network
    that this account does not take (`networks`, in lower case)."""
    text = consent.reveal()
    if len(text) > LONGEST:
        raise _malformed("too long")
    try:
        token = _decode(text.encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _malformed("not the JSON of an ApplePayPaymentToken") from None
    wrong = _wrong_part(token.payment_data) or _wrong_identifier(token)
    if wrong:
        raise _malformed(f"{wrong} is not as Apple writes it")
    if token.payment_method.network.lower() not in networks:
        raise TokenProblem(
            "token_network", "a card of a network that this account does not take / 该账户不支持此卡组织"
        )
    return base64.b64encode(_encode(_written(token.payment_data))).decode("ascii")


def _malformed(what: str) -> TokenProblem:
    return TokenProblem("token_malformed", f"the Apple Pay token is refused: {what} / Apple Pay 令牌格式不正确")


def _written(data: _PaymentData) -> dict[str, object]:
    """As Apple's JSON has it: the optional fields only where they were."""
    header = {name: value for name, value in msgspec.to_builtins(data.header).items() if value}
    return {"version": data.version, "data": data.data, "signature": data.signature, "header": header}


def _wrong_identifier(token: _Token) -> str:
    return "" if _TRANSACTION.fullmatch(token.transaction_identifier) else "transactionIdentifier"


def _wrong_part(data: _PaymentData) -> str:
    """The name of the first field that is not as documented; empty when all are."""
    header = data.header
    checks = (
        ("paymentData.data", 0 < _size(data.data) <= _MOST_DATA),
        ("paymentData.signature", 0 < _size(data.signature) <= _MOST_SIGNATURE),
        ("header.publicKeyHash", _size(header.public_key_hash) == _HASH_BYTES),
        ("header.transactionId", _TRANSACTION.fullmatch(header.transaction_id) is not None),
        ("header.applicationData", not header.application_data or _APPLICATION.fullmatch(header.application_data)),
        ("header's key", _one_key(data)),
    )
    return next((name for name, good in checks if not good), "")


def _one_key(data: _PaymentData) -> bool:
    """Exactly the key that the version speaks of."""
    header = data.header
    if data.version == "EC_v1":
        return not header.wrapped_key and _size(header.ephemeral_public_key) in _POINT_BYTES
    return not header.ephemeral_public_key and _size(header.wrapped_key) in _WRAPPED_BYTES


def _size(text: str) -> int:
    """How many bytes a base64 text stands for; -1 if it is none."""
    try:
        return len(base64.b64decode(text.encode("ascii"), validate=True))
    except (binascii.Error, ValueError):
        return -1
