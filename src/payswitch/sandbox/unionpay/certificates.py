"""The sandbox's own CFCA: a root, a middle authority, and the certificates they issue.

UnionPay's answers carry the certificate that verifies them (`signPubKeyCert`), so that a client is only as safe as its
check of the chain, the validity and the name. The certificates here are made like the real ones in all that such a
check may look at: authority flags, key identifiers, key usage, a name with 中国银联股份有限公司 in it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

UNIONPAY_NAME = "041@Z12@中国银联股份有限公司@00000001"
"""The common name of UnionPay's signing certificates: certificate kind, organisation code, name, running number."""
VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2050, 1, 1, tzinfo=UTC)
"""Wide, fixed bounds: valid on a drill's clock and on the machine's alike."""
EXPIRED_UNTIL = datetime(2025, 7, 31, 1, 19, 16, tzinfo=UTC)
"""When the signing certificate of UnionPay's public test environment expired; it was in use long after."""

_LEAF_USAGE = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
"""As UnionPay's real signing certificates have it."""


@dataclass(frozen=True)
class Authority:
    """One issuer: its certificate and key, both PEM."""

    certificate: str
    private_key: str


def new_root(name: str, private_pem: str) -> Authority:
    """A self-signed root."""
    key = _rsa(private_pem)
    subject = _name(name)
    builder = _builder(subject, subject, key.public_key(), VALID_UNTIL)
    return Authority(_signed(_as_authority(builder, 1), key), private_pem)


def new_middle(name: str, private_pem: str, root: Authority) -> Authority:
    """A middle authority under the root."""
    builder = _builder(_name(name), _issuer(root), _rsa(private_pem).public_key(), VALID_UNTIL)
    return Authority(_signed(_known_to(_as_authority(builder, 0), root), _rsa(root.private_key)), private_pem)


def issue(name: str, public_of: str, middle: Authority, *, until: datetime = VALID_UNTIL) -> str:
    """A signing certificate over the public half of `public_of`, for somebody of that common name."""
    builder = _builder(_name(name), _issuer(middle), _rsa(public_of).public_key(), until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(_LEAF_USAGE), critical=False)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    return _signed(_known_to(builder, middle), _rsa(middle.private_key))


def serial_decimal(certificate_pem: str) -> str:
    """The serial number as UnionPay's `certId` has it: decimal."""
    return str(x509.load_pem_x509_certificate(certificate_pem.encode()).serial_number)


def on_the_wire(certificate_pem: str) -> str:
    """As `signPubKeyCert` carries it: lines that end in CR LF, none after the last (read off real messages)."""
    return "\r\n".join(certificate_pem.strip().splitlines())


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sandbox CFCA"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Enterprises"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _issuer(authority: Authority) -> x509.Name:
    return x509.load_pem_x509_certificate(authority.certificate.encode()).subject


def _builder(
    subject: x509.Name, issuer: x509.Name, public: rsa.RSAPublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number((1 << 38) | secrets.randbits(38))
        .not_valid_before(min(VALID_FROM, until - timedelta(days=1)))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, below: int) -> x509.CertificateBuilder:
    """`below`: how many authorities may stand between this one and a leaf."""
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
    return builder.add_extension(_key_usage(signs_certificates=True), critical=True)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _known_to(builder: x509.CertificateBuilder, issuer: Authority) -> x509.CertificateBuilder:
    public = _rsa(issuer.private_key).public_key()
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)


def _signed(builder: x509.CertificateBuilder, key: rsa.RSAPrivateKey) -> str:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")


def _rsa(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the sandbox issues certificates over RSA keys only")
    return key
