"""What the operators' desk needs from storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Unpack

from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.ledger import Transfer
from payswitch.domain.payment import Incident
from payswitch.domain.payment_search import Match, PaymentFilter, PaymentPage
from payswitch.domain.saved_view import SavedView, ViewPage
from payswitch.domain.trail import TrailEntry, TrailFilters


class DeskStore(Protocol):
    """Reads of what many payments, or one of them, left behind. Every read is quick however long the history grows."""

    async def payment_list(
        self,
        wanted: PaymentFilter,
        *,
        merchants: Sequence[str],
        shops: Sequence[str],
        after: str | None,
        limit: int,
    ) -> PaymentPage:
        """A page of these merchants' payments at these shops, newest first. `after`: the `next` of the page before."""
        ...

    async def payments_with(
        self, number: str, *, merchants: Sequence[str], shops: Sequence[str], channels: Sequence[str]
    ) -> Sequence[Match]:
        """Every payment of theirs that has the number as one of its own; of a customer's the newest. `channels`: those
        that are configured now."""
        ...

    async def event_list(
        self,
        shops: Sequence[str],
        *,
        states: Sequence[DeliveryState] | None,
        place: tuple[int, int, str] | None,
        limit: int,
    ) -> Sequence[Event]:
        """Newest first. `states`: among retry and dead; None: all. `place`: created, sequence and id of the last one of
        the page before."""
        ...

    async def events_of(self, payment_id: str) -> Sequence[Event]:
        """In order of their sequence."""
        ...

    async def incidents_of(self, payment_id: str) -> Sequence[Incident]:
        """Oldest first."""
        ...

    async def transfers_of(self, payment_id: str) -> Sequence[Transfer]:
        """What the ledger has about one payment."""
        ...

    async def trail(self, merchant_id: str, *, limit: int, **filters: Unpack[TrailFilters]) -> Sequence[TrailEntry]:
        """What operators did to one thing, newest first."""
        ...

    async def saved_views(self, merchant_id: str, owner: str, page: ViewPage) -> Sequence[SavedView]:
        """This owner's own and the merchant's, by name."""
        ...

    async def saved_view(self, view_id: str) -> SavedView | None: ...

    async def save_view(self, view: SavedView) -> SavedView:
        """Keep it; one with the same name is replaced, and keeps its id."""
        ...

    async def delete_view(self, view_id: str) -> None: ...
