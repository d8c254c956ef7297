"""A certificate authority like Alipay's, made in the test: roots, an intermediate, certificates for both sides."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.connectors.alipay.world import APP_ID, GATEWAY, SELLER_ID, key, private_pem

_START = datetime(2026, 1, 1, tzinfo=UTC)


def name(common: str, unit: str = "Certification Authority", organisation: str = "Ant Financial") -> x509.Name:
    """In the order in which Alipay's certificates hold it: country first."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


ROOT = name("Ant Financial Certification Authority R1")
ISSUING = name("Ant Financial Certification Authority Class 2 R1")


def issue(
    subject: x509.Name,
    subject_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    serial: int,
    authority: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(subject_key.public_key())
        .serial_number(serial)
        .not_valid_before(_START)
        .not_valid_after(_START + timedelta(days=3_650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def pem(*certificates: x509.Certificate) -> str:
    return "\n".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in certificates)


@cache
def root() -> x509.Certificate:
    return issue(ROOT, key("root"), ROOT, key("root"), serial=0x47BB0D77_C3F8_4A4C, authority=True)


@cache
def second_root() -> x509.Certificate:
    second = name("iTrusChina Class 2 Root CA - G3", "China Trust Network", "iTrusChina")
    return issue(second, key("root2"), second, key("root2"), serial=77, authority=True)


@cache
def elliptic_root() -> x509.Certificate:
    e1 = name("Ant Financial Certification Authority E1")
    elliptic = ec.generate_private_key(ec.SECP256R1())
    return issue(e1, elliptic, e1, elliptic, serial=78, authority=True)


@cache
def sm2_root_pem() -> str:
    """A certificate that names the SM2 curve and the SM2-with-SM3 signature, as two of Alipay's roots do. Nothing
    here can sign SM2, so the object identifiers are written into an ECDSA certificate (they have the same length)."""
    data = elliptic_root().public_bytes(Encoding.DER)
    for standard, chinese in (
        ("06082a8648ce3d040302", "06082a811ccf55018375"),
        ("06082a8648ce3d030107", "06082a811ccf5501822d"),
    ):
        assert bytes.fromhex(standard) in data
        data = data.replace(bytes.fromhex(standard), bytes.fromhex(chinese))
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


@cache
def intermediate() -> x509.Certificate:
    return issue(ISSUING, key("issuing"), ROOT, key("root"), serial=1_000, authority=True)


@cache
def alipay_certificate() -> x509.Certificate:
    subject = name("支付宝(中国)网络技术有限公司", "Alipay", "支付宝(中国)网络技术有限公司")
    return issue(subject, key("alipay"), ISSUING, key("issuing"), serial=0x2019_0711_0000_0001_2345_6789)


@cache
def app_certificate() -> x509.Certificate:
    subject = name(f"示例店铺-{APP_ID}", "Alipay", "示例店铺")
    return issue(subject, key("app"), ISSUING, key("issuing"), serial=987_654_321)


def certificate_account(**changes: str) -> dict[str, str]:
    account = {
        "gateway": GATEWAY,
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "app_private_key": private_pem("app"),
        "app_certificate": pem(app_certificate()),
        "alipay_certificate": pem(alipay_certificate(), intermediate()),
        "alipay_root_certificate": pem(root(), second_root(), elliptic_root()) + "\n" + sm2_root_pem(),
    }
    return account | changes
