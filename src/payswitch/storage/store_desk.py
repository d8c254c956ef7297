"""`services.desk.desk_ports.DeskStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.payment import Incident
from payswitch.domain.payment_search import Match, PaymentFilter, PaymentPage
from payswitch.domain.saved_view import SavedView, ViewPage
from payswitch.storage import desk_statements as sql
from payswitch.storage import number_search, payment_search
from payswitch.storage.running import ScriptRunner
from payswitch.storage.scripts import Script, rows, write
from payswitch.storage.write_statements import EVENT, INCIDENT


class DeskStore(ScriptRunner):
    """What operators look for and look at."""

    async def payment_list(
        self,
        wanted: PaymentFilter,
        *,
        merchants: Sequence[str],
        shops: Sequence[str],
        after: str | None,
        limit: int,
    ) -> PaymentPage:
        owners = shops if payment_search.owned_by_shops(wanted) else merchants
        return await self.read(payment_search.payment_list(wanted, owners, after, limit), snapshot=True)

    async def payments_with(
        self, number: str, *, merchants: Sequence[str], shops: Sequence[str], channels: Sequence[str]
    ) -> Sequence[Match]:
        script = number_search.matches(number, merchants, shops, channels)
        return await self.read(script, snapshot=True)

    async def event_list(
        self,
        shops: Sequence[str],
        *,
        states: Sequence[DeliveryState] | None,
        place: tuple[int, int, str] | None,
        limit: int,
    ) -> Sequence[Event]:
        return await self.read(sql.event_list(shops, states, place, limit), snapshot=True)

    async def events_of(self, payment_id: str) -> Sequence[Event]:
        return await self._rows(EVENT, sql.EVENTS_OF_PAYMENT, payment_id=payment_id)

    async def incidents_of(self, payment_id: str) -> Sequence[Incident]:
        return await self._rows(INCIDENT, sql.INCIDENTS_OF_PAYMENT, payment_id=payment_id)

    async def saved_views(self, merchant_id: str, owner: str, page: ViewPage) -> Sequence[SavedView]:
        return await self._rows(sql.VIEW, sql.VIEWS_OF, merchant_id=merchant_id, owner=owner, page=page.value)

    async def saved_view(self, view_id: str) -> SavedView | None:
        return await self._row(sql.VIEW, sql.VIEW_BY_ID, view_id=view_id)

    async def save_view(self, view: SavedView) -> SavedView:
        return await self.write(lambda: _saved(view))

    async def delete_view(self, view_id: str) -> None:
        await self.write(lambda: write(sql.DELETE_VIEW, {"view_id": view_id}))


def _saved(view: SavedView) -> Script[SavedView]:
    given = dict(zip(sql.VIEW.fields, sql.VIEW.encode(view), strict=True))
    (row,) = yield from rows(sql.SAVE_VIEW, **given)
    return sql.VIEW.decode(row)
