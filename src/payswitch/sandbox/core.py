"""What all stand-ins share: the books, the faults, the notifier, the clock, and the one way an API call is answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.sandbox.banks import bank_of_product
from payswitch.sandbox.faults import ActiveFault, Fault, FaultEngine, FaultKind, first, total
from payswitch.sandbox.ledger import Ledger
from payswitch.sandbox.notifier import Notifier
from payswitch.sandbox.payment_codes import PaymentCodes
from payswitch.sandbox.refunds import RefundDesk
from payswitch.sandbox.wire import Seal, Wire, WireCall
from payswitch.sandbox.world import AccountSpec, World

_HANG_LOOK_S = 1.0
"""How often a hanging call looks whether its client has gone."""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing then sends a TCP reset instead of a farewell."""


@dataclass(frozen=True)
class Settings:
    """Knobs that are no faults."""

    notify_time_scale: float = 1.0
    """Multiplies the gaps between notification tries, so that a drill of a minute sees a night of retries."""
    refund_delay_s: float = 1.0
    """How long an asynchronous refund stays in progress."""
    close_lag_s: float = 0.0
    """How long a query still says "not paid" after a close, as WeChat's sometimes does."""
    notify_connections: int = 64
    """Notifications on the wire at the same time."""


@dataclass
class SandboxCore:
    """Handed to every stand-in."""

    world: World
    clock: Clock
    ids: IdSource
    ledger: Ledger
    faults: FaultEngine
    settings: Settings
    notifier: Notifier = field(init=False)
    refunds: RefundDesk = field(init=False)
    payment_codes: PaymentCodes = field(init=False)
    wires: list[Wire] = field(default_factory=list)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.notifier = Notifier(
            clock=self.clock,
            ids=self.ids,
            ledger=self.ledger,
            faults=self.faults,
            wire_of=self.wire_of,
            spawn=self.spawn,
            time_scale=self.settings.notify_time_scale,
            connections=self.settings.notify_connections,
        )
        self.refunds = RefundDesk(
            clock=self.clock,
            ledger=self.ledger,
            notifier=self.notifier,
            spawn=self.spawn,
            delay_s=self.settings.refund_delay_s,
        )

        self.payment_codes = PaymentCodes(
            clock=self.clock,
            ids=self.ids,
            ledger=self.ledger,
            faults=self.faults,
            notifier=self.notifier,
            wire_of=self.wire_of,
        )

    def wire_of(self, channel_id: str) -> Wire:
        """The stand-in that speaks for this account."""
        family = self.world.account(channel_id).family
        return next(wire for wire in self.wires if wire.family == family)

    def accounts_of(self, family: str) -> list[AccountSpec]:
        return [account for account in self.world.accounts if account.family == family]

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something beside the calls; it ends at the latest with the sandbox."""
        if self._closing.is_set():
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def resume(self) -> None:
        """After a restart: whatever was in progress goes on."""
        self.refunds.resume()
        self.notifier.resume()

    async def stop(self) -> None:
        """End everything in the background and every call that waits; the books stay open for calls in progress."""
        self._closing.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notifier.aclose()

    async def perform(self, request: web.Request, call: WireCall) -> web.StreamResponse:
        """Answer one API call, with whatever faults strike it.

        The work is done (or not) at the moment the call arrives; a late answer is late all the same: a client that
        gave up waiting may have an order, as in life.
        """
        bank = bank_of_product(call.product)
        picked = self.faults.pick(call.account.channel_id, call.operation, call.product, call.amount_fen, bank)
        if not picked:
            return call.seal(call.process(), Seal.HONEST)
        if first(picked, FaultKind.REFUSE):
            return _reset(request)
        response = _answer(call, picked)
        delay_s = total(picked, FaultKind.LATENCY, ActiveFault.delay_s)
        if delay_s:
            await self.pause(delay_s)
        if first(picked, FaultKind.HANG):
            await self._hang(request)
        return response

    async def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the sandbox's end."""
        waits = [asyncio.ensure_future(self.clock.sleep(seconds)), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _hang(self, request: web.Request) -> None:
        """Until the client has gone or the sandbox ends. Real seconds, not the clock's: it waits for a socket."""
        while not self._closing.is_set() and request.transport is not None and not request.transport.is_closing():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _HANG_LOOK_S)


def make_core(
    world: World,
    *,
    clock: Clock,
    ids: IdSource,
    seed: int = 1,
    data: Path | None = None,
    settings: Settings | None = None,
) -> SandboxCore:
    """A core without stand-ins yet; the books are read from `data` if it exists."""
    return SandboxCore(
        world=world,
        clock=clock,
        ids=ids,
        ledger=Ledger(clock, data),
        faults=FaultEngine(clock, seed),
        settings=settings or Settings(),
    )


def _answer(call: WireCall, picked: list[ActiveFault]) -> web.Response:
    """What is said in the end; does the call's work unless a fault says that it was never done."""
    edge = first(picked, FaultKind.HTTP_5XX, FaultKind.HANG)
    error = first(picked, FaultKind.ERROR_CODE)
    if edge is not None:
        if edge.when == "after":
            call.process()
        return _edge_error(edge)
    if error is not None:
        if error.created:
            call.process()
        return call.seal(call.refuse(error), _seal(picked))
    return call.seal(call.process(), _seal(picked))


_SEALS = (FaultKind.MALFORMED, FaultKind.BAD_SIGNATURE, FaultKind.UNKNOWN_SERIAL, FaultKind.SIGNATURE_PROBE)


def _seal(picked: list[ActiveFault]) -> Seal:
    fault = first(picked, *_SEALS)
    return Seal(fault.kind.value) if fault is not None else Seal.HONEST


def _edge_error(fault: Fault) -> web.Response:
    """What a proxy in front of the channel says: HTML, no signature."""
    status = fault.status or 503
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return web.Response(status=status, text=page, content_type="text/html")


def _reset(request: web.Request) -> web.Response:
    """Tear the connection down; the response object only satisfies aiohttp, no byte of it leaves."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    return web.Response(status=503)
