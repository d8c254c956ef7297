"""The objects that WeChat shows of an order and of a refund: in queries and, encrypted, in notifications."""

from __future__ import annotations

import hashlib

from payswitch.kit.clock import beijing
from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.ledger import Order, OrderState, Refund, RefundState
from payswitch.sandbox.payment_codes import DECLINED
from payswitch.sandbox.wechatpay import parties

TRADE_TYPES = {
    "wechat_native": "NATIVE",
    "wechat_jsapi": "JSAPI",
    "wechat_h5": "MWEB",
    "wechat_app": "APP",
    "wechat_code": "MICROPAY",
}
PRODUCT_OF_CODES = "wechat_code"
ASKING = "asking"
"""A note on a 付款码 order whose owner is typing the password."""
REVERSED = "reversed"
"""A note on a 付款码 order that was reversed (撤销)."""
_STATE_WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "订单发生过退款，退款详情请查询退款单",
    "CLOSED": "订单已关闭",
    "REVOKED": "订单已撤销",
    "USERPAYING": "用户支付中，需要输入密码",
    "PAYERROR": "支付失败",
}
_REFUND_STATUS = {
    RefundState.PROCESSING: "PROCESSING",
    RefundState.SUCCEEDED: "SUCCESS",
    RefundState.CLOSED: "CLOSED",
    RefundState.ABNORMAL: "ABNORMAL",
}


def wire_time(ms: int) -> str:
    """`2018-06-08T10:34:56+08:00`: WeChat's RFC 3339 in Beijing time, whole seconds."""
    return beijing(ms).isoformat(timespec="seconds")


def trade_state(order: Order) -> str:
    """A refund of any size, even one in progress, turns SUCCESS into REFUND. Orders paid by code have states of their
    own: REVOKED after a reversal, USERPAYING while the password is typed, PAYERROR when the customer said no."""
    if order.extra.get(REVERSED):
        return "REVOKED"
    if order.received:
        return "REFUND" if order.refunded_fen else "SUCCESS"
    if order.state is OrderState.CLOSED:
        return "PAYERROR" if order.extra.get(DECLINED) else "CLOSED"
    return "USERPAYING" if order.extra.get(ASKING) else "NOTPAY"


def transaction(order: Order, keys: WechatKeys, state: str, *, amount_fen: int | None = None) -> dict[str, object]:
    """The order object. What only a payment can know is absent from an unpaid one."""
    total = amount_fen if amount_fen is not None else order.amount_fen
    seen: dict[str, object] = {
        **parties.shown(order, keys),
        "out_trade_no": order.channel_order_no,
        "trade_type": TRADE_TYPES[order.product],
        "trade_state": state,
        "trade_state_desc": _STATE_WORDS[state],
        "attach": order.extra.get("attach", ""),
        "amount": {"total": total, "currency": "CNY"},
    }
    if order.paid_at_ms is None or state not in ("SUCCESS", "REFUND"):
        return seen
    return seen | {
        "transaction_id": order.transaction_id,
        "bank_type": "OTHERS",
        "success_time": wire_time(order.paid_at_ms),
        "payer": parties.payer(order, keys, openid(order, keys)),
        "amount": {"total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY"},
        "promotion_detail": [],
    }


def openid(order: Order, keys: WechatKeys) -> str:
    """The customer that the order named, else the one who paid: the same shopper always has the same openid in one
    app, and another one in another app."""
    named = order.extra.get(parties.OPENID)
    return named or "o" + hashlib.sha256(f"{keys.appid}:{order.payer}".encode()).hexdigest()[:27]


def refund(order: Order, one: Refund) -> dict[str, object]:
    """The refund object of the API."""
    seen: dict[str, object] = {
        "refund_id": one.refund_id,
        "out_refund_no": one.out_refund_no,
        "transaction_id": order.transaction_id,
        "out_trade_no": order.channel_order_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": wire_time(one.created_at_ms),
        "status": _REFUND_STATUS[one.state],
        "funds_account": "AVAILABLE",
        "amount": {
            "total": order.amount_fen,
            "refund": one.amount_fen,
            "payer_total": order.amount_fen,
            "payer_refund": one.amount_fen,
            "settlement_refund": one.amount_fen,
            "settlement_total": order.amount_fen,
            "discount_refund": 0,
            "currency": "CNY",
        },
        "promotion_detail": [],
    }
    if one.settled_at_ms is not None and one.state is RefundState.SUCCEEDED:
        seen["success_time"] = wire_time(one.settled_at_ms)
    return seen


def refund_notice(order: Order, one: Refund, keys: WechatKeys, *, amount_fen: int) -> dict[str, object]:
    """The refund object of a notification: fewer fields, and `refund_status` instead of `status`."""
    return {
        **parties.shown_of_refund(keys),
        "out_trade_no": order.channel_order_no,
        "transaction_id": order.transaction_id,
        "out_refund_no": one.out_refund_no,
        "refund_id": one.refund_id,
        "refund_status": _REFUND_STATUS[one.state],
        "success_time": wire_time(one.settled_at_ms or one.created_at_ms),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": order.amount_fen,
            "refund": amount_fen,
            "payer_total": order.amount_fen,
            "payer_refund": amount_fen,
        },
    }
