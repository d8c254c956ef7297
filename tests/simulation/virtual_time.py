"""Time of a simulated night: an event loop that never waits, and the clocks that are read from it.

Nothing outside can wake the loop, so whenever everybody waits, time leaps to the next timer. Hours pass in
milliseconds, `asyncio.timeout` and `asyncio.sleep` included, and the same seed always gives the same night.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

START_MS = 1_700_000_000_000
"""When every night begins: 2023-11-15 06:13:20 in Beijing. Far enough from midnight for a night of two minutes."""


class EverybodyWaits(AssertionError):
    """Nothing can ever happen again, and the night is not over: somebody waits for an answer that nobody owes."""


class _Leap(selectors.SelectSelector):
    """Looks at no file: it moves the loop's time instead of waiting."""

    by: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise EverybodyWaits
        if timeout > 0:
            self.by(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """See above. Threads are of no use in it: their answers would never be heard."""

    def __init__(self) -> None:
        self._now_s = 0.0
        leap = _Leap()
        leap.by = self._leap
        super().__init__(leap)
        self._clock_resolution = 1e-6
        """Timers that a rounding error puts a hair into the future are due."""

    def time(self) -> float:
        return self._now_s

    def _leap(self, seconds: float) -> None:
        self._now_s += seconds


class VirtualClock:
    """The switch's machine: its own idea of the wall time is a little wrong, jumps, and is corrected. What lasts how
    long it always knows (the monotonic clock)."""

    def __init__(self) -> None:
        self.wrong_ms = 0
        self.most_wrong_ms = 0
        """How far off it ever was, either way."""

    def jump(self, wrong_ms: int) -> None:
        """From now on the wall clock is this far off."""
        self.wrong_ms = wrong_ms
        self.most_wrong_ms = max(self.most_wrong_ms, abs(wrong_ms))

    def now_ms(self) -> int:
        return self.true_ms() + self.wrong_ms

    def true_ms(self) -> int:
        """What the channels' and the shops' clocks say."""
        return START_MS + int(self.monotonic_ms())

    def monotonic_ms(self) -> float:
        return asyncio.get_running_loop().time() * 1_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class TrueClock:
    """The wall time of everybody but the switch."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def now_ms(self) -> int:
        return self._clock.true_ms()

    def monotonic_ms(self) -> float:
        return self._clock.monotonic_ms()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
