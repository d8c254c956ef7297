"""UnionPay's products: what each can do, and its request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from payswitch.connectors.acp.requests import BACK, QR_BIZ
from payswitch.connectors.acp.times import wire_time
from payswitch.connectors.acp.wire import RENMINBI
from payswitch.connectors.unionpay.deadlines import LONGEST_ORDER_MS
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
from payswitch.domain.exchange import CreateOrder

FRONT: Final = "/gateway/api/frontTransReq.do"
"""Opened by the customer's browser with a posted form."""
APP: Final = "/gateway/api/appTransReq.do"

GATEWAY_BIZ: Final = "000201"
"""B2C 网关支付: web, wap and app."""
_DESKTOP: Final = "07"
_MOBILE: Final = "08"


LEAST_EXPIRY_S: Final = 60
"""`payTimeout` must lie ahead when the message arrives; a minute leaves room for clocks that differ [M]."""
LATE_S: Final = 600
"""A bank's own page (网银) that was opened in time may bring money after `payTimeout`. UnionPay books it as 42 and
gives it back by itself, so nothing of it is ours; how long it can take is not published [M]."""
REVERSE_AFTER_S: Final = 65
"""UnionPay's own examples ask about an unclear debit six times, after 1, 2, 4, 8, 16 and 32 s [O]: only then is it
worth a reversal."""
_REFUNDS: Final = RefundTerms(days=90, parts=None)
_REFUNDS_OF_CODES: Final = RefundTerms(days=30, parts=None)
"""退货 within 90 days, for codes 30 [C: integration guides; the contract's figure counts]. No limit on their number is
published."""


class ProductSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How one of our products is asked for at UnionPay."""

    path: str
    channel_type: str
    biz_type: str = GATEWAY_BIZ
    sub_type: str = "01"
    client_hint: str = ""
    """For app products: what the customer's app calls the pay sheet."""
    se_type: str = ""
    """For handset pays: the secure element's maker in UnionPay's Android SDK."""
    pull: bool = False
    """The call itself debits."""


def _app(client_hint: str, se_type: str = "") -> ProductSpec:
    return ProductSpec(path=APP, channel_type=_MOBILE, client_hint=client_hint, se_type=se_type)


SPECS: Final[Mapping[Product, ProductSpec]] = {
    Product.UNIONPAY_WAP: ProductSpec(path=FRONT, channel_type=_MOBILE),
    Product.UNIONPAY_WEB: ProductSpec(path=FRONT, channel_type=_DESKTOP),
    Product.UNIONPAY_QR: ProductSpec(path=BACK, channel_type=_MOBILE, biz_type=QR_BIZ, sub_type="07"),
    Product.UNIONPAY_CODE: ProductSpec(path=BACK, channel_type=_MOBILE, biz_type=QR_BIZ, sub_type="06", pull=True),
    Product.UNIONPAY_APP: _app("unionpay"),
    Product.APPLEPAY_APP: _app("apple_pay"),
    Product.HUAWEIPAY_APP: _app("huawei_pay", "04"),
    Product.MIPAY_APP: _app("mi_pay", "25"),
    Product.SAMSUNGPAY_APP: _app("samsung_pay", "02"),
    Product.VIVOPAY_APP: _app("vivo_pay", "33"),
}

_METHODS: Final[Mapping[Product, Method]] = {
    Product.APPLEPAY_APP: Method.APPLE_PAY,
    Product.HUAWEIPAY_APP: Method.HUAWEI_PAY,
    Product.MIPAY_APP: Method.MI_PAY,
    Product.SAMSUNGPAY_APP: Method.SAMSUNG_PAY,
    Product.VIVOPAY_APP: Method.VIVO_PAY,
}
"""The others are 云闪付. All of them ride on UnionPay: they fall together."""

_APP_SCREENS: Final = (frozenset({Environment.APP}), CredentialKind.APP)
_SCREENS: Final[Mapping[Product, tuple[frozenset[Environment], CredentialKind]]] = {
    Product.UNIONPAY_WAP: (frozenset({Environment.MOBILE, Environment.UNIONPAY}), CredentialKind.FORM),
    Product.UNIONPAY_WEB: (frozenset({Environment.DESKTOP}), CredentialKind.FORM),
    # A code is for another device to scan; in a web view that blocks jumps it is the only way.
    Product.UNIONPAY_QR: (frozenset({Environment.DESKTOP, Environment.RESTRICTED}), CredentialKind.QR),
    # The cashier scans the code in the customer's wallet: nothing of ours is on any screen.
    Product.UNIONPAY_CODE: (frozenset({Environment.COUNTER}), CredentialKind.NONE),
}


def _capability(product: Product, spec: ProductSpec) -> Capability:
    environments, credential = _SCREENS.get(product, _APP_SCREENS)
    return Capability(
        product=product,
        method=_METHODS.get(product, Method.UNIONPAY),
        push=not spec.pull,
        server_created=spec.path != FRONT,
        environments=environments,
        consent=Consent.PAYMENT_CODE if spec.pull else None,
        closing=Closing.NO,
        credential=credential,
        least_expiry_s=LEAST_EXPIRY_S,
        # After a restart nothing but the longest possible deadline proves an order dead: no longer one is taken.
        most_expiry_s=LONGEST_ORDER_MS // 1_000,
        late_s=LATE_S if spec.path == FRONT else 0,
        reverse_after_s=REVERSE_AFTER_S,
        refund=_REFUNDS_OF_CODES if spec.biz_type == QR_BIZ else _REFUNDS,
        # A query for a number that nobody used answers 34 and leaves no trace.
        probe=True,
    )


CAPABILITIES: Final[CapabilityTable] = {product: _capability(product, spec) for product, spec in SPECS.items()}


def order_request(order: CreateOrder, spec: ProductSpec) -> dict[str, str]:
    """The order as UnionPay wants it, without the common fields and the signature.

    `payTimeout` is the only bound there is: no close exists. Free text of the shop is deliberately not sent: UnionPay
    signs values unescaped, and a subject with `&` in it would make the signed text ambiguous.
    """
    front = spec.path == FRONT
    return {
        "bizType": spec.biz_type,
        "txnType": "01",
        "txnSubType": spec.sub_type,
        "channelType": spec.channel_type,
        "orderId": order.channel_order_no,
        "txnTime": wire_time(order.created_at_ms),
        "txnAmt": str(order.amount_fen),
        "currencyCode": RENMINBI,
        "payTimeout": wire_time(order.expires_at_ms),
        "backUrl": order.notify_url,
        "frontUrl": (order.return_url or _site_of(order.notify_url)) if front else "",
    }


def _site_of(url: str) -> str:
    """Where a customer goes whose shop gave no return address: our own front door."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def app_params(tn: str, spec: ProductSpec, mode: str) -> dict[str, str]:
    """What the shop's app hands to UnionPay's SDK. `mode`: `00` production, `01` test."""
    params = {"tn": tn, "mode": mode, "client_hint": spec.client_hint}
    return params | {"se_type": spec.se_type} if spec.se_type else params
