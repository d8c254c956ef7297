"""What the API shows of events."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.kit.clock import iso_or_none, iso_utc


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """商户通知: one event, whether the shop has it, and its body as sent."""

    event_id: str
    payment_id: str
    type: EventType
    sequence: int
    state: DeliveryState
    tries: int
    url: str | None
    created_at: str
    next_try_at: str | None
    delivered_at: str | None
    last_error: str
    body: msgspec.Raw


class EventList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[EventView]
    next: str | None


def event_view(event: Event) -> EventView:
    return EventView(
        event_id=event.event_id,
        payment_id=event.payment_id,
        type=event.type,
        sequence=event.sequence,
        state=event.state,
        tries=event.tries,
        url=event.url,
        created_at=iso_utc(event.created_at_ms),
        next_try_at=iso_or_none(event.due_at_ms),
        delivered_at=iso_or_none(event.delivered_at_ms),
        last_error=event.last_error,
        body=msgspec.Raw(event.body),
    )
