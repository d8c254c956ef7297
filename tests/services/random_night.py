"""A whole night from one seed: customers, a shop, channels in every mood, lost and late news, a disk that fails, a
process that is killed. `RandomNight(seed, folder, template=...).run()` replays it."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from msgspec.structs import replace

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import NotifyRequest, Reply
from payswitch.domain.payment import Attempt, PaymentFile, PaymentState, Refund
from payswitch.kit.ids import SeededIds
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy, Split
from payswitch.services import checkouts, deliveries, payments, refunds, results, sweeper, switching
from payswitch.services.commands import CreatePayment, CreateRefund, PaymentAnswer, SwitchPayment
from payswitch.services.context import Context
from tests.services.fate import Fate
from tests.services.harness import SHOP, Feed, command
from tests.services.moody_channel import MoodyChannel, MoodyDirectory
from tests.services.night_books import Books
from tests.services.night_witnesses import BugCatcher, ForgetfulShop
from tests.services.step_store import StepStore

T = TypeVar("T")

ORDERS = 4
NIGHT_S = 100
LIFE_S = 60
PROMISE_MS = 500
WINDOW_S = 40


class Waiting:
    """A customer's request under way, and how many half seconds it may take."""

    def __init__(self, halves: int) -> None:
        self.halves = halves


class KilledInTheMiddle(Exception):
    """The process died before it answered."""


