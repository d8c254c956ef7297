"""Is a message UnionPay's? Judged by the certificate that it brings and the signature over everything it says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from payswitch.connectors.acp.certificates import (
    is_unionpays,
    issuers_of,
    valid_from_ms,
    valid_until_ms,
)
from payswitch.connectors.acp.signing import digest, signed_fields, signed_text
from payswitch.connectors.acp.wire import Fields, read_pairs
from payswitch.kit.bundles import load_bundle
from payswitch.kit.clock import Clock
from payswitch.kit.crypto import VerifyingKey

_MOST_KEPT: Final = 16
"""UnionPay signs with one certificate, for a while with two when it changes."""


class Verdict(StrEnum):
    """What a message's signature proves. Everything but GENUINE and UNSIGNED is a reason not to believe it."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    """No signature: a hint at most, never evidence."""
    BAD_SIGNATURE = "bad_signature"
    AMBIGUOUS = "ambiguous_text"
    """The signed text could also be read as other fields."""
    UNKNOWN_ISSUER = "unknown_issuer"
    """The certificate is unreadable or does not descend from a configured one."""
    EXPIRED = "expired_certificate"
    """It, or one above it, is not valid now."""
    NOT_UNIONPAYS = "not_unionpays_certificate"
    """A good certificate of somebody else, or our own."""


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate whose chain has been checked once; its dates are compared with the clock each time."""

    key: VerifyingKey
    unionpays: bool
    valid_from_ms: int
    valid_until_ms: int


class Verifier:
    """UnionPay's side of one account."""

    def __init__(
        self,
        roots: Sequence[Certificate],
        *,
        own_public_pem: str,
        accept_expired: bool,
        check_owner: bool,
        clock: Clock,
    ) -> None:
        """`roots`: the configured certificates. `accept_expired` is for the published test certificates only."""
        self._roots = tuple(roots)
        self._own_public_pem = own_public_pem
        self._accept_expired = accept_expired
        self._check_owner = check_owner
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def judge(self, fields: Fields) -> Verdict:
        """The verdict on one whole message, answer or notification."""
        signature = fields.get("signature", "")
        if not signature:
            return Verdict.UNSIGNED
        signer = self._signer(fields.get("signPubKeyCert", ""))
        if signer is None:
            return Verdict.UNKNOWN_ISSUER
        refused = self._refused(signer)
        if refused is not None:
            return refused
        text = signed_text(fields)
        if not signer.key.verify(digest(text), signature):
            return Verdict.BAD_SIGNATURE
        # `a=1&b=2` is the text of two fields and of one (`a` being `1&b=2`). In a posted form anybody could cut it
        # differently without touching the signature, so only the one reading that the text itself suggests counts.
        return Verdict.GENUINE if read_pairs(text) == signed_fields(fields) else Verdict.AMBIGUOUS

    def _refused(self, signer: _Known) -> Verdict | None:
        now_ms = self._clock.now_ms()
        over = now_ms > signer.valid_until_ms and not self._accept_expired
        if over or now_ms < signer.valid_from_ms:
            return Verdict.EXPIRED
        if signer.key.pem == self._own_public_pem or (self._check_owner and not signer.unionpays):
            return Verdict.NOT_UNIONPAYS
        return None

    def _signer(self, pem: str) -> _Known | None:
        known = self._known.get(pem)
        if known is None:
            known = self._examine(pem)
            if known is None:
                return None  # not kept: anybody can invent certificates
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[pem] = known
        return known

    def _examine(self, pem: str) -> _Known | None:
        """None for whatever is no certificate under a configured one. Anybody can send anything here."""
        try:
            certificate = load_bundle(pem)[0]
            key = VerifyingKey(certificate.public_bytes(Encoding.PEM).decode("ascii"))
            chain = issuers_of(certificate, self._roots)
            if not chain:
                return None
            everyone = [certificate, *chain]
            return _Known(
                key=key,
                unionpays=is_unionpays(certificate),
                valid_from_ms=max(valid_from_ms(c) for c in everyone),
                valid_until_ms=min(valid_until_ms(c) for c in everyone),
            )
        except ValueError:  # KeyFormatError is one too
            return None
