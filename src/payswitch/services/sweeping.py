"""What the sweeper is working on just now: no payment twice, and no channel for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

LANE_WIDTH = 32
"""Payments worked on side by side at one channel: enough to catch up after a stop, few enough not to stampede it."""
LANE_QUEUE = 200
"""As many as come in one batch may wait for a lane. More are put off, so that a hanging channel's payments cannot pile
up: at 6 s each these already take it more than half a minute."""


class Lane:
    """The places at one channel. A channel that hangs fills its own lane and nobody else's."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(LANE_WIDTH)
        self._waiting = 0

    @property
    def is_full(self) -> bool:
        return self._waiting >= LANE_QUEUE

    async def __aenter__(self) -> None:
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._places.release()


class Sweeping:
    """The running tasks by payment, and the lanes by channel id (as many as there are channels)."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._lanes: dict[str, Lane] = {}

    def lane(self, channel_id: str) -> Lane:
        return self._lanes.setdefault(channel_id, Lane())

    def begin(self, payment_id: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` as the only one on this payment."""
        task = self._tasks[payment_id] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(payment_id, None))
        return task

    def without_running(self, payment_ids: Iterable[str]) -> list[str]:
        return [payment_id for payment_id in payment_ids if payment_id not in self._tasks]

    async def finished(self) -> None:
        """Wait for everything that is going on."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def __len__(self) -> int:
        return len(self._tasks)
