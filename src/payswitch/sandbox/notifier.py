"""Sends the channels' notifications: with the real schedules, and with every way in which they go wrong."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine

import aiohttp
import msgspec

from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.sandbox.banks import bank_of_product
from payswitch.sandbox.faults import ActiveFault, FaultEngine, FaultKind, first, total
from payswitch.sandbox.ledger import Ledger, Order, Refund, Untold
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification, Wire

_REMEMBERED_TRIES = 20_000
_ANSWER_BYTES = 4_096
"""No acknowledgement is longer; the rest is not read."""


class NotifyTry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the notifier's diary."""

    event_id: str
    account: str
    channel_order_no: str
    kind: str
    attempt: int
    at_ms: int
    guise: str
    result: str
    """`acknowledged`, `refused` (the merchant said no), `unreachable`, `timeout`, or `lost` (never sent)."""
    status: int = 0


class Notifier:
    """Every event is its own task; waiting costs nothing, only a bounded number is on the wire at once."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: IdSource,
        ledger: Ledger,
        faults: FaultEngine,
        wire_of: Callable[[str], Wire],
        spawn: Callable[[Coroutine[None, None, None]], None],
        time_scale: float = 1.0,
        connections: int = 64,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._ledger = ledger
        self._faults = faults
        self._wire_of = wire_of
        self._spawn = spawn
        self._time_scale = time_scale
        self._slots = asyncio.Semaphore(connections)
        self._session: aiohttp.ClientSession | None = None
        self.tries: deque[NotifyTry] = deque(maxlen=_REMEMBERED_TRIES)
        self.pending = 0
        """Events that are neither acknowledged nor given up."""

    def start(self, order: Order, kind: str, refund: Refund | None = None) -> None:
        """Tell the merchant about this. Returns at once; an order without a notify_url is not notified."""
        if not (refund.notify_url if refund is not None else order.notify_url):
            return
        now_ms = self._clock.now_ms()
        event_id = self._ids.new("EV-", now_ms)
        out_refund_no = refund.out_refund_no if refund is not None else ""
        untold = Untold(event_id=event_id, kind=kind, at_ms=now_ms, out_refund_no=out_refund_no)
        self._ledger.keep_untold(order, untold)
        self._begin(order, untold)

    def resume(self) -> None:
        """After a restart: everything unacknowledged is told again, each from the start of its schedule."""
        for order in self._ledger:
            for untold in order.untold:
                self._begin(order, untold)

    def _begin(self, order: Order, untold: Untold) -> None:
        refund = next((r for r in order.refunds if r.out_refund_no == untold.out_refund_no), None)
        event = NotifyEvent(event_id=untold.event_id, kind=untold.kind, at_ms=untold.at_ms, refund=refund)
        self.pending += 1
        self._spawn(self._deliver(order, event))

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _deliver(self, order: Order, event: NotifyEvent) -> None:
        await self._follow_schedule(order, event)
        self._ledger.told(order, event.event_id)
        self.pending -= 1

    async def _follow_schedule(self, order: Order, event: NotifyEvent) -> None:
        """Try, wait, try again, until it is acknowledged or the schedule is over."""
        wire = self._wire_of(order.account)
        attempt = 1
        while True:
            bank = bank_of_product(order.product)
            picked = self._faults.pick(order.account, "notify", order.product, order.amount_fen, bank)
            if await self._try(wire, order, event, attempt, picked):
                return
            gap_s = wire.notify_schedule.gap_s(attempt)
            if gap_s is None:
                return
            await self._clock.sleep(gap_s * self._time_scale)
            attempt += 1

    async def _try(self, wire: Wire, order: Order, event: NotifyEvent, attempt: int, picked: list[ActiveFault]) -> bool:
        """One try with its faults; True when the merchant acknowledged the genuine message."""
        late = first(picked, FaultKind.NOTIFY_LATE)
        if late is not None and attempt == 1:
            await self._clock.sleep(late.delay_s)
        if first(picked, FaultKind.NOTIFY_FORGED):
            await self._send(wire, order, event, attempt, Guise.FORGED)
        if first(picked, FaultKind.NOTIFY_PROBE):
            await self._send(wire, order, event, attempt, Guise.PROBE)
        if first(picked, FaultKind.NOTIFY_LOST):
            self._note(order, event, attempt, Guise.HONEST, "lost")
            return False
        guise = Guise.WRONG_AMOUNT if first(picked, FaultKind.NOTIFY_WRONG_AMOUNT) else Guise.HONEST
        acknowledged = await self._send(wire, order, event, attempt, guise)
        for _ in range(int(total(picked, FaultKind.NOTIFY_DUPLICATE, lambda active: active.fault.times))):
            acknowledged |= await self._send(wire, order, event, attempt, guise)
        return acknowledged

    async def _send(self, wire: Wire, order: Order, event: NotifyEvent, attempt: int, guise: Guise) -> bool:
        async with self._slots:
            message = wire.build_notification(order, event, guise)
            result, status = await self._post(wire, message)
        self._note(order, event, attempt, guise, result, status)
        return result == "acknowledged"

    async def _post(self, wire: Wire, message: OutgoingNotification) -> tuple[str, int]:
        """The result and the HTTP status (0 when there was none)."""
        timeout = aiohttp.ClientTimeout(total=wire.notify_timeout_s)
        try:
            async with self._open_session().request(
                message.method,
                message.url,
                data=message.body,
                headers=message.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                body = await answer.content.read(_ANSWER_BYTES)
                return ("acknowledged" if wire.acknowledged(answer.status, body) else "refused"), answer.status
        except TimeoutError:
            return "timeout", 0
        except (aiohttp.ClientError, ValueError, OSError):
            # ValueError: aiohttp's word for a notify_url that is no address at all.
            return "unreachable", 0

    def _open_session(self) -> aiohttp.ClientSession:
        """Made on first use: it belongs to the running loop. No cookies: merchants' answers must not mix."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _note(self, order: Order, event: NotifyEvent, attempt: int, guise: Guise, result: str, status: int = 0) -> None:
        self.tries.append(
            NotifyTry(
                event_id=event.event_id,
                account=order.account,
                channel_order_no=order.channel_order_no,
                kind=event.kind,
                attempt=attempt,
                at_ms=self._clock.now_ms(),
                guise=guise,
                result=result,
                status=status,
            )
        )
