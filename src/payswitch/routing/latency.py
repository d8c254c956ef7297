"""How long a channel takes to answer: the adaptive soft limit, the percentiles, and whether it is slow just now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import Final

from payswitch.routing.policy import SoftLimit, Triggers

_LATENCY_RING: Final = 128
"""Latencies kept for the percentiles of the live page."""
_LONGEST_MS: Final = 1_000.0
"""A call that was given up counts with the time it was waited for, at most this: it must not vanish from the limit."""
_FIRST_GUESS_MS: Final = 100.0
_NOW_CALLS: Final = 8.0
"""The latency "just now" is that of about so many calls ..."""
_USUAL_CALLS: Final = 2_000.0
"""... and the usual one that of so many."""
_ENOUGH_CALLS: Final = 30

LatencyMemory = tuple[float, float, float, int, int | None, float, float, int]
"""What `remembered()` gives and `restore()` takes; the percentiles begin anew."""


@dataclass(slots=True)
class LatencyModel:
    """Log-normal of the recent create latencies: the adaptive soft limit and the percentiles."""

    weight: float = 0.0
    log_mean: float = 0.0
    log_var: float = 0.0
    at_ms: int = 0
    limit_ms: int | None = None
    """None until there is enough data."""
    typical_ms: float = _FIRST_GUESS_MS
    """Median of the model."""
    log_now: float = 0.0
    log_usual: float = 0.0
    calls: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCY_RING))

    def add(self, latency_ms: float, at_ms: int, limits: SoftLimit) -> None:
        """One answered or given-up call."""
        self.recent.append(latency_ms)
        age_ms = max(0, at_ms - self.at_ms)
        kept = self.weight * exp(-age_ms / (limits.time_constant_s * 1_000))
        self.weight = kept + 1.0
        value = log(min(max(latency_ms, 1.0), _LONGEST_MS))
        self.calls += 1
        self.log_now += (value - self.log_now) / min(self.calls, _NOW_CALLS)
        self.log_usual += (value - self.log_usual) / min(self.calls, _USUAL_CALLS)
        step = (value - self.log_mean) / self.weight
        self.log_var = kept / self.weight * (self.log_var + step * (value - self.log_mean))
        self.log_mean += step
        self.typical_ms = exp(self.log_mean)
        self.at_ms = max(self.at_ms, at_ms)
        if self.weight >= limits.min_samples:
            limit = exp(self.log_mean + limits.sds * sqrt(max(self.log_var, 0.0)))
            self.limit_ms = round(min(max(limit, limits.min_ms), limits.max_ms))

    def soft_limit_ms(self, limits: SoftLimit) -> int:
        """The longest allowed before there is data."""
        return limits.max_ms if self.limit_ms is None else self.limit_ms

    def remembered(self) -> LatencyMemory:
        """As it stands, as plain data."""
        return (
            self.weight, self.log_mean, self.log_var, self.at_ms, self.limit_ms, self.log_now, self.log_usual,
            self.calls,
        )  # fmt: skip

    def restore(self, memory: LatencyMemory) -> None:
        """Go on where another model stood."""
        self.weight, self.log_mean, self.log_var, self.at_ms, self.limit_ms = memory[:5]
        self.log_now, self.log_usual, self.calls = memory[5:]
        self.typical_ms = exp(self.log_mean) if self.weight else _FIRST_GUESS_MS

    def percentile(self, share: float) -> float | None:
        """Of the last calls; None before there are any."""
        if not self.recent:
            return None
        ordered = sorted(self.recent)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def slowness(self, triggers: Triggers) -> tuple[int, int] | None:
        """(latency just now, usual latency) in ms when the channel is much slower than it usually is; else None."""
        now_ms, usual_ms = exp(self.log_now), exp(self.log_usual)
        if self.calls < _ENOUGH_CALLS or now_ms < triggers.slow_from_ms or now_ms < triggers.slow_factor * usual_ms:
            return None
        return round(now_ms), round(usual_ms)
