"""What shops are told: one row for each event, in the same commit as what happened."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from payswitch.domain.events import DeliveryState
from payswitch.storage.schema.columns import literals, metadata, number, one_of, partial_index, text

UNDELIVERED_STATES = (DeliveryState.PENDING, DeliveryState.RETRY)
"""Events that later events of the same payment must wait for."""

TROUBLED_STATES = (DeliveryState.RETRY, DeliveryState.DEAD)
"""Events that a shop has been offered and has not taken."""

events = Table(
    "events",
    metadata,
    text("event_id"),
    text("shop_id"),
    text("payment_id"),
    text("type"),
    number("sequence"),
    Column("body", LargeBinary, nullable=False),
    text("url", optional=True),
    text("state"),
    number("created_at_ms"),
    number("tries"),
    number("due_at_ms", optional=True),
    number("delivered_at_ms", optional=True),
    text("last_error"),
    PrimaryKeyConstraint("event_id", name="pk_events"),
    UniqueConstraint("payment_id", "sequence", name="uq_event_sequence"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_event_payment"),
    CheckConstraint("sequence > 0", name="ck_event_sequence"),
    CheckConstraint(one_of("state", DeliveryState), name="ck_event_state"),
)
Index("ix_events_shop", events.c.shop_id, events.c.created_at_ms, events.c.sequence, events.c.event_id)
partial_index("ix_events_due", events.c.due_at_ms, where=events.c.state.in_(literals(UNDELIVERED_STATES)))
partial_index(
    "ix_events_troubled",
    events.c.shop_id,
    events.c.state,
    events.c.created_at_ms,
    events.c.sequence,
    events.c.event_id,
    where=events.c.state.in_(literals(TROUBLED_STATES)),
)
