"""What the platform tells the merchant after a payment: one GET with everything in the query, until it hears
`success`. The customer's browser is sent back with the same fields."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from payswitch.kit.clock import Clock
from payswitch.kit.money import yuan_from_fen
from payswitch.kit.retry import Schedule
from payswitch.sandbox.epay.merchant import EpayMerchant
from payswitch.sandbox.epay.orders import Fields, wire_time
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Guise, OutgoingNotification

SCHEDULE = Schedule((60, 600, 3_600, 21_600, 54_000))
"""Five more tries within a day. Every platform has its own schedule, none is official."""
TIMEOUT_S = 10.0
ACKNOWLEDGEMENT = b"success"


def paid_fields(merchant: EpayMerchant, order: Order, *, clock: Clock, wrong_fen: int = 0) -> Fields:
    """The unsigned fields; `money` is what the merchant wrote, letter by letter, unless a fault changes it."""
    fields: Fields = {
        "pid": merchant.keys.pid,
        "trade_no": order.extra["trade_no"],
        "out_trade_no": order.channel_order_no,
        "type": order.extra["type"],
        "name": order.subject,
        "money": yuan_from_fen(order.amount_fen + wrong_fen) if wrong_fen else order.extra["money"],
        "trade_status": "TRADE_SUCCESS",
        "param": order.extra["param"],
    }
    if merchant.keys.version == "2":
        fields["api_trade_no"] = f"sandbox{order.n:012d}"
        fields["addtime"] = wire_time(order.created_at_ms)
        fields["endtime"] = wire_time(order.paid_at_ms or clock.now_ms())
        fields["timestamp"] = str(clock.now_ms() // 1_000)
    return {name: value for name, value in fields.items() if value != ""}


def build(merchant: EpayMerchant, order: Order, guise: Guise, *, clock: Clock) -> OutgoingNotification:
    wrong_fen = 1 if guise is Guise.WRONG_AMOUNT else 0
    fields = paid_fields(merchant, order, clock=clock, wrong_fen=wrong_fen)
    signed = merchant.sign(fields, forged=guise is Guise.FORGED)
    return OutgoingNotification(url=with_query(order.notify_url, signed), body=b"", headers={}, method="GET")


def return_address(merchant: EpayMerchant, order: Order, *, clock: Clock) -> str:
    """Where the customer's browser goes after the payment; empty when the merchant gave no address."""
    address = order.extra["return_url"]
    return with_query(address, merchant.sign(paid_fields(merchant, order, clock=clock))) if address else ""


def with_query(address: str, fields: Fields) -> str:
    query = urlencode({name: str(value) for name, value in fields.items()}, quote_via=quote)
    return f"{address}{'&' if '?' in address else '?'}{query}"
