"""Time for channels that make a customer wait: it passes while a request waits for them, and never by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from payswitch.domain.changes import Changes
from payswitch.kit.clock import ManualClock
from payswitch.storage.scripts import Script, Unit
from payswitch.storage.sqlite import SqliteStore

QUIET_TURNS = 8
"""Empty turns of the event loop after which everybody waits for time to pass."""


T = TypeVar("T")


class BusyStore(SqliteStore):
    """Knows whether its threads are at work: no turn of the event loop shows that."""

    busy = 0

    async def commit(self, changes: Changes) -> None:
        await self._busy_with(super().commit(changes))

    async def write(self, unit: Unit[T]) -> T:
        return await self._busy_with(super().write(unit))

    async def read(self, script: Script[T], *, snapshot: bool = False) -> T:
        return await self._busy_with(super().read(script, snapshot=snapshot))

    async def _busy_with(self, work: Awaitable[T]) -> T:
        self.busy += 1
        try:
            return await work
        finally:
            self.busy -= 1


class PassingClock(ManualClock):
    """A channel's slowness takes the time of whoever waits for it. What nobody waits for any more (the loser of a race)
    goes on only when the story moves time."""

    def __init__(self) -> None:
        super().__init__()
        self.store: BusyStore | None = None
        self.somebody_waits: Callable[[], bool] = lambda: False
        """Whether a request is under way."""
        self._slow = 0
        self._set_by_ms = 0
        self._driver: asyncio.Task[None] | None = None

    def now_ms(self) -> int:
        return super().now_ms() + self._set_by_ms

    def jump(self, ms: int) -> None:
        """Somebody sets the wall clock; what is measured with the monotonic one goes on."""
        self._set_by_ms += ms

    async def take(self, ms: float) -> None:
        """What a slow channel does."""
        self._slow += 1
        if self._driver is None:
            self._driver = asyncio.create_task(self._drive())
        try:
            await self.sleep(ms / 1_000)
        finally:
            self._slow -= 1

    async def _drive(self) -> None:
        try:
            while True:
                await self.until_all_wait()
                wake_ms = min((at for at, future in self._sleepers if not future.done()), default=None)
                if not self._slow or wake_ms is None or not self.somebody_waits():
                    return
                self.advance(ms=max(0.0, wake_ms - self.monotonic_ms()))
        finally:
            self._driver = None

    async def until_all_wait(self) -> None:
        """Everything has gone on as far as it can without time passing."""
        quiet = 0
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            quiet = 0 if self.store is not None and self.store.busy else quiet + 1
