"""What the sandbox's accounts have signed for, and on what terms: the shop's contracts in the demo and the drills.

The fees are what such contracts usually cost (0.38 % bank acquiring, 0.6 % wallets), not anybody's price list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.domain.channel import Method, Product

_P = Product

PRODUCTS: Final[Mapping[str, tuple[Product, ...]]] = {
    "wechatpay": (_P.WECHAT_JSAPI, _P.WECHAT_MINI, _P.WECHAT_NATIVE, _P.WECHAT_H5, _P.WECHAT_APP, _P.WECHAT_CODE),
    "alipay": (
        _P.ALIPAY_PRECREATE,
        _P.ALIPAY_WAP,
        _P.ALIPAY_PAGE,
        _P.ALIPAY_APP,
        _P.HUABEI_PRECREATE,
        _P.HUABEI_WAP,
        _P.HUABEI_PAGE,
        _P.HUABEI_APP,
        _P.ALIPAY_JSAPI,
        _P.ALIPAY_CODE,
    ),
    "unionpay": (
        _P.UNIONPAY_WAP,
        _P.UNIONPAY_WEB,
        _P.UNIONPAY_QR,
        _P.UNIONPAY_APP,
        _P.UNIONPAY_CODE,
        _P.APPLEPAY_APP,
        _P.HUAWEIPAY_APP,
        _P.MIPAY_APP,
        _P.SAMSUNGPAY_APP,
        _P.VIVOPAY_APP,
    ),
    "huifu": (
        _P.WECHAT_JSAPI,
        _P.WECHAT_MINI,
        _P.ALIPAY_JSAPI,
        _P.ALIPAY_PRECREATE,
        _P.UNIONPAY_QR,
        _P.UNIONPAY_JSAPI,
        _P.ECNY_QR,
    ),
    "quickpay": (
        _P.WECHAT_NATIVE,
        _P.WECHAT_JSAPI,
        _P.WECHAT_MINI,
        _P.WECHAT_CODE,
        _P.ALIPAY_PRECREATE,
        _P.ALIPAY_JSAPI,
        _P.ALIPAY_CODE,
        _P.UNIONPAY_QR,
        _P.UNIONPAY_JSAPI,
        _P.UNIONPAY_CODE,
        _P.ECNY_QR,
    ),
    "epay": (_P.EPAY_ALIPAY, _P.EPAY_WECHAT),
    "applepay": (_P.APPLEPAY_WEB,),
}
"""By channel family. A bank's own account has one product instead: its customers' cards."""

BANKS: Final = ("icbc", "ccb", "abc", "cmb", "boc")
BANK_CHANNELS: Final[Mapping[str, str]] = {bank: f"quickpay-{bank}" for bank in BANKS}
"""Bank -> the channel that takes its customers' cards."""
_BANK_PRODUCTS: Final = (_P.QUICKPAY_CARD,)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop agreed with one channel: what routing weighs."""

    upstream: str
    tier: int
    fee_bp: int
    tags: tuple[str, ...] = ()
    max_fen: int | None = None
    daily_cap_fen: int | None = None


_FAMILY_TERMS: Final = {
    "wechatpay": Terms(upstream="wechat", tier=1, fee_bp=60),
    "alipay": Terms(upstream="alipay", tier=1, fee_bp=60),
    "unionpay": Terms(upstream="unionpay", tier=2, fee_bp=45),
    "huifu": Terms(upstream="huifu", tier=2, fee_bp=65),
    "quickpay": Terms(upstream="allinpay", tier=2, fee_bp=65),
    "epay": Terms(upstream="epay", tier=4, fee_bp=100),
    "applepay": Terms(upstream="unionpay", tier=2, fee_bp=60),
}
_TERMS: Final = {
    "applepay-web": Terms(upstream="unionpay", tier=2, fee_bp=60, tags=("apple_pay",)),
    "wechat-backup": Terms(upstream="wechat", tier=2, fee_bp=60),
    "wechat-partner": Terms(upstream="wechat", tier=2, fee_bp=65),
    "alipay-backup": Terms(upstream="alipay", tier=2, fee_bp=55),
    "bank-alipay": Terms(upstream="bank", tier=3, fee_bp=38, tags=("bank",)),
    "quickpay-icbc": Terms(upstream="icbc", tier=3, fee_bp=38, tags=("bank",), max_fen=500_000),
    "quickpay-ccb": Terms(upstream="ccb", tier=3, fee_bp=38, tags=("bank",), max_fen=500_000),
    "quickpay-abc": Terms(upstream="abc", tier=3, fee_bp=40, tags=("bank",), max_fen=300_000),
    "quickpay-cmb": Terms(upstream="cmb", tier=3, fee_bp=42, tags=("bank",), max_fen=1_000_000),
    "quickpay-boc": Terms(upstream="boc", tier=3, fee_bp=38, tags=("bank",), daily_cap_fen=50_000_000),
}

_UPSTREAM_BY_PREFIX: Final = {"wechat": "wechat", "alipay": "alipay", "unionpay": "unionpay", "ecny": "ecny"}
_PROVIDERS: Final = frozenset({"huifu", "quickpay", "epay"})
"""Families whose products fall with somebody else's service."""


def terms_of(channel_id: str, family: str) -> Terms:
    return _TERMS.get(channel_id, _FAMILY_TERMS[family])


def products_of(channel_id: str, family: str) -> tuple[Product, ...]:
    """What the account has signed for."""
    return _BANK_PRODUCTS if channel_id in BANK_CHANNELS.values() else PRODUCTS[family]


def upstreams_of(channel_id: str, family: str) -> dict[str, str]:
    """A provider's products with the failure domain of whoever stands behind them."""
    if family not in _PROVIDERS or channel_id in BANK_CHANNELS.values():
        return {}
    named = (
        (product, product.value.removeprefix("epay_").partition("_")[0]) for product in products_of(channel_id, family)
    )
    return {product.value: _UPSTREAM_BY_PREFIX[name] for product, name in named if name in _UPSTREAM_BY_PREFIX}


_METHODS: Final[Mapping[str, Method]] = {
    "epay_alipay": Method.ALIPAY,
    "epay_wechat": Method.WECHAT,
    "applepay": Method.APPLE_PAY,
    "huaweipay": Method.HUAWEI_PAY,
    "mipay": Method.MI_PAY,
    "samsungpay": Method.SAMSUNG_PAY,
    "vivopay": Method.VIVO_PAY,
}


def method_of(product: Product) -> Method:
    """What the customer recognises."""
    prefix = product.value.partition("_")[0]
    return _METHODS.get(product.value) or _METHODS.get(prefix) or Method(prefix)
