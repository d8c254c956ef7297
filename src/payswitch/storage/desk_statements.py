"""What the operators' desk reads beside payments: events by their delivery, incidents of a payment, saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, select, tuple_

from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.saved_view import SavedView
from payswitch.storage.codec import RowCodec
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared, Statement, prepared_upsert
from payswitch.storage.schema import TROUBLED_STATES, events, incidents, literal, literals, saved_views
from payswitch.storage.scripts import Script, decoded
from payswitch.storage.write_statements import EVENT

VIEW: Final = RowCodec(SavedView)


_PLACE: Final = (events.c.created_at_ms, events.c.sequence, events.c.event_id)


def _of_shop(state: DeliveryState | None, after_place: bool) -> Prepared:
    statement = select(*events.columns).where(events.c.shop_id == bound_text("shop_id"))
    if state is not None:
        # The second says what is true anyway, in the words of the partial index.
        statement = statement.where(events.c.state == literal(state), events.c.state.in_(literals(TROUBLED_STATES)))
    if after_place:
        place = tuple_(bound_number("place_ms"), bound_number("place_sequence"), bound_text("place_id"))
        statement = statement.where(tuple_(*_PLACE) < place)
    return Prepared(statement.order_by(*(column.desc() for column in _PLACE)).limit(LIMIT))


EVENTS_OF_SHOP: Final = {
    (state, after_place): _of_shop(state, after_place)
    for state in (None, *TROUBLED_STATES)
    for after_place in (False, True)
}
EVENTS_OF_PAYMENT: Final = Prepared(
    select(*events.columns).where(events.c.payment_id == bound_text("payment_id")).order_by(events.c.sequence)
)
INCIDENTS_OF_PAYMENT: Final = Prepared(
    select(*incidents.columns)
    .where(incidents.c.payment_id == bound_text("payment_id"))
    .order_by(incidents.c.at_ms, incidents.c.incident_id)
)

VIEWS_OF: Final = Prepared(
    select(*saved_views.columns)
    .where(
        saved_views.c.merchant_id == bound_text("merchant_id"),
        saved_views.c.owner.in_([bound_text("owner"), ""]),
        saved_views.c.page == bound_text("page"),
    )
    .order_by(saved_views.c.name)
)
VIEW_BY_ID: Final = Prepared(select(*saved_views.columns).where(saved_views.c.view_id == bound_text("view_id")))
DELETE_VIEW: Final = Prepared(delete(saved_views).where(saved_views.c.view_id == bound_text("view_id")))


def _save_view(insert: Any) -> Statement:
    statement = insert(saved_views)
    replaced = {name: statement.excluded[name] for name in ("query", "saved_at_ms", "saved_by")}
    saved: Statement = statement.on_conflict_do_update(
        index_elements=["merchant_id", "owner", "page", "name"], set_=replaced
    ).returning(*saved_views.columns)
    return saved


SAVE_VIEW: Final = prepared_upsert(_save_view)


def event_list(
    shops: Sequence[str], states: Sequence[DeliveryState] | None, place: tuple[int, int, str] | None, limit: int
) -> Script[list[Event]]:
    """Of these shops, newest first, after a place. `states`: of those that a shop has not taken; None: all."""
    found: list[Event] = []
    given: dict[str, object] = {"limit": limit}
    if place is not None:
        given |= {"place_ms": place[0], "place_sequence": place[1], "place_id": place[2]}
    for shop_id in shops:
        for state in (None,) if states is None else states:
            statement = EVENTS_OF_SHOP[state, place is not None]
            found += yield from decoded(EVENT, statement, shop_id=shop_id, **given)
    found.sort(key=lambda event: (event.created_at_ms, event.sequence, event.event_id), reverse=True)
    return found[:limit]
