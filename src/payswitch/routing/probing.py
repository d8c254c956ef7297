"""The budget of recovery probes: a customer's payment is lent to a suspect, so not too many of them may be."""

from __future__ import annotations

from typing import Final

from payswitch.routing.health import Line
from payswitch.routing.policy import Triggers
from payswitch.routing.rates import Key

_SAVED_UP: Final = 2.0
"""At most so many probes in a burst: enough to bring one channel back with two payments in a row."""

_SEGMENT_GAP_MS: Final = 20_000
"""Between probes of one segment: its traffic is a part of the channel's, so the law asks for longer gaps."""


def may_try(line: Line, keys: tuple[Key, ...], now_ms: int) -> bool:
    """Whether a line that only seems to be ill may be lent this payment: one at a time, and a segment not too often."""
    scopes = (line.scopes.get(key) for key in keys)
    return line.breaker.may_try(now_ms) and all(s is None or now_ms >= s.next_probe_ms for s in scopes)


def lend_segments(line: Line, keys: tuple[Key, ...], now_ms: int) -> None:
    """A payment was lent: what it will show of its segments is not asked again for a while."""
    for key in keys:
        scope = line.scopes.get(key)
        if scope is not None:
            scope.next_probe_ms = now_ms + _SEGMENT_GAP_MS


class ProbeBudget:
    """A token bucket per merchant: each first attempt adds `probe_share`, each probe takes one."""

    def __init__(self) -> None:
        self._saved: dict[str, float] = {}

    def accrue(self, merchant_id: str, triggers: Triggers) -> bool:
        """Count one first attempt; True when a probe can be afforded."""
        saved = min(_SAVED_UP, self._saved.get(merchant_id, _SAVED_UP) + triggers.probe_share)
        self._saved[merchant_id] = saved
        return saved >= 1.0

    def spend(self, merchant_id: str) -> None:
        """Take one probe out of what was saved."""
        self._saved[merchant_id] -= 1.0
