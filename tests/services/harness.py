"""A whole switch on a real SQLite file, a clock that moves only when told, and channels that tell the truth.

The channels are simulated at the `ChannelClient` seam (the wires have their own tests); each keeps a ledger of its own,
so that a story can compare what the switch believes with what really happened to the money.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    Credential,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.events import Event
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, PaymentFile
from payswitch.domain.shop import Shop
from payswitch.kit.certificates import CertificateEnd
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
from tests.services.passing_time import BusyStore, PassingClock

SHOP = Shop(shop_id="shop-1", merchant_id="m-1", name="小店", notify_url="https://shop.example/events")

BUSY = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR", message="系统繁忙", transient=True)
MAINTENANCE = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="MAINTENANCE", listed=True)
NOT_SENT = Outcome(kind=OutcomeKind.NOT_SENT, code="connect_failed")
PAYER_NO = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="NOT_ENOUGH")
RISK_NO = Outcome(kind=OutcomeKind.REFUSED_RISK, code="RISK")
SILENT = Outcome(kind=OutcomeKind.UNKNOWN, code="timeout")
ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED)


@dataclass
class Order:
    """What the channel knows about one number."""

    amount_fen: int
    state: str = "open"
    """open, paid, closed; `unborn` for a credential that no customer has scanned yet (Alipay)."""
    refunds: dict[str, int] = field(default_factory=dict)


class FakeChannel:
    """One account at an honest channel, with a script for bad moments.

    `script` holds outcomes for the next create calls, `query_script` and its like for the others; `silent` makes every
    call run into its timeout. A silent create still makes the order when `creates_when_silent` is set, a silent refund
    still pays back with `refunds_when_silent`: the cruel kinds of timeout.
    """

    def __init__(self, channel_id: str, clock: PassingClock, *, closing: Closing = Closing.YES) -> None:
        self.channel_id = channel_id
        self.clock = clock
        self.closing = closing
        self.script: deque[Outcome] = deque()
        self.refund_script: deque[Outcome] = deque()
        self.query_script: deque[Outcome] = deque()
        self.query_refund_script: deque[Outcome] = deque()
        self.silent = False
        self.creates_when_silent = False
        self.refunds_when_silent = False
        self.latency_ms = 0
        """What a create call takes to be answered."""
        self.credential_valid_ms: int | None = None
        self.orders: dict[str, Order] = {}
        self.calls: list[tuple[str, str]] = []
        self.before_answer: deque[object] = deque()
        """Coroutine functions run between making the order and answering the create call."""
        self.before_query: deque[object] = deque()
        """The same, before a query is answered."""
        self.before_refund: deque[object] = deque()

    def received_fen(self) -> int:
        return sum(o.amount_fen for o in self.orders.values() if o.state == "paid")

    def returned_fen(self) -> int:
        return sum(sum(o.refunds.values()) for o in self.orders.values())

    def customer_pays(self, channel_order_no: str) -> bool:
        """A customer confirms in the wallet. False when the channel would not take it."""
        order = self.orders[channel_order_no]
        if order.state not in ("open", "unborn"):
            return False
        order.state = "paid"
        return True

    def _hang(self, timeout_ms: int) -> Outcome:
        self.clock.advance(ms=timeout_ms)
        return SILENT

    async def _silence(self, timeout_ms: int) -> CreateAnswer:
        await self.clock.take(timeout_ms)
        return CreateAnswer(outcome=SILENT)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        number = order.channel_order_no
        self.calls.append(("create", number))
        if self.silent:
            if self.creates_when_silent:
                self.orders[number] = Order(order.amount_fen)
            return await self._silence(timeout_ms)
        if self.latency_ms > timeout_ms:
            return await self._silence(timeout_ms)
        if self.latency_ms:
            await self.clock.take(self.latency_ms)
        outcome = self.script.popleft() if self.script else ACCEPTED
        if outcome.kind is not OutcomeKind.ACCEPTED:
            if outcome.kind is OutcomeKind.UNKNOWN and self.creates_when_silent:
                self.orders[number] = Order(order.amount_fen)
            return CreateAnswer(outcome=outcome)
        state = "open" if self.closing is Closing.YES else "unborn"
        self.orders.setdefault(number, Order(order.amount_fen, state))
        while self.before_answer:
            await self.before_answer.popleft()()  # type: ignore[operator]
        credential = Credential(kind=CredentialKind.QR, content=f"qr:{number}", expires_at_ms=self._expiry(order))
        return CreateAnswer(outcome=outcome, credential=credential)

    def _expiry(self, order: CreateOrder) -> int:
        if self.credential_valid_ms is None:
            return order.expires_at_ms
        return min(order.expires_at_ms, self.clock.now_ms() + self.credential_valid_ms)

    def fact(self, number: str, **changes: object) -> OrderFact:
        """What a verified notification or query of this channel asserts about one number."""
        order = self.orders.get(number)
        if order is None or order.state == "unborn":
            return OrderFact(channel_order_no=number, outcome=Outcome(kind=OutcomeKind.NOT_FOUND))
        kind = {"open": OutcomeKind.PENDING, "paid": OutcomeKind.PAID, "closed": OutcomeKind.CLOSED}[order.state]
        fact = OrderFact(
            channel_order_no=number,
            outcome=Outcome(kind=kind),
            amount_fen=order.amount_fen,
            currency="CNY",
            transaction_id=f"tx-{number}",
        )
        return msgspec.structs.replace(fact, **changes)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        self.calls.append(("query", order.channel_order_no))
        if self.silent:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=self._hang(timeout_ms))
        while self.before_query:
            await self.before_query.popleft()()  # type: ignore[operator]
        if self.query_script:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=self.query_script.popleft())
        return self.fact(order.channel_order_no)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        self.calls.append(("close", order.channel_order_no))
        if self.silent:
            return self._hang(timeout_ms)
        known = self.orders.get(order.channel_order_no)
        if known is None or known.state == "unborn":
            return Outcome(kind=OutcomeKind.NOT_FOUND)
        if known.state == "paid":
            return Outcome(kind=OutcomeKind.DUPLICATE, code="ORDERPAID")
        known.state = "closed"
        return Outcome(kind=OutcomeKind.CLOSED)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        self.calls.append(("refund", refund.out_refund_no))
        while self.before_refund:
            await self.before_refund.popleft()()  # type: ignore[operator]
        if self.silent:
            if self.refunds_when_silent:
                self._pay_back(refund)
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=self._hang(timeout_ms))
        if self.refund_script:
            outcome = self.refund_script.popleft()
            if outcome.kind not in (OutcomeKind.PAID, OutcomeKind.PENDING):
                return RefundFact(out_refund_no=refund.out_refund_no, outcome=outcome)
        else:
            outcome = Outcome(kind=OutcomeKind.PAID)
        self._pay_back(refund)
        return RefundFact(
            out_refund_no=refund.out_refund_no, outcome=outcome, amount_fen=refund.amount_fen, channel_refund_id="cr"
        )

    def _pay_back(self, refund: RefundOrder) -> None:
        order = self.orders[refund.order.channel_order_no]
        order.refunds.setdefault(refund.out_refund_no, refund.amount_fen)
        assert sum(order.refunds.values()) <= order.amount_fen, "the channel would have paid back too much"

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        self.calls.append(("query_refund", refund.out_refund_no))
        if self.query_refund_script:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=self.query_refund_script.popleft())
        order = self.orders[refund.order.channel_order_no]
        known = refund.out_refund_no in order.refunds
        kind = OutcomeKind.PAID if known else OutcomeKind.NOT_FOUND
        return RefundFact(out_refund_no=refund.out_refund_no, outcome=Outcome(kind=kind))

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """The body names the order number; a body that starts with `forged` is not believed."""
        text = request.body.decode()
        if text.startswith("forged"):
            return NotifyAnswer(outcome=Outcome(kind=OutcomeKind.UNTRUSTED, code="bad_signature"))
        if text == "probe":
            return NotifyAnswer(outcome=Outcome(kind=OutcomeKind.UNTRUSTED), probe=True)
        return NotifyAnswer(outcome=ACCEPTED, order=self.fact(text))

    def acknowledge(self, accepted: bool) -> Reply:
        return Reply(status=200 if accepted else 500, body=b"success" if accepted else b"fail")


def _capabilities(method: Method, products: Sequence[Product], closing: Closing) -> CapabilityTable:
    return {
        product: Capability(
            product=product,
            method=method,
            push=True,
            server_created=True,
            environments=frozenset(Environment),
            closing=closing,
            credential=CredentialKind.QR,
            refreshes=closing is Closing.YES,
        )
        for product in products
    }


TABLES: Mapping[str, CapabilityTable] = {
    "wechatpay": _capabilities(Method.WECHAT, [Product.WECHAT_NATIVE], Closing.YES),
    "alipay": _capabilities(Method.ALIPAY, [Product.ALIPAY_PRECREATE], Closing.AFTER_SCAN),
}


class FakeDirectory:
    """Three channels: two WeChat accounts on one upstream, one Alipay account on another."""

    def __init__(self, clock: PassingClock) -> None:
        self.clients = {
            "wechat-main": FakeChannel("wechat-main", clock),
            "wechat-backup": FakeChannel("wechat-backup", clock),
            "alipay-main": FakeChannel("alipay-main", clock, closing=Closing.AFTER_SCAN),
        }
        self.forgotten: set[str] = set()
        self.certificate_ends: dict[str, list[CertificateEnd]] = {}
        self.tables = {name: dict(table) for name, table in TABLES.items()}
        self._channels = {
            "wechat-main": self._channel("wechat-main", "wechatpay", Product.WECHAT_NATIVE, "wechat", 1),
            "wechat-backup": self._channel("wechat-backup", "wechatpay", Product.WECHAT_NATIVE, "wechat", 2),
            "alipay-main": self._channel("alipay-main", "alipay", Product.ALIPAY_PRECREATE, "alipay", 2),
        }

    @staticmethod
    def _channel(channel_id: str, connector: str, product: Product, upstream: str, tier: int) -> Channel:
        return Channel(
            channel_id=channel_id,
            merchant_id="m-1",
            connector=connector,
            name=channel_id,
            products=frozenset({product}),
            upstream=upstream,
            tier=tier,
        )

    def channels(self, merchant_id: str) -> Sequence[Channel]:
        return [channel for channel in self._channels.values() if channel.merchant_id == merchant_id]

    def all_channels(self) -> Sequence[Channel]:
        return list(self._channels.values())

    def certificates(self, channel_id: str) -> Sequence[CertificateEnd]:
        return self.certificate_ends.get(channel_id, ())

    def channel(self, channel_id: str) -> Channel | None:
        return self._channels.get(channel_id)

    def capabilities(self, connector: str) -> CapabilityTable:
        return self.tables[connector]

    def install(self, channel: Channel, client: FakeChannel, capabilities: CapabilityTable) -> None:
        """One more account."""
        self.clients[channel.channel_id] = client
        self._channels[channel.channel_id] = channel
        self.tables[channel.connector] = dict(capabilities)

    def teach(self, product: Product, **facts: object) -> None:
        """The channels' terms for one product are others than usual."""
        for table in self.tables.values():
            if product in table:
                table[product] = msgspec.structs.replace(table[product], **facts)

    def older_clients(self, channel_id: str) -> Sequence[FakeChannel]:
        return ()

    def client(self, channel_id: str, version: int) -> FakeChannel:
        if channel_id in self.forgotten:
            raise LookupError(f"channel {channel_id} is needed by earlier payments but is not configured")
        return self.clients[channel_id]

    def add(self, example: Channel, client: FakeChannel) -> None:
        """One more channel like the example."""
        self.clients[client.channel_id] = client
        self._channels[client.channel_id] = msgspec.structs.replace(example, channel_id=client.channel_id)

    def change(self, channel_id: str, **facts: object) -> None:
        """An operator changed a channel's settings."""
        self._channels[channel_id] = msgspec.structs.replace(self._channels[channel_id], **facts)

    def cap(self, channel_id: str, daily_cap_fen: int) -> None:
        self.change(channel_id, daily_cap_fen=daily_cap_fen)

    def forget(self, channel_id: str) -> None:
        """An operator deleted the channel from the configuration, keys and all."""
        self.take_out(channel_id)
        self.forgotten.add(channel_id)

    def take_out(self, *channel_ids: str) -> None:
        for channel_id in channel_ids:
            del self._channels[channel_id]


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
