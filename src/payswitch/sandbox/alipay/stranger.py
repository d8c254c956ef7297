"""A key that is not Alipay's: for bad signatures, unknown certificates and forged notifications."""

from __future__ import annotations

from functools import cached_property

from payswitch.kit.crypto import SigningKey, generate_private_pem

UNKNOWN_CERT_SN = "0" * 32
"""A certificate serial number that no client has."""


class Stranger:
    """Made with the sandbox; its key only when first needed, because that takes a tenth of a second."""

    @cached_property
    def key(self) -> SigningKey:
        return SigningKey(generate_private_pem())