class RandomNight:
    """One seed, one night. `run()` raises AssertionError for the first thing that must never be."""

    def __init__(self, seed: int, folder: Path, *, template: Path) -> None:
        """`template` is an empty database at the newest schema."""
        self.fate = Fate(seed)
        self.dice, self.clock = self.fate.dice, self.fate.clock
        self.directory = self.make_directory(self.fate)
        self.shop = ForgetfulShop(self.fate)
        self.books = self.make_books()
        path = folder / f"night-{seed}.sqlite"
        shutil.copy(template, path)
        self.store = StepStore(path, self.fate, self.books.check)
        self.in_hand: dict[str, list[Attempt]] = defaultdict(list)
        """What the customer of an order was shown and may still pay."""
        self.orders_made: dict[str, CreatePayment] = {}
        self.waiting: dict[str, set[Waiting]] = defaultdict(set)
        """Per order, the requests under way."""
        self._others: set[asyncio.Task[Any]] = set()
        """Whoever runs this night; not part of it."""
        self.kills = 0
        self.tenant = replace(SHOP, accept_late_s=WINDOW_S if seed % 3 == 0 else None)
        """Some shops still want an order whose money comes late."""
        self.ctx = self._process()

    def make_directory(self, fate: Fate) -> MoodyDirectory:
        return MoodyDirectory(fate, self)

    def make_books(self) -> Books:
        return Books(self.fate, self.directory.moody, self.shop.heard)

    def _process(self) -> Context:
        """A freshly started process: what was only in memory is gone."""
        return Context(
            store=self.store,
            directory=self.directory,
            router=Router(Policy(version="random", split=Split(best=70, warm=20, explore=10))),
            sender=self.shop,
            feed=Feed(),
            clock=self.clock,
            ids=SeededIds(self.fate.seed * 1_000 + self.kills),
            public_url="https://pay.example",
        )

    # --- running ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """The night, and the morning after, with all troubles over; then the books are compared."""
        self._others = asyncio.all_tasks()
        with patch.object(sweeper, "log", BugCatcher(self.fate)):
            async with self.store:
                await self.store.set_shops([(self.tenant, [])])
                await self._night()
                await self._morning()
                for task in self._everything():
                    task.cancel()
                await asyncio.gather(*self._everything(), return_exceptions=True)

    async def _night(self) -> None:
        self._begin()
        await self.fate.pass_time(NIGHT_S)

    async def _morning(self) -> None:
        self.fate.trouble = self.fate.disk_trouble = 0.0
        self.directory.forgotten.clear()
        for channel in self.directory.moody.values():
            channel.mood = "well"
        await self.fate.pass_time(LIFE_S + 600)
        self.books.all_ended()
        await self.fate.pass_time(3 * 900)
        await self.books.compare(self.store)

    def is_stored(self, channel_id: str, channel_order_no: str) -> bool:
        return self.books.is_stored(channel_id, channel_order_no)

    def _begin(self) -> None:
        self._start_loops()
        for channel in self.directory.moody.values():
            self.fate.spawn(self._weather(channel))
        for i in range(ORDERS):
            self.fate.spawn(self._customer(f"order-{i}"))
        self.fate.spawn(self._killer())

    def _start_loops(self) -> None:
        self.inside(self._loop(sweeper.sweep, 0.5))
        self.inside(self._loop(deliveries.deliver_due, 0.5))

    async def _loop(self, work: Callable[[Context], Awaitable[int]], gap_s: float) -> None:
        while True:
            with suppress(StorageUnavailable):
                await work(self.ctx)
            await self.clock.sleep(gap_s if self.fate.trouble else 30 * gap_s)

    def inside(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Something inside the process."""
        task = asyncio.create_task(work)
        task.add_done_callback(self.fate.note_end)
        return task

    def _everything(self) -> list[asyncio.Task[Any]]:
        return [task for task in asyncio.all_tasks() if task not in self._others]

    # --- what happens in a night ----------------------------------------------------------------------------------

    async def _weather(self, channel: MoodyChannel) -> None:
        while True:
            channel.mood = self.dice.choice(("well", "well", "busy", "silent", "odd"))
            await self.clock.sleep(self.dice.uniform(2, 25))

    async def _killer(self) -> None:
        """kill -9 and a new start, now and then."""
        while self.fate.chance(0.4):
            await self.clock.sleep(self.dice.uniform(0, 60))
            if not self.fate.trouble:
                return
            for task in self._everything():
                if task not in self.fate.world:
                    task.cancel()
            self.kills += 1
            self.clock.wrong_ms = self.dice.choice((0, -1_500, 1_500))
            self.directory.forgotten = {c for c in self.directory.moody if self.fate.chance(0.15)}
            self.ctx = self._process()
            self._start_loops()

    async def ask(self, work: Callable[[Context], Coroutine[Any, Any, T]]) -> T:
        """A request from outside. Raises KilledInTheMiddle when no answer comes, or what the service raises."""
        task = self.inside(work(self.ctx))
        await asyncio.wait([task])
        if task.cancelled():
            raise KilledInTheMiddle
        return task.result()

    async def _timed(self, work: Callable[[Context], Coroutine[Any, Any, PaymentAnswer]], order: str) -> PaymentAnswer:
        """A request whose customer waits: half a second, and half a second for each other wish at the same time."""
        me = Waiting(1 + len(self.waiting[order]))
        for other in self.waiting[order]:
            other.halves += 1
        self.waiting[order].add(me)
        begun_ms = self.clock.monotonic_ms()
        try:
            return await self.ask(work)
        finally:
            self.waiting[order].remove(me)
            took_ms = self.clock.monotonic_ms() - begun_ms
            self.fate.must(took_ms <= me.halves * PROMISE_MS + 1, f"a customer waited {took_ms:.0f} ms")

    async def _customer(self, number: str) -> None:
        await self.clock.sleep(self.dice.uniform(0, 20))
        answer = await self._create(number)
        if answer is None:
            return
        payment_id = answer.file.payment.payment_id
        habits = [
            self._pays,
            self._pays_all,
            self._switches,
            self._switches,
            self._opens_the_checkout,
            self._looks,
            self._asks_again,
            self._goes_away,
        ]
        for _ in range(self.dice.randint(1, 8)):
            await self.clock.sleep(self.dice.choice((0.0, 0.05, 0.1, 0.3, 5.0, 20.0)))
            self.fate.spawn(self.dice.choice(habits)(number, payment_id))
        if self.fate.chance(0.25):
            self.fate.spawn(self._cancels(number, payment_id))
        if self.fate.chance(0.8):
            self.fate.spawn(self._refunds(payment_id))

    def creating(
        self, order: CreatePayment, key: str | None
    ) -> Callable[[Context], Coroutine[Any, Any, PaymentAnswer]]:
        """The request that creates this order."""
        return lambda ctx: payments.create_payment(ctx, self.tenant, order, key)

    async def _create(self, number: str) -> PaymentAnswer | None:
        """The shop asks until it has an answer, sometimes with two requests at once."""
        environment = self.dice.choice((Environment.DESKTOP, Environment.DESKTOP, None))
        order = self.orders_made[number] = command(number, expires_in_s=LIFE_S, environment=environment)
        for _ in range(8):
            if self.fate.chance(0.2):
                self.fate.spawn(self._once(number, self.creating(order, None)))
            answer = await self._once(number, self.creating(order, f"key-{number}"))
            if answer is not None:
                return answer
            await self.clock.sleep(2)
        return None

    async def _opens_the_checkout(self, number: str, payment_id: str) -> None:
        token = self.books.seen[payment_id].payment.checkout_token
        for _ in range(self.dice.choice((1, 2))):
            self.fate.spawn(
                self._once(
                    number,
                    lambda ctx: checkouts.start(
                        ctx,
                        token,
                        environment=Environment.DESKTOP,
                        user_agent="Mozilla/5.0",
                        client_ip="203.0.113.9",
                        methods=self.dice.choice(((), (Method.WECHAT,), (Method.ALIPAY,))),
                    ),
                )
            )

    async def _once(
        self, number: str, work: Callable[[Context], Coroutine[Any, Any, PaymentAnswer]]
    ) -> PaymentAnswer | None:
        try:
            answer = await self._timed(work, number)
        except (PaySwitchError, StorageUnavailable, KilledInTheMiddle):
            return None
        if answer.attempt_id is not None:
            attempt = answer.file.attempt(answer.attempt_id)
            self.fate.must(attempt.credential is not None, "a shown attempt without a credential")
            self.in_hand[number].append(attempt)
        return answer

    async def _asks_again(self, number: str, payment_id: str) -> None:
        order = self.orders_made[number]
        await self._once(number, self.creating(order, f"again-{number}"))

    async def _switches(self, number: str, payment_id: str) -> None:
        wish = SwitchPayment(methods=self.dice.choice(((), (), (Method.WECHAT,), (Method.ALIPAY,), (Method.HUABEI,))))
        await self._once(number, lambda ctx: switching.switch_payment(ctx, payment_id, wish, shop=SHOP))

    async def _goes_away(self, number: str, payment_id: str) -> None:
        self.in_hand[number].clear()

    async def _looks(self, number: str, payment_id: str) -> None:
        for _ in range(3):
            file = await self.store.payment_file(payment_id)
            assert file is not None
            await self._polls(file)
            await self.clock.sleep(1)

    async def _polls(self, file: PaymentFile) -> None:
        await self._quietly(lambda ctx: results.check_payment(ctx, file))

    async def _cancels(self, number: str, payment_id: str) -> None:
        await self.clock.sleep(self.dice.uniform(0, 40))
        await self._quietly(lambda ctx: payments.cancel_payment(ctx, SHOP, payment_id))

    async def _refunds(self, payment_id: str) -> None:
        """As soon as it is paid; with the same number twice at once, or again after an error, as shops do."""
        for _ in range(60):
            await self.clock.sleep(self.dice.choice((0.1, 2.0)))
            if self.books.seen[payment_id].payment.state is PaymentState.SUCCEEDED:
                break
        for i in range(self.dice.randint(1, 3)):
            wish = CreateRefund(refund_no=f"{payment_id}-{i}", amount_fen=self.dice.choice((12_900, 5_000, 1)))
            self.fate.spawn(self._refund_twice(payment_id, wish))
            await self.clock.sleep(self.dice.choice((0.0, 0.0, 5.0)))

    async def _refund_twice(self, payment_id: str, wish: CreateRefund) -> None:
        asking = [
            self.ask(lambda ctx: refunds.create_refund(ctx, SHOP, payment_id, wish))
            for _ in range(self.dice.choice((1, 2, 2)))
        ]
        answers = await asyncio.gather(*asking, return_exceptions=True)
        made = {answer.refund_id for answer in answers if isinstance(answer, Refund)}
        self.fate.must(len(made) <= 1, "one number, two refunds")
        for answer in answers:
            if isinstance(answer, PaySwitchError):
                self.fate.must(not made, f"a refund that was made is denied: {answer}")
            elif isinstance(answer, BaseException) and not isinstance(answer, StorageUnavailable | KilledInTheMiddle):
                raise answer

    async def _quietly(self, work: Callable[[Context], Coroutine[Any, Any, object]]) -> None:
        try:
            await self.ask(work)
        except (PaySwitchError, StorageUnavailable, KilledInTheMiddle):
            return

    async def _pays(self, number: str, payment_id: str) -> None:
        """Any code that was ever shown may be paid, the newest or one that was left long ago."""
        if self.in_hand[number]:
            await self._pay(self.dice.choice(self.in_hand[number]))

    async def _pays_all(self, number: str, payment_id: str) -> None:
        """A customer with several phones."""
        for attempt in self.in_hand[number]:
            self.fate.spawn(self._pay(attempt))

    async def _pay(self, attempt: Attempt) -> None:
        await self.clock.sleep(self.dice.choice((0.0, 0.05, 0.3, 5.0)))
        channel = self.directory.moody[attempt.channel_id]
        order = channel.orders[attempt.channel_order_no]
        if order.state == "unborn" and order.payable(self.clock.true_ms()):
            order.state = "open"
            await self.clock.sleep(self.dice.choice((0.0, 0.1, 5.0)))
        if not order.payable(self.clock.true_ms()):
            return
        order.state = "paid"
        await self.channel_notifies(attempt.channel_id, f"paid {attempt.channel_order_no}")

    async def channel_notifies(self, channel_id: str, news: str) -> None:
        """Lost, late, several times, beside forged ones; again for as long as it is refused."""
        for _ in range(self.dice.choice((0, 1, 1, 3))):
            self.fate.spawn(self._notify(channel_id, news))

    async def _notify(self, channel_id: str, news: str) -> None:
        for _ in range(3):
            await self.clock.sleep(self.dice.choice((0.0, 0.0, 0.1, 3.0, 100.0)))
            if self.fate.chance(0.1):
                await self._quietly(lambda ctx: self._receive(ctx, channel_id, "forged P0"))
            try:
                reply = await self.ask(lambda ctx: self._receive(ctx, channel_id, news))
            except (KilledInTheMiddle, StorageUnavailable):
                continue
            if reply.status == 200:
                return

    async def _receive(self, ctx: Context, channel_id: str, body: str) -> Reply:
        request = NotifyRequest(method="POST", path="/", query="", headers={}, body=body.encode())
        return await results.receive_notify(ctx, channel_id, request)
