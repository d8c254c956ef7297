"""Channels with honest books and unreliable words: busy, silent, late, confused. What really happened to the money is
never random; what is random is what a channel says of it, when, and whether anybody hears it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from payswitch.domain.channel import Channel, Closing, Credential, CredentialKind
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
from tests.services.fate import Fate
from tests.services.harness import ACCEPTED, BUSY, NOT_SENT, SILENT, FakeDirectory

T = TypeVar("T")
K = OutcomeKind

SAYS_NOTHING = (
    NOT_SENT,
    SILENT,
    BUSY,
    Outcome(kind=K.UNKNOWN, code="http_502", transient=True),
    Outcome(kind=K.UNTRUSTED, code="bad_signature"),
    Outcome(kind=K.REFUSED_CONFIG, code="SIGN_ERROR"),
    Outcome(kind=K.DUPLICATE, code="odd"),
    Outcome(kind=K.ACCEPTED, code="odd"),
)
"""Answers to a question that leave it open. A channel may give them to anything but a create call (ACCEPTED there)."""
REFUSALS = (
    *SAYS_NOTHING[:-1],
    *(Outcome(kind=k, code="odd") for k in K if k.value.startswith("refused")),
    *(Outcome(kind=k, code="odd") for k in (K.PENDING, K.PAID, K.CLOSED, K.NOT_FOUND)),
)
"""What a create call may hear although nothing was shown to anybody; and a close call, whose word is no proof."""


class World(Protocol):
    """What a channel needs of the night around it."""

    def is_stored(self, channel_id: str, channel_order_no: str) -> bool: ...

    async def channel_notifies(self, channel_id: str, news: str) -> None: ...


class Order:
    """What the channel's ledger says about one number."""

    def __init__(self, amount_fen: int, state: str, expires_at_ms: int) -> None:
        self.amount_fen = amount_fen
        self.state = state
        """`unborn` (nobody has scanned it), open, paid, closed."""
        self.expires_at_ms = expires_at_ms
        self.refunds: dict[str, list[Any]] = {}
        """out_refund_no -> [amount_fen, processing | success | closed]."""

    def payable(self, now_ms: int) -> bool:
        return self.state in ("open", "unborn") and now_ms < self.expires_at_ms


