"""The reads that must stay quick however long the history grows: their plans are looked at in each database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from payswitch.domain.channel import Method
from payswitch.domain.payment import PaymentState
from payswitch.domain.payment_search import PaymentFilter
from payswitch.storage import alert_counting, alerts, backlog, desk_statements, number_search, outbox, people
from payswitch.storage import read_statements as reads
from payswitch.storage.prepared import Prepared
from payswitch.storage.search_statements import Way, bound_statement, page_statement, shapes_of, way_of

SMALL_OR_FOR_AUDITS = (
    "SHOPS",
    "LIVE_KEYS",
    "SHOP_KEYS",
    "CHANNEL_SETTINGS",
    "MANAGED_CHANNELS",
    "MANAGED_REVISIONS",
    "DISABLED_CHANNELS",
    "ALL_CREDENTIALS",
    "_BY_STATE",
    "_COUNT",
)

SMALL_AT_THE_DESK = ("CHANNELS_OF", "SAVE_VIEW", "DELETE_VIEW", "VIEWS_OF")
"""Tables of dozens of rows, and writes."""


def desk_reads() -> Iterator[tuple[str, Prepared]]:
    """What operators look for, lists of payments apart."""
    for module in (number_search, desk_statements):
        for name, value in vars(module).items():
            if isinstance(value, Prepared) and name not in SMALL_AT_THE_DESK:
                yield name, value
            elif isinstance(value, dict) and not name.startswith("__"):
                yield from ((f"{name}[{key}]", one) for key, one in value.items() if isinstance(one, Prepared))


SMALL_FOR_ALERTS = ("RECEIVERS", "SETTINGS", "WATCHES", "NODES")
"""A handful of rows each."""


def alert_reads() -> Iterator[tuple[str, Prepared]]:
    """What is looked at every few seconds, and what a page shows."""
    for module in (alerts, alert_counting):
        found = [(name, value) for name, value in vars(module).items() if isinstance(value, Prepared)]
        yield from ((name, value) for name, value in found if name not in SMALL_FOR_ALERTS)
    yield from ((f"GROUP_PAGES[{key}]", value) for key, value in alerts.GROUP_PAGES.items())


def payment_lists() -> Iterator[Prepared]:
    """The statements of every combination of filters: some hundreds, and the bounds of every way."""
    yield from map(bound_statement, Way)
    choices = {
        "shop_id": (None, "s"),
        "state": (None, PaymentState.PENDING, PaymentState.CLOSED),
        "method": (None, Method.WECHAT),
        "channel_id": (None, "c"),
        "min_fen": (None, 1),
        "from_ms": (None, 1),
        "surplus": (False, True),
        "switched": (False, True),
        "in_doubt": (False, True),
    }
    wanted = [PaymentFilter(**dict(zip(choices, values, strict=True))) for values in product(*choices.values())]
    yield from {page_statement(way_of(one), shapes_of(one, way_of(one))): None for one in wanted}


def quick_reads() -> list[Any]:
    named = [(name, value) for name, value in vars(reads).items() if isinstance(value, Prepared)]
    named += [(name, value) for name, value in vars(people).items() if isinstance(value, Prepared) and name != "USERS"]
    named += [(f"LIST_PAYMENTS[{key}]", value) for key, value in reads.LIST_PAYMENTS.items()]
    named += [(f"LIST_EVENTS[{key}]", value) for key, value in reads.LIST_EVENTS.items()]
    named.append(("CLAIM_EVENTS", outbox.DUE))
    named += list(desk_reads())
    named += [(name, value) for name, value in vars(backlog).items() if isinstance(value, Prepared)]
    named += list(alert_reads())
    return [
        pytest.param(value, id=name)
        for name, value in named
        if not name.endswith(SMALL_OR_FOR_AUDITS) and not name.startswith("_")
    ]
