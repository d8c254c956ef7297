"""Work on one payment that is going on in this process: a second request for it joins instead of doing it twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from payswitch.services.commands import PaymentAnswer

Key = tuple[str, str]
"""(shop_id, out_trade_no): known before the payment has an id."""


class Inflight:
    """At most one launch per payment at a time.

    The work runs in its own task: a customer who closes the browser does not cut off a call to a channel in the
    middle, where nobody would know whether it arrived.
    """

    def __init__(self) -> None:
        self._running: dict[Key, tuple[str, asyncio.Task[PaymentAnswer]]] = {}

    def running(self, key: Key) -> tuple[str, asyncio.Task[PaymentAnswer]] | None:
        """What is going on for this payment: the fingerprint of the input that began it, and its task."""
        return self._running.get(key)

    async def run(
        self, key: Key, input_hash: str, work: Callable[[], Coroutine[Any, Any, PaymentAnswer]]
    ) -> PaymentAnswer:
        """Join what is running for `key`, or run `work`. A join gets the very same answer or error."""
        entry = self._running.get(key)
        if entry is None:
            task = asyncio.get_running_loop().create_task(work())
            self._running[key] = (input_hash, task)
            task.add_done_callback(lambda done: self._finished(key, done))
        else:
            task = entry[1]
        return await asyncio.shield(task)

    def _finished(self, key: Key, task: asyncio.Task[PaymentAnswer]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            # Retrieved here, so that an error whose every waiter went away is not reported as never retrieved.
            task.exception()

    async def drain(self) -> None:
        """Wait until nothing is going on: before a clean shutdown."""
        while self._running:
            await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)
