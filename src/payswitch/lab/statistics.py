"""Means with 95 % intervals, plain and paired. Small on purpose: no dependency for four formulas."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, stdev

import msgspec

_Z = NormalDist().inv_cdf(0.975)


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A mean over worlds and its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


def t_quantile(freedom: int) -> float:
    """The 97.5 % point of Student's distribution, by its expansion in 1/freedom (exact to 1 % from 4 on)."""
    z, v = _Z, float(max(1, freedom))
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def interval(values: Sequence[float]) -> Interval | None:
    """None when there is nothing to average; no width when there is one value only."""
    if not values:
        return None
    mean = fmean(values)
    half = t_quantile(len(values) - 1) * stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
    return Interval(mean=mean, low=mean - half, high=mean + half, n=len(values))


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Interval | None:
    """Of the differences, world by world."""
    return interval([a - b for a, b in zip(ours, theirs, strict=True)])
