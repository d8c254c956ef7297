"""常用筛选: the filters of a console page under a name."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ViewPage(StrEnum):
    """Pages whose filters can be kept."""

    PAYMENTS = "payments"
    EVENTS = "events"
    BREAKS = "breaks"


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """One name for one set of filters. The same name saved again replaces what it stood for."""

    view_id: str
    merchant_id: str
    owner: str
    """The operator it is for; empty: for everybody who works for the merchant."""
    page: ViewPage
    name: str
    query: str
    """The page's own query string, without `?` and without the place in the list."""
    saved_at_ms: int
    saved_by: str
