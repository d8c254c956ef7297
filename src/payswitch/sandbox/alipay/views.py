"""How a trade and its refunds look on the wire: the nodes of answers and the fields of notifications."""

from __future__ import annotations

import hashlib
import json

from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.alipay import trades
from payswitch.sandbox.alipay.trades import TradeStatus
from payswitch.sandbox.ledger import Order, Refund

_NOTHING = "0.00"
_FUND_CHANNELS = {"huabei": "PCREDIT", "bank": "BANKCARD"}
"""Where the money came from, by the shopper's wallet; otherwise the Alipay balance."""

Node = dict[str, object]


def wire_time(ms: int) -> str:
    """Beijing time as every field of this wire has it."""
    return f"{beijing(ms):%Y-%m-%d %H:%M:%S}"


def success(**fields: object) -> Node:
    return {"code": "10000", "msg": "Success", **fields}


def buyer_id(payer: str) -> str:
    """A 16-digit member id, the same for the same shopper."""
    return "2088" + str(int(hashlib.sha256(payer.encode()).hexdigest()[:10], 16)).zfill(13)[-12:]


def buyer_logon_id(payer: str) -> str:
    """As masked as the real ones."""
    return f"{payer[:3]}***@sandbox.com"


def _channel(order: Order) -> str:
    return _FUND_CHANNELS.get(order.wallet, "ALIPAYACCOUNT")


def query_node(order: Order, status: TradeStatus) -> Node:
    """The answer to `alipay.trade.query`. A refunded trade keeps its `send_pay_date`."""
    amount = yuan_from_fen(order.amount_fen)
    paid = amount if order.received else _NOTHING
    node = success(
        buyer_pay_amount=paid,
        invoice_amount=paid,
        out_trade_no=order.channel_order_no,
        point_amount=_NOTHING,
        receipt_amount=paid,
        total_amount=amount,
        trade_no=trades.trade_no(order),
        trade_status=status.value,
    )
    if order.paid_at_ms is not None:
        node |= {
            "buyer_logon_id": buyer_logon_id(order.payer),
            "buyer_user_id": buyer_id(order.payer),
            "fund_bill_list": [{"amount": amount, "fund_channel": _channel(order)}],
            "send_pay_date": wire_time(order.paid_at_ms),
        }
        instalments = trades.instalments(order)
        if instalments is not None:
            node["hb_fq_pay_info"] = {"user_install_num": instalments, "hb_fq_amount": amount}
    return node


def refund_node(order: Order, refund: Refund, *, moved: bool) -> Node:
    """The answer to `alipay.trade.refund`. `fund_change` tells whether *this* call moved money; `refund_fee` is
    what went back in all."""
    return success(
        buyer_logon_id=buyer_logon_id(order.payer),
        buyer_user_id=buyer_id(order.payer),
        fund_change="Y" if moved else "N",
        gmt_refund_pay=wire_time(refund.settled_at_ms or refund.created_at_ms),
        out_trade_no=order.channel_order_no,
        refund_detail_item_list=[{"amount": yuan_from_fen(refund.amount_fen), "fund_channel": _channel(order)}],
        refund_fee=yuan_from_fen(order.refunded_fen),
        send_back_fee=yuan_from_fen(refund.amount_fen if moved else 0),
        trade_no=trades.trade_no(order),
    )


def refund_query_node(order: Order, refund: Refund | None) -> Node:
    """The answer to `alipay.trade.fastpay.refund.query`. An unknown request number is no error on this wire: the
    answer is 10000 without any refund field."""
    if refund is None:
        return success()
    return success(
        out_trade_no=order.channel_order_no,
        out_request_no=trades.request_no(refund),
        refund_amount=yuan_from_fen(refund.amount_fen),
        refund_status="REFUND_SUCCESS",
        refund_reason=refund.reason,
        gmt_refund_pay=wire_time(refund.settled_at_ms or refund.created_at_ms),
        total_amount=yuan_from_fen(order.amount_fen),
        trade_no=trades.trade_no(order),
    )


def paid_fields(order: Order, amount_fen: int) -> dict[str, str]:
    """The fields of a notification that speak of the trade and its payment; `amount_fen` is normally the order's."""
    amount = yuan_from_fen(amount_fen)
    fields = {
        "trade_no": trades.trade_no(order),
        "out_trade_no": order.channel_order_no,
        "subject": order.subject,
        "total_amount": amount,
        "gmt_create": wire_time(trades.scanned_at_ms(order)),
        "passback_params": order.extra.get("passback_params", ""),
    }
    if order.paid_at_ms is None:
        return fields
    return fields | {
        "buyer_id": buyer_id(order.payer),
        "buyer_logon_id": buyer_logon_id(order.payer),
        "buyer_pay_amount": amount,
        "receipt_amount": amount,
        "invoice_amount": amount,
        "point_amount": _NOTHING,
        "gmt_payment": wire_time(order.paid_at_ms),
        "fund_bill_list": json.dumps(
            [{"amount": amount, "fundChannel": _channel(order)}], separators=(",", ":"), ensure_ascii=False
        ),
    }


def waiting_node(order: Order) -> Node:
    """10003: the trade is made and the wallet asks for the password. The message is Alipay's, space and all."""
    return {
        "code": "10003",
        "msg": " order success pay inprocess",
        "out_trade_no": order.channel_order_no,
        "trade_no": trades.trade_no(order),
        "total_amount": yuan_from_fen(order.amount_fen),
    }


def paid_node(order: Order) -> Node:
    """The answer to a `trade.pay` that took the money."""
    amount = yuan_from_fen(order.amount_fen)
    return success(
        buyer_logon_id=buyer_logon_id(order.payer),
        buyer_pay_amount=amount,
        buyer_user_id=buyer_id(order.payer),
        fund_bill_list=[{"amount": amount, "fund_channel": _channel(order)}],
        gmt_payment=wire_time(order.paid_at_ms or 0),
        invoice_amount=amount,
        out_trade_no=order.channel_order_no,
        point_amount=_NOTHING,
        receipt_amount=amount,
        total_amount=amount,
        trade_no=trades.trade_no(order),
    )


def refund_fields(order: Order, refund: Refund) -> dict[str, str]:
    """What a refund adds to a notification: `refund_fee` counts everything given back up to this refund."""
    position = next(i for i, r in enumerate(order.refunds) if r.refund_id == refund.refund_id)
    back_fen = sum(earlier.amount_fen for earlier in order.refunds[: position + 1])
    at_ms = refund.settled_at_ms or refund.created_at_ms
    fields = {
        "trade_status": TradeStatus.TRADE_SUCCESS.value,
        "out_biz_no": trades.request_no(refund),
        "refund_fee": yuan_from_fen(back_fen),
        "gmt_refund": f"{wire_time(at_ms)}.{at_ms % 1_000:03d}",
    }
    if back_fen == order.amount_fen:
        fields |= {"trade_status": TradeStatus.TRADE_CLOSED.value, "gmt_close": wire_time(at_ms)}
    return fields
