"""The messages about an order that exists: query, refund (退货), void (消费撤销), reversal (冲正). Without the common
fields and the signature.

UnionPay knows a message by `orderId` and `txnTime` together. A repeat must carry both again, so every `txnTime` here
is derived from what is stored, never from the clock.
"""

from __future__ import annotations

from typing import Final, Protocol

from payswitch.connectors.acp.times import time_in_number, wire_time
from payswitch.connectors.acp.wire import RENMINBI
from payswitch.domain.exchange import OrderRef, RefundOrder

BACK: Final = "/gateway/api/backTransReq.do"
QUERY: Final = "/gateway/api/queryTrans.do"
QR_BIZ: Final = "000000"
"""The business of codes, whose queries go to `BACK` too."""


class Business(Protocol):
    """What a message must say of the product it is about."""

    @property
    def biz_type(self) -> str: ...
    @property
    def channel_type(self) -> str: ...


def query_path(spec: Business) -> str:
    return BACK if spec.biz_type == QR_BIZ else QUERY


def query_request(spec: Business, *, order_id: str, txn_time: str) -> dict[str, str]:
    return {
        "bizType": spec.biz_type,
        "txnType": "00",
        "txnSubType": "00",
        "orderId": order_id,
        "txnTime": txn_time,
    }


def refund_time(refund: RefundOrder) -> str:
    """The `txnTime` of a refund: the moment that its number carries, so that a repeat and a query have the same for as
    long as the number lives. A number without one (made elsewhere) takes the refund's own time, or the order's."""
    times = (time_in_number(refund.out_refund_no), refund.created_at_ms, refund.order.created_at_ms)
    return wire_time(next(ms for ms in times if ms is not None))


def refund_request(spec: Business, refund: RefundOrder) -> dict[str, str]:
    """A part or all of the amount, on any day within 90 days (QR 30)."""
    return _money_back(spec, refund, txn_type="04")


def void_request(spec: Business, refund: RefundOrder) -> dict[str, str]:
    """The whole amount, before 23:00 of the same settlement day."""
    return _money_back(spec, refund, txn_type="31")


def _money_back(spec: Business, refund: RefundOrder, *, txn_type: str) -> dict[str, str]:
    return {
        "bizType": spec.biz_type,
        "txnType": txn_type,
        "txnSubType": "00",
        "channelType": spec.channel_type,
        "orderId": refund.out_refund_no,
        "txnTime": refund_time(refund),
        "txnAmt": str(refund.amount_fen),
        "currencyCode": RENMINBI,
        "origQryId": refund.order.transaction_id or "",
        "backUrl": refund.notify_url,
    }


def reversal_request(spec: Business, order: OrderRef) -> dict[str, str]:
    """Names the original by its own number and time."""
    return {
        "bizType": spec.biz_type,
        "txnType": "99",
        "txnSubType": "01",
        "channelType": spec.channel_type,
        "orderId": order.channel_order_no,
        "txnTime": wire_time(order.created_at_ms),
    }
