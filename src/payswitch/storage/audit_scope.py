"""Which payments an audit looks at: all of them, or those that something happened to since the last one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import CTE, BigInteger, ColumnElement, Text, bindparam, select, union

from payswitch.domain.events import DeliveryState
from payswitch.domain.payment import AttemptState
from payswitch.kit.ids import lowest_id
from payswitch.storage.schema import LIVE_PAYMENT_STATES, attempts, events, literal, literals, payments, refunds

Scope = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""Makes the condition "this payment is looked at" from a column of payment ids."""


def _touched() -> CTE:
    """Every table through an index of its own: what is made since, what ended since, and all that is alive. Each move
    of a payment after its end (a late success, a refund) tells the shop, so that its event is younger."""
    since_ms = bindparam("since_ms", type_=BigInteger)
    found = union(
        select(payments.c.payment_id).where(payments.c.payment_id >= bindparam("since_payment", type_=Text)),
        select(payments.c.payment_id).where(payments.c.state.in_(literals(LIVE_PAYMENT_STATES))),
        select(payments.c.payment_id).where(payments.c.due_at_ms.is_not(None)),
        select(attempts.c.payment_id).where(
            attempts.c.state == literal(AttemptState.SUCCEEDED), attempts.c.finished_at_ms >= since_ms
        ),
        select(attempts.c.payment_id).where(attempts.c.attempt_id >= bindparam("since_attempt", type_=Text)),
        select(attempts.c.payment_id).where(attempts.c.due_at_ms.is_not(None)),
        select(refunds.c.payment_id).where(refunds.c.refund_id >= bindparam("since_refund", type_=Text)),
        select(refunds.c.payment_id).where(refunds.c.due_at_ms.is_not(None)),
        select(events.c.payment_id).where(events.c.event_id >= bindparam("since_event", type_=Text)),
        select(events.c.payment_id).where(
            events.c.state.in_(literals((DeliveryState.PENDING, DeliveryState.RETRY))), events.c.due_at_ms.is_not(None)
        ),
    )
    return found.cte("touched")


_TOUCHED: Final = _touched()


def touched(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Since the moment of `window_values`, or alive."""
    return column.in_(select(_TOUCHED.c.payment_id))


def everything(column: ColumnElement[str]) -> ColumnElement[bool]:
    """All rows, orphans included."""
    return column.is_not(None)


def window_values(since_ms: int) -> dict[str, Any]:
    """What `touched` needs to be told."""
    return {
        "since_ms": since_ms,
        "since_payment": lowest_id("pay_", since_ms),
        "since_attempt": lowest_id("att_", since_ms),
        "since_refund": lowest_id("ref_", since_ms),
        "since_event": lowest_id("evt_", since_ms),
    }
