"""How much the operator's order says about completion, and how far the channels lie from where it says: a regression of
what was seen of them on their places, with the spread about its line unknown.

Each of a few spreads is a hypothesis: under each the slope is a Bayesian regression with a known variance, and how well
it foretold what was seen is its evidence. What is told is the mean over all of them. Standalone, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

from payswitch.routing.rates import logit

SLOPE_SD: Final = 0.4
"""How sure the prior of the slope is, in log odds per standard deviation of the places."""
SPREADS: Final = (0.2, 0.3, 0.45, 0.65, 0.95, 1.4)
"""Standard deviations of the channels about the line, in log odds: from accounts that are much alike, in the right
order, to channels that have nothing to do with each other. All as likely before anything was seen."""
_LEAST_TRIALS: Final = 3.0
"""Lines with less than that have no say."""


@dataclass(slots=True, frozen=True)
class Seen:
    """What is known of one line."""

    score: float
    """Of its place (`operator_order.normal_scores`)."""
    good: float
    trials: float


@dataclass(slots=True, frozen=True)
class Fit:
    """What the order is worth."""

    slope: float
    """Log odds of completion per standard deviation of the places."""
    tightness: float
    """Mean of 1 / spread^2: how near to the line the channels lie."""


@dataclass(slots=True, frozen=True)
class _Point:
    score: float
    odds: float
    variance: float


def fit_order(seen: Iterable[Seen], level: float, slope: float) -> Fit:
    """`level`: completion of all lines together, 0..1, which keeps thin counts in bounds; `slope`: before outcomes."""
    points = [_point(one, level) for one in seen if one.trials >= _LEAST_TRIALS]
    found = [_under(spread, points, slope) for spread in SPREADS]
    likeliest = max([evidence for evidence, _ in found])
    odds = [exp(evidence - likeliest) for evidence, _ in found]
    total = sum(odds, 0.0)
    slopes = [part * its_slope for part, (_, its_slope) in zip(odds, found, strict=True)]
    tight = [part / (spread * spread) for part, spread in zip(odds, SPREADS, strict=True)]
    return Fit(sum(slopes, 0.0) / total, sum(tight, 0.0) / total)


def _point(one: Seen, level: float) -> _Point:
    good = min(max(one.good, 0.0), one.trials)  # what was taken back may have been forgotten in part already
    rate = (good + level) / (one.trials + 1.0)
    return _Point(one.score, logit(rate), 1.0 / (one.trials * rate * (1.0 - rate)))


def _under(spread: float, points: Sequence[_Point], slope: float) -> tuple[float, float]:
    """(log evidence, slope) if this is the spread. The line's height is anybody's guess: it is integrated out."""
    prior = 1.0 / (SLOPE_SD * SLOPE_SD)
    if not points:
        return 0.0, slope
    weights = [1.0 / (spread * spread + point.variance) for point in points]
    total = sum(weights, 0.0)
    x = sum([weight * point.score for weight, point in zip(weights, points, strict=True)], 0.0) / total
    y = sum([weight * point.odds for weight, point in zip(weights, points, strict=True)], 0.0) / total
    along = across = squares = log_weights = 0.0
    for weight, point in zip(weights, points, strict=True):
        along += weight * (point.score - x) ** 2
        across += weight * (point.score - x) * (point.odds - y)
        squares += weight * (point.odds - y) ** 2
        log_weights += log(weight)
    precision = prior + along
    found = (prior * slope + across) / precision
    left = squares + prior * slope * slope - precision * found * found
    return (log_weights - log(total) - log(precision / prior) - left) / 2.0, found
