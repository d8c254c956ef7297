"""Work that goes on beside the rounds of a loop: nothing twice at a time, and nobody's slowness for all of it.

The sweeper works on payments in the lanes of their channels, the outbox on events in the lanes of their shops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from payswitch.kit.clock import Clock

LANE_WIDTH = 32
"""Worked on side by side at one channel or shop: enough to catch up after a stop, few enough not to stampede it."""
LANE_QUEUE = 200
"""As many as come in one batch may wait for a lane. More are put off, so that a hanging channel's payments cannot pile
up: at 6 s each these already take it more than half a minute."""
ROUND_S = 0.5
"""A round waits this long for what it began. What somebody slow still keeps goes on beside the next rounds."""


class Pace:
    """At most so many a second, and as many at once: what was missed is caught up with, but never all in one moment."""

    def __init__(self) -> None:
        self._next_ms = 0.0

    def wait_ms(self, now_ms: float, per_second: float) -> float:
        """Take the next turn; how long it is until then. The first second's worth need not wait."""
        gap_ms = 1_000 / per_second
        self._next_ms = max(self._next_ms, now_ms - 1_000) + gap_ms
        return max(self._next_ms - now_ms, 0.0)


class Lane:
    """The places at one channel or shop. One that hangs fills its own lane and nobody else's."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(LANE_WIDTH)
        self._waiting = 0
        self._pace = Pace()

    @property
    def is_full(self) -> bool:
        return self._waiting >= LANE_QUEUE

    @asynccontextmanager
    async def place(self, clock: Clock, *, per_second: float | None = None) -> AsyncIterator[None]:
        """Wait for a place and hold it. `per_second`: also wait for a turn, for work that comes in a flood."""
        self._waiting += 1
        try:
            wait_ms = 0.0 if per_second is None else self._pace.wait_ms(clock.monotonic_ms(), per_second)
            if wait_ms:
                await clock.sleep(wait_ms / 1_000)
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class SideWork:
    """The running tasks by what they work on, and the lanes by channel or shop (as many as are configured)."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._lanes: dict[str, Lane] = {}

    def lane(self, name: str) -> Lane:
        return self._lanes.setdefault(name, Lane())

    def begin(self, item_id: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` as the only one on this payment or event."""
        task = self._tasks[item_id] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(item_id, None))
        return task

    def is_running(self, item_id: str) -> bool:
        return item_id in self._tasks

    def without_running(self, item_ids: Iterable[str]) -> list[str]:
        return [item_id for item_id in item_ids if item_id not in self._tasks]

    async def finished(self) -> None:
        """Wait for everything that is going on."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def __len__(self) -> int:
        return len(self._tasks)


async def wait_a_round(clock: Clock, tasks: Collection[asyncio.Task[None]]) -> None:
    """Until all are done or the round is over; then they go on by themselves."""

    async def all_done() -> None:
        await asyncio.wait(tasks)

    ends = [asyncio.create_task(all_done()), asyncio.create_task(clock.sleep(ROUND_S))]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()  # stops the waiting, not the work