class MoodyChannel:
    """One account: honest books, unreliable words. See `domain.exchange.ChannelClient`."""

    def __init__(self, channel_id: str, fate: Fate, world: World, closing: Closing) -> None:
        self.channel_id = channel_id
        self._fate = fate
        self._world = world
        self.closing = closing
        self.orders: dict[str, Order] = {}
        self.mood = "well"
        """well, busy (says so), silent (answers nothing), odd (says anything)."""

    # --- what really happens ---------------------------------------------------------------------------------

    def _make(self, order: CreateOrder) -> CreateAnswer:
        number = order.channel_order_no
        self._fate.must(self._world.is_stored(self.channel_id, number), f"{number} was never committed")
        known = self.orders.get(number)
        if known is not None and known.state == "closed":
            return CreateAnswer(outcome=Outcome(kind=K.REFUSED_ORDER, code="ORDER_CLOSED"))
        state = "open" if self.closing is Closing.YES else "unborn"
        self.orders.setdefault(number, Order(order.amount_fen, state, order.expires_at_ms))
        valid_ms = self._fate.dice.choice((20_000, 1_000_000))
        ends_ms = min(order.expires_at_ms, self._fate.clock.true_ms() + valid_ms)
        credential = Credential(kind=CredentialKind.QR, content=number, expires_at_ms=ends_ms)
        return CreateAnswer(outcome=ACCEPTED, credential=credential)

    def fact(self, number: str) -> OrderFact:
        order, now_ms = self.orders.get(number), self._fate.clock.true_ms()
        if order is None or order.state == "unborn":
            return OrderFact(channel_order_no=number, outcome=Outcome(kind=K.NOT_FOUND))
        kind = {"open": K.PENDING, "paid": K.PAID, "closed": K.CLOSED}[order.state]
        if order.state == "open" and now_ms >= order.expires_at_ms:
            kind = K.CLOSED
        return OrderFact(
            channel_order_no=number,
            outcome=Outcome(kind=kind),
            amount_fen=order.amount_fen,
            transaction_id=f"t{number}",
        )

    def _close(self, number: str) -> Outcome:
        order = self.orders.get(number)
        if order is None or order.state == "unborn":
            return Outcome(kind=K.CLOSED if self.closing is Closing.YES else K.NOT_FOUND)
        if order.state == "paid":
            return Outcome(kind=K.DUPLICATE, code="ORDERPAID")
        order.state = "closed"
        return Outcome(kind=K.CLOSED)

    def _refund(self, refund: RefundOrder) -> RefundFact:
        order = self.orders[refund.order.channel_order_no]
        self._fate.must(order.state == "paid", "a refund for an order that was never paid")
        number = refund.out_refund_no
        if number not in order.refunds:
            gone = sum(amount for amount, state in order.refunds.values() if state != "closed")
            if gone + refund.amount_fen > order.amount_fen:
                return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.REFUSED_ORDER, code="EXCEEDS"))
            if self._fate.chance(0.1 * self._fate.trouble):
                return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.REFUSED_PAYER, code="CARD_VOID"))
            order.refunds[number] = [refund.amount_fen, "success"]
            if self._fate.chance(0.4):
                order.refunds[number][1] = "processing"
                self._fate.spawn(self._pay_back_later(refund.order.channel_order_no, number))
        return self.refund_fact(refund.order.channel_order_no, number)

    async def _pay_back_later(self, order_no: str, number: str) -> None:
        await self._fate.clock.sleep(self._fate.dice.uniform(1, 60))
        ends = "closed" if self._fate.chance(0.15) else "success"
        self.orders[order_no].refunds[number][1] = ends
        await self._world.channel_notifies(self.channel_id, f"refund {order_no} {number}")

    def refund_fact(self, order_no: str, number: str) -> RefundFact:
        known = self.orders[order_no].refunds.get(number)
        if known is None:
            return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.NOT_FOUND))
        kind = {"processing": K.PENDING, "success": K.PAID, "closed": K.CLOSED}[known[1]]
        return RefundFact(out_refund_no=number, outcome=Outcome(kind=kind), amount_fen=known[0])

    # --- what the switch hears of it ----------------------------------------------------------------------------

    async def _call(self, timeout_ms: int, work: Callable[[], T], odd: Callable[[Outcome], T], words: Any) -> T:
        """`work` happens at the channel, in its own time, whether or not anybody still waits for the answer."""
        fate, dice = self._fate, self._fate.dice
        mood = self.mood if fate.chance(0.8 * fate.trouble) else "well"
        if mood in ("busy", "odd") and fate.chance(0.7):
            await fate.clock.sleep(dice.uniform(0, min(timeout_ms, 200)) / 1_000)
            return odd(BUSY if mood == "busy" else dice.choice(words))
        there_ms, back_ms = dice.choice((2, 20, 90)), dice.choice((2, 20, 90))
        if mood == "silent":
            there_ms, back_ms = dice.choice((50, 1_000, 8_000)), 1_000_000
            if fate.chance(0.5):
                await fate.clock.sleep(timeout_ms / 1_000)
                return odd(SILENT)
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def at_the_channel() -> None:
            await fate.clock.sleep(there_ms / 1_000)
            await fate.pause()
            result = work()
            await fate.clock.sleep(back_ms / 1_000)
            if not answer.done():
                answer.set_result(result)

        fate.spawn(at_the_channel())
        if there_ms + back_ms <= timeout_ms:
            return await answer
        await fate.clock.sleep(timeout_ms / 1_000)
        return odd(SILENT)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        return await self._call(
            timeout_ms, lambda: self._make(order), lambda outcome: CreateAnswer(outcome=outcome), REFUSALS
        )

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        number = order.channel_order_no
        return await self._call(
            timeout_ms,
            lambda: self.fact(number),
            lambda outcome: OrderFact(channel_order_no=number, outcome=outcome),
            SAYS_NOTHING,
        )

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return await self._call(timeout_ms, lambda: self._close(order.channel_order_no), lambda o: o, REFUSALS)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.out_refund_no
        words = (*SAYS_NOTHING, Outcome(kind=K.REFUSED_ORDER, code="odd"), Outcome(kind=K.REFUSED_PAYER, code="odd"))
        return await self._call(
            timeout_ms,
            lambda: self._refund(refund),
            lambda outcome: RefundFact(out_refund_no=number, outcome=outcome),
            words,
        )

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.out_refund_no
        return await self._call(
            timeout_ms,
            lambda: self.refund_fact(refund.order.channel_order_no, number),
            lambda outcome: RefundFact(out_refund_no=number, outcome=outcome),
            SAYS_NOTHING,
        )

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        kind, order_no, *rest = request.body.decode().split()
        if kind == "forged":
            return NotifyAnswer(outcome=Outcome(kind=K.UNTRUSTED, code="bad_signature"))
        if kind == "refund":
            return NotifyAnswer(outcome=ACCEPTED, refund=self.refund_fact(order_no, rest[0]))
        return NotifyAnswer(outcome=ACCEPTED, order=self.fact(order_no))

    def acknowledge(self, accepted: bool) -> Reply:
        return Reply(status=200 if accepted else 500)


class MoodyDirectory(FakeDirectory):
    def __init__(self, fate: Fate, world: World) -> None:
        super().__init__(fate.clock)
        self.moody = {
            channel_id: MoodyChannel(channel_id, fate, world, known.closing)
            for channel_id, known in self.clients.items()
        }

    def client(self, channel_id: str, version: int) -> MoodyChannel:  # type: ignore[override]
        if channel_id in self.forgotten:
            raise LookupError(channel_id)
        return self.moody[channel_id]

    def channels(self, merchant_id: str) -> Sequence[Channel]:
        return [channel for channel in super().channels(merchant_id) if channel.channel_id not in self.forgotten]

    def channel(self, channel_id: str) -> Channel | None:
        return None if channel_id in self.forgotten else super().channel(channel_id)
