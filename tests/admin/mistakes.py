"""What operators get wrong: for each family an account at the sandbox with one mistake in it, and what must be said.

The same table is put before the admin API and before `payswitch doctor`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from payswitch.kit.crypto import SigningKey, generate_private_pem
from tests.admin.support import Accounts, account_of


@cache
def strangers_key() -> str:
    return generate_private_pem()


@cache
def _issuer() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate_over(private_pem: str, *, ended: bool, serial: int = 0x5157F09EFDC096DE) -> str:
    """A certificate of somebody's authority over this key, in force or ended in 2025."""
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "041@Z12@示例店铺@00000002")])
    end = datetime(2025, 7, 31, tzinfo=UTC) if ended else datetime(2050, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, datetime(2020, 1, 1, tzinfo=UTC), end)
    return builder.sign(_issuer(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Mistake:
    """One mistake in one account."""

    name: str
    account_id: str
    connector: str
    account: Callable[[Accounts], dict[str, str]]
    says: str
    """What must be read of it."""
    field: str = ""
    """The field that the admin API names."""


def _wechat_certificate(sandbox: Accounts, *, ended: bool, own: bool = True) -> dict[str, str]:
    account = account_of(sandbox, "w")
    serial = int(account["merchant_serial_no"], 16)
    key = account["merchant_private_key"] if own else strangers_key()
    return account | {"merchant_certificate": certificate_over(key, ended=ended, serial=serial)}


def _wechat_serial(sandbox: Accounts) -> dict[str, str]:
    account = account_of(sandbox, "w")
    return account | {"merchant_certificate": certificate_over(account["merchant_private_key"], ended=False)}


def _alipay_ended(sandbox: Accounts) -> dict[str, str]:
    account = account_of(sandbox, "a")
    return account | {"app_certificate": certificate_over(account["app_private_key"], ended=True)}


def _unionpay_ended(sandbox: Accounts) -> dict[str, str]:
    account = account_of(sandbox, "u")
    return account | {"sign_certificate": certificate_over(account["sign_private_key"], ended=True)}


BAD_KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"

LOCAL = (
    Mistake(
        "a key that does not parse",
        "w",
        "wechatpay",
        lambda s: account_of(s, "w", merchant_private_key=BAD_KEY),
        "not a readable private key",
        "account.merchant_private_key",
    ),
    Mistake(
        "a key that does not parse",
        "a2",
        "alipay",
        lambda s: account_of(s, "a2", app_private_key=BAD_KEY),
        "not a readable private key",
        "account.app_private_key",
    ),
    Mistake(
        "a key that does not parse",
        "u",
        "unionpay",
        lambda s: account_of(s, "u", sign_private_key=BAD_KEY),
        "not a readable private key",
        "account.sign_private_key",
    ),
    Mistake(
        "a certificate that has ended",
        "w",
        "wechatpay",
        lambda s: _wechat_certificate(s, ended=True),
        "expired on 2025-07-31",
        "account.merchant_certificate",
    ),
    Mistake(
        "a certificate that has ended",
        "a",
        "alipay",
        _alipay_ended,
        "expired on 2025-07-31",
        "account.app_certificate",
    ),
    Mistake(
        "a certificate that has ended",
        "u",
        "unionpay",
        _unionpay_ended,
        "expired on 2025-07-31",
        "account.sign_certificate",
    ),
    Mistake(
        "a pair that does not match",
        "w",
        "wechatpay",
        lambda s: _wechat_certificate(s, ended=False, own=False),
        "does not belong to merchant_private_key",
        "account.merchant_certificate",
    ),
    Mistake(
        "another certificate's serial number",
        "w",
        "wechatpay",
        _wechat_serial,
        "is not the serial number of merchant_certificate",
        "account.merchant_serial_no",
    ),
    Mistake(
        "our own public key for the channel's",
        "w2",
        "wechatpay",
        lambda s: account_of(
            s, "w2", wechatpay_public_key=SigningKey(account_of(s, "w2")["merchant_private_key"]).public_pem
        ),
        "is the merchant's own public key",
        "account.wechatpay_public_key",
    ),
    Mistake(
        "a pair that does not match",
        "a",
        "alipay",
        lambda s: account_of(s, "a", app_private_key=strangers_key()),
        "does not belong to app_private_key",
        "account.app_certificate",
    ),
    Mistake(
        "a pair that does not match",
        "u",
        "unionpay",
        lambda s: account_of(s, "u", sign_private_key=strangers_key()),
        "does not belong to the private key",
        "account.sign_private_key",
    ),
)
"""Found by looking, before anything is stored."""

REFUSED = (
    Mistake(
        "a wrong app id",
        "w",
        "wechatpay",
        lambda s: account_of(s, "w", appid="wx0000000000000000"),
        "APPID_MCHID_NOT_MATCH",
    ),
    Mistake(
        "a wrong app id", "a2", "alipay", lambda s: account_of(s, "a2", app_id="2021000000000000"), "isv.invalid-app-id"
    ),
    Mistake(
        "a wrong merchant", "u", "unionpay", lambda s: account_of(s, "u", mer_id="777290000000000"), "商户状态不正确"
    ),
)
"""Found only by the channel's own refusal."""


def named(mistake: Mistake) -> str:
    return f"{mistake.connector}: {mistake.name}"
