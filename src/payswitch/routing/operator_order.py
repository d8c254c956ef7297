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
from typing import Final

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


class OperatorOrder:
    """The lines of one merchant in the order in which their channels are listed."""

    __slots__ = ("_due_ms", "_places")

    def __init__(self, channels: Sequence[Iterable[Line]]) -> None:
        """`channels`: the lines of each channel, best first."""
        scores = normal_scores(len(channels))
        self._places = [(score, line) for score, lines in zip(scores, channels, strict=True) for line in lines]
        self._due_ms = 0

    def settle(self, health: Health, now_ms: int, scoring: Scoring) -> None:
        """Set every line's `order_odds` anew when it is time."""
        if now_ms >= self._due_ms:
            self._due_ms = now_ms + REFRESH_MS
            self._fit(health.priors(now_ms, scoring).completion, now_ms, scoring)

    def _fit(self, level: float, now_ms: int, scoring: Scoring) -> None:
        seen = [(score, *line.completion.counts(now_ms, scoring)) for score, line in self._places]
        """`level`: completion of all lines together, 0..1."""
        trials = sum(n for _, _, n in seen)
        middle = sum(score * n for score, _, n in seen) / trials if trials else 0.0
        slope = _slope([one for one in seen if one[2] >= _LEAST_TRIALS], level, scoring)
        for score, line in self._places:
            line.order_odds = exp(slope * (score - middle))


def _slope(seen: list[tuple[float, float, float]], level: float, scoring: Scoring) -> float:
    """Log odds per unit of score; from (score, good, trials) of the lines that have outcomes."""
    weighed = []
    for score, good, trials in seen:
        rate = (good + level) / (trials + 1.0)
        variance = _APART_SD * _APART_SD + 1.0 / (trials * rate * (1.0 - rate) + 1e-9)
        weighed.append((1.0 / variance, score, logit(rate)))
    total = sum(weight for weight, _, _ in weighed)
    prior = 1.0 / (_SLOPE_SD * _SLOPE_SD)
    if not total:
        return scoring.order_slope
    x = sum(weight * score for weight, score, _ in weighed) / total
    y = sum(weight * odds for weight, _, odds in weighed) / total
    across = sum(weight * (score - x) * (odds - y) for weight, score, odds in weighed)
    along = sum(weight * (score - x) ** 2 for weight, score, _ in weighed)
    return (prior * scoring.order_slope + across) / (prior + along)
