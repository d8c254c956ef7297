"""X.509 certificates that the sandbox issues to itself, the way each channel's own authority would.

Nobody outside a sandbox trusts them. They exist so that serial numbers, issuers and key extraction work on real bytes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2050, 1, 1, tzinfo=UTC)
"""Wide, fixed bounds: a sandbox's certificate must be valid on a drill's clock and on the machine's alike."""


@dataclass(frozen=True)
class Subject:
    """The four name parts that Chinese payment certificates carry."""

    common_name: str
    unit: str
    organisation: str
    country: str = "CN"

    def name(self) -> x509.Name:
        """Country first, as issued: RFC 4514 text then reads CN, OU, O, C, which Alipay's serial rule wants."""
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, self.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organisation),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, self.unit),
                x509.NameAttribute(NameOID.COMMON_NAME, self.common_name),
            ]
        )


def issue(subject: Subject, private_pem: str, *, issuer: Subject | None = None, issuer_pem: str | None = None) -> str:
    """A certificate over the public half of `private_pem`; self-signed when no issuer is named."""
    key = _rsa(private_pem)
    authority = _rsa(issuer_pem) if issuer_pem is not None else key
    builder = new_certificate(subject, issuer or subject).public_key(key.public_key())
    return pem_of(builder.sign(authority, hashes.SHA256()))


def issue_foreign_root(subject: Subject) -> str:
    """A self-signed root that is *not* RSA. Alipay's real root bundle holds such ones, and clients must skip them."""
    key = ec.generate_private_key(ec.SECP256R1())
    return pem_of(new_certificate(subject, subject).public_key(key.public_key()).sign(key, hashes.SHA256()))


def serial_hex(certificate_pem: str) -> str:
    """The serial number as 40 upper-case hexadecimal characters: how WeChat Pay writes it."""
    return format(x509.load_pem_x509_certificate(certificate_pem.encode()).serial_number, "040X")


def new_certificate(subject: Subject, issuer: Subject) -> x509.CertificateBuilder:
    """Names, serial number and dates; the key, whatever else it says and the signature are the caller's."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject.name())
        .issuer_name(issuer.name())
        .serial_number(_serial())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
    )


def _serial() -> int:
    """159 bits with the top one set: always exactly 40 hexadecimal digits, as the real ones have."""
    return (1 << 158) | secrets.randbits(158)


def _rsa(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the sandbox issues certificates over RSA keys only")
    return key


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
