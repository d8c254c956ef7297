"""单行故障: customers pay with signed cards of five banks; one bank falls ill; only its customers are sent elsewhere.

Each bank is a channel of its own, so its health is its own. A customer whose bank does not answer is handed a code of
another method in the same answer, and pays with that.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from payswitch.domain.channel import CredentialKind, Method
from payswitch.domain.payment import PaymentState
from payswitch.drill.bank_lines import ILL_FROM, ILL_TO, BankNightResult, Purchase, lines_of, phase_at, winner_channel
from payswitch.drill.client import Answer, one_reason
from payswitch.drill.contracts import BANK_CHANNELS, BANKS
from payswitch.drill.customers import CardOffice, SignedCard, scan_and_pay
from payswitch.drill.settling import Settling
from payswitch.drill.stage import Stage, plan_of_night
from payswitch.drill.views import CodeView, PaymentView
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

SICK_BANK: Final = "icbc"
CUSTOMERS_PER_BANK: Final = 6
PER_SECOND: Final = 8.0
_LOOK_S: Final = 1.0
_THINK_S: Final = (0.2, 0.8)
_EXPIRES_IN_S: Final = 150
"""Longer than an unknown debit takes to be reversed: its customer still wants to buy."""
_SETTLE_S: Final = 120.0
_MOST_STEPS: Final = 4


async def run_bank_night(
    folder: Path, payments: int, seed: int, clock: Clock, watcher: Watcher, database: str | None = None
) -> BankNightResult:
    """Start everything, sign the cards, live the evening, compare the books."""
    watcher.phase("准备密钥 / making keys")
    plan = plan_of_night(folder, "evening", seed, database)
    watcher.phase("启动服务与沙箱 / starting service and sandbox")
    with one_reason():
        async with Stage(plan, clock) as stage:
            return await BankNight(stage, clock, watcher, payments, seed).run()


class BankNight:
    """One evening over a stage that runs."""

    def __init__(self, stage: Stage, clock: Clock, watcher: Watcher, payments: int, seed: int) -> None:
        self._stage = stage
        self._clock = clock
        self._watcher = watcher
        self._payments = payments
        self._traffic_s = payments / PER_SECOND
        self._source = random.Random(f"bank-night:{seed}")

    async def run(self) -> BankNightResult:
        cards = await self._sign_cards()
        purchases = self._purchases(cards)
        await self._stage.sandbox.set_faults(sick_bank_faults(self._traffic_s))
        self._watcher.phase(f"{SICK_BANK} 将故障 / will be ill", len(purchases))
        begun_ms = self._clock.monotonic_ms()
        async with asyncio.TaskGroup() as group:
            for purchase in purchases:
                wait_s = purchase.at_s - (self._clock.monotonic_ms() - begun_ms) / 1_000
                if wait_s > 0:
                    await self._clock.sleep(wait_s)
                self._stage.require_alive()
                group.create_task(self._buy(purchase, self._source.uniform(*_THINK_S)))
        await self._stage.sandbox.set_faults([])
        orders = {p.payment_id: p.amount_fen for p in purchases if p.payment_id is not None}
        settled = await Settling(self._stage, self._clock, self._watcher).run(orders, _SETTLE_S)
        winners = {p.payment_id: winner_channel(p) for p in settled.payments}
        for purchase in purchases:
            purchase.channel_id = winners.get(purchase.payment_id or "", "")
        return BankNightResult(
            drill="one-bank-down",
            sick_bank=SICK_BANK,
            payments=len(purchases),
            paid=sum(bool(purchase.channel_id) for purchase in purchases),
            lines=lines_of(purchases),
            books_equal=not settled.differences,
            differences=settled.differences,
            problems=[f"{p.out_trade_no}: {p.problem}" for p in purchases if p.problem],
        )

    async def _sign_cards(self) -> list[SignedCard]:
        self._watcher.phase("签约银行卡 / signing cards up", len(BANKS) * CUSTOMERS_PER_BANK)
        office = CardOffice(self._stage.switch, self._stage.sandbox)
        cards = []
        for number in range(len(BANKS) * CUSTOMERS_PER_BANK):
            cards.append(await office.sign(BANKS[number % len(BANKS)], number))
            self._watcher.step(cards[-1].bank, ok=True)
        return cards

    def _purchases(self, cards: Sequence[SignedCard]) -> list[Purchase]:
        """Evenly over the banks, at random moments."""
        moments = sorted(self._source.uniform(0, self._traffic_s) for _ in range(self._payments))
        return [
            Purchase(
                out_trade_no=f"bank-{number:05d}",
                card=cards[number % len(cards)],
                at_s=at_s,
                amount_fen=self._source.randrange(1_000, 50_000),
                phase=phase_at(at_s / self._traffic_s),
            )
            for number, at_s in enumerate(moments)
        ]

    async def _buy(self, purchase: Purchase, think_s: float) -> None:
        answer = await self._stage.switch.create(order_of(purchase))
        code = self._next(purchase, answer)
        for _ in range(_MOST_STEPS):
            if purchase.waits:
                code = await self._wait_and_pay_otherwise(purchase)
            if code is None:
                break
            await self._clock.sleep(think_s)
            code = await self._use(purchase, code)
        self._watcher.step(purchase.card.bank, ok=not purchase.problem)

    async def _use(self, purchase: Purchase, code: CodeView) -> CodeView | None:
        """Type the bank's code, or pay what is shown instead of it."""
        if code.kind is not CredentialKind.SMS:
            if not await scan_and_pay(self._stage.sandbox, code, code.method, purchase.card.customer_id):
                purchase.problem = "no wallet could pay what was shown"
            return None
        sms_code = await self._stage.sandbox.newest_sms(purchase.card.mobile)
        path = f"/v1/payments/{purchase.payment_id}/confirm"
        return self._next(purchase, await self._stage.switch.post(path, {"sms_code": sms_code}))

    def _next(self, purchase: Purchase, answer: Answer) -> CodeView | None:
        """What the customer has to do now; None when nothing is left to do."""
        if answer.status not in (200, 201):
            purchase.problem = f"HTTP {answer.status}: {answer.body[:200].decode('utf-8', 'replace')}"
            return None
        payment = answer.read(PaymentView)
        purchase.payment_id = payment.payment_id
        purchase.waits = payment.confirming is not None
        if payment.state is not PaymentState.PENDING or payment.credential is None:
            return None
        purchase.saw.append(payment.credential.channel_id)
        return payment.credential

    async def _wait_and_pay_otherwise(self, purchase: Purchase) -> CodeView | None:
        """银行处理中，请勿重复支付: the customer waits until it is known, and chooses a wallet if nothing was taken."""
        while True:
            await self._clock.sleep(_LOOK_S)
            view = await self._stage.switch.payment(purchase.payment_id or "")
            if view is None or (view.confirming is not None and view.state is PaymentState.PENDING):
                continue
            purchase.waits = False
            if view.state is not PaymentState.PENDING:
                return None
            wish = {"methods": [Method.WECHAT, Method.ALIPAY], "environment": "desktop"}
            return self._next(purchase, await self._stage.switch.switch(view.payment_id, wish))


