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

    def resume(self, at_ms: int) -> None:
        """Back from an outage: the time behind the open breaker taught nothing, so it makes nothing forgotten."""
        self.at_ms = max(self.at_ms, at_ms)

    def mean(self, prior: float, at_ms: int, scoring: Scoring) -> float:
        """Estimate with the prior, 0..1."""
        fade = self._fade(at_ms, scoring)
        weight = scoring.prior_calls
        return (self.good * fade + weight * prior) / (self.trials * fade + weight)

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


def chance_within(
    rate: DecayedRate, cells: dict[Key, Cell], keys: tuple[Key, ...], prior: float, now_ms: int, scoring: Scoring
) -> tuple[float, float]:
    """(chance of one stage for a payment in these segments, the number of outcomes that the channel's own weighs):

    z = logit(channel) + sum over segments of (logit(segment) - logit(channel)). What is old lapses.
    """
    # `mean` and `_fade` written out: this is half of the time of a decision
    age_ms = now_ms - rate.at_ms
    fade = exp(-age_ms / (scoring.time_constant_s * 1_000)) if age_ms > 0 else 1.0
    weight = scoring.prior_calls
    total = rate.trials * fade + weight
    chance = (rate.good * fade + weight * prior) / total
    if cells:
        shift = 0.0
        for key in keys:
            cell = cells.get(key)
            if cell is not None and cell.shift:
                age_ms = now_ms - cell.at_ms
                fade = exp(-age_ms / (scoring.segment_time_constant_s * 1_000)) if age_ms > 0 else 1.0
                shift += cell.shift * fade
        if shift:
            better = chance * exp(shift)
            chance = better / (1 - chance + better)
    return chance, total
