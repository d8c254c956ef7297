"""Finds the X.509 certificates in a table of texts, and says of each whose it is and how long it is good.

A value may hold several PEM certificates. `<name>_pfx_base64` beside `<name>_pfx_password` is a PKCS#12 store.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate

from payswitch.kit.bundles import CERTIFICATE_BLOCK
from payswitch.kit.crypto import KeyFormatError, load_certificate

_PFX: Final = "_pfx_base64"
_PASSWORD: Final = "_pfx_password"  # noqa: S105 (the name of a setting)


class FoundCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate of a table. Everything in here is public."""

    key: str
    """Under which name it stands."""
    number: int
    """1 for the first under that name, then 2, 3 ..."""
    subject: str
    issuer: str
    serial: str
    """Hexadecimal, capital letters."""
    sha256: str
    valid_from_ms: int
    valid_until_ms: int


class UnreadableCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """What claims to be a certificate and is none."""

    key: str
    number: int
    problem: str


def find_certificates(table: Mapping[str, str]) -> list[FoundCertificate | UnreadableCertificate]:
    """All of them, by name and place."""
    found: list[FoundCertificate | UnreadableCertificate] = []
    for key, text in sorted(table.items()):
        if key.endswith(_PFX):
            found += _of_store(key, text, table.get(key.removesuffix(_PFX) + _PASSWORD, ""))
        for number, block in enumerate(CERTIFICATE_BLOCK.findall(text), 1):
            found.append(_of_pem(key, number, block))
    return found


class CertificateEnd(msgspec.Struct, frozen=True, kw_only=True):
    """Until when one entry of a table is good. Read once, so that nobody needs the texts again to know it."""

    key: str
    ends_at_ms: int


def certificate_ends(table: Mapping[str, str]) -> list[CertificateEnd]:
    """The end of every entry that holds certificates. Where several stand together (roots, platform certificates while
    they change) the last one counts: one that ends is no trouble as long as another is good."""
    ends: dict[str, int] = {}
    for one in find_certificates(table):
        if isinstance(one, FoundCertificate):
            ends[one.key] = max(one.valid_until_ms, ends.get(one.key, 0))
    return [CertificateEnd(key=key, ends_at_ms=ends_at_ms) for key, ends_at_ms in ends.items()]


def _of_pem(key: str, number: int, block: str) -> FoundCertificate | UnreadableCertificate:
    try:
        return _described(key, number, load_certificate(block))
    except KeyFormatError as error:
        return UnreadableCertificate(key=key, number=number, problem=str(error))


def _of_store(key: str, text: str, password: str) -> list[FoundCertificate | UnreadableCertificate]:
    """The store's own certificate; none when it does not open, which whoever needs its key complains about."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        store = pkcs12.load_pkcs12(data, password.encode() or None)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return []
    return [] if store.cert is None else [_described(key, 1, store.cert.certificate)]


def _described(key: str, number: int, certificate: Certificate) -> FoundCertificate | UnreadableCertificate:
    try:
        return FoundCertificate(
            key=key,
            number=number,
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            serial=f"{certificate.serial_number:X}",
            sha256=certificate.fingerprint(hashes.SHA256()).hex(),
            valid_from_ms=_ms(certificate.not_valid_before_utc),
            valid_until_ms=_ms(certificate.not_valid_after_utc),
        )
    except ValueError:
        return UnreadableCertificate(key=key, number=number, problem="not a readable certificate / 无法读取证书")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000
