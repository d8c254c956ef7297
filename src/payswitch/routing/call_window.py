"""The last calls of one channel x product: counts over a short time and over the last few, for the triggers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import IntEnum
from math import sqrt

_SLICES = 12
"""The window moves on in twelfths (5 s of 60 s)."""


class CallKind(IntEnum):
    """How a call went, as far as the channel is to blame."""

    GOOD = 0
    NO_ANSWER = 1
    """Timed out, not connected, 5xx, unreadable."""
    BAD_ANSWER = 2
    """The channel answered that it cannot."""


def wilson_lower(failures: float, calls: float, z: float) -> float:
    """Lower confidence bound of a rate (Wilson score interval). Counts that fade with time need not be whole."""
    if calls <= 0:
        return 0.0
    rate, z2 = failures / calls, z * z
    middle = rate + z2 / (2 * calls)
    spread = z * sqrt(rate * (1 - rate) / calls + z2 / (4 * calls * calls))
    return max(0.0, (middle - spread) / (1 + z2 / calls))


class CallWindow:
    """Remembers calls as (time, kind). O(1) per call; reading the rate costs a look over the last calls."""

    __slots__ = ("_last", "_slices")

    def __init__(self, last_calls: int) -> None:
        self._last: deque[tuple[int, CallKind]] = deque(maxlen=last_calls)
        self._slices: deque[list[int]] = deque(maxlen=_SLICES + 1)

    def resize(self, last_calls: int) -> None:
        """Follow a policy with another `last_calls`."""
        self._last = deque(self._last, maxlen=last_calls)

    def clear(self) -> None:
        """Forget: the breaker closed, what was before is explained."""
        self._last.clear()
        self._slices.clear()

    def add(self, at_ms: int, kind: CallKind, window_ms: float) -> None:
        self._last.append((at_ms, kind))
        number = int(at_ms * _SLICES // window_ms)
        if not self._slices or self._slices[-1][0] < number:
            self._slices.append([number, 0, 0])
        newest = self._slices[-1]
        newest[1] += 1
        newest[2] += kind is not CallKind.GOOD

    def counts(self, now_ms: int, window_ms: float) -> tuple[int, int]:
        """(calls, failures) of the whole window."""
        oldest = int(now_ms * _SLICES // window_ms) - _SLICES
        calls = failures = 0
        for number, n, bad in self._slices:
            if number > oldest:
                calls += n
                failures += bad
        return calls, failures

    def last_counts(self, now_ms: int, window_ms: float) -> tuple[int, int]:
        """(calls, failures) of the last calls that are within the window."""
        since = now_ms - window_ms
        kinds = [kind for at_ms, kind in self._last if at_ms >= since]
        return len(kinds), sum(kind is not CallKind.GOOD for kind in kinds)

    def latest(self, n: int, since_ms: float) -> list[CallKind]:
        """The last `n` calls, newest first, none older than `since_ms`."""
        newest_first: Iterable[tuple[int, CallKind]] = reversed(self._last)
        return [kind for (at_ms, kind), _ in zip(newest_first, range(n), strict=False) if at_ms >= since_ms]
