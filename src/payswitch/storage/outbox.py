"""The outbox in SQL: which events are due, who has taken them, how their delivery went."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Integer, Text, bindparam, exists, select, update

from payswitch.domain.events import Event
from payswitch.storage import schema
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import events
from payswitch.storage.scripts import AskEach, Script, rows, write
from payswitch.storage.write_statements import EVENT


def _due() -> Prepared:
    """Due events whose earlier ones (of the same payment) are all delivered or dead, the longest due first."""
    earlier = events.alias("earlier")
    blocked = exists().where(
        earlier.c.payment_id == events.c.payment_id,
        earlier.c.sequence < events.c.sequence,
        earlier.c.state.in_(schema.literals(schema.UNDELIVERED_STATES)),
    )
    return Prepared(
        select(*events.columns)
        .where(
            events.c.state.in_(schema.literals(schema.UNDELIVERED_STATES)),
            events.c.due_at_ms <= bindparam("now_ms", type_=BigInteger),
            ~blocked,
        )
        .order_by(events.c.due_at_ms)
        .limit(bindparam("limit", type_=Integer))
        # PostgreSQL: rows that another worker is just taking are left to it. SQLite has one writer and no such clause.
        .with_for_update(skip_locked=True, of=events)
    )


DUE: Final = _due()
_LEASE: Final = Prepared(
    update(events)
    .where(events.c.event_id == bindparam("event", type_=Text))
    .values(due_at_ms=bindparam("until_ms", type_=BigInteger))
)
_DELIVERY_COLUMNS: Final = ("state", "tries", "due_at_ms", "delivered_at_ms", "last_error")
_SAVE: Final = Prepared(
    update(events)
    .where(events.c.event_id == bindparam("event", type_=Text))
    .values({name: bindparam(name) for name in _DELIVERY_COLUMNS})
)


def claim(now_ms: int, lease_ms: int, limit: int) -> Script[list[Event]]:
    """Take due events: until `now_ms + lease_ms` nobody else is offered them."""
    found = yield from rows(DUE, now_ms=now_ms, limit=limit)
    until_ms = now_ms + lease_ms
    due_column = EVENT.fields.index("due_at_ms")
    claimed = []
    for row in found:
        taken = list(row)
        taken[due_column] = until_ms
        claimed.append(EVENT.decode(taken))
    if claimed:
        yield AskEach(_LEASE, [{"until_ms": until_ms, "event": event.event_id} for event in claimed])
    return claimed


def save_delivery(event: Event) -> Script[None]:
    """Write how a delivery try went. The bytes, the number and the address of an event never change."""
    values = {name: getattr(event, name) for name in _DELIVERY_COLUMNS} | {"state": event.state.value}
    if (yield from write(_SAVE, values | {"event": event.event_id})) != 1:
        raise InvariantViolation("event_missing", event.event_id)
