"""What a create call, a signed link or an order string asks for, checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.alipay import fields
from payswitch.sandbox.alipay.codes import business

PRODUCT_CODES = {
    "alipay.trade.precreate": frozenset({"FACE_TO_FACE_PAYMENT", "QR_CODE_OFFLINE"}),
    "alipay.trade.page.pay": frozenset({"FAST_INSTANT_TRADE_PAY"}),
    # The second spelling is no product, but a widely used SDK sends it and the gateway lets it pass.
    "alipay.trade.wap.pay": frozenset({"QUICK_WAP_WAY", "QUICK_WAP_PAY"}),
    "alipay.trade.app.pay": frozenset({"QUICK_MSECURITY_PAY"}),
    "alipay.trade.create": frozenset({"JSAPI_PAY", "FACE_TO_FACE_PAYMENT"}),
    "alipay.trade.pay": frozenset({"FACE_TO_FACE_PAYMENT"}),
}
PRODUCTS = {
    "alipay.trade.precreate": "precreate",
    "alipay.trade.page.pay": "page",
    "alipay.trade.wap.pay": "wap",
    "alipay.trade.app.pay": "app",
    "alipay.trade.create": "jsapi",
    "alipay.trade.pay": "code",
}
_PRODUCT_CODE_REQUIRED = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
QR_VALID_MS = 7_200_000
"""An unscanned precreate code lives two hours unless `qr_code_timeout_express` says otherwise."""
HUABEI_MIN_FEN = 10_000
"""Smaller amounts cannot be paid in instalments. The real figure is each contract's; this one is the sandbox's."""
_BUYER_ID = re.compile(r"2088[0-9]{12}")
INSTALMENTS = ("3", "6", "12")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The order as the merchant wants it."""

    out_trade_no: str
    amount_fen: int
    subject: str
    product: str
    """`precreate`, `page`, `wap`, `app`, `jsapi` or `code`."""
    notify_url: str
    return_url: str = ""
    quit_url: str = ""
    seller_id: str = ""
    buyer: str = ""
    """`trade.create` only: who is to pay, by Alipay's older or newer id of a customer."""
    passback_params: str = ""
    instalments: int | None = None
    """Huabei: 3, 6 or 12 monthly rates."""
    time_expire_ms: int | None = None
    """Absolute; binds whether or not the customer has acted."""
    timeout_ms: int | None = None
    """`timeout_express`: counts from the trade's creation, so it does not bound an unscanned code."""
    qr_valid_ms: int | None = None
    """precreate only: how long the unscanned code lives."""

    def fingerprint(self) -> str:
        """What may not change when the same number is used again; otherwise CONTEXT_INCONSISTENT."""
        return json.dumps([self.amount_fen, self.subject, self.product, self.instalments, self.seller_id, self.buyer])

    @property
    def instalment_wallets(self) -> tuple[str, ...]:
        """Who alone can pay in instalments; empty when anybody can pay."""
        return ("huabei",) if self.instalments else ()

    def switch_product(self) -> str:
        """The product in the switch's words, for fault filters and the books."""
        return f"{'huabei' if self.instalments else 'alipay'}_{self.product}"

    def to_remember(self) -> dict[str, str]:
        """What the trade's later life needs beside the ledger's own fields."""
        notes = {
            "instalments": self.instalments,
            "passback_params": self.passback_params or None,
            "quit_url": self.quit_url or None,
            "time_expire_ms": self.time_expire_ms,
            "timeout_ms": self.timeout_ms,
        }
        return {name: str(value) for name, value in notes.items() if value is not None}


def read_terms(params: Mapping[str, str], biz: fields.Biz, seller_id: str) -> Terms:
    """The terms of any of the create methods, as far as they can be judged without the clock and the books.

    Refused with the sub_code of the first fault.
    """
    method = params["method"]
    _check_product_code(method, biz)
    terms = Terms(
        out_trade_no=fields.required_number(biz, "out_trade_no"),
        amount_fen=fields.amount_fen(biz, "total_amount"),
        subject=fields.required_text(biz, "subject", limit=256),
        product=PRODUCTS[method],
        notify_url=_url(params, "notify_url"),
        return_url=_url(params, "return_url"),
        quit_url=_quit_url(method, biz),
        seller_id=_seller(biz, seller_id),
        buyer=_buyer(method, biz),
        passback_params=fields.text(biz, "passback_params", limit=512) or "",
        instalments=_instalments(biz),
        time_expire_ms=fields.moment_ms(biz, "time_expire"),
        timeout_ms=fields.span_ms(biz, "timeout_express"),
        qr_valid_ms=_qr_valid_ms(method, biz),
    )
    if terms.instalments is not None and terms.amount_fen < HUABEI_MIN_FEN:
        raise business("ACQ.PRODUCT_AMOUNT_LIMIT_ERROR", "订单金额低于花呗分期起分金额")
    return terms


