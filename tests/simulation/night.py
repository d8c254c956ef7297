"""A whole night from one seed: customers, a shop, channels in every mood, lost and late news, a disk that fails, a
process that is killed at any await, operators who change things; then a morning without troubles, in which everything
must end.

`Night(seed, template).run()` replays it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import NotifyRequest
from payswitch.domain.payment import Attempt
from payswitch.services.attempts import results
from payswitch.services.context import Context
from tests.blackbox.history import History, Row
from tests.blackbox.judge import judge
from tests.simulation.books import Books
from tests.simulation.customers import Customers
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault
from tests.simulation.life import Killed, Life, mortal_tasks
from tests.simulation.mischief import Mischief
from tests.simulation.morning import Morning
from tests.simulation.notices import Notices
from tests.simulation.process import SHOP, Pace, Switch, bugs_end_the_night
from tests.simulation.shop import DAY_S, NightShop, Reply, ShopProgram
from tests.simulation.step_store import Disk, StepStore
from tests.simulation.street import Street
from tests.simulation.virtual_time import VirtualLoop

T = TypeVar("T")

NIGHT_S = 100
LIFE_S = 60
ORDERS = 5
MOST_KILLS = 5
LIVENESS_S = 600
"""Design.md section 9: with channels reachable every payment is terminal within its expiry and ten minutes."""
REFUNDS_S = 3 * 900
"""The longest gap between two tries of a refund, three times."""
EVENTS_S = 8 * DAY_S
"""An event is tried for three days, and the next one of the same payment only then."""


class Night:
    """One seed, one night. `run()` raises AssertionError (or the bug itself) for the first thing that must never be."""

    def __init__(self, seed: int, template: Path, *, traced: bool = False) -> None:
        """`template` is an empty database at the newest schema."""
        self.seed = seed
        self._template = template
        self._traced = traced
        self.fate: Fate
        """Faults that struck, paths that were walked, the trace; there once the night has begun."""
        self.history = History()

    def run(self) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.get_loop().set_task_factory(mortal_tasks)  # type: ignore[arg-type]
            runner.run(self._run())

    async def _run(self) -> None:
        fate = self.fate = Fate(self.seed, traced=self._traced)
        self.pace = Pace()
        self.street = Street(fate, self)
        self.shop = NightShop(fate, self.history)
        self.program = ShopProgram(fate, self.history)
        self.books = Books(fate, self.street.accounts)
        self.morning = Morning(fate, self.street.accounts, self.shop.heard, self.books.seen)
        self.notices = Notices(fate, self._post)
        self.disk = Disk(self._template)
        self.nodes: dict[int, Switch] = {}
        self.kills = 0
        self._lives: list[Life] = []
        try:
            with bugs_end_the_night(fate):
                await self._all_of_it()
        except BaseException as error:
            fate.fail(error)
            raise
        finally:
            self.pace.usual()
            self.fate.failed.cancel()
            await self._end()

    async def _all_of_it(self) -> None:
        for node in range(2 if self.fate.strikes(Fault.TWO_NODES) else 1):
            self._start_process(node)
        self._begin()
        await self.fate.pass_time(NIGHT_S)
        await self._morning()
        await self._days_after()
        await self.morning.compare(self.switch.store)
        await self._black_box()

    async def _end(self) -> None:
        for life in self._lives:
            life.over = True
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for life in self._lives:
            life.bury()
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        self.disk.close()

    # --- the process and its deaths --------------------------------------------------------------------------------

    def _start_process(self, node: int) -> None:
        fate = self.fate
        life = Life(fate.world, lambda: self._on_death(node))
        self._lives.append(life)
        store = StepStore(self.disk, fate, self.books.check)
        self.nodes[node] = Switch(life, fate, store, self.street, self.shop)
        life.begin(self.nodes[node].start()).add_done_callback(fate.note_end)

    @property
    def switch(self) -> Switch:
        """Whichever process the next request happens to reach."""
        return self.fate.dice.choice(list(self.nodes.values())) if len(self.nodes) > 1 else self.nodes[0]

    def _on_death(self, node: int) -> None:
        self.kills += 1
        self.fate.note("process", f"{node} is killed")
        self.fate.spawn(self._starts_again(node))

    async def _starts_again(self, node: int) -> None:
        fate = self.fate
        await asyncio.sleep(fate.dice.choice((0.0, 0.3, 3.0)))
        if fate.strikes(Fault.CHANNEL_FORGOTTEN, 0.3):
            self.street.forgotten = {c for c in self.street.accounts if fate.chance(0.3)}
        fate.note("process", f"{node} starts; without {sorted(self.street.forgotten)}")
        self._start_process(node)

    def _may_kill(self, life: Life) -> None:
        """kill -9 at one of the next awaits: of this request, or of whatever goes on beside it."""
        if self.kills < MOST_KILLS and life.dies_at_step is None and self.fate.strikes(Fault.KILLED_AT_AN_AWAIT, 0.06):
            life.dies_at_step = life.steps + self.fate.dice.randint(1, 60)

    async def ask(self, work: Callable[[Context], Coroutine[Any, Any, T]]) -> T:
        """A request from outside. Raises Killed when no answer comes, or what the service raises."""
        node = self.switch
        self._may_kill(node.life)
        return await node.life.ask(work(node.ctx))

    async def call(self, what: str, number: str, body: object = None, *, key: str | None = None, **path: str) -> Any:
        """A call of the shop's program; None when no answer came."""
        node = self.switch
        self._may_kill(node.life)
        return await self.program.call(node.life, node.door, what, number, body, key=key, **path)

    # --- what happens in a night -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        Mischief(self).begin()
        for i in range(ORDERS):
            self.fate.spawn(Customers(self, f"order-{i}", life_s=LIFE_S).comes())

    # --- notifications -----------------------------------------------------------------------------------------------

    async def channel_notifies(self, channel_id: str, news: str) -> None:
        await self.notices.send(channel_id, news)

    async def told_for_certain(self, channel_id: str, number: str) -> None:
        """Nobody asks about such an order any more: its channel's notification must arrive sometime."""
        order = self.street.accounts[channel_id].orders[number]
        news = f"v{order.version} paid {number} {order.amount_fen}"
        await self.notices.send(channel_id, news, certain=True)

    async def _post(self, channel_id: str, body: str) -> int | None:
        """As `entry.notify` does it."""
        request = NotifyRequest(method="POST", path="/", query="", headers={}, body=body.encode())
        try:
            reply = await self.ask(lambda ctx: results.receive_notify(ctx, channel_id, request))
        except Killed:
            return None
        except PaySwitchError as error:
            return error.kind.status
        except StorageUnavailable:
            return 503
        self.fate.note("notify", f"{channel_id}: {body}: {reply.status}")
        return reply.status

    # --- for the channels --------------------------------------------------------------------------------------------

    def is_stored(self, channel_id: str, channel_order_no: str) -> bool:
        return self.books.is_stored(channel_id, channel_order_no)

    def attempt_of(self, channel_id: str, channel_order_no: str) -> Attempt | None:
        return self.books.attempt_of(channel_id, channel_order_no)

    # --- the morning -------------------------------------------------------------------------------------------------

    async def _morning(self) -> None:
        """Faults off; every payment must end in time, every refund soon after."""
        fate = self.fate
        fate.note("morning", "all troubles are over")
        fate.trouble = 0.0
        fate.clock.jump(0)
        self.street.forgotten.clear()
        for account in self.street.accounts.values():
            account.ails = None
        self.pace.at_least(5.0)
        await fate.pass_time(LIFE_S + LIVENESS_S)
        self.morning.all_ended()
        self.pace.at_least(30.0)
        await fate.pass_time(REFUNDS_S)

    async def _days_after(self) -> None:
        """News that is hours late, and a shop that was away for days."""
        now_s = self.fate.clock.monotonic_ms() / 1_000
        self.pace.at_least(120.0)
        if self.notices.hours > now_s:
            await self.fate.pass_time(self.notices.hours - now_s + REFUNDS_S)
        self.pace.at_least(1_200.0)
        if self.shop.down_until_ms:
            await self.fate.pass_time(EVENTS_S)

    async def _black_box(self) -> None:
        """The same night as seen from outside: the API, the webhooks, the channels' ledgers."""
        for payment_id, file in self.books.seen.items():
            reply: Reply | None = await self.call("getPayment", file.payment.out_trade_no, payment_id=payment_id)
            assert reply is not None
            assert reply.status == 200, reply
            self.history.finals[payment_id] = reply.view
            events = await self.switch.store.list_events(SHOP.shop_id, payment_id=payment_id, before=None, limit=100)
            self.history.undeliverable |= {e.event_id for e in events if e.state.value == "dead"}
        for channel_id, account in self.street.accounts.items():
            for number, order in account.orders.items():
                back = {no: b.amount_fen for no, b in order.refunds.items() if b.state == "success"}
                self.history.rows.append(
                    Row(
                        account=channel_id,
                        channel_order_no=number,
                        amount_fen=order.amount_fen,
                        paid=order.state == "paid",
                        returned=back,
                    )
                )
        violations = judge(self.history)
        assert not violations, "\n".join(map(str, violations))
