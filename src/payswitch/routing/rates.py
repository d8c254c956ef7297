"""Success rates that forget: of a channel x product, and of the segments below it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Final

from payswitch.routing.policy import Scoring

_CELLS_MOST: Final = 1_024
"""Segments kept per channel x product; the one not met for longest gives way. China has some 300 banks."""
_SAME: Final = 0.005
"""Differences below this are none: most segments are as their channel, and then they cost nothing."""
_SURE: Final = 1e-4
"""No rate is taken to be nearer to 0 or 1 than this."""


@dataclass(slots=True)
class DecayedRate:
    """Successes among trials, both halved and halved again as time goes by."""

    good: float = 0.0
    trials: float = 0.0
    at_ms: int = 0

    def add(self, success: bool, at_ms: int, scoring: Scoring, share: float = 1.0) -> None:
        """Count one outcome, or the share of it that nothing else explains. Times may come slightly out of order."""
        fade = self._fade(at_ms, scoring)
        self.good = self.good * fade + (share if success else 0.0)
        self.trials = self.trials * fade + share
        self.at_ms = max(self.at_ms, at_ms)

    def add_many(self, good: float, trials: float, at_ms: int, scoring: Scoring) -> None:
        """Count several outcomes at once."""
        fade = self._fade(at_ms, scoring)
        self.good = self.good * fade + good
        self.trials = self.trials * fade + trials
        self.at_ms = max(self.at_ms, at_ms)

    def resume(self, at_ms: int) -> None:
        """Back from an outage: the time behind the open breaker taught nothing, so it makes nothing forgotten."""
        self.at_ms = max(self.at_ms, at_ms)

    def mean(self, prior: float, at_ms: int, scoring: Scoring) -> float:
        """Estimate with the prior, 0..1."""
        return self.mean_and_weight(prior, at_ms, scoring)[0]

    def mean_and_weight(self, prior: float, at_ms: int, scoring: Scoring) -> tuple[float, float]:
        """Estimate with the prior, and the number of outcomes that both together weigh."""
        age_ms = at_ms - self.at_ms  # `_fade` written out: this runs twice per candidate of every decision
        fade = exp(-age_ms / (scoring.time_constant_s * 1_000)) if age_ms > 0 else 1.0
        weight = scoring.prior_calls
        total = self.trials * fade + weight
        return (self.good * fade + weight * prior) / total, total

    def counts(self, at_ms: int, scoring: Scoring) -> tuple[float, float]:
        """(good, trials) as far as they are remembered."""
        fade = self._fade(at_ms, scoring)
        return self.good * fade, self.trials * fade

    def weight(self, at_ms: int, scoring: Scoring) -> float:
        """How many outcomes it still rests on."""
        return self.trials * self._fade(at_ms, scoring)

    def _fade(self, at_ms: int, scoring: Scoring) -> float:
        age_ms = at_ms - self.at_ms
        return exp(-age_ms / (scoring.time_constant_s * 1_000)) if age_ms > 0 else 1.0


def logit(rate: float) -> float:
    """Log odds of a rate."""
    rate = min(max(rate, _SURE), 1 - _SURE)
    return log(rate / (1 - rate))


def shifted(rate: float, shift: float) -> float:
    """The rate moved by so much on the scale of log odds: near 0 or 1 it takes more to move."""
    better = rate * exp(shift)
    return better / (1 - rate + better)


@dataclass(slots=True)
class Cell:
    """One segment of one channel x product: how much better or worse it does than the whole, per stage.

    Pooled: with few outcomes of its own it stands where the channel stands.
    """

    good: float = 0.0
    trials: float = 0.0
    shift: float = 0.0
    at_ms: int = 0
    well_ms: int = 0
    """When it was last seen to work; 0: never."""

    def add(self, success: bool, at_ms: int, whole: float, scoring: Scoring, share: float) -> None:
        """Count one outcome; `whole`: the channel's own rate just now."""
        fade = self._fade(at_ms, scoring)
        self.good = self.good * fade + (share if success else 0.0)
        self.trials = self.trials * fade + share
        self.at_ms = max(self.at_ms, at_ms)
        if success:
            self.well_ms = max(self.well_ms, at_ms)
        weight = scoring.segment_prior_calls
        pooled = (self.good + weight * whole) / (self.trials + weight)
        shift = logit(pooled) - logit(whole)
        self.shift = shift if abs(shift) > _SAME else 0.0

    def shift_at(self, now_ms: int, scoring: Scoring) -> float:
        """On the scale of log odds; what is old lapses."""
        return self.shift * self._fade(now_ms, scoring) if self.shift else 0.0

    def _fade(self, at_ms: int, scoring: Scoring) -> float:
        age_ms = at_ms - self.at_ms
        return exp(-age_ms / (scoring.segment_time_constant_s * 1_000)) if age_ms > 0 else 1.0


Key = tuple[str, str]
"""(kind, value) of a segment, e.g. ("bank", "ICBC")."""


class SegmentRates:
    """The cells of one channel x product: made when first met, bounded in number."""

    __slots__ = ("completion", "creation")

    def __init__(self) -> None:
        self.creation: dict[Key, Cell] = {}
        self.completion: dict[Key, Cell] = {}

    @staticmethod
    def learn(
        cells: dict[Key, Cell],
        keys: tuple[Key, ...],
        success: bool,
        at_ms: int,
        whole: float,
        scoring: Scoring,
        share: float,
    ) -> None:
        """Count one outcome in each of its segments."""
        for key in keys:
            cell = cells.pop(key, None)
            if cell is None:
                cell = Cell()
                if len(cells) >= _CELLS_MOST:
                    del cells[next(iter(cells))]
            cells[key] = cell  # moved to the end: the first one is the one not met for longest
            cell.add(success, at_ms, whole, scoring, share)

    @staticmethod
    def shift(cells: dict[Key, Cell], keys: tuple[Key, ...], now_ms: int, scoring: Scoring) -> float:
        """What all the segments of a payment add, on the scale of log odds."""
        total = 0.0
        for key in keys:
            cell = cells.get(key)
            if cell is not None and cell.shift:
                total += cell.shift_at(now_ms, scoring)
        return total
