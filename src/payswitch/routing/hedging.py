"""对冲预算: how many orders may be begun beside one that is still silent.

A hedge is a second create call for the same payment. On a channel that is merely slow every payment would ask for one,
and the others would get twice the load at the worst moment. So hedges are rationed: a share of the merchant's create
calls of the last minute, and a few in any minute, so that a small shop is covered too.
"""

from __future__ import annotations

from collections import deque

import msgspec

from payswitch.kit.durations import MINUTE_MS
from payswitch.routing.policy import Hedging


class HedgeUsage(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant's last minute, for the live page and the quality page."""

    merchant_id: str
    creates: int
    """Create calls that would have been made without hedging, too."""
    hedges: int
    allowed: int
    """Hedges that so many creates allow."""


class _Minute:
    """Counts what happened in the last minute, by the second: sixty-one numbers, whatever the traffic."""

    def __init__(self) -> None:
        self._seconds: deque[list[float]] = deque()
        self.total = 0

    def add(self, now_ms: float) -> None:
        second = now_ms // 1_000
        if self._seconds and self._seconds[-1][0] >= second:
            self._seconds[-1][1] += 1
        else:
            self._seconds.append([second, 1])
        self.total += 1

    def forget(self, now_ms: float) -> None:
        """Let go of whole seconds that ended a minute ago."""
        gone = (now_ms - MINUTE_MS) // 1_000
        while self._seconds and self._seconds[0][0] <= gone:
            self.total -= int(self._seconds.popleft()[1])


class HedgeBudget:
    """Per merchant and process. Times are monotonic milliseconds: a clock that is set must not open the budget."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[_Minute, _Minute]] = {}

    def note_create(self, merchant_id: str, now_ms: float) -> None:
        """An order was begun that is no hedge."""
        self._at(merchant_id, now_ms)[0].add(now_ms)

    def take(self, merchant_id: str, now_ms: float, law: Hedging) -> bool:
        """One hedge, if the last minute allows another one."""
        creates, hedges = self._at(merchant_id, now_ms)
        if hedges.total >= _allowed(creates, law):
            return False
        hedges.add(now_ms)
        return True

    def usage(self, merchant_id: str, now_ms: float, law: Hedging) -> HedgeUsage:
        """How much of it is used."""
        creates, hedges = self._at(merchant_id, now_ms)
        return HedgeUsage(
            merchant_id=merchant_id, creates=creates.total, hedges=hedges.total, allowed=_allowed(creates, law)
        )

    def _at(self, merchant_id: str, now_ms: float) -> tuple[_Minute, _Minute]:
        minutes = self._of.get(merchant_id)
        if minutes is None:
            minutes = self._of[merchant_id] = (_Minute(), _Minute())
        for minute in minutes:
            minute.forget(now_ms)
        return minutes


def _allowed(creates: _Minute, law: Hedging) -> int:
    return max(law.least_per_minute, int(creates.total * law.share))
