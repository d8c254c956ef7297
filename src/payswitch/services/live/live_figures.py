"""What the live board counts of one merchant: the last hour minute by minute, and the Beijing day.

Memory is the same whatever the traffic: counts, and times in buckets that are 10 % wide.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Final

from payswitch.kit.durations import MINUTE_MS
from payswitch.services.decisions.usage import day_start_ms

KEPT_MINUTES: Final = 60
_GROWTH: Final = 1.1
_LOG_GROWTH: Final = math.log(_GROWTH)


class Times:
    """How long things took, in ms. Percentiles are right to 5 %: half a bucket."""

    __slots__ = ("_buckets", "count")

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0

    def add(self, ms: float) -> None:
        self._buckets[int(math.log(ms) / _LOG_GROWTH) if ms > 1 else 0] += 1
        self.count += 1

    def take_in(self, other: Times) -> None:
        self._buckets.update(other._buckets)
        self.count += other.count

    def percentile(self, share: float) -> float | None:
        """None without any."""
        rank = math.ceil(share * self.count)
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                return float(_GROWTH ** (bucket + 0.5))
        return None


@dataclass(slots=True)
class Figures:
    """Counts of one stretch of time. A payment is counted when it begins (`created`) and when it ends (the rest)."""

    created: int = 0
    created_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    lost: int = 0
    """Closed without money, for whatever reason."""
    lost_fen: int = 0
    lost_by_customer: int = 0
    """Of these: the customer's own matter (not paid although shown, no balance, cancelled); see `domain/losses.py`."""
    switches: int = 0
    hedges: int = 0
    saved: int = 0
    """Paid after a switch: with the first channel alone the order would have been lost."""
    saved_fen: int = 0
    surplus: int = 0
    surplus_fen: int = 0

    def take_in(self, other: Figures) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def ended(self) -> int:
        return self.paid + self.lost

    @property
    def payable(self) -> int:
        """Of the ended ones, those that a working channel would have brought in."""
        return self.ended - self.lost_by_customer


@dataclass(slots=True)
class Stretch:
    """One stretch of time: a minute, the day, or several minutes together."""

    counts: Figures = field(default_factory=Figures)
    credential: Times = field(default_factory=Times)
    """From the begin of a round to the credential on its way to the customer."""
    switch: Times = field(default_factory=Times)
    """From a failure to the credential of the next channel."""

    def take_in(self, other: Stretch) -> None:
        self.counts.take_in(other.counts)
        self.credential.take_in(other.credential)
        self.switch.take_in(other.switch)


class MerchantFigures:
    """One merchant's hour and day."""

    def __init__(self) -> None:
        self._minutes: dict[int, Stretch] = {}
        self._day_ms = 0
        self._today = Stretch()

    def hear(self, now_ms: int) -> tuple[Stretch, Stretch]:
        """Where something that happens now is counted: its minute and its day."""
        number = now_ms // MINUTE_MS
        minute = self._minutes.get(number)
        if minute is None:
            minute = self._minutes[number] = Stretch()
            for old in [one for one in self._minutes if one <= number - KEPT_MINUTES]:
                del self._minutes[old]
        return minute, self.today(now_ms)

    def today(self, now_ms: int) -> Stretch:
        """The Beijing day so far; the first look into a new one begins with nothing."""
        day_ms = day_start_ms(now_ms)
        if day_ms != self._day_ms:
            self._day_ms, self._today = day_ms, Stretch()
        return self._today

    def last(self, minutes: int, now_ms: int) -> Stretch:
        """The running minute and those before it, `minutes` in all."""
        number, found = now_ms // MINUTE_MS, Stretch()
        for one in range(number - minutes + 1, number + 1):
            if (minute := self._minutes.get(one)) is not None:
                found.take_in(minute)
        return found

    def by_minute(self, now_ms: int) -> list[Figures]:
        """The counts of the kept minutes, the oldest first, the running one last."""
        number, nothing = now_ms // MINUTE_MS, Stretch()
        numbers = range(number - KEPT_MINUTES + 1, number + 1)
        return [self._minutes.get(one, nothing).counts for one in numbers]

    def restore(self, at_ms: int, counts: Figures, now_ms: int) -> None:
        """Counts of a minute that this process has not heard of: from before its start, out of storage."""
        if day_start_ms(at_ms) == day_start_ms(now_ms):
            self.today(now_ms).counts.take_in(counts)
        number = at_ms // MINUTE_MS
        if now_ms // MINUTE_MS - KEPT_MINUTES < number:
            self._minutes.setdefault(number, Stretch()).counts.take_in(counts)