def _check_product_code(method: str, biz: fields.Biz) -> None:
    read = fields.required_text if method in _PRODUCT_CODE_REQUIRED else fields.text
    value = read(biz, "product_code", limit=64)
    if value is not None and value not in PRODUCT_CODES[method]:
        raise fields.invalid("product_code", "与接口不匹配")


def _url(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if value and (len(value) > 256 or not _is_web_address(value)):
        raise fields.invalid(name)
    return value


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc)


def _quit_url(method: str, biz: fields.Biz) -> str:
    if method != "alipay.trade.wap.pay":
        return ""
    return fields.required_text(biz, "quit_url", limit=400)


def _seller(biz: fields.Biz, own: str) -> str:
    """Empty means the application's own seller; another one would need a contract that no sandbox account has."""
    seller_id = fields.text(biz, "seller_id", limit=28) or ""
    if seller_id and seller_id != own:
        raise business("ACQ.SELLER_NOT_EXIST", "卖家不存在")
    return seller_id


def _buyer(method: str, biz: fields.Biz) -> str:
    """One of `buyer_id` (2088 and 12 digits) and `buyer_open_id`: a trade that exists at once is somebody's."""
    if method != "alipay.trade.create":
        return ""
    buyer_id, open_id = fields.text(biz, "buyer_id", limit=28), fields.text(biz, "buyer_open_id", limit=128)
    if buyer_id is None and open_id is None:
        raise fields.invalid("buyer_id", "和buyer_open_id不能同时为空")
    if buyer_id is not None and not _BUYER_ID.fullmatch(buyer_id):
        raise business("ACQ.BUYER_NOT_EXIST", "买家不存在")
    fields.text(biz, "op_app_id", limit=32)
    return open_id or buyer_id or ""


def _qr_valid_ms(method: str, biz: fields.Biz) -> int | None:
    if method != "alipay.trade.precreate":
        return None
    return fields.span_ms(biz, "qr_code_timeout_express") or QR_VALID_MS


def _instalments(biz: fields.Biz) -> int | None:
    extend = biz.get("extend_params")
    if extend is None:
        return None
    if not isinstance(extend, dict):
        raise fields.invalid("extend_params")
    number = extend.get("hb_fq_num")
    if number is None:
        return None
    if number not in INSTALMENTS:
        raise fields.invalid("hb_fq_num", "只支持3、6、12")
    if extend.get("hb_fq_seller_percent") not in ("0", "100"):
        raise fields.invalid("hb_fq_seller_percent", "只支持0、100")
    return int(number)


class RefundTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a refund call asks for."""

    out_trade_no: str | None
    trade_no: str | None
    amount_fen: int
    out_request_no: str | None
    """May be absent for a refund of the whole amount only."""
    reason: str = ""


def read_reference(biz: fields.Biz) -> tuple[str | None, str | None]:
    """(out_trade_no, trade_no): at least one of them; `trade_no` wins where both are given."""
    out_trade_no = fields.number(biz, "out_trade_no")
    trade_no = fields.text(biz, "trade_no", limit=64)
    if out_trade_no is None and trade_no is None:
        raise fields.invalid("out_trade_no", "和trade_no不能同时为空")
    return out_trade_no, trade_no


def read_refund(biz: fields.Biz) -> RefundTerms:
    out_trade_no, trade_no = read_reference(biz)
    value = fields.required_text(biz, "refund_amount", limit=14)
    try:
        amount_fen = fen_from_yuan(value)
    except ValueError as error:
        raise business("ACQ.REASON_TRADE_REFUND_FEE_ERR") from error
    if amount_fen < 1:
        raise business("ACQ.REASON_TRADE_REFUND_FEE_ERR")
    return RefundTerms(
        out_trade_no=out_trade_no,
        trade_no=trade_no,
        amount_fen=amount_fen,
        out_request_no=fields.text(biz, "out_request_no", limit=64),
        reason=fields.text(biz, "refund_reason", limit=256) or "",
    )
