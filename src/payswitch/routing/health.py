"""渠道健康: what recent outcomes say about each channel x product. Fed by observations, standalone, no clock.

Two stages are estimated apart: *creation* (the server-side call, seen at once) and *completion* (the customer pays,
seen later). Both are counts that decay in time with a prior (the study's `lite`): "2,310 calls, 97.1 %, forgotten over
30 min". The full model of the study can replace this module behind the same functions.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import Final

import msgspec

from payswitch.domain.channel import Product
from payswitch.routing.breaker import Breaker
from payswitch.routing.policy import Policy, Scoring, SoftLimit

_LATENCY_RING: Final = 128
"""Latencies kept for the percentiles of the live page."""
_LONGEST_MS: Final = 1_000.0
"""A call that was given up counts with the time it was waited for, at most this: it must not vanish from the limit."""


@dataclass(slots=True)
class DecayedRate:
    """Successes among trials, both halved and halved again as time goes by."""

    good: float = 0.0
    trials: float = 0.0
    at_ms: int = 0

    def add(self, success: bool, at_ms: int, scoring: Scoring) -> None:
        """Count one outcome. Times may come slightly out of order."""
        fade = self._fade(at_ms, scoring)
        self.good = self.good * fade + success
        self.trials = self.trials * fade + 1.0
        self.at_ms = max(self.at_ms, at_ms)

    def forgive(self, failures: int) -> None:
        """Take failures back that an outage explains: the breaker answers for it, not the long-term estimate."""
        self.trials = max(self.good, self.trials - failures)

    def resume(self, at_ms: int) -> None:
        """Back from an outage: the time behind the open breaker taught nothing, so it makes nothing forgotten."""
        self.at_ms = max(self.at_ms, at_ms)

    def mean(self, prior: float, at_ms: int, scoring: Scoring) -> float:
        """Estimate with the prior, 0..1."""
        age_ms = at_ms - self.at_ms  # `_fade` written out: this runs twice per candidate of every decision
        fade = exp(-age_ms / (scoring.time_constant_s * 1_000)) if age_ms > 0 else 1.0
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


@dataclass(slots=True)
class LatencyModel:
    """Log-normal of the recent create latencies: the adaptive soft limit and the percentiles."""

    weight: float = 0.0
    log_mean: float = 0.0
    log_var: float = 0.0
    at_ms: int = 0
    limit_ms: int | None = None
    """None until there is enough data."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCY_RING))

    def add(self, latency_ms: float, at_ms: int, limits: SoftLimit) -> None:
        """One answered or given-up call."""
        self.recent.append(latency_ms)
        age_ms = max(0, at_ms - self.at_ms)
        kept = self.weight * exp(-age_ms / (limits.time_constant_s * 1_000))
        self.weight = kept + 1.0
        value = log(min(max(latency_ms, 1.0), _LONGEST_MS))
        step = (value - self.log_mean) / self.weight
        self.log_var = kept / self.weight * (self.log_var + step * (value - self.log_mean))
        self.log_mean += step
        self.at_ms = max(self.at_ms, at_ms)
        if self.weight >= limits.min_samples:
            limit = exp(self.log_mean + limits.sds * sqrt(max(self.log_var, 0.0)))
            self.limit_ms = round(min(max(limit, limits.min_ms), limits.max_ms))

    def soft_limit_ms(self, limits: SoftLimit) -> int:
        """The longest allowed before there is data."""
        return limits.max_ms if self.limit_ms is None else self.limit_ms

    def typical_ms(self) -> float:
        """Median of the model; 100 ms before there is data."""
        return exp(self.log_mean) if self.weight else 100.0

    def percentile(self, share: float) -> float | None:
        """Of the last calls; None before there are any."""
        if not self.recent:
            return None
        ordered = sorted(self.recent)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Line:
    """What is known about one channel x product."""

    channel_id: str
    product: Product
    breaker: Breaker
    creation: DecayedRate = field(default_factory=DecayedRate)
    completion: DecayedRate = field(default_factory=DecayedRate)
    latency: LatencyModel = field(default_factory=LatencyModel)
    payer_side: int = 0
    """Ends that were the customer's own: shown, never held against the channel."""


class Priors(msgspec.Struct, frozen=True):
    """Where a line starts that has little data of its own: what all lines together show just now."""

    creation: float
    completion: float


class Health:
    """All lines, made when first asked for. Lives in the process; a restart starts from the policy's priors."""

    def __init__(self, policy: Policy) -> None:
        self._last_calls = policy.triggers.last_calls
        self._lines: dict[tuple[str, Product], Line] = {}
        self._all_creation = DecayedRate()
        self._all_completion = DecayedRate()

    def priors(self, at_ms: int, scoring: Scoring) -> Priors:
        """A new or idle channel is taken to be as good as the others, not better or worse for want of data."""
        return Priors(
            self._all_creation.mean(scoring.creation_prior, at_ms, scoring),
            self._all_completion.mean(scoring.completion_prior, at_ms, scoring),
        )

    def learn_creation(self, line: Line, success: bool, at_ms: int, scoring: Scoring) -> None:
        line.creation.add(success, at_ms, scoring)
        self._all_creation.add(success, at_ms, scoring)

    def learn_completion(self, line: Line, paid: bool, at_ms: int, scoring: Scoring) -> None:
        line.completion.add(paid, at_ms, scoring)
        self._all_completion.add(paid, at_ms, scoring)

    def forgive(self, line: Line, failures: int) -> None:
        """An outage explains these failures: its breaker answers for them."""
        line.creation.forgive(failures)
        self._all_creation.forgive(failures)

    def line(self, channel_id: str, product: Product) -> Line:
        """The line of this channel x product: always the same object."""
        key = (channel_id, product)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(channel_id, product, Breaker(channel_id, product, self._last_calls))
        return line

    def lines(self) -> list[Line]:
        """Every line there is, in order of channel and product."""
        return [self._lines[key] for key in sorted(self._lines)]

    def adopt(self, policy: Policy) -> None:
        """A new policy was activated: keep what was learned, follow its window from now on."""
        if policy.triggers.last_calls != self._last_calls:
            self._last_calls = policy.triggers.last_calls
            for line in self._lines.values():
                line.breaker.window.resize(self._last_calls)
