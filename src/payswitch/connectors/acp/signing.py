"""Signature of version 5.1.0 with `signMethod=01`, both ways.

Every non-empty field except `signature`, sorted by name, as `name=value` joined with `&`, values raw, in UTF-8. What is
signed with RSA (SHA256withRSA, PKCS#1 v1.5) is the SHA-256 of that text written as 64 lower-case hexadecimal
characters. `certId` is part of the text, and in UnionPay's own messages `signPubKeyCert` too, line ends included.
"""

from __future__ import annotations

import hashlib

from payswitch.connectors.acp.wire import Fields
from payswitch.kit.crypto import SigningKey


def signed_fields(fields: Fields) -> dict[str, str]:
    """The fields that the signature covers."""
    return {name: value for name, value in sorted(fields.items()) if value and name != "signature"}


def signed_text(fields: Fields) -> str:
    return "&".join([f"{name}={value}" for name, value in signed_fields(fields).items()])


def digest(text: str) -> bytes:
    """The 64 ASCII characters that are signed."""
    return hashlib.sha256(text.encode()).hexdigest().encode("ascii")


class RequestSigner:
    """Completes and signs one merchant's messages."""

    def __init__(self, *, mer_id: str, cert_id: str, key: SigningKey) -> None:
        """`cert_id`: the decimal serial number of the merchant's signing certificate."""
        self._common = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "accessType": "0",
            "merId": mer_id,
            "certId": cert_id,
        }
        self._key = key

    def signed(self, fields: Fields) -> dict[str, str]:
        """The whole message: common fields, these fields without the empty ones, and the signature."""
        message = {**self._common, **{name: value for name, value in fields.items() if value}}
        message["signature"] = self._key.sign(digest(signed_text(message)))
        return message
