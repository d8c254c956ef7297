"""The operator's order as evidence: who listed a channel first probably had a reason, and how good a reason is learned.

A channel with few outcomes of its own starts from a prior. Where all start alike, a shop with little traffic tries its
last channel as readily as its first. So the place in the order (tier, then place in the configuration) shifts the
prior on the scale of log odds:

    prior_k = the level of all + b (x_k - x)    x_k: the place as a normal score; x: its mean, by traffic

`b` is a regression over the lines themselves with a prior of its own (`scoring.order_slope`): an order that turns out
to say nothing is soon no argument, one that is upside down is turned around. Standalone, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp
from statistics import NormalDist
from typing import Final, Protocol

from payswitch.routing.health import Health, Line
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import logit

REFRESH_MS: Final = 10_000
"""How long a fit is good for: it rests on outcomes of half an hour."""
_SLOPE_SD: Final = 0.4
"""How sure the prior of `b` is, in log odds per standard deviation of the places."""
_APART_SD: Final = 0.4
"""How far channels lie apart, in log odds, for reasons that no order knows."""
_LEAST_TRIALS: Final = 3.0


def normal_scores(count: int) -> list[float]:
    """What the places 1 to `count` stand for, best first: the expected deviates of so many values drawn from a normal
    distribution and sorted (Blom's approximation). Two channels lie as far apart as two do, and twenty not ten times
    as far."""
    deviate = NormalDist().inv_cdf
    return [-deviate((place - 0.375) / (count + 0.25)) for place in range(1, count + 1)]


class Listed(Protocol):
    """A channel x product as laid out for one policy (`eligibility.Entry`)."""

    line: Line
    order_odds: float


class OperatorOrder:
    """What one merchant has laid out in one environment, in the order in which the channels are listed.

    What it says stands in the entries and not in the lines: these are shared with other policies, and with payments
    that are only tried.
    """

    __slots__ = ("_fitted_ms", "_places")

    def __init__(self, channels: Sequence[Iterable[Listed]]) -> None:
        """`channels`: the entries of each channel, best first."""
        scores = normal_scores(len(channels))
        self._places = [(score, entry) for score, entries in zip(scores, channels, strict=True) for entry in entries]
        self._fitted_ms = -REFRESH_MS

    def settle(self, health: Health, now_ms: int, scoring: Scoring) -> None:
        """Set every entry's `order_odds` anew when it is time, or when the clock was set back."""
        if not 0 <= now_ms - self._fitted_ms < REFRESH_MS:
            self._fitted_ms = now_ms
            self._fit(health.priors(now_ms, scoring).completion, now_ms, scoring)

    def _fit(self, level: float, now_ms: int, scoring: Scoring) -> None:
        """`level`: completion of all lines together, 0..1."""
        seen = [(score, *entry.line.completion.counts(now_ms, scoring)) for score, entry in self._places]
        trials = sum([n for _, _, n in seen], 0.0)
        middle = sum([score * n for score, _, n in seen], 0.0) / trials if trials else 0.0
        slope = _slope([one for one in seen if one[2] >= _LEAST_TRIALS], level, scoring)
        for score, entry in self._places:
            entry.order_odds = exp(slope * (score - middle))


def _slope(seen: list[tuple[float, float, float]], level: float, scoring: Scoring) -> float:
    """Log odds per unit of score; from (score, good, trials) of the lines that have outcomes."""
    weighed = []
    for score, good, trials in seen:
        rate = (good + level) / (trials + 1.0)
        variance = _APART_SD * _APART_SD + 1.0 / (trials * rate * (1.0 - rate) + 1e-9)
        weighed.append((1.0 / variance, score, logit(rate)))
    total = sum([weight for weight, _, _ in weighed], 0.0)
    prior = 1.0 / (_SLOPE_SD * _SLOPE_SD)
    if not total:
        return scoring.order_slope
    x = sum([weight * score for weight, score, _ in weighed], 0.0) / total
    y = sum([weight * odds for weight, _, odds in weighed], 0.0) / total
    across = sum([weight * (score - x) * (odds - y) for weight, score, odds in weighed], 0.0)
    along = sum([weight * (score - x) ** 2 for weight, score, _ in weighed], 0.0)
    return (prior * scoring.order_slope + across) / (prior + along)
