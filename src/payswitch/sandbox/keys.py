"""The keys of one sandbox account, of both sides: the merchant's, and the channel's that no real merchant ever sees."""

from __future__ import annotations

import secrets
from functools import lru_cache

import msgspec

from payswitch.kit.crypto import SigningKey, VerifyingKey, generate_private_pem
from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.authority import house
from payswitch.sandbox.certificates import Subject, issue, issue_foreign_root, serial_hex
from payswitch.sandbox.epay.keys import EpayKeys
from payswitch.sandbox.huifu.keys import HuifuKeys
from payswitch.sandbox.quickpay.keys import QuickpayKeys
from payswitch.sandbox.unionpay.keys import UnionpayKeys

_DIGITS = "0123456789"
_KEY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


_PARSED = 256
"""Parsed keys that are kept: parsing one costs a hundred signatures, and many sandboxes may share a world."""


@lru_cache(_PARSED)
def signing_key(pem: str) -> SigningKey:
    """The private key, parsed at most once."""
    return SigningKey(pem)


@lru_cache(_PARSED)
def verifying_key(pem: str) -> VerifyingKey:
    """The public key or certificate, parsed at most once."""
    return VerifyingKey(pem)


def _symmetric_key() -> str:
    """32 characters, as WeChat's console takes them."""
    return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(32))


def _digits(length: int) -> str:
    return "".join(secrets.choice(_DIGITS) for _ in range(length))


class WechatKeys(msgspec.Struct, frozen=True, kw_only=True, tag="wechatpay"):
    """A WeChat Pay v3 merchant. Empty texts mean "the account does not have it"."""

    appid: str
    mchid: str
    merchant_private_key: str
    merchant_certificate: str
    merchant_serial_no: str
    api_v3_key: str
    """32 ASCII characters: the AES-256-GCM key of notifications and platform certificates."""
    platform_private_key: str = ""
    platform_certificate: str = ""
    platform_serial_no: str = ""
    public_key_id: str = ""
    """`PUB_KEY_ID_...`; with it the account is in public-key mode (or, with a platform certificate too, migrating)."""
    public_key_private_key: str = ""
    public_key: str = ""
    mini_appid: str = ""
    """Of the merchant's mini program, when it has one of its own."""
    api_v2_key: str = ""
    """Signs API V2 (付款码), on both sides."""
    sub_mchid: str = ""
    """Not empty: the account of a sub-merchant (特约商户); `mchid` and `appid` are then its service provider's."""
    sub_appid: str = ""
    app_secret: str = ""
    """AppSecret of the app id that pays inside WeChat; empty: nobody logs in there."""

    def __repr__(self) -> str:
        return f"WechatKeys(mchid={self.mchid!r})"

    @property
    def client_certificate(self) -> str:
        """The merchant API certificate is shown in TLS, too (V2 reversals)."""
        return self.merchant_certificate

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        account = {
            "base_url": base_url,
            **self._whose(),
            "merchant_serial_no": self.merchant_serial_no,
            "merchant_private_key": self.merchant_private_key,
            "merchant_certificate": self.merchant_certificate,
            "api_v3_key": self.api_v3_key,
        }
        if self.api_v2_key:
            account["api_v2_key"] = self.api_v2_key
        if self.app_secret:
            account |= {"app_secret": self.app_secret, "login_base_url": base_url, "login_api_base_url": base_url}
        if self.public_key_id:
            account |= {"wechatpay_public_key_id": self.public_key_id, "wechatpay_public_key": self.public_key}
        if self.platform_certificate:
            account["platform_certificates"] = self.platform_certificate
        return account

    def _whose(self) -> dict[str, str]:
        if not self.sub_mchid:
            named = {"appid": self.appid, "mchid": self.mchid, "mini_appid": self.mini_appid}
        else:
            named = {
                "sp_appid": self.appid,
                "sp_mchid": self.mchid,
                "sub_mchid": self.sub_mchid,
                "sub_appid": self.sub_appid,
                "mini_appid": self.mini_appid,
            }
        return {name: value for name, value in named.items() if value}


