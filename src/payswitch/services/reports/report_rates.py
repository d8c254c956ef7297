"""周报·成功率: rates per channel x product and hour with intervals, and which of them have really changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import asin, sqrt
from statistics import NormalDist
from typing import Final

from payswitch.domain.analysis import RateCell
from payswitch.domain.report import Change, LineSuccess, Rate
from payswitch.routing.block_estimates import significant
from payswitch.routing.call_window import wilson_lower

_Z95: Final = 1.96
FALSE_FINDINGS: Final = 0.05
"""At most this part of what is called a change may be chance."""
PARTS: Final = ((0, 24), (0, 6), (6, 12), (12, 18), (18, 24))
"""What is compared with before: the whole day and its quarters, Beijing."""
_LEAST: Final = 50
"""Attempts on either side: fewer say nothing that a report should."""

Key = tuple[str, str]
"""Channel and product."""


def rate_of(good: int, of: int) -> Rate:
    """With Wilson's 95 % interval, which is honest for small numbers and near 0 and 1."""
    if not of:
        return Rate(good=0, of=0, rate=None, low=0.0, high=1.0)
    low, high = wilson_lower(good, of, _Z95), 1.0 - wilson_lower(of - good, of, _Z95)
    return Rate(good=good, of=of, rate=good / of, low=low, high=high)


class RateTable:
    """Counts by channel, product, hour and day; cells with the key (day, hour, channel, product)."""

    def __init__(self, cells: Iterable[RateCell]) -> None:
        self._counts: dict[Key, dict[tuple[int, int], tuple[int, int]]] = {}
        for cell in cells:
            day, hour, channel_id, product = cell.key
            found = self._counts.setdefault((channel_id, product), {})
            found[int(day), int(hour)] = (cell.paid, cell.tried)

    def keys(self) -> list[Key]:
        """The busiest first."""
        return sorted(self._counts, key=lambda key: (-self.rate(key).of, key))

    def rate(self, key: Key, holds: Callable[[int], bool] = lambda hour: True) -> Rate:
        """Of the hours that `holds` says yes to."""
        found = [count for (_, hour), count in self._counts.get(key, {}).items() if holds(hour)]
        return rate_of(sum(good for good, _ in found), sum(of for _, of in found))

    def spread(self, key: Key, holds: Callable[[int], bool]) -> float:
        """How much more the rate moves from day to day than chance alone explains (a factor of the variance, at least
        1): a channel that has good and bad days must not make a finding every week."""
        days: dict[int, tuple[int, int]] = {}
        for (day, hour), (good, of) in self._counts.get(key, {}).items():
            if holds(hour):
                was = days.get(day, (0, 0))
                days[day] = (was[0] + good, was[1] + of)
        total = sum(of for _, of in days.values())
        mean = sum(good for good, _ in days.values()) / total if total else 0.0
        if len(days) < 3 or not 0 < mean < 1:
            return 1.0
        chi = sum((good - of * mean) ** 2 / (of * mean * (1 - mean)) for good, of in days.values() if of)
        return max(1.0, chi / (len(days) - 1))


def lines_of(
    now: RateTable, before: RateTable, answers: Mapping[Key, tuple[float | None, float | None]]
) -> tuple[LineSuccess, ...]:
    return tuple(
        LineSuccess(
            channel_id=key[0],
            product=key[1],
            whole=now.rate(key),
            before=before.rate(key),
            hours=tuple(now.rate(key, _just(hour)) for hour in range(24)),
            answer_p50_ms=answers.get(key, (None, None))[0],
            answer_p95_ms=answers.get(key, (None, None))[1],
        )
        for key in now.keys()  # noqa: SIM118 (ordered by traffic; no mapping)
    )


def changes_of(now: RateTable, before: RateTable) -> tuple[tuple[Change, ...], int]:
    """What changed against the days before, the surest first, and how many comparisons were made.

    Two proportions, with the variance that the line's own days show; all comparisons together are held to one share of
    false findings (Benjamini and Hochberg), so that many channels and hours do not make a change every week.
    """
    tried: list[Change] = []
    for key in now.keys():  # noqa: SIM118 (as above)
        for part in PARTS:
            compared = _compare(now, before, key, part)
            if compared is not None:
                tried.append(compared)
    found = [tried[n] for n in significant([one.p_value for one in tried], FALSE_FINDINGS)]
    return tuple(sorted(found, key=lambda one: one.p_value)), len(tried)


def _compare(now: RateTable, before: RateTable, key: Key, part: tuple[int, int]) -> Change | None:
    holds = _within(*part)
    this, was = now.rate(key, holds), before.rate(key, holds)
    if min(this.of, was.of) < _LEAST or this.rate is None or was.rate is None:
        return None
    variance = (1 / (this.of + 0.5) + 1 / (was.of + 0.5)) * before.spread(key, holds)
    z = abs(_angle(this) - _angle(was)) / sqrt(variance)
    return Change(
        channel_id=key[0],
        product=key[1],
        from_hour=part[0],
        to_hour=part[1],
        before=was,
        now=this,
        p_value=2 * (1 - NormalDist().cdf(z)),
    )


def _angle(rate: Rate) -> float:
    """Anscombe's angle, whose variance does not depend on the rate: 98 % is no place for the normal distribution."""
    return 2 * asin(sqrt((rate.good + 0.375) / (rate.of + 0.75)))


def _just(hour: int) -> Callable[[int], bool]:
    return lambda found: found == hour


def _within(from_hour: int, to_hour: int) -> Callable[[int], bool]:
    return lambda hour: from_hour <= hour < to_hour


def answers_of(cells: Sequence[RateCell]) -> dict[Key, tuple[float | None, float | None]]:
    """Create-answer times by channel and product."""
    return {(cell.key[0], cell.key[1]): (cell.answer_p50_ms, cell.answer_p95_ms) for cell in cells}
