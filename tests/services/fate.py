"""What decides a night: one seed, one clock, and the order in which everybody takes their turns.

Nothing runs beside the event loop and time moves only when everybody waits for it, so that a seed always gives the
same night.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.kit.clock import ManualClock

MANY = 8
"""Empty turns of the event loop after which nothing is going on that does not wait for time to pass."""


class VirtualClock(ManualClock):
    """Time goes from one sleeper's hour to the next. The machine's own idea of it is a little wrong, and corrected."""

    wrong_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.wrong_ms

    def true_ms(self) -> int:
        """What the channels' clocks say."""
        return super().now_ms()

    def next_wake_ms(self) -> float | None:
        return min((at_ms for at_ms, future in self._sleepers if not future.done()), default=None)


class Fate:
    """Dice, time and turns, and the first thing that must never be."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.clock = VirtualClock()
        self.trouble = self.dice.choice((0.2, 0.6, 1.0))
        """How bad a night it is, 0..1; 0 in the morning after."""
        self.disk_trouble = self.dice.choice((0.0, 0.0, 0.02))
        self.failure: BaseException | None = None
        self.world: set[asyncio.Task[Any]] = set()
        """What lives on when the process is killed: customers, channels, the shop."""
        self._turns = 0

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def must(self, holds: bool, broken: str) -> None:
        if not holds and self.failure is None:
            self.failure = AssertionError(broken)

    async def pause(self) -> None:
        """Somebody else may come first."""
        for _ in range(self.dice.choice((0, 0, 1, 3))):
            self._turns += 1
            await asyncio.sleep(0)
        self._turns += 1

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Something outside the process."""
        self.world.add(task := asyncio.create_task(work))
        task.add_done_callback(self.note_end)

    def note_end(self, task: asyncio.Task[Any]) -> None:
        """Anything that ends with an error which no caller could act upon is a bug."""
        self.world.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self.failure is None and not isinstance(error, PaySwitchError | StorageUnavailable):
            self.failure = error

    async def pass_time(self, seconds: float) -> None:
        """Let everything happen that happens within this time. Raises the first failure."""
        until_ms = self.clock.monotonic_ms() + seconds * 1_000
        while True:
            await self._until_all_wait()
            if self.failure is not None:
                raise self.failure
            wake_ms = self.clock.next_wake_ms()
            if wake_ms is None or wake_ms > until_ms:
                self.clock.advance(ms=max(0.0, until_ms - self.clock.monotonic_ms()))
                return
            self.clock.advance(ms=max(0.0, wake_ms - self.clock.monotonic_ms()))

    async def _until_all_wait(self) -> None:
        idle = 0
        while idle < MANY:
            before = self._turns
            await asyncio.sleep(0)
            idle = idle + 1 if self._turns == before else 0
