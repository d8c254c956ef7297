"""Counting per second, and one lane of the live board: one product of one channel."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from payswitch.domain.outcome import HURTS_HEALTH, SHOWS_HEALTH, OutcomeKind

KEPT_S = 600
"""A lane looks back ten minutes."""
WINDOW_S = 60
"""What "now" means of traffic: the last minute."""
_PARTS = 1_000_000
"""Chances are counted in millionths, so that one kind of ring is enough."""
TREND_STEP_S = 5
TREND_POINTS = KEPT_S // TREND_STEP_S
MOST_LATENCIES = 2_048

_GOOD = frozenset(kind.value for kind in SHOWS_HEALTH)
_BAD = frozenset(kind.value for kind in HURTS_HEALTH)


class Series:
    """Counts per second in a ring of ten minutes: fixed memory, whatever the traffic."""

    __slots__ = ("_counts", "_newest_s", "_seconds")

    def __init__(self) -> None:
        self._counts = [0] * KEPT_S
        self._seconds = [-1] * KEPT_S
        self._newest_s = -1

    def add(self, now_ms: int, count: int = 1) -> None:
        second = now_ms // 1_000
        slot = second % KEPT_S
        if self._seconds[slot] != second:
            self._seconds[slot] = second
            self._counts[slot] = 0
        self._counts[slot] += count
        self._newest_s = max(self._newest_s, second)

    def total(self, now_ms: int, last_s: int = WINDOW_S) -> int:
        """The sum of the last seconds, the running one included."""
        now_s = now_ms // 1_000
        return sum(self._between(now_s - last_s + 1, now_s + 1))

    def trend(self, now_ms: int) -> list[int]:
        """Sums of five seconds over ten minutes, the oldest first; without the running, incomplete five seconds."""
        end_s = now_ms // 1_000 // TREND_STEP_S * TREND_STEP_S
        first_s = end_s - (TREND_POINTS - 1) * TREND_STEP_S
        if self._newest_s < first_s:
            return [0] * (TREND_POINTS - 1)
        counts = self._between(first_s, end_s)
        return [sum(counts[at : at + TREND_STEP_S]) for at in range(0, len(counts), TREND_STEP_S)]

    def _between(self, first_s: int, end_s: int) -> list[int]:
        """The count of each of these seconds; most lanes of a board are idle, and cost nothing."""
        if self._newest_s < first_s:
            return []
        slots = [second % KEPT_S for second in range(first_s, end_s)]
        seconds, counts = self._seconds, self._counts
        return [
            counts[slot] if seconds[slot] == second else 0
            for slot, second in zip(slots, range(first_s, end_s), strict=True)
        ]


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """What the create calls of one lane came to. Calls that prove nothing about the channel (a payer's matter, a limit,
    our own mistake) are in neither `good` nor `bad`."""

    calls: int
    good: int
    bad: int
    p50_ms: float | None
    p95_ms: float | None
    last_error: LastError | None


@dataclass(frozen=True, slots=True)
class LastError:
    """The last create call that failed, whoever was to blame."""

    outcome: str
    code: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class LaneTraffic:
    """What went where."""

    wanted: float
    """How many payments the policy wanted to send here first: a sum of chances."""
    exposed: int
    """Credentials of this lane that were shown."""
    paid: int
    trend: list[int]
    """Credentials shown in each five seconds of ten minutes, the oldest first."""


@dataclass(slots=True)
class Lane:
    """One product of one channel."""

    channel_id: str
    product: str
    state: str = "healthy"
    last_error: LastError | None = None
    _calls: Series = field(default_factory=Series)
    _good: Series = field(default_factory=Series)
    _bad: Series = field(default_factory=Series)
    _wanted: Series = field(default_factory=Series)
    _exposed: Series = field(default_factory=Series)
    _paid: Series = field(default_factory=Series)
    _latencies: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=MOST_LATENCIES))

    @property
    def last_call_ms(self) -> int | None:
        """When the channel was last called for a payment."""
        return self._latencies[-1][0] if self._latencies else None

    def counts(self, now_ms: int, last_s: int = KEPT_S) -> LaneCounts:
        """The last seconds, at most the ten minutes that are remembered."""
        recent = [latency for at_ms, latency in self._latencies if at_ms > now_ms - last_s * 1_000]
        return LaneCounts(
            calls=self._calls.total(now_ms, last_s),
            good=self._good.total(now_ms, last_s),
            bad=self._bad.total(now_ms, last_s),
            p50_ms=percentile(recent, 0.5),
            p95_ms=percentile(recent, 0.95),
            last_error=self.last_error,
        )

    def answered(self, now_ms: int, outcome: str, code: str, latency_ms: float) -> None:
        self._calls.add(now_ms)
        self._latencies.append((now_ms, latency_ms))
        if outcome in _GOOD:
            self._good.add(now_ms)
            return
        if outcome in _BAD:
            self._bad.add(now_ms)
        if outcome != OutcomeKind.DUPLICATE.value:
            self.last_error = LastError(outcome=outcome, code=code, at_ms=now_ms)

    def wanted(self, now_ms: int, chance: float) -> None:
        """The policy would send a payment here first with this chance."""
        self._wanted.add(now_ms, round(chance * _PARTS))

    def exposed(self, now_ms: int) -> None:
        self._exposed.add(now_ms)

    def paid(self, now_ms: int) -> None:
        self._paid.add(now_ms)

    def traffic(self, now_ms: int) -> LaneTraffic:
        """The last minute."""
        return LaneTraffic(
            wanted=self._wanted.total(now_ms) / _PARTS,
            exposed=self._exposed.total(now_ms),
            paid=self._paid.total(now_ms),
            trend=self._exposed.trend(now_ms),
        )
