"""Forgetting in advance: all weights are faded to one moment ahead, so that a decision need not fade each by itself.

Weights fade by the same part in the same time, however old they are. So each is faded once, when it has changed, to a
*horizon* far ahead; a decision before that moment takes the same part of the fading back from all of them. Twenty
candidates with three segments each cost two exponentials instead of a hundred.
"""

from __future__ import annotations

from math import exp
from typing import Final

from payswitch.routing.policy import Scoring

_AHEAD: Final = 50.0
"""So many of the shorter time constant the horizon lies ahead: a day. Everything is faded anew when it is reached."""
_KEPT: Final = 16
"""Pairs of time constants that are in use at once: one per policy at most."""


class Horizon:
    """A moment ahead, and how fast things fade on the way there. Told from another by identity."""

    __slots__ = ("at_ms", "per_ms", "segment_per_ms")

    def __init__(self, at_ms: float, scoring: Scoring) -> None:
        self.at_ms = at_ms
        self.per_ms = 1 / (scoring.time_constant_s * 1_000)
        self.segment_per_ms = 1 / (scoring.segment_time_constant_s * 1_000)

    def fade(self, at_ms: float) -> float:
        """What will be left there of an outcome of this moment."""
        return exp((at_ms - self.at_ms) * self.per_ms) if at_ms < self.at_ms else 1.0

    def segment_fade(self, at_ms: float) -> float:
        """The same of a segment's outcome."""
        return exp((at_ms - self.at_ms) * self.segment_per_ms) if at_ms < self.at_ms else 1.0

    def taken_back(self, now_ms: int) -> tuple[float, float]:
        """What has been faded too much as of now: factors for (rates, segments)."""
        ahead_ms = self.at_ms - now_ms
        return exp(ahead_ms * self.per_ms), exp(ahead_ms * self.segment_per_ms)


class Horizons:
    """The horizon of each pair of time constants."""

    __slots__ = ("_kept", "newest_ms")

    def __init__(self) -> None:
        self._kept: dict[tuple[float, float], Horizon] = {}
        self.newest_ms = 0
        """Of everything observed."""

    def at(self, now_ms: int, scoring: Scoring) -> Horizon:
        """For a decision of this moment. An outcome that is newer (another node's clock) is not faded at all, so then
        the moment itself is the horizon."""
        if now_ms < self.newest_ms:
            return Horizon(float(now_ms), scoring)
        key = (scoring.time_constant_s, scoring.segment_time_constant_s)
        horizon = self._kept.get(key)
        if horizon is None or now_ms >= horizon.at_ms:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            horizon = self._kept[key] = Horizon(now_ms + _AHEAD * min(key) * 1_000, scoring)
        return horizon
