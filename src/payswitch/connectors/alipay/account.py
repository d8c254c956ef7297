"""One Alipay application account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.alipay.certificates import (
    certificate_sn,
    descends_from,
    root_certificate_sn,
)
from payswitch.connectors.alipay.signing import RequestSigner, Verifier
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.kit.bundles import load_bundle
from payswitch.kit.clock import Clock
from payswitch.kit.crypto import SigningKey, VerifyingKey

PRODUCTION_GATEWAY: Final = "https://openapi.alipay.com/gateway.do"
_CERTIFICATE_KEYS: Final = ("app_certificate", "alipay_certificate", "alipay_root_certificate")
SHOWN_KEYS: Final = frozenset(
    {"gateway", "app_id", "seller_id", "hb_fq_seller_percent", "precreate_product_code", "op_app_id"}
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = SHOWN_KEYS | {"app_private_key", "alipay_public_key", *_CERTIFICATE_KEYS}
_PRECREATE_CODES: Final = ("FACE_TO_FACE_PAYMENT", "QR_CODE_OFFLINE")


class AlipayAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ready to use."""

    gateway: str
    app_id: str
    seller_id: str
    """Empty when not configured: then notifications are not compared with it."""
    signer: RequestSigner
    verifier: Verifier
    seller_percent: str
    """Who pays for Huabei instalments: `0` the customer, `100` the shop."""
    precreate_product_code: str
    op_app_id: str
    """The mini program whose page opens the wallet (ALIPAY_JSAPI); usually the application itself."""


class _Reader(AccountReader):
    """What an account of this family has besides."""

    def gateway(self) -> str:
        value = self.text("gateway", PRODUCTION_GATEWAY)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            self.problems.append(
                "gateway must be an http(s) URL without query / gateway 必须是不带参数的 http(s) 地址，"
                f"production 生产环境: {PRODUCTION_GATEWAY}"
            )
        return value

    def unknown_keys(self) -> None:
        for key in sorted(set(self._account) - _KNOWN_KEYS):
            self.problems.append(f"{key} is not a key of an alipay account / alipay 账户没有 {key} 这一项")


def read_account(channel_id: str, account: Account, *, clock: Clock) -> AlipayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account)
    app_id = reader.required("app_id", "开放平台应用的 APPID")
    key = reader.parsed("app_private_key", SigningKey, "应用私钥，PKCS#1 或 PKCS#8")
    trust = _read_certificates(reader, key) if _certificate_mode(reader) else _read_public_key(reader, key)
    gateway = reader.gateway()
    seller_percent = reader.one_of("hb_fq_seller_percent", ("0", "100"))
    precreate_product_code = reader.one_of("precreate_product_code", _PRECREATE_CODES)
    reader.unknown_keys()
    if reader.problems or key is None or trust is None:
        raise AccountProblem(channel_id, reader.problems)
    return AlipayAccount(
        gateway=gateway,
        app_id=app_id,
        seller_id=reader.text("seller_id"),
        signer=RequestSigner(
            app_id=app_id, key=key, app_cert_sn=trust.app_cert_sn, root_cert_sn=trust.root_cert_sn, clock=clock
        ),
        verifier=trust.verifier,
        seller_percent=seller_percent,
        precreate_product_code=precreate_product_code,
        op_app_id=reader.text("op_app_id", app_id),
    )


class _AccountTrust(msgspec.Struct, frozen=True, kw_only=True):
    verifier: Verifier
    app_cert_sn: str = ""
    root_cert_sn: str = ""


def _certificate_mode(reader: _Reader) -> bool:
    given = any(reader.text(key) for key in _CERTIFICATE_KEYS)
    if given and reader.text("alipay_public_key"):
        reader.problems.append(
            "give either alipay_public_key or the three certificates, not both / "
            "公钥模式（alipay_public_key）与证书模式（三张证书）只能二选一"
        )
    return given


def _read_public_key(reader: _Reader, key: SigningKey | None) -> _AccountTrust | None:
    public_key = reader.parsed(
        "alipay_public_key", VerifyingKey, "支付宝公钥（不是应用公钥），或改用证书模式的三张证书"
    )
    if public_key is None:
        return None
    if key is not None and public_key.pem == key.public_pem:
        reader.problems.append(
            "alipay_public_key is the application's own public key; take Alipay's from the console / "
            "alipay_public_key 填成了应用公钥，请在开放平台复制“支付宝公钥”"
        )
    return _AccountTrust(verifier=Verifier(key=public_key))


def _read_certificates(reader: _Reader, key: SigningKey | None) -> _AccountTrust | None:
    own = reader.parsed("app_certificate", load_bundle, "应用公钥证书 appCertPublicKey.crt")
    alipay = reader.parsed("alipay_certificate", load_bundle, "支付宝公钥证书 alipayCertPublicKey_RSA2.crt")
    roots = reader.parsed("alipay_root_certificate", load_bundle, "支付宝根证书 alipayRootCert.crt")
    own_key = reader.parsed("app_certificate", VerifyingKey, "应用公钥证书必须是 RSA") if own else None
    alipay_key = reader.parsed("alipay_certificate", VerifyingKey, "支付宝公钥证书必须是 RSA") if alipay else None
    if own_key is not None and key is not None and own_key.pem != key.public_pem:
        reader.problems.append("app_certificate does not belong to app_private_key / 应用公钥证书与应用私钥不是一对")
    if alipay and roots and not descends_from(alipay[0], alipay[1:] + roots, roots):
        reader.problems.append(
            "alipay_certificate was not issued under alipay_root_certificate / 支付宝公钥证书不是由该支付宝根证书签发"
        )
    root_sn = root_certificate_sn(roots) if roots else ""
    if roots and not root_sn:
        reader.problems.append("alipay_root_certificate has no RSA root / 支付宝根证书中没有 RSA 根证书")
    if own is None or alipay is None or alipay_key is None:
        return None
    return _AccountTrust(
        verifier=Verifier(key=alipay_key, cert_sn=certificate_sn(alipay[0])),
        app_cert_sn=certificate_sn(own[0]),
        root_cert_sn=root_sn,
    )
