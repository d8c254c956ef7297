"""What Alipay's products can do, and the order text (`biz_content`) of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from payswitch.connectors.alipay.signing import WIRE_TIME
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
from payswitch.kit.clock import beijing
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.money import yuan_from_fen

QR_VALID_S: Final = 7_200
"""An unscanned precreate QR lives two hours when nothing else is said (Alipay's default)."""
LEAST_EXPIRY_S: Final = 60
MOST_EXPIRY_S: Final = 15 * 86_400
"""`time_expire` lies between one minute and 15 days ahead [O: the field's own description, for every method]."""
REVERSE_AFTER_S: Final = 45
"""A debit that is still not known is cancelled: Alipay's face-to-face guide polls every 3 to 5 s, for 30 to 60 s in
all, and cancels right after the last question [O]. The password prompt on the customer's phone falls into this time."""
REFUND_TERMS: Final = RefundTerms(days=365, parts=None)
"""The refund period is the contract's (签约时设置的可退款时间); 12 months is the usual one [M]. Alipay names no limit
on the number of refunds of one trade."""
HUABEI_MIN_FEN: Final = 10_000
"""Alipay refuses instalments on small amounts. 100 yuan is not confirmed: raise it with the channel's `min_fen`;
a merchant with other terms changes it here."""
DEFAULT_INSTALMENTS: Final = 3
LONGEST_SUBJECT: Final = 256
_FORBIDDEN_IN_SUBJECT: Final = str.maketrans("/=&,", "   ，")
"""Alipay's documentation: `subject` must not contain special characters such as `/`, `=`, `&`. The comma becomes a
Chinese one because the daily bill separates its columns with commas and quotes nothing."""


class ProductSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How one of our products is asked for at Alipay."""

    method: str
    product_code: str
    """What the merchant has signed up for. Empty: the account says which."""
    huabei: bool


_PRECREATE = ("alipay.trade.precreate", "")
_WAP = ("alipay.trade.wap.pay", "QUICK_WAP_WAY")
_PAGE = ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY")
_APP = ("alipay.trade.app.pay", "QUICK_MSECURITY_PAY")
_CREATE = ("alipay.trade.create", "JSAPI_PAY")
_PAY = ("alipay.trade.pay", "FACE_TO_FACE_PAYMENT")
SERVER_CREATED: Final = frozenset({_PRECREATE[0], _CREATE[0], _PAY[0]})
"""Methods that are calls of our server; the others are signed here."""

SPECS: Final[Mapping[Product, ProductSpec]] = {
    product: ProductSpec(method=method, product_code=code, huabei=huabei)
    for product, (method, code), huabei in (
        (Product.ALIPAY_PRECREATE, _PRECREATE, False),
        (Product.ALIPAY_WAP, _WAP, False),
        (Product.ALIPAY_PAGE, _PAGE, False),
        (Product.ALIPAY_APP, _APP, False),
        (Product.HUABEI_PRECREATE, _PRECREATE, True),
        (Product.HUABEI_WAP, _WAP, True),
        (Product.HUABEI_PAGE, _PAGE, True),
        (Product.HUABEI_APP, _APP, True),
        (Product.ALIPAY_JSAPI, _CREATE, False),
        (Product.ALIPAY_CODE, _PAY, False),
    )
}

_SCREENS: Final[Mapping[str, tuple[frozenset[Environment], CredentialKind]]] = {
    # A code is for another screen to scan: on a phone's own screen it helps nobody. In a web view that blocks
    # wallets it is the only way.
    _PRECREATE[0]: (frozenset({Environment.DESKTOP, Environment.RESTRICTED}), CredentialKind.QR),
    # Alipay's own in-app browser opens the mobile page too.
    _WAP[0]: (frozenset({Environment.MOBILE, Environment.ALIPAY}), CredentialKind.REDIRECT),
    _PAGE[0]: (frozenset({Environment.DESKTOP}), CredentialKind.REDIRECT),
    _APP[0]: (frozenset({Environment.APP}), CredentialKind.APP),
    # A mini program, or a page in Alipay's browser that knows the customer: no page of Alipay's in between.
    _CREATE[0]: (frozenset({Environment.ALIPAY}), CredentialKind.JSAPI),
    # The cashier scans the code in the customer's wallet: nothing of ours is on any screen.
    _PAY[0]: (frozenset({Environment.COUNTER}), CredentialKind.NONE),
}
_CLOSINGS: Final[Mapping[str, Closing]] = {
    # Only here is there a trade before the customer acts, so that a close means what it says.
    _CREATE[0]: Closing.YES,
    # A debit is not closed but reversed (`trade.cancel`).
    _PAY[0]: Closing.NO,
}


def _capability(product: Product, spec: ProductSpec) -> Capability:
    environments, credential = _SCREENS[spec.method]
    pull = spec.method == _PAY[0]
    return Capability(
        product=product,
        method=Method.HUABEI if spec.huabei else Method.ALIPAY,
        push=not pull,
        server_created=spec.method in SERVER_CREATED,
        environments=environments,
        needs_buyer_id=spec.method == _CREATE[0],
        consent=Consent.PAYMENT_CODE if pull else None,
        closing=_CLOSINGS.get(spec.method, Closing.AFTER_SCAN),
        credential=credential,
        min_fen=HUABEI_MIN_FEN if spec.huabei else 1,
        credential_valid_s=QR_VALID_S,
        least_expiry_s=LEAST_EXPIRY_S,
        most_expiry_s=MOST_EXPIRY_S,
        # Alipay closes the trade at `time_expire` itself: nothing arrives afterwards.
        late_s=0,
        reverse_after_s=REVERSE_AFTER_S,
        refund=REFUND_TERMS,
        # A query for a number that nobody used answers TRADE_NOT_EXIST and leaves no trace.
        probe=True,
    )


CAPABILITIES: Final[CapabilityTable] = {product: _capability(product, spec) for product, spec in SPECS.items()}


_USER_ID: Final = re.compile(r"2088[0-9]{12}", re.ASCII)
"""Alipay's older id of a customer; the newer one (open id) is any other text and has a field of its own."""


def order_content(
    order: CreateOrder,
    spec: ProductSpec,
    *,
    precreate_product_code: str,
    seller_percent: str,
    op_app_id: str,
    now_ms: int,
) -> dict[str, Any]:
    """The order as Alipay wants it. `time_expire` is absolute: a relative time would count only from the moment the
    customer acts, and a code that nobody has scanned would live on."""
    content: dict[str, Any] = {
        "out_trade_no": order.channel_order_no,
        "total_amount": yuan_from_fen(order.amount_fen),
        "subject": clean_subject(order.subject, order.channel_order_no),
        "product_code": spec.product_code or precreate_product_code,
        "time_expire": beijing(order.expires_at_ms).strftime(WIRE_TIME),
    }
    if spec.method == _PRECREATE[0]:
        content["qr_code_timeout_express"] = f"{qr_minutes(order.expires_at_ms, now_ms)}m"
    if spec.method == _WAP[0]:
        content["quit_url"] = order.return_url or _site_of(order.notify_url)
    if spec.method == _CREATE[0]:
        buyer = order.buyer_id or ""
        content["buyer_id" if _USER_ID.fullmatch(buyer) else "buyer_open_id"] = buyer
        content["op_app_id"] = op_app_id
    if spec.huabei:
        content["extend_params"] = {
            "hb_fq_num": str(order.instalments or DEFAULT_INSTALMENTS),
            "hb_fq_seller_percent": seller_percent,
        }
    return content


def qr_minutes(expires_at_ms: int, now_ms: int) -> int:
    """Whole minutes that a code may live: rounded down so that it does not outlive the order, at least one."""
    return max(1, (expires_at_ms - now_ms) // MINUTE_MS)


def clean_subject(subject: str, order_no: str) -> str:
    """The subject without what Alipay refuses: special characters, control characters, more than 256 characters."""
    return plain_text(subject.translate(_FORBIDDEN_IN_SUBJECT), LONGEST_SUBJECT) or f"订单 {order_no}"


def plain_text(text: str, longest: int) -> str:
    """One line of printable characters (no control characters, no halves of surrogate pairs), cut to length."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:longest].rstrip()


def _site_of(url: str) -> str:
    """Where a customer goes who leaves the mobile page and whose shop gave no return address: our own front door."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
