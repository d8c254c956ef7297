"""收银宝's products: which paytype each is, where it works, and what its `payinfo` is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Closing,
    Consent,
    CredentialKind,
    Environment,
    Method,
    Product,
    RefundTerms,
)

PAYTYPES: Final[Mapping[Product, str]] = {
    Product.WECHAT_NATIVE: "W01",
    Product.WECHAT_JSAPI: "W02",
    Product.WECHAT_MINI: "W06",
    Product.ALIPAY_PRECREATE: "A01",
    Product.ALIPAY_JSAPI: "A02",
    Product.UNIONPAY_QR: "U01",
    Product.UNIONPAY_JSAPI: "U02",
    Product.ECNY_QR: "",
}
"""e-CNY's paytype (S01) is not confirmed: the account says it (`ecny_paytype`), or the product cannot be opened."""

SCREEN: Final = frozenset({Environment.DESKTOP, Environment.RESTRICTED})
"""A code is for another screen to scan, or the only thing left where jumps to wallets are blocked."""
CODE_VALID_S: Final = 7_200
SMS_VALID_S: Final = 1_800
"""A quick payment waits at most so long for its SMS code: 收银宝's own default."""
REVERSE_AFTER_S: Final = 45


def _capability(
    product: Product,
    method: Method,
    credential: CredentialKind,
    environments: frozenset[Environment],
    closing: Closing,
    *,
    needs_openid: bool = False,
    needs_buyer_id: bool = False,
) -> Capability:
    return Capability(
        product=product,
        method=method,
        push=True,
        server_created=True,
        environments=environments,
        needs_openid=needs_openid,
        needs_buyer_id=needs_buyer_id,
        closing=closing,
        credential=credential,
        credential_valid_s=CODE_VALID_S,
    )


def _code(product: Product, method: Method) -> Capability:
    """付款码: the shop scans the customer's code, the call debits."""
    return Capability(
        product=product,
        method=method,
        push=False,
        server_created=True,
        environments=frozenset({Environment.COUNTER}),
        consent=Consent.PAYMENT_CODE,
        closing=Closing.NO,
        credential=CredentialKind.NONE,
        reverse_after_s=REVERSE_AFTER_S,
    )


_MINI_PROGRAM: Final = frozenset({Environment.WECHAT_MINI})
_WECHAT_PAGE: Final = frozenset({Environment.WECHAT})
_WECHAT_CODE: Final = SCREEN | {Environment.MOBILE}
_QR, _JSAPI, _REDIRECT = CredentialKind.QR, CredentialKind.JSAPI, CredentialKind.REDIRECT
_P, _M = Product, Method

CAPABILITIES: Final[CapabilityTable] = {
    capability.product: capability
    for capability in (
        _capability(_P.WECHAT_NATIVE, _M.WECHAT, _QR, _WECHAT_CODE, Closing.YES),
        _capability(_P.WECHAT_JSAPI, _M.WECHAT, _JSAPI, _WECHAT_PAGE, Closing.YES, needs_openid=True),
        _capability(_P.WECHAT_MINI, _M.WECHAT, _JSAPI, _MINI_PROGRAM, Closing.YES, needs_openid=True),
        # Behind Allinpay stands Alipay's own precreate: a close is reliable only once the customer has scanned.
        _capability(_P.ALIPAY_PRECREATE, _M.ALIPAY, _QR, SCREEN, Closing.AFTER_SCAN),
        _capability(
            _P.ALIPAY_JSAPI, _M.ALIPAY, _JSAPI, frozenset({Environment.ALIPAY}), Closing.YES, needs_buyer_id=True
        ),
        # UnionPay knows no close; Allinpay's call is made all the same, and nothing relies on it.
        _capability(_P.UNIONPAY_QR, _M.UNIONPAY, _QR, SCREEN, Closing.NO),
        _capability(
            _P.UNIONPAY_JSAPI,
            _M.UNIONPAY,
            _REDIRECT,
            frozenset({Environment.UNIONPAY}),
            Closing.NO,
            needs_buyer_id=True,
        ),
        _capability(_P.ECNY_QR, _M.ECNY, _QR, SCREEN, Closing.NO),
        Capability(
            product=_P.QUICKPAY_CARD,
            method=_M.QUICKPAY,
            push=False,
            server_created=True,
            environments=frozenset(Environment) - {Environment.COUNTER},
            needs_agreement=True,
            consent=Consent.SMS_CODE,
            # Nobody but our own confirmation can debit it: one that is never sent is as good as a close.
            closing=Closing.YES,
            credential=CredentialKind.SMS,
            credential_valid_s=SMS_VALID_S,
            reverse_after_s=REVERSE_AFTER_S,
            refund=RefundTerms(parts=None),
        ),
        _code(_P.WECHAT_CODE, _M.WECHAT),
        _code(_P.ALIPAY_CODE, _M.ALIPAY),
        _code(_P.UNIONPAY_CODE, _M.UNIONPAY),
    )
}

CODES: Final = frozenset({Product.WECHAT_CODE, Product.ALIPAY_CODE, Product.UNIONPAY_CODE})
"""Paid by scanning the customer's payment code."""

_WECHAT_PAGES: Final = frozenset({Product.WECHAT_JSAPI, Product.WECHAT_MINI})


def read_payinfo(product: Product, payinfo: str) -> tuple[str, dict[str, str]] | None:
    """`payinfo` as the credential's content and parameters; None when it is not what this product's customer needs.

    For WeChat's pages it is a JSON text with the parameters of WeixinJSBridge / wx.requestPayment, for Alipay's page
    the trade number that AlipayJSBridge's `tradePay` takes, for everything else a text to show or an address to open.
    """
    if not payinfo:
        return None
    if product is Product.ALIPAY_JSAPI:
        return "", {"tradeNO": payinfo}
    if product not in _WECHAT_PAGES:
        return payinfo, {}
    try:
        params = json.loads(payinfo)
    except (ValueError, RecursionError):
        return None
    if not isinstance(params, dict) or not params.get("package"):
        return None
    return "", {str(name): str(value) for name, value in params.items()}