def sick_bank_faults(traffic_s: float) -> list[dict[str, object]]:
    """The bank answers nothing: neither new payments nor confirmations nor questions reach it."""
    return [
        {
            "account": BANK_CHANNELS[SICK_BANK],
            "kind": "hang",
            "operations": ["create"],
            "from_s": ILL_FROM * traffic_s,
            "to_s": ILL_TO * traffic_s,
            "share": 1.0,
        },
        {
            "account": BANK_CHANNELS[SICK_BANK],
            "kind": "error_code",
            "code": "3999",
            "message": "银行系统维护中",
            "operations": ["debit"],
            "from_s": ILL_FROM * traffic_s,
            "to_s": ILL_TO * traffic_s,
            "share": 1.0,
        },
    ]


def order_of(purchase: Purchase) -> Mapping[str, object]:
    """The customer chose their card; a wallet will do if it cannot be."""
    return {
        "out_trade_no": purchase.out_trade_no,
        "amount_fen": purchase.amount_fen,
        "subject": "日用百货",
        "environment": "desktop",
        "methods": [Method.QUICKPAY, Method.WECHAT, Method.ALIPAY],
        "agreement_id": purchase.card.agreement_id,
        "customer": {"customer_id": purchase.card.customer_id, "client_ip": "203.0.113.9"},
        "expires_in_s": _EXPIRES_IN_S,
    }
