"""The operator's order as evidence: who listed a channel first probably had a reason, and how good a reason is learned.

A channel with few outcomes of its own starts from a prior. Where all start alike, a shop with little traffic tries its
last channel as readily as its first. So the place in the order (tier, then place in the configuration) shifts the
prior on the scale of log odds:

    prior_k = the level of all + b (x_k - x)    x_k: the place as a normal score; x: its mean, by traffic

`b` is a regression over the lines themselves with a prior of its own (`scoring.order_slope`): an order that turns out
to say nothing, or to be upside down, is soon no argument; where the channels lie near the opposite order it is turned
around. The same regression says how near to it the channels lie (`order_fit.py`): where it is right to a few points it
takes many outcomes to believe something else of a channel, where it is not, few. Standalone, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp
from statistics import NormalDist
from typing import Final, Protocol

from payswitch.routing.health import Health, Line
from payswitch.routing.order_fit import Seen, fit_order
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import weighs_like

REFRESH_MS: Final = 10_000
"""How long a fit is good for: it rests on outcomes of half an hour."""
_ORDINARY_SPREAD: Final = 0.52
"""Channels that lie so far from where their order says (log odds) have a prior of `prior_calls`. A Bayesian would weigh
it five times as heavily; but what is not tried stays unknown, so the unknown is trusted sooner. Chosen in the lab, on
worlds that are never compared (`docs/decisions/0030-the-orders-spread.md`)."""
_LIGHTEST: Final = 0.5
_HEAVIEST: Final = 20.0
"""Times `prior_calls`, however far or near the channels lie."""


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
    prior_weight: float


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
        """Set every entry's `order_odds` and `prior_weight` anew when it is time, or when the clock was set back."""
        if not 0 <= now_ms - self._fitted_ms < REFRESH_MS:
            self._fitted_ms = now_ms
            self._fit(health.priors(now_ms, scoring).completion, now_ms, scoring)

    def _fit(self, level: float, now_ms: int, scoring: Scoring) -> None:
        """`level`: completion of all lines together, 0..1."""
        seen = [Seen(score, *entry.line.completion.counts(now_ms, scoring)) for score, entry in self._places]
        trials = sum([one.trials for one in seen], 0.0)
        middle = sum([one.score * one.trials for one in seen], 0.0) / trials if trials else 0.0
        fit = fit_order(seen, level, scoring.order_slope)
        times = _ORDINARY_SPREAD * _ORDINARY_SPREAD * fit.tightness * weighs_like(level)
        prior_weight = scoring.prior_calls * min(max(times, _LIGHTEST), _HEAVIEST)
        for score, entry in self._places:
            entry.order_odds = exp(fit.slope * (score - middle))
            entry.prior_weight = prior_weight
