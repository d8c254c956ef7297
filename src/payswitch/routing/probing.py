"""The budget of recovery probes: a customer's payment is lent to a suspect, so not too many of them may be."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, hypot, pi, sqrt
from typing import Final

from payswitch.kit.durations import MINUTE_MS
from payswitch.routing.belief import Belief
from payswitch.routing.breaker import Breaker
from payswitch.routing.health import Line
from payswitch.routing.overlay import SUSPECT
from payswitch.routing.policy import Triggers
from payswitch.routing.probe_law import gap_by_worth_s
from payswitch.routing.segments import Key

_SAVED_UP: Final = 2.0
"""At most so many probes in a burst: enough to bring one channel back with two payments in a row."""

_SEGMENT_GAP_MS: Final = 20_000
"""Between probes of one segment: its traffic is a part of the channel's, so the law asks for longer gaps."""
_LONGEST_TIMES: Final = 2.0
"""No channel is left alone for longer than this many times `open_max_s`: a minute, as recovery is promised."""
_TRAFFIC_MS: Final = float(MINUTE_MS)
"""A merchant's traffic is what the last minute or so says."""


def may_try(line: Line, keys: tuple[Key, ...], now_ms: int) -> bool:
    """Whether a line that only seems to be ill may be lent this payment: one at a time, and a segment not too often."""
    if not line.breaker.may_try(now_ms):
        return False
    return all(now_ms >= line.scopes[key].next_probe_ms for key in keys if key in line.scopes)


def a_shadow_tells(line: Line) -> bool:
    """Whether an order that nobody is shown finds out if it is back: what fails there are create calls, and not the
    payments after them."""
    breaker = line.breaker
    if breaker.shadowed:  # the last one was never made: then a payment is lent
        return False
    if breaker.cut_off:
        return not breaker.awaits_paid
    return (breaker.suspected or line.overlay.up < SUSPECT) and line.arrivals.dark < SUSPECT


def lend_segments(line: Line, keys: tuple[Key, ...], now_ms: int) -> None:
    """A payment was lent: what it will show of its segments is not asked again for a while."""
    for key in keys:
        scope = line.scopes.get(key)
        if scope is not None:
            scope.next_probe_ms = now_ms + _SEGMENT_GAP_MS


def gain_if_back(suspect: Belief, best: Belief) -> float:
    """What a payment gains by this channel once it is well again: the expected lead of its ordinary chance over the
    best usable one, where it leads (both normal, with their spreads), 0..1."""
    lead = suspect.creation * suspect.completion - best.estimate
    spread = hypot(suspect.spread, best.spread)
    if spread <= 0:
        return max(0.0, lead)
    z = lead / spread
    return spread * exp(-z * z / 2) / sqrt(2 * pi) + lead * erfc(-z / sqrt(2)) / 2


def is_worth_asking(breaker: Breaker, gain: float, payments_per_s: float, now_ms: int, triggers: Triggers) -> bool:
    """Whether it is time to ask a line again that has no share of its own to come back to.

    The first probe of an outage is not put off: many are over in seconds. After a good one the next follows at once. A
    shadow probe that was never made has asked nothing.
    """
    if breaker.wins or not breaker.asked_at_ms or breaker.shadowed or not breaker.cut_off:
        return True
    by_worth_s = gap_by_worth_s(payments_per_s, gain, unpaid=breaker.awaits_paid)
    gap_s = min(by_worth_s, _LONGEST_TIMES * triggers.open_max_s)
    return now_ms - breaker.asked_at_ms >= gap_s * 1_000


@dataclass(slots=True)
class _Saved:
    """One merchant's."""

    probes: float = _SAVED_UP
    payments_per_s: float = 0.0
    at_ms: int = 0


class ProbeBudget:
    """A token bucket per merchant: each first attempt adds `probe_share`, each probe takes one."""

    def __init__(self) -> None:
        self._saved: dict[str, _Saved] = {}

    def accrue(self, merchant_id: str, triggers: Triggers, now_ms: int) -> None:
        """Count one first attempt."""
        saved = self._saved.get(merchant_id)
        if saved is None:
            saved = self._saved[merchant_id] = _Saved(at_ms=now_ms)
        saved.probes = min(_SAVED_UP, saved.probes + triggers.probe_share)
        passed_ms = max(0, now_ms - saved.at_ms)
        saved.payments_per_s = saved.payments_per_s * exp(-passed_ms / _TRAFFIC_MS) + 1_000 / _TRAFFIC_MS
        saved.at_ms = max(saved.at_ms, now_ms)

    def can_pay(self, merchant_id: str) -> bool:
        """Whether one probe can be afforded."""
        saved = self._saved.get(merchant_id)
        return saved is not None and saved.probes >= 1.0

    def payments_per_s(self, merchant_id: str) -> float:
        """First attempts of a merchant in a second, lately."""
        saved = self._saved.get(merchant_id)
        return saved.payments_per_s if saved is not None else 0.0

    def spend(self, merchant_id: str) -> None:
        """Take one probe out of what was saved."""
        self._saved[merchant_id].probes -= 1.0
