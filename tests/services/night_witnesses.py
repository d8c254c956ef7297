"""Who hears what the switch says in a night: the shop, and whoever reads the log."""

from __future__ import annotations

import sys
from collections import defaultdict

from payswitch.domain.events import Event
from tests.services.fate import Fate


class ForgetfulShop:
    """The shop's callback: hears, refuses, or hears and does not say so."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self.heard: dict[str, list[Event]] = defaultdict(list)

    async def deliver(self, event: Event, timeout_ms: int) -> str | None:
        await self._fate.clock.sleep(self._fate.dice.choice((0.01, 0.2)))
        if self._fate.chance(0.3 * self._fate.trouble):
            return "HTTP 503"
        known = [e for e in self.heard[event.payment_id] if e.event_id == event.event_id]
        if known:
            self._fate.must(known[0].body == event.body, "the same event with other bytes")
        else:
            self.heard[event.payment_id].append(event)
        return "timeout" if self._fate.chance(0.1 * self._fate.trouble) else None


class BugCatcher:
    """In the sweeper's place of a log: it must survive a bug with one payment, but here a bug ends the night."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate

    def error(self, event: str, **facts: object) -> None:
        """Storage trouble: expected."""

    def exception(self, event: str, **facts: object) -> None:
        self._fate.failure = self._fate.failure or sys.exc_info()[1]
