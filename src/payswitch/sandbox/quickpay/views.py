"""How an order or a refund of the books reads on 收银宝's wire."""

from __future__ import annotations

from payswitch.sandbox.ledger import Order, OrderState, Refund
from payswitch.sandbox.payment_codes import DECLINED
from payswitch.sandbox.quickpay.words import (
    NOT_PAID,
    OTHER,
    PROCESSING,
    SMS_SENT,
    SUCCESS,
    UNDONE,
    Fields,
    wire_time,
)

TRXID = "trxid"
FAIL_STATUS, FAIL_MESSAGE = "fail_status", "fail_message"
AWAITS_SMS = "awaits_sms"
CANCELLED = "cancelled"
"""On a refund: it is a cancel. On an order that nobody had paid: the number it was cancelled under."""
SCANNED = "scanned"
"""A wallet has opened the code."""
_TRXCODES = {"wechat": 501, "alipay": 511, "unionpay": 551, "ecny": 611, "quickpay": 301}
_CANCEL, _REFUND = 1, 2


def trxcode(order: Order, refund: Refund | None = None) -> str:
    """VSP501 a WeChat payment, VSP502 its cancel, VSP503 its refund, and so on."""
    code = _TRXCODES[order.product.partition("_")[0]]
    if refund is not None:
        code += _CANCEL if CANCELLED in refund.extra else _REFUND
    return f"VSP{code}"


def status_of(order: Order) -> tuple[str, str]:
    """`trxstatus` and `errmsg` of a payment. A refund does not change its payment's status, a cancel does."""
    if CANCELLED in order.extra or any(CANCELLED in refund.extra for refund in order.refunds):
        return UNDONE, "交易已被撤销"
    if order.received:
        return SUCCESS, ""
    if FAIL_STATUS in order.extra:
        return order.extra[FAIL_STATUS], order.extra[FAIL_MESSAGE]
    if DECLINED in order.extra:
        return OTHER, "用户取消支付"
    if order.state is OrderState.CLOSED:
        return NOT_PAID, "交易未支付"
    if order.extra.get(AWAITS_SMS):
        return SMS_SENT, "请输入短信验证码"
    return PROCESSING, "交易处理中"


def order_fields(order: Order, name: str) -> Fields:
    """The answer to a query for a payment. `name`: what this interface calls the merchant's number."""
    status, message = status_of(order)
    fields = {
        name: order.channel_order_no,
        TRXID: order.transaction_id or order.extra.get(TRXID, ""),
        "trxcode": trxcode(order),
        "trxamt": str(order.amount_fen),
        "initamt": str(order.amount_fen),
        "trxstatus": status,
        "errmsg": message,
    }
    if order.paid_at_ms is not None:
        fields |= {"fintime": wire_time(order.paid_at_ms), "acct": masked_payer(order), "fee": "0"}
    return fields


def refund_fields(order: Order, refund: Refund, name: str) -> Fields:
    """The answer to a query for a refund or cancel: a transaction of its own."""
    return {
        name: refund.out_refund_no,
        TRXID: refund.refund_id,
        "trxcode": trxcode(order, refund),
        "trxamt": str(refund.amount_fen),
        "trxstatus": SUCCESS,
        "fintime": wire_time(refund.settled_at_ms or refund.created_at_ms),
        "fee": "0",
    }


def called_off_fields(order: Order, name: str) -> Fields:
    """The answer to a query for a cancel of an order that nobody had paid."""
    return {
        name: order.extra[CANCELLED],
        TRXID: order.extra[TRXID],
        "trxamt": str(order.amount_fen),
        "trxstatus": SUCCESS,
    }


def masked_payer(order: Order) -> str:
    """`acct`: the wallet's name for the customer."""
    return f"sandbox-{order.wallet}-{len(order.payer)}"


def fail(status: str, message: str) -> dict[str, str]:
    """What is remembered on an order whose debit failed for good."""
    return {FAIL_STATUS: status, FAIL_MESSAGE: message}
