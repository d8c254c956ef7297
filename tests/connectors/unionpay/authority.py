"""An authority like CFCA, made in the test: a root, an intermediate, certificates for UnionPay and others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 11, 12, 37, tzinfo=UTC)
UNIONPAY_CN = "041@8310000000083040@中国银联股份有限公司@00016495"
MERCHANT_CN = "041@777290058167151@示例店铺@00000001"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key per role for the whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> str:
    return (
        key(name)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "China Financial Certification Authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@cache
def certificate(
    subject: str,
    issuer: str,
    *,
    common: str = "",
    issuer_common: str = "",
    days: tuple[int, int] = (-400, 400),
    serial: int = 69_678_957_876,
    elliptic: bool = False,
) -> x509.Certificate:
    """A certificate over the key named `subject`, signed by the key named `issuer`, valid from and to so many days from
    now."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key() if elliptic else key(subject).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common or subject))
        .issuer_name(_name(issuer_common or issuer))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=subject in ("root", "middle"), path_length=None), critical=True)
    )
    return builder.sign(key(issuer), hashes.SHA256())


def root() -> x509.Certificate:
    return certificate("root", "root", days=(-4_000, 4_000))


def middle() -> x509.Certificate:
    return certificate("middle", "root", days=(-2_000, 2_000))


def unionpays(days: tuple[int, int] = (-400, 400), common: str = UNIONPAY_CN) -> x509.Certificate:
    return certificate("unionpay", "middle", common=common, days=days)


def merchants(serial: int = 69_629_715_588) -> x509.Certificate:
    return certificate("merchant", "middle", common=MERCHANT_CN, serial=serial)


def pem(*certificates: x509.Certificate) -> str:
    return "\n".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in certificates)


def wire_pem(c: x509.Certificate) -> str:
    """As UnionPay writes it into a message: with carriage returns, and without a line end after the last line."""
    return pem(c).strip().replace("\n", "\r\n")
