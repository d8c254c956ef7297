"""How long the customers of one channel take from seeing the credential to paying: log-normal, learned as it goes."""

from __future__ import annotations

from math import erf, log, sqrt
from typing import Final

_FIRST_GUESS_LOG_MS: Final = log(45_000.0)
_FIRST_GUESS_VAR: Final = 1.0
"""Slow and wide on purpose: a young channel whose customers take their time must not look like one that swallows
payments."""
_GUESS_WEIGHT: Final = 5.0
_LEAST_MS: Final = 500
_MOST_MS: Final = 600_000
"""A delay learned is kept within these: a credential paid the next hour must not stretch the expectation for ever."""
_LEAST_VAR: Final = 0.1
_MEMORY: Final = 200.0
"""It follows the last so many payments."""


class Delay:
    """Mean and variance of the logarithm."""

    __slots__ = ("log_mean", "log_var", "weight")

    def __init__(self) -> None:
        self.log_mean = _FIRST_GUESS_LOG_MS
        self.log_var = _FIRST_GUESS_VAR
        self.weight = _GUESS_WEIGHT

    def add(self, waited_ms: int) -> None:
        """One payment arrived after so long."""
        self.weight = min(self.weight + 1.0, _MEMORY)
        off = log(min(max(waited_ms, _LEAST_MS), _MOST_MS)) - self.log_mean
        self.log_mean += off / self.weight
        self.log_var += (off * off - self.log_var) / self.weight

    def share_by(self, age_ms: int) -> float:
        """Of those who pay, the part that has done so after this time, 0..1."""
        if age_ms <= 0:
            return 0.0
        sd = sqrt(2.0 * max(self.log_var, _LEAST_VAR))
        return 0.5 * (1.0 + erf((log(age_ms) - self.log_mean) / sd))
