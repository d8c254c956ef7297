"""Success rates that forget: of a channel x product, and of the segments below it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Final

from payswitch.routing.horizon import Horizon
from payswitch.routing.policy import Scoring
from payswitch.routing.segments import Key

_SEGMENTS_MOST: Final = 1_024
"""Segments kept per channel x product; the one not met for longest gives way. China has some 300 banks."""
_SAME: Final = 0.005
"""Differences below this are none: most segments are as their channel, and then they cost nothing."""
_ORDINARY: Final = 0.92 * 0.08
"""What one outcome says on the scale of log odds at the rate that weights of priors are told for: p (1 - p)."""
_HEAVIEST: Final = 4.0
_SURE: Final = 1e-4
"""No rate is taken to be nearer to 0 or 1 than this."""


@dataclass(slots=True)
class DecayedRate:
    """Successes among trials, both halved and halved again as time goes by."""

    good: float = 0.0
    trials: float = 0.0
    at_ms: int = 0
    horizon: Horizon | None = None
    """To which the next two are faded; None since the last change."""
    good_there: float = 0.0
    trials_there: float = 0.0

    def add(self, success: bool, at_ms: int, scoring: Scoring, share: float = 1.0) -> None:
        """Count one outcome, or the share of it that nothing else explains. Times may come slightly out of order."""
        self.add_many(share if success else 0.0, share, at_ms, scoring)

    def add_many(self, good: float, trials: float, at_ms: int, scoring: Scoring) -> None:
        """Count several outcomes at once."""
        fade = self._fade(at_ms, scoring)
        self.good = self.good * fade + good
        self.trials = self.trials * fade + trials
        self._changed(at_ms)

    def resume(self, at_ms: int) -> None:
        """Back from an outage: the time behind the open breaker taught nothing, so it makes nothing forgotten."""
        self._changed(at_ms)

    def _changed(self, at_ms: int) -> None:
        if at_ms > self.at_ms:
            self.at_ms = at_ms
        self.horizon = None

    def fade_to(self, horizon: Horizon) -> None:
        """Be ready for decisions up to this moment."""
        fade = horizon.fade(self.at_ms)
        self.good_there, self.trials_there, self.horizon = self.good * fade, self.trials * fade, horizon

    def mean(self, prior: float, at_ms: int, scoring: Scoring) -> float:
        """Estimate with the prior, 0..1."""
        return self.mean_and_weight(prior, at_ms, scoring)[0]

    def mean_and_weight(self, prior: float, at_ms: int, scoring: Scoring) -> tuple[float, float]:
        """Estimate with the prior, and the number of outcomes that both together weigh."""
        fade = self._fade(at_ms, scoring)
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
        since_ms = self.at_ms - at_ms
        return exp(since_ms / (scoring.time_constant_s * 1_000)) if since_ms < 0 else 1.0


def weighs_like(rate: float) -> float:
    """At this rate it takes so many outcomes to say as much, on the scale of log odds, as one says at 92 %."""
    return min(_ORDINARY / max(rate * (1 - rate), _SURE), _HEAVIEST)


def logit(rate: float) -> float:
    """Log odds of a rate."""
    rate = min(max(rate, _SURE), 1 - _SURE)
    return log(rate / (1 - rate))


@dataclass(slots=True)
class Cell:
    """One segment of one channel x product at one stage: how much better or worse it does than the whole.

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
        if at_ms > self.at_ms:
            self.at_ms = at_ms
        if success and at_ms > self.well_ms:
            self.well_ms = at_ms
        weight = scoring.segment_prior_calls * weighs_like(whole)
        pooled = (self.good + weight * whole) / (self.trials + weight)
        shift = logit(pooled) - logit(whole)
        self.shift = shift if abs(shift) > _SAME else 0.0

    def shift_at(self, at_ms: int, scoring: Scoring) -> float:
        """What is left of the shift at this moment."""
        return self.shift * self._fade(at_ms, scoring) if self.shift else 0.0

    def _fade(self, at_ms: int, scoring: Scoring) -> float:
        since_ms = self.at_ms - at_ms
        return exp(since_ms / (scoring.segment_time_constant_s * 1_000)) if since_ms < 0 else 1.0


class Segment:
    """One segment of one channel x product, both stages."""

    __slots__ = ("completion", "completion_there", "creation", "creation_there", "horizon")

    def __init__(self) -> None:
        self.creation = Cell()
        self.completion = Cell()
        self.horizon: Horizon | None = None
        """To which the next two are faded; None since the last change."""
        self.creation_there = self.completion_there = 0.0
        """The shifts of both stages."""

    def fade_to(self, horizon: Horizon) -> None:
        """Be ready for decisions up to this moment."""
        creation, completion = self.creation, self.completion
        self.creation_there = creation.shift and creation.shift * horizon.segment_fade(creation.at_ms)
        self.completion_there = completion.shift and completion.shift * horizon.segment_fade(completion.at_ms)
        self.horizon = horizon


class SegmentRates:
    """The segments of one channel x product: made when first met, bounded in number."""

    __slots__ = ("met",)

    def __init__(self) -> None:
        self.met: dict[Key, Segment] = {}
        """The one not met for longest comes first."""

    def meet(self, key: Key) -> Segment:
        """The segment of an outcome that is to be counted."""
        segment = self.met.pop(key, None)
        if segment is None:
            segment = Segment()
            if len(self.met) >= _SEGMENTS_MOST:
                del self.met[next(iter(self.met))]
        self.met[key] = segment
        segment.horizon = None
        return segment

    def creation_shift(self, keys: tuple[Key, ...], at_ms: int, scoring: Scoring) -> float:
        """What all the segments of a payment add to creation at this moment, on the scale of log odds."""
        total = 0.0
        for key in keys:
            segment = self.met.get(key)
            if segment is not None:
                total += segment.creation.shift_at(at_ms, scoring)
        return total


def shifted(rate: float, shift: float) -> float:
    """The rate moved by so much on the scale of log odds: near 0 or 1 it takes more to move."""
    if not shift:
        return rate
    better = rate * exp(shift)
    return better / (1.0 - rate + better)
