"""Payments that should be arriving just now: what a channel that swallows them is found out by.

An exposed attempt is neither a success nor a failure until it ends, which may take hours. But if customers of this
channel usually pay within a minute, a minute of silence behind twenty exposures says a lot. Every exposure adds the
expectation of one arrival, spread over two exponential stages (nobody pays in the first second, few after minutes);
what ought to have arrived and what did arrive is weighed by the overlay. O(1) per event, no list of attempts.
"""

from __future__ import annotations

from math import exp
from typing import Final

_FIRST_GUESS_MS: Final = 30_000.0
_GUESS_WEIGHT: Final = 5.0
_LEAST_MS: Final = 4_000.0
_MOST_MS: Final = 600_000.0
"""A delay learned is kept within these: a credential paid the next hour must not stretch the expectation for ever."""
_MEMORY: Final = 200.0
"""The mean delay follows the last so many payments."""


class Arrivals:
    """Of one channel x product."""

    __slots__ = ("at_ms", "delay_ms", "first", "last_paid_ms", "second", "silent_due", "weight")

    def __init__(self) -> None:
        self.first = 0.0
        """Expected payments whose customer is in the first stage (looking at the credential) ..."""
        self.second = 0.0
        """... and in the second (about to pay)."""
        self.at_ms = 0
        self.delay_ms = _FIRST_GUESS_MS
        self.weight = _GUESS_WEIGHT
        self.silent_due = 0.0
        """Payments that ought to have arrived since the last one that did: the evidence an operator reads."""
        self.last_paid_ms = 0

    def pass_time(self, at_ms: int) -> float:
        """Payments that ought to have arrived since the last event, on an ordinary day."""
        passed_ms = at_ms - self.at_ms
        if passed_ms <= 0:
            return 0.0
        before = self.first + self.second
        x = passed_ms * 2 / self.delay_ms
        left = exp(-x)
        self.second = (self.second + self.first * x) * left
        self.first *= left
        self.at_ms = at_ms
        due = max(0.0, before - self.first - self.second)
        self.silent_due += due
        return due

    def expose(self, chance: float) -> None:
        """One credential was shown; `chance`: that it is paid at all."""
        self.first += chance

    def end(self, waited_ms: int, chance: float) -> None:
        """An exposed attempt ended, one way or the other: nothing of it is expected any more."""
        x = waited_ms * 2 / self.delay_ms
        left = chance * exp(-min(x, 50.0))
        self.first = max(0.0, self.first - left)
        self.second = max(0.0, self.second - left * x)

    def paid(self, at_ms: int, waited_ms: int) -> None:
        """One payment arrived."""
        self.silent_due = 0.0
        self.last_paid_ms = max(self.last_paid_ms, at_ms)
        if waited_ms > 0:
            self.weight = min(self.weight + 1.0, _MEMORY)
            step = (min(max(waited_ms, 0.0), _MOST_MS) - self.delay_ms) / self.weight
            self.delay_ms = max(self.delay_ms + step, _LEAST_MS)

    def clear(self) -> None:
        """An outage is over: what it swallowed is not awaited any more."""
        self.first = self.second = self.silent_due = 0.0
