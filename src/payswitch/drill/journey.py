"""顾客旅程: what one shopper does, from pressing "pay" to leaving the shop, paid or not.

The journey does what a person does and knows only what a person sees: a code, "please try again", what the wallet
says. Waiting for machines uses up patience; thinking does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from payswitch.domain.channel import Method
from payswitch.domain.payment import PaymentState
from payswitch.drill.client import Answer
from payswitch.drill.shopper import WALLET_METHODS, Shopper
from payswitch.drill.views import CodeView, PaymentView, WalletAnswer
from payswitch.kit.clock import Clock


class Ending(StrEnum):
    """Why the shopper stopped."""

    PAID = "paid"
    NO_MONEY = "no_money"
    LEFT = "left"
    GAVE_UP = "gave_up"
    """Patience or tolerance for switches used up: the loss that this product exists to prevent."""
    NO_WAY = "no_way"
    """The shop has no channel for any of the shopper's wallets."""


class Step(StrEnum):
    CREATE = "create"
    SWITCH = "switch"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One press of a button: a POST to the service, as the shop's server saw it."""

    step: Step
    started_at_ms: int
    took_ms: float
    status: int
    got_code: bool


@dataclass(slots=True)
class Visit:
    """The protocol of one journey."""

    shopper: Shopper
    out_trade_no: str
    payment_id: str | None = None
    requests: list[Request] = field(default_factory=list)
    ending: Ending | None = None
    channels: list[str] = field(default_factory=list)
    """Channels whose codes the shopper saw."""
    moves: int = 0
    """Times that the switch went on to another attempt by itself before giving a code."""
    wallet_payments: int = 0
    """How often a wallet said "paid": 2 is a double payment."""
    waited_s: float = 0.0
    problems: list[str] = field(default_factory=list)
    """Answers that no shop should ever get (500, 400 ...)."""


class Shop(Protocol):
    """The service as the shop's server uses it (`SwitchApi`)."""

    async def create(self, order: dict[str, object]) -> Answer: ...

    async def switch(self, payment_id: str, wish: dict[str, object]) -> Answer: ...


class Phone(Protocol):
    """The wallets on the shopper's phone (`SandboxApi`)."""

    async def pay(self, code: CodeView, wallet: str, payer: str, *, enough: bool) -> WalletAnswer | None: ...


_AGAIN = frozenset({0, 429, 500, 502, 503, 504})
"""Statuses after which a shop's page says "please try again". 500 is also noted as a problem."""
_EXPECTED = frozenset({0, 200, 201, 402, 409, 422, 429, 502, 503, 504})
_MAX_CODES = 8
"""No journey is endless, whatever the answers."""


