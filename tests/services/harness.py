"""A whole switch on a real SQLite file, a clock that moves only when told, and channels that tell the truth.

The channels are simulated at the `ChannelClient` seam (the wires have their own tests); each keeps a ledger of its own,
so that a story can compare what the switch believes with what really happened to the money.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from payswitch.domain.channel import (
    Environment,
)
from payswitch.domain.events import Event
from payswitch.domain.exchange import (
    NotifyRequest,
    Reply,
)
from payswitch.domain.payment import Attempt, PaymentFile
from payswitch.domain.shop import Shop
from payswitch.kit.ids import SeededIds
from payswitch.routing.policy import Policy, Split
from payswitch.routing.policy_book import PolicyBook
from payswitch.services.attempts import results, sweeper
from payswitch.services.commands import CreatePayment, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.payments import payments
from payswitch.services.payments.inflight import Inflight
from payswitch.services.policies.policy_desk import PolicyDesk, owners
from payswitch.services.side_work import SideWork
from payswitch.services.timings import Timings
from payswitch.storage.store import DatabaseStore
from tests.services.fake_channel import FakeChannel
from tests.services.fake_directory import FakeDirectory
from tests.services.passing_time import BusyStore, PassingClock

SHOP = Shop(shop_id="shop-1", merchant_id="m-1", name="小店", notify_url="https://shop.example/events")


class FakeShop:
    """The shop's callback: remembers what it was told, or refuses for a while."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.down = False

    async def deliver(self, event: Event, timeout_ms: int) -> str | None:
        if self.down:
            return "HTTP 503"
        self.heard.append(event)
        return None

    def types(self) -> list[str]:
        return [event.type.value for event in self.heard]


class Feed:
    """Remembers what the live page would have been told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, object]]] = []

    def tell(self, kind: str, facts: Mapping[str, object]) -> None:
        self.told.append((kind, facts))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told]


@dataclass
class Night:
    """One wired switch and everybody around it."""

    ctx: Context
    store: DatabaseStore
    clock: PassingClock
    directory: FakeDirectory
    shop: FakeShop
    feed: Feed

    def channel(self, channel_id: str) -> FakeChannel:
        return self.directory.clients[channel_id]

    def another_node(self, name: str = "node-b") -> Context:
        """A second service on the same storage and at the same channels: it shares no memory with the first."""
        return replace(self.ctx, node_id=name, sweeping=SideWork(), swept={}, inflight=Inflight())

    async def order(self, number: str = "order-1", **changes: object) -> PaymentAnswer:
        """The shop creates a payment over 129.00 yuan for a customer at a desktop."""
        return await payments.create_payment(self.ctx, SHOP, command(number, **changes), None)

    async def file(self, payment_id: str) -> PaymentFile:
        file = await self.store.payment_file(payment_id)
        assert file is not None
        return file

    async def pays(self, attempt: Attempt, *, notified: bool = True) -> None:
        """A customer pays what they see; the channel notifies us unless the notification is lost."""
        channel = self.channel(attempt.channel_id)
        assert channel.customer_pays(attempt.channel_order_no)
        if notified:
            assert (await self.notify(attempt)).status == 200

    async def notify(self, attempt: Attempt, body: str | None = None) -> Reply:
        request = NotifyRequest(
            method="POST", path="/", query="", headers={}, body=(body or attempt.channel_order_no).encode()
        )
        return await results.receive_notify(self.ctx, attempt.channel_id, request)

    async def wait(self, seconds: float, *, step_s: float = 1.0) -> None:
        """Time passes, the sweeper works as it does in production."""
        left = seconds
        while left > 0:
            self.clock.advance(seconds=min(step_s, left))
            left -= step_s
            await sweeper.sweep(self.ctx)
            await sweeper.settle(self.ctx)


def command(number: str = "order-1", **changes: object) -> CreatePayment:
    base = CreatePayment(
        out_trade_no=number, amount_fen=12_900, subject="爆款 × 1", environment=Environment.DESKTOP, expires_in_s=300
    )
    return msgspec.structs.replace(base, **changes)


@asynccontextmanager
async def night(folder: Path, *, timings: Timings | None = None) -> AsyncIterator[Night]:
    """Open a fresh switch in `folder`."""
    clock = PassingClock()
    async with BusyStore(folder / "night.sqlite", clock=clock) as store:
        clock.store = store
        found = await wired(store, FakeDirectory(clock), FakeShop(), clock, timings=timings)
        clock.somebody_waits = lambda: found.ctx.inflight.is_busy
        yield found
        assert (await store.counts()).unwatched == 0, "whatever has not ended has somebody who looks at it again"


async def wired(
    store: DatabaseStore,
    directory: FakeDirectory,
    shop: FakeShop,
    clock: PassingClock,
    *,
    timings: Timings | None = None,
    seed: int = 1,
) -> Night:
    """A switch over an open store. Several of them may share the store's database, the channels and the shop; each
    makes ids from a seed of its own."""
    feed = Feed()
    await store.save_shop(SHOP, [])
    policy = Policy(version="test", split=Split(best=100, warm=0, explore=0))
    desk = PolicyDesk(store=store, book=PolicyBook(policy, merchant_of=owners(directory)))
    ctx = Context(
        store=store,
        directory=directory,
        router=desk.book,
        policy_desk=desk,
        books=store,
        sender=shop,
        feed=feed,
        clock=clock,
        ids=SeededIds(seed),
        public_url="https://pay.example",
        timings=timings or Timings(),
        node_id=f"node-{seed}",
    )
    return Night(ctx, store, clock, directory, shop, feed)