class AlipayKeys(msgspec.Struct, frozen=True, kw_only=True, tag="alipay"):
    """An Alipay application. The three certificates are there in certificate mode only."""

    app_id: str
    seller_id: str
    app_private_key: str
    app_public_key: str
    alipay_private_key: str
    alipay_public_key: str
    app_certificate: str = ""
    alipay_certificate: str = ""
    alipay_root_certificate: str = ""
    """A bundle: the RSA root that issued the other two, and a root of another algorithm that clients must skip."""

    def __repr__(self) -> str:
        return f"AlipayKeys(app_id={self.app_id!r})"

    @property
    def certificate_mode(self) -> bool:
        return bool(self.alipay_root_certificate)

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        account = {
            "gateway": f"{base_url}/gateway.do",
            "app_id": self.app_id,
            "seller_id": self.seller_id,
            "app_private_key": self.app_private_key,
        }
        if not self.certificate_mode:
            return account | {"alipay_public_key": self.alipay_public_key}
        return account | {
            "app_certificate": self.app_certificate,
            "alipay_certificate": self.alipay_certificate,
            "alipay_root_certificate": self.alipay_root_certificate,
        }


Keys = WechatKeys | AlipayKeys | UnionpayKeys | HuifuKeys | EpayKeys | QuickpayKeys | ApplepayKeys
"""One struct per channel family; msgspec tells them apart by their tag."""


def make_wechat_keys(*, platform_certificate: bool, public_key: bool, key_bits: int = 2048) -> WechatKeys:
    """A new merchant. Both flags together make one in the middle of its migration to public-key mode."""
    if not (platform_certificate or public_key):
        raise ValueError("a WeChat Pay account verifies with a platform certificate, a public key, or both")
    mchid = "16" + _digits(8)
    merchant_key = generate_private_pem(key_bits)
    merchant_cert = house().issue_client(Subject(mchid, "Sandbox", "Sandbox Merchant"), merchant_key)
    keys = WechatKeys(
        appid="wx" + secrets.token_hex(8),
        mchid=mchid,
        merchant_private_key=merchant_key,
        merchant_certificate=merchant_cert,
        merchant_serial_no=serial_hex(merchant_cert),
        api_v3_key=_symmetric_key(),
        api_v2_key=_symmetric_key(),
        app_secret=_symmetric_key(),
    )
    if platform_certificate:
        platform_key = generate_private_pem(key_bits)
        certificate = issue(Subject("Tenpay.com sign (sandbox)", "Sandbox", "Sandbox Platform"), platform_key)
        keys = msgspec.structs.replace(
            keys,
            platform_private_key=platform_key,
            platform_certificate=certificate,
            platform_serial_no=serial_hex(certificate),
        )
    if public_key:
        private = generate_private_pem(key_bits)
        keys = msgspec.structs.replace(
            keys,
            public_key_id=f"PUB_KEY_ID_01{mchid}{_digits(24)}",
            public_key_private_key=private,
            public_key=SigningKey(private).public_pem,
        )
    return keys


def make_alipay_keys(*, certificate_mode: bool, key_bits: int = 2048) -> AlipayKeys:
    """A new application with its own pair of keys and Alipay's."""
    app_key = generate_private_pem(key_bits)
    alipay_key = generate_private_pem(key_bits)
    keys = AlipayKeys(
        app_id="2021" + _digits(12),
        seller_id="2088" + _digits(12),
        app_private_key=app_key,
        app_public_key=SigningKey(app_key).public_pem,
        alipay_private_key=alipay_key,
        alipay_public_key=SigningKey(alipay_key).public_pem,
    )
    if not certificate_mode:
        return keys
    root_key = generate_private_pem(key_bits)
    root = Subject("Sandbox Root CA", "Certification Authority", "Sandbox Pay")
    foreign_root = issue_foreign_root(Subject("Sandbox EC Root CA", "Certification Authority", "Sandbox Pay"))
    return msgspec.structs.replace(
        keys,
        app_certificate=issue(
            Subject(keys.app_id, "App", "Sandbox Merchant"), app_key, issuer=root, issuer_pem=root_key
        ),
        alipay_certificate=issue(
            Subject("Sandbox Pay", "Open Platform", "Sandbox Pay"), alipay_key, issuer=root, issuer_pem=root_key
        ),
        alipay_root_certificate=issue(root, root_key) + foreign_root,
    )
