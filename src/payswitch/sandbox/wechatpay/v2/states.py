"""What V2 shows of an order: its state, and when it is paid, everything about the payment."""

from __future__ import annotations

from payswitch.kit.clock import beijing
from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wechatpay.objects import TRADE_TYPES, openid

_WORDS = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "REVOKED": "订单已撤销",
    "USERPAYING": "支付中，需要用户输入密码",
    "PAYERROR": "支付失败，请重新下单支付",
}


def compact_time(ms: int) -> str:
    """`20261109203700`, Beijing time."""
    return beijing(ms).strftime("%Y%m%d%H%M%S")


def paid_fields(order: Order, keys: WechatKeys) -> dict[str, str]:
    """The particulars of a payment."""
    total = str(order.amount_fen)
    fields = {
        "openid": openid(order, keys),
        "is_subscribe": "N",
        "trade_type": TRADE_TYPES[order.product],
        "bank_type": "OTHERS",
        "total_fee": total,
        "fee_type": "CNY",
        "cash_fee": total,
        "transaction_id": order.transaction_id or "",
        "out_trade_no": order.channel_order_no,
        "attach": order.extra.get("attach", ""),
        "time_end": compact_time(order.paid_at_ms or order.created_at_ms),
    }
    return {name: value for name, value in fields.items() if value}


def shown(order: Order, keys: WechatKeys, state: str) -> dict[str, str]:
    """The answer of orderquery. An unpaid order shows its number and nothing else."""
    words = {"trade_state": state, "trade_state_desc": _WORDS[state]}
    if state not in ("SUCCESS", "REFUND"):
        return {"out_trade_no": order.channel_order_no, **words}
    return paid_fields(order, keys) | words
