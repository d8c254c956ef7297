"""商户通知: what the shop is told, at least once, in order, with the same bytes at every try."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class EventType(StrEnum):
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_CLOSED = "payment.closed"
    PAYMENT_CONFIRMING = "payment.confirming"
    """扣款确认中: a debit may have happened and nobody knows yet; says by when it will be known."""
    PAYMENT_SURPLUS = "payment.surplus"
    """重复支付: a second success of the same payment (or one after it was closed) that is being refunded."""
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    REFUND_ABNORMAL = "refund.abnormal"
    """A person of the merchant must act; refund.succeeded or refund.failed still follows."""


class DeliveryState(StrEnum):
    PENDING = "pending"
    RETRY = "retry"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Three days of tries are over: an incident says so; the shop can still read it by API and have it resent."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the outbox, written in the same commit as the change it tells of."""

    event_id: str
    shop_id: str
    payment_id: str
    type: EventType
    sequence: int
    """1, 2, 3 ... per payment: a shop that sees 3 after 5 knows that 3 is old news."""
    body: bytes
    """The JSON that is sent: stored, so that every try sends the same bytes."""
    url: str | None
    """None: the shop has no callback; the event is kept for the API and counts as delivered."""
    state: DeliveryState
    created_at_ms: int
    tries: int = 0
    due_at_ms: int | None = None
    delivered_at_ms: int | None = None
    last_error: str = ""
