"""What becomes of a channel's notification on its way: lost, late by seconds or hours, twice, out of order, forged, old
news, about another amount or another merchant. What is refused is sent again, as channels do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.simulation.fate import Fate
from tests.simulation.faults import Fault

Post = Callable[[str, str], Awaitable[int | None]]
"""Channel and body -> the status of the answer; None: nobody answered."""

TRIES = 8
RETRY_S = (3, 10, 30, 60, 180, 600, 1_800, 3_600)
HOUR_S = 3_600


class Notices:
    """The lines between the channels and the switch."""

    def __init__(self, fate: Fate, post: Post) -> None:
        self._fate = fate
        self._post = post
        self._held: dict[str, asyncio.Event] = {}
        """Channel -> set when a later notification of it has arrived."""
        self.hours = 0.0
        """How long after now the last one may still arrive."""

    async def send(self, channel_id: str, news: str, *, certain: bool = False) -> None:
        """`certain`: one that nobody would ever ask about must arrive sometime, for even a channel's worst night."""
        fate = self._fate
        self._liars(channel_id, news)
        # A machine whose clock is wrong gives up too soon: then only the notification tells of the money.
        certain = certain or bool(fate.clock.most_wrong_ms)
        if not certain and fate.strikes(Fault.NOTIFY_LOST, 0.4):
            return
        copies = 3 if fate.strikes(Fault.NOTIFY_DUPLICATED, 0.3) else 1
        for _ in range(copies):
            fate.spawn(self._deliver(channel_id, news, await self._delay_s(channel_id)))
        if fate.strikes(Fault.NOTIFY_REPLAYED, 0.3):
            fate.spawn(self._deliver(channel_id, news, self._within(fate.dice.choice((20.0, 200.0, 2 * HOUR_S)))))

    async def _delay_s(self, channel_id: str) -> float:
        fate = self._fate
        if fate.strikes(Fault.NOTIFY_HOURS_LATE, 0.2):
            return self._within(fate.dice.uniform(0.5, 5) * HOUR_S)
        if fate.strikes(Fault.NOTIFY_LATE, 0.3):
            return fate.dice.choice((3.0, 30.0, 100.0))
        if fate.strikes(Fault.NOTIFY_REORDERED, 0.3):
            later = self._held.setdefault(channel_id, asyncio.Event())
            try:
                async with asyncio.timeout(60):
                    await later.wait()
            except TimeoutError:
                pass
        return fate.dice.choice((0.0, 0.0, 0.1))

    def _within(self, seconds: float) -> float:
        self.hours = max(self.hours, self._fate.clock.monotonic_ms() / 1_000 + seconds)
        return seconds

    def _liars(self, channel_id: str, news: str) -> None:
        fate = self._fate
        version, kind, number, *rest = news.split()
        if fate.strikes(Fault.NOTIFY_FORGED, 0.3):
            fate.spawn(self._once(channel_id, f"v0 paid {number} 12900"))
        if kind == "paid" and fate.strikes(Fault.NOTIFY_WRONG_AMOUNT, 0.3):
            fate.spawn(self._once(channel_id, f"{version} paid {number} {int(rest[0]) - 100}"))
        if kind == "paid" and fate.strikes(Fault.NOTIFY_WRONG_MERCHANT, 0.3):
            fate.spawn(self._once(channel_id, f"{version} paid {number} {rest[0]} foreign"))

    async def _once(self, channel_id: str, body: str) -> None:
        await asyncio.sleep(self._fate.dice.choice((0.0, 0.05, 2.0)))
        status = await self._post(channel_id, body)
        self._fate.must(status != 200, f"a lie was acknowledged: {body}")

    async def _deliver(self, channel_id: str, news: str, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        for gap_s in RETRY_S[:TRIES]:
            status = await self._post(channel_id, news)
            if (later := self._held.pop(channel_id, None)) is not None:
                later.set()
            if status == 200:
                return
            await asyncio.sleep(gap_s)
