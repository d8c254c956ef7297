"""演示: a shop with customers that never ends, an outage every minute or so, and what came of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from payswitch.domain.payment import AttemptState
from payswitch.drill.books import Books, Difference, DifferenceKind, compare, refunded_fen
from payswitch.drill.client import DrillError, one_reason
from payswitch.drill.demo_board import DemoBoard, moved
from payswitch.drill.journey import Journey, Visit
from payswitch.drill.outages import Outage, outages
from payswitch.drill.ports import free_port
from payswitch.drill.scenario import Scenario, Shoppers, Text, Traffic
from payswitch.drill.settling import orders_of, read_files
from payswitch.drill.shop import ShopEvent
from payswitch.drill.shopper import one_shopper
from payswitch.drill.stage import Stage, StagePlan
from payswitch.drill.station import prepare
from payswitch.drill.views import PaymentView
from payswitch.kit.clock import Clock

LIFE = Scenario(
    name="demo",
    title=Text(zh="演示", en="Demo"),
    story=Text(zh="一家店铺的日常", en="An ordinary day of a shop"),
    traffic=Traffic(expires_in_s=120),
    shoppers=Shoppers(think_s=(0.8, 4.0), no_money=0.02),
)
"""Who comes to the demo's shop."""
_TRAFFIC_SEEN_AFTER_S = 10.0
"""After the start of an outage: by then the switch has reacted and enough codes were given to show it."""
_BEFORE_S = 20.0
_ALERTS_GAP_S = 2.0
_ALERTS_FROM = "dingtalk"
"""One of the robots is enough for the terminal: all of them hear the same."""
_LAST_NEWS_S = 12.0
"""At the end: how long at most the books may take to agree about what has ended."""


class DemoOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asked for."""

    folder: Path
    port: int
    sandbox_port: int
    per_minute: float
    seed: int
    for_s: float | None = None
    database: str | None = None
    """Of the service; none: a file in the folder."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look, for the person at the terminal."""

    service_url: str
    console_url: str
    """A link that signs in to the console once, as its owner."""
    sandbox_url: str
    checkout_url: str
    api_key_file: Path
    moved_ports: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it all."""

    payments: int
    paid: int
    lost: int
    still_open: int
    moves: int
    wishes: int
    surplus: int
    surplus_unrefunded: int
    differences: Sequence[Difference]
    outages: int


class DemoScreen(Protocol):
    """The terminal, as the demo needs it."""

    def starting(self, text: str) -> None: ...

    def places(self, places: Places) -> None: ...

    def say(self, text: str) -> None: ...

    def tick(self, board: DemoBoard, shares: dict[str, float]) -> None: ...


LetIn = Callable[[Path], Awaitable[str]]
"""Makes the console's owner in the database of this configuration, if need be, and a one-time link for them."""


