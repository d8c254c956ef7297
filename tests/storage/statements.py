"""The reads that must stay quick however long the history grows: their plans are looked at in each database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payswitch.storage import desk_statements, number_search, outbox, standing
from payswitch.storage import read_statements as reads
from payswitch.storage.prepared import Prepared
from payswitch.storage.search_statements import Shape, Way, bound_statement, page_statement

SMALL_OR_FOR_AUDITS = (
    "SHOPS",
    "LIVE_KEYS",
    "CHANNEL_SETTINGS",
    "MANAGED_CHANNELS",
    "ALL_CREDENTIALS",
    "_BY_STATE",
    "_COUNT",
)

SMALL_AT_THE_DESK = ("CHANNELS_OF", "SAVE_VIEW", "DELETE_VIEW", "VIEWS_OF")
"""Tables of dozens of rows, and writes."""


def desk_reads() -> Iterator[tuple[str, Prepared]]:
    """What operators look for: every way through the history, alone, with each further condition, and with all."""
    for way in Way:
        yield f"BOUND[{way}]", bound_statement(way)
        further = [frozenset({shape}) for shape in Shape]
        for shapes in (frozenset[Shape](), *further, frozenset(Shape)):
            yield f"PAGE[{way}, {', '.join(sorted(shapes))}]", page_statement(way, shapes)
    for module in (number_search, desk_statements):
        for name, value in vars(module).items():
            if isinstance(value, Prepared) and name not in SMALL_AT_THE_DESK:
                yield name, value
            elif isinstance(value, dict) and not name.startswith("__"):
                yield from ((f"{name}[{key}]", one) for key, one in value.items() if isinstance(one, Prepared))


def quick_reads() -> list[Any]:
    named = [(name, value) for name, value in vars(reads).items() if isinstance(value, Prepared)]
    named += [(f"LIST_PAYMENTS[{key}]", value) for key, value in reads.LIST_PAYMENTS.items()]
    named += [(f"LIST_EVENTS[{key}]", value) for key, value in reads.LIST_EVENTS.items()]
    named.append(("CLAIM_EVENTS", outbox.DUE))
    named += list(desk_reads())
    named.append(("UNFINISHED", standing.UNFINISHED))
    return [
        pytest.param(value, id=name)
        for name, value in named
        if not name.endswith(SMALL_OR_FOR_AUDITS) and not name.startswith("_")
    ]
