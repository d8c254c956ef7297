"""The reads that must stay quick however long the history grows: their plans are looked at in each database."""

from __future__ import annotations

from typing import Any

import pytest

from payswitch.storage import outbox, people, standing
from payswitch.storage import read_statements as reads
from payswitch.storage.prepared import Prepared

SMALL_OR_FOR_AUDITS = (
    "SHOPS",
    "LIVE_KEYS",
    "SHOP_KEYS",
    "CHANNEL_SETTINGS",
    "MANAGED_CHANNELS",
    "ALL_CREDENTIALS",
    "_BY_STATE",
    "_COUNT",
)


def quick_reads() -> list[Any]:
    named = [(name, value) for name, value in vars(reads).items() if isinstance(value, Prepared)]
    named += [(name, value) for name, value in vars(people).items() if isinstance(value, Prepared) and name != "USERS"]
    named += [(f"LIST_PAYMENTS[{key}]", value) for key, value in reads.LIST_PAYMENTS.items()]
    named += [(f"LIST_EVENTS[{key}]", value) for key, value in reads.LIST_EVENTS.items()]
    named.append(("CLAIM_EVENTS", outbox.DUE))
    named.append(("UNFINISHED", standing.UNFINISHED))
    return [
        pytest.param(value, id=name)
        for name, value in named
        if not name.endswith(SMALL_OR_FOR_AUDITS) and not name.startswith("_")
    ]