class Journey:
    """One shopper's journey. Call `run()` once. `offered`: the methods on the shop's page."""

    def __init__(
        self,
        visit: Visit,
        shop: Shop,
        phone: Phone,
        clock: Clock,
        *,
        expires_in_s: int,
        offered: frozenset[Method] = frozenset(Method),
        on_code: Callable[[Visit, CodeView], None] | None = None,
    ) -> None:
        self._visit = visit
        self._shopper = visit.shopper
        self._shop = shop
        self._phone = phone
        self._clock = clock
        self._expires_in_s = expires_in_s
        self._on_code = on_code
        self._old_codes: list[CodeView] = []
        # A shop shows only what it takes. With nothing in common it asks all the same, and hears that there is no way.
        self._methods = tuple(m for m in visit.shopper.methods if m in offered) or visit.shopper.methods
        self._wallets = dict(visit.shopper.money)
        self._switches_left = visit.shopper.switches
        self._codes = 0
        self._attempts = 0
        self._undecided = visit.shopper.changes_mind

    async def run(self) -> Visit:
        code = await self._ask(Step.CREATE, self._order())
        while code is not None and self._visit.ending is None and self._codes <= _MAX_CODES:
            code = await self._use(code)
        if self._visit.ending is None:
            self._visit.ending = Ending.GAVE_UP
        return self._visit

    def _order(self) -> dict[str, object]:
        shopper = self._shopper
        return {
            "out_trade_no": self._visit.out_trade_no,
            "amount_fen": shopper.amount_fen,
            "subject": f"订单 {shopper.number}",
            "methods": [method.value for method in self._methods],
            "environment": shopper.environment.value,
            "user_agent": shopper.user_agent,
            "customer": {
                "customer_id": f"shopper-{shopper.number}",
                "is_new": shopper.is_new,
                "device": shopper.device,
                "openid": f"oDrill{shopper.number:022d}",
                "client_ip": "127.0.0.1",
            },
            "expires_in_s": self._expires_in_s,
        }

    async def _ask(self, step: Step, wish: dict[str, object]) -> CodeView | None:
        """Press the button until a code comes, the patience is over, or the answer is final."""
        tries = 0
        while True:
            answer = await self._post(step, wish)
            code = self._read(step, answer)
            if code is not None or self._visit.ending is not None or answer.status not in _AGAIN:
                return code
            tries += 1
            pause_s = max(self._shopper.pause(tries), answer.retry_after_s or 0.0)
            if self._visit.waited_s + pause_s > self._shopper.patience_s:
                self._visit.ending = Ending.GAVE_UP
                return None
            self._visit.waited_s += pause_s
            await self._clock.sleep(pause_s)

    async def _post(self, step: Step, wish: dict[str, object]) -> Answer:
        if step is Step.CREATE or self._visit.payment_id is None:
            answer = await self._shop.create(wish)
        else:
            answer = await self._shop.switch(self._visit.payment_id, wish)
        self._visit.waited_s += answer.took_ms / 1_000
        if answer.status not in _EXPECTED:
            text = answer.body[:300].decode("utf-8", "replace")
            self._visit.problems.append(f"{step.value}: HTTP {answer.status}: {text}")
        return answer

    def _read(self, step: Step, answer: Answer) -> CodeView | None:
        payment = answer.read(PaymentView) if answer.status in (200, 201) else None
        code = payment.credential if payment is not None else None
        request = Request(
            step=step,
            started_at_ms=answer.started_at_ms,
            took_ms=answer.took_ms,
            status=answer.status,
            got_code=code is not None,
        )
        self._visit.requests.append(request)
        if payment is not None:
            self._visit.payment_id = payment.payment_id
            made = payment.for_customer[self._attempts :]
            self._visit.moves += code is not None and bool(made) and made[0].attempt_id != code.attempt_id
            self._attempts = len(payment.for_customer)
            if payment.state is PaymentState.SUCCEEDED:
                self._visit.ending = Ending.PAID
                return None
        elif answer.status == 503:
            self._visit.payment_id = answer.read(_Kept).payment_id or self._visit.payment_id
        elif answer.status in (402, 422) and step is Step.CREATE:
            self._visit.ending = Ending.NO_WAY
        if code is not None:
            self._codes += 1
            self._visit.channels.append(code.channel_id)
            if self._on_code is not None:
                self._on_code(self._visit, code)
        return code

    async def _use(self, code: CodeView) -> CodeView | None:
        """Look at a code and do something about it. Returns the next code to look at, if any."""
        await self._clock.sleep(self._shopper.think(self._codes - 1))
        if self._shopper.leaves:
            self._visit.ending = Ending.LEFT
            return None
        if self._undecided:
            self._undecided = False
            return await self._another(code, self._other_methods(code)) or code
        if self._pays_old_first():
            await self._pay_old_codes()
        wallet, answer = await self._confirm(code)
        return await self._after_wallet(code, wallet, answer)

    async def _after_wallet(self, code: CodeView, wallet: str, answer: WalletAnswer | None) -> CodeView | None:
        result = "" if answer is None else answer.result
        if result in ("paid", "already_paid"):
            self._visit.wallet_payments += result == "paid"
            self._visit.ending = Ending.PAID
            if not self._pays_old_first():
                await self._pay_old_codes()
            return None
        if self._visit.wallet_payments:
            # The old code was paid, and that closed the new one: the shopper has what they came for.
            self._visit.ending = Ending.PAID
            return None
        if result == "insufficient_balance":
            return await self._without_money(code, wallet)
        if result == "":
            self._visit.waited_s += 1.0
        return await self._another(code, self._methods)

    async def _without_money(self, code: CodeView, wallet: str) -> CodeView | None:
        """This wallet is empty: another one, if there is one that was not found empty yet."""
        self._wallets.pop(wallet, None)
        left = [m for name in self._wallets for m in WALLET_METHODS[name] if m in self._methods]
        if not left:
            self._visit.ending = Ending.NO_MONEY
            return None
        return await self._another(code, left)

    async def _another(self, code: CodeView, methods: list[Method] | tuple[Method, ...]) -> CodeView | None:
        """Ask for another way of paying. The same code again when there is none and it may still work."""
        if self._switches_left <= 0 or self._visit.waited_s > self._shopper.patience_s:
            self._visit.ending = Ending.GAVE_UP
            return None
        self._switches_left -= 1
        new = await self._ask(Step.SWITCH, {"methods": [method.value for method in methods]})
        if new is not None:
            self._old_codes.append(code)
            return new
        if self._visit.ending is not None:
            return None
        return code if code.method in methods else None

    def _other_methods(self, code: CodeView) -> list[Method]:
        return [method for method in self._methods if method is not code.method] or [code.method]

    async def _confirm(self, code: CodeView) -> tuple[str, WalletAnswer | None]:
        """Confirm a code in the wallet that it is for; one that was found empty before is still empty."""
        wallet = next(name for name, methods in WALLET_METHODS.items() if code.method in methods)
        enough = self._wallets.get(wallet, False)
        return wallet, await self._phone.pay(code, wallet, f"shopper-{self._shopper.number}", enough=enough)

    def _pays_old_first(self) -> bool:
        return self._shopper.pays_old_code and self._shopper.number % 2 == 1

    async def _pay_old_codes(self) -> None:
        """Somebody in the family pays the first code, too; or the shopper forgot."""
        while self._shopper.pays_old_code and self._old_codes:
            _, answer = await self._confirm(self._old_codes.pop())
            self._visit.wallet_payments += answer is not None and answer.result == "paid"


class _Kept(msgspec.Struct, frozen=True):
    """The members of a 503 problem that a shop needs: the payment is kept under this id."""

    payment_id: str | None = None
