"""What the alerts hear while it happens: breakers that move (so that people are told at once), payments that were
moved, and which of them were paid elsewhere. Everything else they read from storage.

It stands in the path of a payment: a few dictionary steps, bounded memory, no waiting.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Final

MOST_MOVED: Final = 20_000


class AlertEars:
    """Implements `ports.LiveFeed`. `wake` is set when a round of the rules should not wait for its turn."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self._moved: deque[tuple[int, str, str]] = deque(maxlen=MOST_MOVED)
        """When, from which channel, which payment."""
        self._paid: OrderedDict[str, int] = OrderedDict()
        """Of moved payments: what was paid, in fen."""
        self._moved_ids: OrderedDict[str, None] = OrderedDict()
        self._now_ms = 0

    def tick(self, now_ms: int) -> None:
        """Each round says what time it is: news carries no time, and asking a clock for each costs more than it is
        worth. A moved payment counts for the round before it."""
        self._now_ms = now_ms

    def tell(self, kind: str, facts: Mapping[str, object]) -> None:
        if kind == "breaker":
            self.wake.set()
        elif kind == "switched":
            self._switched(str(facts["payment_id"]), str(facts["from_channel"]))
        elif kind == "succeeded" and facts["payment_id"] in self._moved_ids:
            amount = facts["amount_fen"]
            _remember(self._paid, str(facts["payment_id"]), amount if isinstance(amount, int) else 0)
        elif kind == "invariant_violated":
            self.wake.set()

    def _switched(self, payment_id: str, channel_id: str) -> None:
        self._moved.append((self._now_ms, channel_id, payment_id))
        self._moved_ids[payment_id] = None
        if len(self._moved_ids) > MOST_MOVED:
            self._moved_ids.popitem(last=False)

    def moved_from(self, channel_id: str, since_ms: int) -> tuple[int, int, int]:
        """Payments moved away from this channel since then: how many, how many of them paid, how much."""
        moved = {one for at_ms, channel, one in self._moved if channel == channel_id and at_ms >= since_ms}
        paid = [self._paid[one] for one in moved if one in self._paid]
        return len(moved), len(paid), sum(paid)


def _remember(memory: OrderedDict[str, int], key: str, value: int) -> None:
    memory[key] = value
    if len(memory) > MOST_MOVED:
        memory.popitem(last=False)
