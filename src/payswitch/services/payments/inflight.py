"""Work on one payment that is going on in this process: the same request again joins instead of doing it twice,
another one waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from payswitch.services.commands import PaymentAnswer

Key = tuple[str, str]
"""(shop_id, out_trade_no): known before the payment has an id."""


class Work:
    """One launch that is going on, and who else waits for its result."""

    __slots__ = ("ended", "input_hash", "joined", "wish")

    def __init__(self, input_hash: str, wish: str) -> None:
        self.input_hash = input_hash
        self.wish = wish
        self.joined: list[asyncio.Future[PaymentAnswer]] = []
        self.ended = asyncio.Event()

    def join(self) -> asyncio.Future[PaymentAnswer]:
        future: asyncio.Future[PaymentAnswer] = asyncio.get_running_loop().create_future()
        self.joined.append(future)
        return future

    def done(self, answer: PaymentAnswer) -> None:
        for future in self.joined:
            if not future.done():
                future.set_result(answer)

    def failed(self, error: BaseException) -> None:
        """Those who joined fail alike; a work that was cut off (shutdown) cuts them off too."""
        for future in self.joined:
            if future.done():
                continue
            if isinstance(error, Exception):
                future.set_exception(error)
            else:
                future.cancel()


class Inflight:
    """At most one launch per payment at a time.

    The first request does the work in its own task (the server never cancels a request because its client went
    away: a call to a channel is not cut off in the middle), the others wait for the same answer or error.
    """

    def __init__(self) -> None:
        self._running: dict[Key, Work] = {}

    def running(self, key: Key) -> Work | None:
        """What is going on for this payment."""
        return self._running.get(key)

    @property
    def is_busy(self) -> bool:
        """Whether any request is being worked on."""
        return bool(self._running)

    async def run(
        self, key: Key, input_hash: str, wish: str, work: Callable[[], Awaitable[PaymentAnswer]]
    ) -> PaymentAnswer:
        """Join what is running for `key` if it is the same wish; otherwise wait until it has ended and do `work`.

        Nobody is answered with what another request asked for: a create that meets a customer's switch is not told
        that the switch was refused. `work` must read the payment itself: others may have changed it meanwhile.
        """
        while (entry := self._running.get(key)) is not None:
            if entry.wish == wish:
                return await entry.join()
            await entry.ended.wait()
        entry = self._running[key] = Work(input_hash, wish)
        try:
            answer = await work()
        except BaseException as error:
            entry.failed(error)
            raise
        finally:
            del self._running[key]
            entry.ended.set()
        entry.done(answer)
        return answer

    async def drain(self) -> None:
        """Wait until nothing is going on: before a clean shutdown."""
        while self._running:
            await asyncio.gather(*(entry.join() for entry in self._running.values()), return_exceptions=True)
