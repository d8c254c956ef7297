"""The loops that run beside the requests: sweeping what is due, delivering what the shop must hear, watching channels
that nobody pays through, following what another node changes of them, keeping the books (bills and audits), and telling
people what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from payswitch.kit.logs import get_logger
from payswitch.services.alerts.alert_round import alert_round
from payswitch.services.alerts.alert_sending import deliver_notices
from payswitch.services.attempts.sweeper import settle, sweep
from payswitch.services.books.auditing import audit_due
from payswitch.services.books.balances import fold_ledger
from payswitch.services.books.bill_schedule import reconcile_due
from payswitch.services.channels.channel_following import follow_channels
from payswitch.services.channels.channel_watch import watch_channels
from payswitch.services.context import Context
from payswitch.services.events.deliveries import deliver_due, settle_deliveries
from payswitch.services.reports.analytics_writing import write_due
from payswitch.services.reports.reports import reports_due

SWEEP_GAP_S = 0.25
OUTBOX_GAP_S = 0.5
WATCH_GAP_S = 5.0
FOLLOW_GAP_S = 1.0
"""Between two looks at what another node has changed of the channels."""
BOOKS_GAP_S = 60.0
"""Between two looks whether a bill or an audit is due, or the ledger's balances have something to fold in."""
ALERT_SOON_S = 1.0
"""While somebody is about to be told of something."""
ALERTS_OFF_GAP_S = 5.0
"""Where the rules are off, a test message is sent all the same."""
ANALYSIS_GAP_S = 60.0
"""Between two rounds of writing for the analysis, at least;"""
ANALYSIS_SHARE = 0.05
"""and so much of the time at most: a sale must not be slowed by the counting of it."""
AFTER_TROUBLE_S = 1.0

log = get_logger(__name__)


class Worker:
    """Runs until told to stop; a round in progress is finished first."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._asides: list[asyncio.Task[None]] = []
        """What a stop does not wait for: nothing is lost with a question that was asked in vain, or a bill that is read
        again."""

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._sweep_loop()), asyncio.create_task(self._outbox_loop())]
        beside = [self._watch_loop, self._books_loop, self._alert_loop, self._analysis_loop]
        if self._ctx.store.shared:
            beside.append(self._follow_loop)
        self._asides = [asyncio.create_task(loop()) for loop in beside]

    async def stop(self) -> None:
        self._stopping.set()
        self._ctx.outbox_wake.set()
        for aside in self._asides:
            aside.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)
        await asyncio.gather(*self._tasks)
        await settle(self._ctx)
        await settle_deliveries(self._ctx)

    async def _sweep_loop(self) -> None:
        while not self._stopping.is_set():
            await self._guarded("sweep", sweep)
            self._ctx.held_cards.forget_old(self._ctx.clock.monotonic_ms())
            await self._pause(self._stopping, SWEEP_GAP_S)

    async def _outbox_loop(self) -> None:
        """Sleeps until something was committed for a shop, or until the next look at what is due."""
        wake = self._ctx.outbox_wake
        while not self._stopping.is_set():
            wake.clear()
            tried = await self._guarded("outbox", deliver_due)
            if tried == 0:
                await self._pause(wake, OUTBOX_GAP_S)

    async def _watch_loop(self) -> None:
        while not self._stopping.is_set():
            await self._guarded("watch", watch_channels)
            await self._pause(self._stopping, WATCH_GAP_S)

    async def _follow_loop(self) -> None:
        while not self._stopping.is_set():
            await self._guarded("follow", follow_channels)
            await self._pause(self._stopping, FOLLOW_GAP_S)

    async def _books_loop(self) -> None:
        """The first look a while after the start: after a long stop there is more urgent work."""
        while not self._stopping.is_set():
            await self._pause(self._stopping, BOOKS_GAP_S)
            await self._guarded("ledger", fold_ledger)
            await self._guarded("bills", reconcile_due)
            await self._guarded("audit", audit_due)

    async def _alert_loop(self) -> None:
        """Sleeps until a breaker moves, or until the next round is due."""
        desk = self._ctx.alerts
        while desk is not None and not self._stopping.is_set():
            desk.ears.wake.clear()
            waiting = await self._guarded("alerts", alert_round)
            await self._guarded("notices", deliver_notices)
            gap_s = ALERT_SOON_S if waiting else self._ctx.timings.alert_gap_s or ALERTS_OFF_GAP_S
            await self._pause(desk.ears.wake, gap_s)

    async def _analysis_loop(self) -> None:
        pause_s = ANALYSIS_GAP_S
        while not self._stopping.is_set():
            await self._pause(self._stopping, pause_s)
            begun_ms = self._ctx.clock.monotonic_ms()
            await self._guarded("analysis", write_due)
            await self._guarded("reports", reports_due)
            took_s = (self._ctx.clock.monotonic_ms() - begun_ms) / 1_000
            pause_s = max(ANALYSIS_GAP_S, took_s / ANALYSIS_SHARE)

    async def _guarded(self, name: str, work: Callable[[Context], Awaitable[int]]) -> int:
        try:
            return await work(self._ctx)
        except Exception:  # a loop that dies silently would lose payments: log, wait, go on
            log.exception("worker_round_failed", loop=name)
            await self._pause(self._stopping, AFTER_TROUBLE_S)
            return 0

    async def _pause(self, event: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
