"""One order as the shop's program sees it: what it asks of the API, how often, and how long its customer waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tests.simulation.faults import Fault, Rare
from tests.simulation.shop import Reply

if TYPE_CHECKING:
    from tests.simulation.night import Night

T = TypeVar("T")

PROMISE_MS = 500
"""From a request to a credential."""
AMOUNT_FEN = 12_900


class Shown:
    """One code in the customer's hand."""

    def __init__(self, credential: dict[str, Any]) -> None:
        self.channel_id: str = credential["channel_id"]
        self.content: str = credential["content"]

    @property
    def number(self) -> str:
        return self.content.split()[0]


class Waiting:
    """A request under way, and how many half seconds it may take: each other wish at the same time has its own."""

    def __init__(self, halves: int) -> None:
        self.halves = halves


class Order:
    """The shop's side of one order."""

    def __init__(self, night: Night, number: str, *, life_s: int) -> None:
        self.night = night
        self.fate = night.fate
        self.dice = night.fate.dice
        self.number = number
        self.life_s = life_s
        self.in_hand: list[Shown] = []
        """What the customer was shown and may still pay."""
        self.payment_id: str | None = None
        self.wish: dict[str, Any] = {}
        """The body of the create call."""
        self.keeps_promise = True
        """A debit may take longer than half a second, and what waits for it, too."""
        self._waiting: set[Waiting] = set()

    def basket(self, **changes: Any) -> dict[str, Any]:
        usual = {
            "out_trade_no": self.number,
            "amount_fen": AMOUNT_FEN,
            "subject": "爆款 × 1",
            "expires_in_s": self.life_s,
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    async def create(self, *, key: str | None = None, **changes: Any) -> Reply | None:
        body = {name: value for name, value in {**self.wish, **changes}.items() if value is not None}
        reply = await self.waits(lambda: self.night.call("createPayment", self.number, body, key=key))
        return self._notes(reply)

    async def on_payment(self, what: str, body: object = None, *, timed: bool = False) -> Reply | None:
        if self.payment_id is None:
            return None
        payment_id = self.payment_id

        def ask() -> Awaitable[Reply | None]:
            return self.night.call(what, self.number, body, payment_id=payment_id)

        return self._notes(await (self.waits(ask) if timed else ask()))

    def _notes(self, reply: Reply | None) -> Reply | None:
        if reply is None:
            return None
        self.payment_id = reply.view.get("payment_id") or self.payment_id
        if reply.status < 300 and (credential := reply.view.get("credential")) and credential["kind"] != "sms":
            self.in_hand.append(Shown(credential))
            self.fate.must(bool(credential["content"]), "a shown attempt without a credential")
        return reply

    async def waits(self, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """A customer waits: half a second, and half a second for each other wish at the same time. None, or an error:
        they did not get what they waited for."""
        me = Waiting(1 + len(self._waiting))
        for other in self._waiting:
            other.halves += 1
        self._waiting.add(me)
        begun_ms = self.fate.clock.monotonic_ms()
        try:
            reply = await ask()
        finally:
            self._waiting.remove(me)
        took_ms = self.fate.clock.monotonic_ms() - begun_ms
        if reply is not None and self.keeps_promise:
            self.fate.must(took_ms <= me.halves * PROMISE_MS + 1, f"a customer waited {took_ms:.0f} ms")
        return reply

    async def place(self) -> bool:
        """The shop asks until it has an answer, sometimes with two requests at once, sometimes with a wrong one."""
        for again in range(8):
            kills = self.night.kills
            if self.fate.strikes(Fault.TWO_REQUESTS_AT_ONCE, 0.4):
                self.fate.spawn(self.create())
            if self.fate.strikes(Fault.OTHER_BODY, 0.3):
                key = self.dice.choice((None, f"key-{self.number}"))
                self.fate.spawn(self.create(key=key, amount_fen=AMOUNT_FEN + 1))
            reply = await self.create(key=f"key-{self.number}")
            if reply is not None and reply.status < 500 and "payment_id" in reply.view:
                if again and kills:
                    self.fate.meet(Rare.ANSWERED_AFTER_KILL)
                return True
            await asyncio.sleep(2)
        return self.payment_id is not None
