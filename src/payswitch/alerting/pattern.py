"""A shop's own pattern: how many payments an hour of its day brings, so that silence can be told from night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from payswitch.domain.alert import ShopTally
from payswitch.kit.durations import HOUR_MS

DAYS_BACK: Final = 14
LONGEST_MS: Final = 24 * HOUR_MS
"""A silence longer than a day is told by its first day."""
LEAST_DAYS: Final = 5
"""Of which something is known: a pattern from less is none."""


def expected_payments(hours: Sequence[ShopTally], from_ms: int, to_ms: int) -> float:
    """How many payments the same hours of the last two weeks would have brought between these moments.

    Of each hour's counts the lower quartile is taken: a shop that sells in bursts is not missed between two of them.
    0 for a shop that is too new.
    """
    counts = {hour.at_ms: hour.created for hour in hours}
    if not counts or to_ms <= from_ms:
        return 0.0
    first_ms = min(counts)
    total = 0.0
    from_ms = max(from_ms, to_ms - LONGEST_MS)
    start_ms = from_ms // HOUR_MS * HOUR_MS
    while start_ms < to_ms:
        share = (min(start_ms + HOUR_MS, to_ms) - max(start_ms, from_ms)) / HOUR_MS
        total += share * _usual(counts, start_ms, first_ms)
        start_ms += HOUR_MS
    return total


def _usual(counts: Mapping[int, int], hour_ms: int, first_ms: int) -> float:
    """What this hour of the day usually brings; an hour without a row had no payments."""
    past = [hour_ms - day * 24 * HOUR_MS for day in range(1, DAYS_BACK + 1)]
    seen = sorted(counts.get(at_ms, 0) for at_ms in past if at_ms >= first_ms)
    if len(seen) < LEAST_DAYS:
        return 0.0
    return float(seen[len(seen) // 4])
