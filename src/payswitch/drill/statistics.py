"""Percentiles as everybody can check them by hand: the nearest rank, a value that really occurred."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` (0..1) of all values do not exceed; None when there are none."""
    if not 0 < share <= 1:
        raise ValueError(f"a percentile's share lies above 0 and not above 1: {share}")
    if not values:
        return None
    ranked = sorted(values)
    return ranked[math.ceil(share * len(ranked)) - 1]


def percentiles(values: Sequence[float], shares: Sequence[int], digits: int = 1) -> dict[str, float | None]:
    """`{"p50": ..., "p99": ...}` for whole-number shares in per cent, rounded for print."""
    found = {}
    for share in shares:
        value = percentile(values, share / 100)
        found[f"p{share}"] = None if value is None else round(value, digits)
    return found


def rate(part: int, whole: int) -> float:
    """A share with four decimals; 0.0 of nothing."""
    return round(part / whole, 4) if whole else 0.0
