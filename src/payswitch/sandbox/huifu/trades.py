"""Trade types, states and the objects that Huifu shows of an order."""

from __future__ import annotations

from dataclasses import dataclass

from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.ledger import Order, OrderState, Refund, RefundState

DAY = "%Y%m%d"
MOMENT = "%Y%m%d%H%M%S"


@dataclass(frozen=True)
class TradeType:
    """One `trade_type`: the product in the switch's words, and the wallets that can pay it."""

    product: str
    wallets: tuple[str, ...]
    closable: bool


TRADE_TYPES = {
    "T_JSAPI": TradeType("wechat_jsapi", ("wechat",), True),
    "T_MINIAPP": TradeType("wechat_mini", ("wechat",), True),
    "A_JSAPI": TradeType("alipay_jsapi", ("alipay",), True),
    "A_NATIVE": TradeType("alipay_precreate", ("alipay",), True),
    "U_NATIVE": TradeType("unionpay_qr", ("unionpay",), False),
    "U_JSAPI": TradeType("unionpay_jsapi", ("unionpay",), False),
    "D_NATIVE": TradeType("ecny_qr", ("ecny",), False),
}
_REFUND_STATES = {
    RefundState.PROCESSING: "P",
    RefundState.SUCCEEDED: "S",
    RefundState.CLOSED: "F",
    RefundState.ABNORMAL: "P",
}


def day(ms: int) -> str:
    return beijing(ms).strftime(DAY)


def moment(ms: int) -> str:
    return beijing(ms).strftime(MOMENT)


def state(order: Order) -> str:
    """P while it may be paid, S once it was (refunds do not change that), F when it never can be."""
    if order.received:
        return "S"
    return "F" if order.state is OrderState.CLOSED else "P"


def hf_seq_id(serial: int, at_ms: int, service: str) -> str:
    """Like Huifu's global numbers: service, time, serial, machine."""
    return f"{service}TOP1A{beijing(at_ms):%y%m%d%H%M%S}P{serial % 1_000:03d}ac13{serial:08x}00000"


def out_trans_id(order: Order) -> str:
    """The number on the customer's own bill."""
    return f"{day(order.paid_at_ms or order.created_at_ms)}{'2200144' + str(order.n).zfill(13)}"


def paid_members(order: Order) -> dict[str, str]:
    """What only a paid order has."""
    if order.paid_at_ms is None:
        return {}
    return {
        "end_time": moment(order.paid_at_ms),
        "out_trans_id": out_trans_id(order),
        "party_order_id": order.extra["party_order_id"],
        "settlement_amt": yuan_from_fen(order.amount_fen),
        "acct_stat": "S",
        "acct_date": day(order.paid_at_ms),
    }


def query_members(order: Order) -> dict[str, str]:
    """The answer to a query."""
    return {
        "huifu_id": order.extra["huifu_id"],
        "org_req_seq_id": order.channel_order_no,
        "org_req_date": order.extra["req_date"],
        "org_hf_seq_id": order.extra["hf_seq_id"],
        "trade_type": order.extra["trade_type"],
        "trans_amt": yuan_from_fen(order.amount_fen),
        "trans_stat": state(order),
        "bank_message": "处理成功",
        "delay_acct_flag": "N",
        "div_flag": "N",
        **paid_members(order),
    }


def refund_members(order: Order, refund: Refund) -> dict[str, str]:
    """What an answer about a refund has, whoever asked."""
    members = {
        "huifu_id": order.extra["huifu_id"],
        "ord_amt": yuan_from_fen(refund.amount_fen),
        "trade_type": "TRANS_REFUND",
        "trans_stat": _REFUND_STATES[refund.state],
        "trans_date": day(refund.created_at_ms),
        "trans_time": beijing(refund.created_at_ms).strftime("%H%M%S"),
        "pay_channel": order.extra["trade_type"][0],
        "remark": refund.reason,
    }
    if refund.settled_at_ms is not None and refund.state is RefundState.SUCCEEDED:
        members |= {
            "trans_finish_time": moment(refund.settled_at_ms),
            "actual_ref_amt": yuan_from_fen(refund.amount_fen),
        }
    return members
