"""The shop: its program, which calls the API, and its server, which is told what became of its payments."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import INTERNAL, PaySwitchError
from payswitch.domain.events import Event
from payswitch.drill.shop import ShopServer
from payswitch.entry.api.routes import Endpoint
from payswitch.entry.api.sections import SHOPS
from payswitch.entry.http import problems
from payswitch.kit.secrets import Secret
from payswitch.senders.signing import signature_header
from payswitch.services.context import Context
from tests.blackbox.history import Call, Hearing, History, digest
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault, Rare
from tests.simulation.life import Killed, Life, current_life
from tests.simulation.virtual_time import TrueClock

API_KEY = "key-of-the-night-shop"
WEBHOOK_SECRET = "whsec_" + "bmlnaHQtc2hvcC13ZWJob29rLXNlY3JldC0zMmJ5dGU="
DAY_S = 86_400
_OPERATIONS = {operation.name: operation for operation in SHOPS.operations}


class NightShop:
    """The shop's server, as an `EventSender` finds it: verifies what it is told, is away for days, slow, forgetful."""

    def __init__(self, fate: Fate, history: History) -> None:
        self._fate = fate
        self._history = history
        self._server = ShopServer(WEBHOOK_SECRET, TrueClock(fate.clock))
        self.heard: dict[str, list[Event]] = defaultdict(list)
        self._delivering: dict[str, Life] = {}
        """Which process has taken an event just now: a lease keeps others away."""
        self.down_until_ms = 0.0
        if fate.strikes(Fault.SHOP_DOWN_FOR_DAYS, 0.15):
            self.down_until_ms = fate.dice.uniform(0.2, 4.2) * DAY_S * 1_000

    async def deliver(self, event: Event, timeout_ms: int) -> str | None:
        """Runs inside the switch; what happens at the shop happens whether or not the switch lives on."""
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        stamp = self._fate.clock.now_ms() // 1_000
        headers = {
            "webhook-id": event.event_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature_header([Secret(WEBHOOK_SECRET)], event.event_id, stamp, event.body),
        }
        if event.tries:
            self._fate.meet(Rare.EVENT_RETRIED)
        before = self._delivering.get(event.event_id)
        # A machine whose clock jumps forward sees its own lease run out; to be told twice is harmless.
        held = before is not None and not before.over and not self._fate.clock.most_wrong_ms
        self._fate.must(not held, "two deliver one event at the same time")
        if (life := current_life()) is not None:
            self._delivering[event.event_id] = life
        self._fate.spawn(self._at_the_shop(event, headers, answer))
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                return await answer
        except TimeoutError:
            return f"no answer within {timeout_ms} ms"
        finally:
            self._delivering.pop(event.event_id, None)

    async def _at_the_shop(self, event: Event, headers: Mapping[str, str], answer: asyncio.Future[str | None]) -> None:
        fate = self._fate
        await asyncio.sleep(fate.dice.choice((0.01, 0.2)))
        said = self._hear(event, headers)
        if fate.strikes(Fault.SHOP_SLOW, 0.2):
            await asyncio.sleep(fate.dice.uniform(1, 30))
        if said is None and fate.strikes(Fault.SHOP_FORGETS_TO_ANSWER, 0.15):
            return
        if not answer.done():
            answer.set_result(said)

    def _hear(self, event: Event, headers: Mapping[str, str]) -> str | None:
        if self._fate.clock.monotonic_ms() < self.down_until_ms:
            return "the shop's server could not be reached"
        if self._fate.strikes(Fault.SHOP_5XX, 0.3):
            return "answered 503"
        known = event.event_id in self._server.book.events
        status, reason = self._server.take(headers, event.body)
        self._fate.must(status == 200, f"the shop does not believe an event: {reason}")
        self._fate.must(not self._server.book.changed, "the same event with other bytes")
        at_ms = self._fate.clock.monotonic_ms()
        self._history.hearings.append(Hearing(at_ms=at_ms, event_id=event.event_id, body=event.body))
        self._fate.note("shop", f"hears {event.type} {event.sequence} of {event.payment_id}{' again' * known}")
        if known:
            self._fate.meet(Rare.EVENT_REPEATED)
        else:
            self.heard[event.payment_id].append(event)
        return None


class Reply(msgspec.Struct, frozen=True):
    """One answer of the API."""

    status: int
    view: dict[str, Any]


class Door:
    """The shop's way into one process: the API's endpoints with their authentication, decoding, encoding and errors.
    Of what the service runs only the web server in front is missing."""

    def __init__(self, ctx: Context, fate: Fate) -> None:
        self._ctx = ctx
        self._fate = fate
        self._endpoints: dict[str, Endpoint[Any]] = {}

    async def call(self, name: str, body: object, key: str | None, **path: str) -> Reply:
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            endpoint = self._endpoints[name] = Endpoint(self._ctx, _OPERATIONS[name], SHOPS.admit)
        headers = [(b"authorization", f"Bearer {API_KEY}".encode()), (b"content-type", b"application/json")]
        if key is not None:
            headers.append((b"idempotency-key", key.encode()))
        scope = {"headers": headers, "path_params": path, "query_string": b"", "method": endpoint.method}
        payload = b"" if body is None else msgspec.json.encode(body)

        async def receive() -> dict[str, Any]:
            return {"body": payload}

        try:
            answer = await endpoint.serve(scope, receive)
        except StorageUnavailable:
            answer = problems.problem(PaySwitchError(INTERNAL), scope)
        except Exception as error:
            self._fate.fail(error)
            raise
        found: list[Any] = []

        async def send(message: Any) -> None:
            found.append(message)

        await answer(scope, receive, send)
        return Reply(found[0]["status"], msgspec.json.decode(found[1]["body"] or b"{}"))


def _order_of(body: object) -> object:
    """What makes two requests the same: not the code that the customer shows now."""
    return {name: value for name, value in body.items() if name != "payment_code"} if isinstance(body, dict) else body


class ShopProgram:
    """Calls the API and writes down what it asked and heard: the black box's side of the night."""

    def __init__(self, fate: Fate, history: History) -> None:
        self._fate = fate
        self._history = history

    async def call(
        self,
        life: Life,
        door: Door,
        what: str,
        out_trade_no: str,
        body: object = None,
        *,
        key: str | None = None,
        **path: str,
    ) -> Reply | None:
        """None: no answer came (the process died)."""
        clock = self._fate.clock
        call = Call(
            what=what.removesuffix("Payment"),
            called_ms=clock.monotonic_ms(),
            out_trade_no=out_trade_no,
            key=key,
            body_digest=digest(_order_of(body)),
        )
        call.what = "refund" if what == "createRefund" else call.what
        self._history.calls.append(call)
        try:
            reply = await life.ask(door.call(what, body, key, **path))
        except Killed:
            self._fate.note("shop", f"{what} {out_trade_no}: no answer")
            return None
        call.answered_ms, call.status, call.view = clock.monotonic_ms(), reply.status, reply.view
        state = reply.view.get("state") or reply.view.get("code")
        self._fate.note("shop", f"{what} {out_trade_no}: {reply.status} {state}")
        if reply.view.get("code") == "idempotency_conflict":
            self._fate.meet(Rare.KEY_CONFLICT)
        elif reply.view.get("code") == "out_trade_no_conflict":
            self._fate.meet(Rare.NUMBER_CONFLICT)
        return reply