class Demo:
    """One demo. `run()` returns after `for_s`, or runs until it is cancelled; then `summary()` tells the rest."""

    def __init__(self, order: DemoOrder, clock: Clock, screen: DemoScreen, let_in: LetIn) -> None:
        self._order = order
        self._let_in = let_in
        self._clock = clock
        self._screen = screen
        self.board = DemoBoard(clock)
        self._outages = 0
        self._run_name = ""
        self._begun_ms = 0.0

    async def run(self) -> Summary:
        """Start everything, live for a while, count together. Children never outlive it."""
        order = self._order
        self._screen.starting("准备密钥与配置 / preparing keys and configuration")
        port, sandbox_port = free_port(order.port), free_port(order.sandbox_port)
        plan = StagePlan(
            station=prepare(order.folder, f"http://127.0.0.1:{sandbox_port}", order.database),
            service_url=f"http://127.0.0.1:{port}",
            sandbox_url=f"http://127.0.0.1:{sandbox_port}",
            # A fixed place, so that events left over from the last demo still find their shop.
            shop_port=free_port(order.sandbox_port + 1),
            seed=order.seed,
        )
        self._run_name = format(self._clock.now_ms(), "x")
        self._screen.starting("启动服务与沙箱 / starting service and sandbox")
        with one_reason():
            return await self._on_stage(plan, moved_ports=(port, sandbox_port) != (order.port, order.sandbox_port))

    async def _on_stage(self, plan: StagePlan, *, moved_ports: bool) -> Summary:
        async with Stage(plan, self._clock) as stage:
            start = await _Start.of(stage)
            self._screen.places(await self._places(stage, plan, moved_ports=moved_ports))
            self._begun_ms = self._clock.monotonic_ms()
            await self._live(stage)
            self._screen.say("不再接新单，等在场顾客离开 / doors closed, the last customers finish")
            return await self._count(stage, start)

    async def _places(self, stage: Stage, plan: StagePlan, *, moved_ports: bool) -> Places:
        example = {
            "out_trade_no": f"example-{self._run_name}",
            "amount_fen": 8_800,
            "subject": "演示商品 / Demo goods",
            "expires_in_s": 7_200,
        }
        answer = await stage.switch.create(example)
        if answer.status not in (200, 201):
            raise DrillError(f"the service refused the example payment: HTTP {answer.status}: {answer.body[:300]!r}")
        return Places(
            service_url=plan.service_url,
            console_url=await self._let_in(plan.station.config),
            sandbox_url=plan.sandbox_url,
            checkout_url=answer.read(PaymentView).checkout_url,
            api_key_file=plan.station.folder / "shop-api-key.txt",
            moved_ports=moved_ports,
        )

    async def _live(self, stage: Stage) -> None:
        """Customers, outages and the progress line side by side, until the time is over."""
        async with asyncio.TaskGroup() as guests:
            async with asyncio.TaskGroup() as life:
                tasks = [
                    life.create_task(self._receive(stage, guests)),
                    life.create_task(self._befall(stage)),
                    life.create_task(self._show(stage)),
                    life.create_task(self._hear_alerts(stage)),
                ]
                if self._order.for_s is not None:
                    await self._until(self._order.for_s)
                    for task in tasks:
                        task.cancel()
            await stage.sandbox.set_faults([])

    async def _receive(self, stage: Stage, guests: asyncio.TaskGroup) -> None:
        source = random.Random(f"arrivals:{self._order.seed}:{self._run_name}")
        number = 0
        while True:
            await self._clock.sleep(source.expovariate(self._order.per_minute / 60))
            number += 1
            shopper = one_shopper(LIFE, number, 0.0, self._order.seed)
            visit = Visit(shopper, f"demo-{self._run_name}-{number:06d}")
            self.board.came(visit)
            guests.create_task(self._visit(stage, visit))

    async def _visit(self, stage: Stage, visit: Visit) -> None:
        expires_in_s = LIFE.traffic.expires_in_s
        journey = Journey(
            visit, stage.switch, stage.sandbox, self._clock, expires_in_s=expires_in_s, on_code=self.board.code
        )
        self.board.left(await journey.run())

    async def _befall(self, stage: Stage) -> None:
        for outage in outages(self._order.seed):
            await self._until(outage.from_s)
            if await stage.sandbox.has_faults():
                continue  # somebody plays with the console's fault panel: theirs is the stage
            fault = outage.fault.for_sandbox(1.0) | {"from_s": 0.0, "to_s": outage.to_s - outage.from_s}
            await stage.sandbox.set_faults([fault])
            self._outages += 1
            await self._tell(outage)

    async def _tell(self, outage: Outage) -> None:
        began_ms = self._clock.monotonic_ms()
        moves = self.board.moves
        before = self.board.shares(began_ms - _BEFORE_S * 1_000, began_ms)
        self._screen.say(f"⚡ {outage.note}")
        await self._until(outage.from_s + _TRAFFIC_SEEN_AFTER_S)
        # The first moments belong to the reaction; what counts is where the codes come from afterwards.
        after = self.board.shares(began_ms + 2_000)
        change = moved(before, after) or "没有变化 / no change"
        count = self.board.moves - moves
        self._screen.say(f"→ 流量 / traffic: {change}; 自动切换 / switched by itself: {count}")
        await self._until(outage.to_s)
        count = self.board.moves - moves
        self._screen.say(f"✓ 恢复 / recovered; 期间自动切换 / switched meanwhile: {count}")

    async def _show(self, stage: Stage) -> None:
        while True:
            await self._clock.sleep(1.0)
            stage.require_alive()
            self._screen.tick(self.board, dict(self.board.shares(self._clock.monotonic_ms() - 15_000)))

    async def _hear_alerts(self, stage: Stage) -> None:
        """Say when a robot's message came: on the page it stands in full."""
        said = 0
        while True:
            await self._clock.sleep(_ALERTS_GAP_S)
            for message in await stage.sandbox.robot_messages():
                if message.n > said and message.platform == _ALERTS_FROM:
                    checked = "验签通过 signed" if message.signed else "未签名 unsigned"
                    self._screen.say(f"🔔 {message.robot}: {message.title} ({checked})")
                said = max(said, message.n)

    async def _until(self, at_s: float) -> None:
        wait_s = at_s - (self._clock.monotonic_ms() - self._begun_ms) / 1_000
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    async def _count(self, stage: Stage, start: _Start) -> Summary:
        """Compare the books of this demo's own payments; those that can still be paid are counted as open."""
        end_ms = self._clock.monotonic_ms() + _LAST_NEWS_S * 1_000
        while True:
            payments = await start.payments_since(stage)
            books = Books(
                payments=payments,
                ledger=await stage.sandbox.ledger(start.ledger_length),
                told=_told(stage, payments),
                orders=orders_of(self.board.visits),
            )
            found = [d for d in compare(books) if d.kind is not DifferenceKind.NOT_TERMINAL]
            if not found or self._clock.monotonic_ms() >= end_ms:
                return self._summary(payments, found)
            await self._clock.sleep(1.0)

    def _summary(self, payments: Sequence[PaymentView], differences: Sequence[Difference]) -> Summary:
        surplus = [(p, a) for p in payments for a in p.attempts if a.surplus and a.state is AttemptState.SUCCEEDED]
        mine = {visit.payment_id for visit in self.board.visits}
        return Summary(
            payments=self.board.arrived,
            paid=self.board.paid,
            lost=self.board.lost,
            still_open=sum(not payment.terminal for payment in payments if payment.payment_id in mine),
            moves=self.board.moves,
            wishes=self.board.wishes,
            surplus=len(surplus),
            surplus_unrefunded=sum(refunded_fen(a, p.refunds) < a.amount_fen for p, a in surplus),
            differences=differences,
            outages=self._outages,
        )


def _told(stage: Stage, payments: Sequence[PaymentView]) -> dict[str, list[ShopEvent]]:
    """Events of this demo's payments; those of earlier demos on the same file are not its business."""
    mine = {payment.payment_id for payment in payments}
    return {name: events for name, events in stage.shop.book.by_payment().items() if name in mine}


class _Start(msgspec.Struct, frozen=True, kw_only=True):
    """Where the books stood when the demo began: the folder may hold many earlier demos."""

    newest: str | None
    ledger_length: int

    @staticmethod
    async def of(stage: Stage) -> _Start:
        newest = None
        async for payment in stage.switch.payments(limit=1):
            newest = payment.payment_id
            break
        return _Start(newest=newest, ledger_length=len(await stage.sandbox.ledger()))

    async def payments_since(self, stage: Stage) -> list[PaymentView]:
        names = []
        async for payment in stage.switch.payments():
            if payment.payment_id == self.newest:
                break
            names.append(payment.payment_id)
        return list((await read_files(stage.switch, names)).values())
