"""The load: shoppers with wallets, and a shop whose program repeats, cancels and refunds.

All of it over HTTP, and all of it written down for the black box.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import msgspec

from payswitch.drill import scenario_file
from payswitch.drill.client import Answer, SandboxApi
from payswitch.drill.journey import Ending, Journey, Visit
from payswitch.drill.shopper import one_shopper
from payswitch.drill.views import CodeView, WalletAnswer
from payswitch.kit.clock import Clock
from tests.blackbox.history import Call, History, digest
from tests.crash.stage import CrashStage

PEOPLE = msgspec.structs.replace(
    scenario_file.load("kill-nine").shoppers, patience_s=(15, 25), changes_mind=0.25, pays_old_code=0.6, leaves=0.05
)
"""Impatient enough to switch, patient enough to meet a restart, and careless with old codes."""


class _Number(msgspec.Struct):
    """What a problem document of an order that is kept says of it."""

    payment_id: str | None = None


class ShopProgram:
    """The shop's program for one order: `drill.journey.Shop`, with every call written down."""

    def __init__(self, stage: CrashStage, clock: Clock, history: History, dice: random.Random, number: str) -> None:
        self._stage = stage
        self._clock = clock
        self._history = history
        self._dice = dice
        self._number = number
        self.payment_id: str | None = None

    async def create(self, order: dict[str, object]) -> Answer:
        """Under one key, sometimes twice at once: a timeout of the shop's own proxy."""
        work = [self._call("create", "/v1/payments", order, key=f"key-{self._number}")]
        if self._dice.random() < 0.2:
            work.append(self._call("create", "/v1/payments", order, key=f"key-{self._number}"))
        answers = await asyncio.gather(*work)
        if self._dice.random() < 0.1:
            await self._call("create", "/v1/payments", {**order, "subject": "另一单"}, key=f"key-{self._number}")
        return answers[0]

    async def switch(self, payment_id: str, wish: dict[str, object]) -> Answer:
        return await self._call("switch", f"/v1/payments/{payment_id}/switch", wish)

    async def look(self) -> Answer:
        return await self._call("get", f"/v1/payments/{self.payment_id}", None)

    async def cancel(self) -> Answer:
        return await self._call("cancel", f"/v1/payments/{self.payment_id}/cancel", {})

    async def refund(self, refund_no: str, amount_fen: int) -> Answer:
        wish = {"refund_no": refund_no, "amount_fen": amount_fen}
        return await self._call("refund", f"/v1/payments/{self.payment_id}/refunds", wish)

    async def _call(self, what: str, path: str, body: Mapping[str, object] | None, *, key: str | None = None) -> Answer:
        call = Call(
            what=what,
            called_ms=self._clock.monotonic_ms(),
            out_trade_no=self._number,
            key=key,
            body_digest=digest(body),
        )
        self._history.calls.append(call)
        method = "GET" if body is None else "POST"
        answer = await self._stage.http.call(method, path, body, timeout_s=20.0, key=key)
        call.answered_ms = self._clock.monotonic_ms()
        if answer.status:
            call.status = answer.status
            call.view = _json(answer)
            self.payment_id = call.view.get("payment_id") or self.payment_id
        return answer


def _json(answer: Answer) -> dict[str, Any]:
    try:
        view = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return {}
    return view if isinstance(view, dict) else {}


class Phone:
    """A wallet whose sandbox may be dead just now: then nothing happens, as in life."""

    def __init__(self, sandbox: SandboxApi) -> None:
        self._sandbox = sandbox

    async def pay(self, code: CodeView, wallet: str, payer: str, *, enough: bool) -> WalletAnswer | None:
        return await self._sandbox.pay(code, wallet, payer, enough=enough)


class Load:
    """Shoppers who keep coming until told to stop."""

    def __init__(
        self, stage: CrashStage, clock: Clock, history: History, *, per_second: float, seed: int, expires_in_s: int
    ) -> None:
        self._stage = stage
        self._clock = clock
        self._history = history
        self._gap_s = 1 / per_second
        self._seed = seed
        self._expires_in_s = expires_in_s
        self._scenario = msgspec.structs.replace(scenario_file.load("kill-nine"), shoppers=PEOPLE)
        self._closed = asyncio.Event()
        self._visits: set[asyncio.Task[None]] = set()
        self.came = 0
        self.paid = 0
        self.without_answer = 0

    async def run(self) -> None:
        while not self._closed.is_set():
            self.came += 1
            task = asyncio.create_task(self._visit(self.came))
            self._visits.add(task)
            task.add_done_callback(self._visits.discard)
            await self._clock.sleep(self._gap_s)
        await asyncio.gather(*self._visits)

    def close(self) -> None:
        """Nobody comes any more; who is there finishes."""
        self._closed.set()

    async def _visit(self, number: int) -> None:
        dice = random.Random(f"{self._seed}:{number}")
        shopper = one_shopper(self._scenario, number, 0.0, self._seed)
        visit = Visit(shopper, f"C{self._seed}-{number:06d}")
        program = ShopProgram(self._stage, self._clock, self._history, dice, visit.out_trade_no)
        journey = Journey(
            visit,
            program,
            Phone(self._stage.sandbox),
            self._clock,
            expires_in_s=self._expires_in_s,
            offered=self._stage.methods,
        )
        await journey.run()
        self.paid += visit.ending is Ending.PAID
        self.without_answer += any(request.status == 0 for request in visit.requests)
        if program.payment_id is not None:
            await self._afterwards(program, visit, dice)

    async def _afterwards(self, program: ShopProgram, visit: Visit, dice: random.Random) -> None:
        """The shop looks, and sometimes gives up the order, or gives some of the money back."""
        await program.look()
        if visit.ending is not Ending.PAID:
            if dice.random() < 0.3:
                await program.cancel()
            return
        for part in range(dice.choice((0, 0, 1, 2))):
            amount_fen = max(1, visit.shopper.amount_fen // dice.choice((1, 2, 3)))
            refund_no = f"{visit.out_trade_no}-r{part}"
            await program.refund(refund_no, amount_fen)
            if dice.random() < 0.3:
                await program.refund(refund_no, amount_fen)
