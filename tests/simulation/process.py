"""One process of the switch, put together as `app.py` does it: real services, real worker, real API endpoints. Only the
disk, the channels and the shop's server at its edges are the night's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

import payswitch.entry.worker as worker_module
from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.shop import Shop
from payswitch.entry.worker import Worker
from payswitch.kit.ids import SeededIds
from payswitch.kit.secrets import fingerprint
from payswitch.routing.policy import Policy, Split
from payswitch.routing.policy_book import PolicyBook
from payswitch.services.context import Context
from payswitch.services.decisions.recalling import recall
from payswitch.services.decisions.usage import day_start_ms, month_start_ms
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.policies.policy_desk import PolicyDesk, owners
from payswitch.services.policies.policy_installing import restore_policies
from payswitch.services.ports import ChannelDirectory, EventSender
from tests.simulation.fate import Fate
from tests.simulation.life import Life
from tests.simulation.shop import API_KEY, Door
from tests.simulation.step_store import StepStore

SHOP = Shop(shop_id="shop-1", merchant_id="m-1", name="小店", notify_url="https://shop.example/events")
WINDOW_S = 40
"""Some shops still want an order whose money comes late."""
POLICIES = tuple(
    Policy(version=f"night-{best}", split=Split(best=best, warm=20, explore=80 - best)) for best in (70, 40)
)


class Switch:
    """Everything that is in memory and dies with the process."""

    def __init__(self, life: Life, fate: Fate, store: StepStore, directory: ChannelDirectory, sender: EventSender):
        self._shop = replace(SHOP, accept_late_s=WINDOW_S if fate.seed % 3 == 0 else None)
        self.life = life
        self.store = store
        self._fate = fate
        clock = fate.clock
        desk = PolicyDesk(store=store, book=PolicyBook(POLICIES[0], merchant_of=owners(directory)))
        board = LiveBoard(clock=clock)  # type: ignore[arg-type]
        self.ctx = Context(
            store=store,
            directory=directory,
            router=desk.book,
            sender=sender,
            feed=board,
            clock=clock,  # type: ignore[arg-type]
            ids=SeededIds(fate.dice.randrange(1 << 40)),
            public_url="https://pay.example",
            policy_desk=desk,
            books=store,
            board=board,
        )
        self.worker = Worker(self.ctx)
        self.door = Door(self.ctx, fate)

    async def start(self) -> None:
        """In the order of `App.start`. A disk that is busy ends a start; whoever supervises it starts it again."""
        try:
            await self.store.open()
            await self.store.set_shops([(self._shop, [fingerprint(API_KEY)])])
            now_ms = self.ctx.clock.now_ms()
            assert self.ctx.policy_desk is not None
            await restore_policies(self.ctx.policy_desk, {SHOP.merchant_id}, now_ms)
            today_fen = await self.store.received_since(day_start_ms(now_ms))
            month_fen = await self.store.received_since(month_start_ms(now_ms))
            self.ctx.usage.restore(today_fen, month_fen, now_ms)
            await recall(self.ctx)
        except StorageUnavailable:
            self.life.end()
            await asyncio.sleep(0)
        self.worker.start()


class Pace:
    """How often the loops look: as in production by night, seldom in the days after, when nothing happens."""

    NAMES = ("SWEEP_GAP_S", "OUTBOX_GAP_S", "WATCH_GAP_S", "BOOKS_GAP_S")

    def __init__(self) -> None:
        self._usual = {name: getattr(worker_module, name) for name in self.NAMES}

    def at_least(self, gap_s: float) -> None:
        for name, usual in self._usual.items():
            setattr(worker_module, name, max(usual, gap_s))

    def usual(self) -> None:
        self.at_least(0.0)


class BugCatcher:
    """In the place of every module's log: the loops must survive a bug with one payment, but here it ends the night."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate

    def exception(self, event: str, **facts: object) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, StorageUnavailable):
            self._fate.fail(error)

    def __getattr__(self, level: str) -> Any:
        """Everything else that is told is expected: storage trouble, forged notifications."""
        return lambda event, **facts: None


@contextmanager
def bugs_end_the_night(fate: Fate) -> Iterator[None]:
    """Whatever the switch would only have logged as an exception fails the night."""
    catcher = BugCatcher(fate)
    loggers = [
        (module, name)
        for module_name, module in list(sys.modules.items())
        for name in ("log", "_log")
        if module_name.startswith("payswitch.") and hasattr(getattr(module, name, None), "bind")
    ]
    usual = [getattr(module, name) for module, name in loggers]
    for module, name in loggers:
        setattr(module, name, catcher)
    try:
        yield
    finally:
        for (module, name), log in zip(loggers, usual, strict=True):
            setattr(module, name, log)
