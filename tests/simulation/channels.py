"""Channels with honest books and unreliable words, at the `ChannelClient` seam (the wires have their own tests)."""

from __future__ import annotations

import asyncio
import copy
from typing import Self

from payswitch.domain.channel import Closing, Credential, CredentialKind
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
from tests.services.fake_channel import ACCEPTED
from tests.simulation.accounts import Account, Order, Payback, World
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault
from tests.simulation.lines import NOT_BELIEVED, REFUSALS, SAYS_NOTHING, Line

K = OutcomeKind

FORGOTTEN_MS = 3_600_000
LAG_MS = 2_000
"""Of the books that queries are answered from: less than the grace that the switch gives a last-second payment."""


def _only(outcome: Outcome) -> CreateAnswer:
    return CreateAnswer(outcome=outcome)


class MoodyChannel(Line):
    """One version of an account's keys. See `domain.channel_client.ChannelClient`."""

    def __init__(self, account: Account, fate: Fate, world: World, *, version: int = 1) -> None:
        super().__init__(account, fate, world)
        self.version = version

    @property
    def channel_id(self) -> str:
        return self.account.channel_id

    @property
    def orders(self) -> dict[str, Order]:
        return self.account.orders

    def with_keys(self, version: int) -> Self:
        """The same account, opened with other keys."""
        other = copy.copy(self)
        other.version = version
        return other

    # --- what really happens ---------------------------------------------------------------------------------

    def _make(self, order: CreateOrder) -> CreateAnswer:
        number = order.channel_order_no
        self._must_be_stored(number)
        known = self.orders.get(number)
        if known is not None and known.state == "closed":
            return CreateAnswer(outcome=Outcome(kind=K.REFUSED_ORDER, code="ORDER_CLOSED"))
        self._enter(order)
        if self._fate.strikes(Fault.DUPLICATE_NUMBER, 0.05 if known is None else 1.0):
            return CreateAnswer(outcome=Outcome(kind=K.DUPLICATE, code="OUT_TRADE_NO_USED"))
        return CreateAnswer(outcome=ACCEPTED, credential=self._credential(order))

    def _must_be_stored(self, number: str) -> None:
        self._fate.must(self._world.is_stored(self.channel_id, number), f"{number} was never committed")

    def _enter(self, order: CreateOrder) -> None:
        state = "unborn" if self.account.closing is Closing.AFTER_SCAN else "open"
        made = Order(order.amount_fen, state, order.expires_at_ms, version=self.version)
        if order.channel_order_no not in self.orders and self._fate.strikes(
            Fault.FORGETS_THE_DEADLINE, 0.6 if self.account.closing is Closing.NO else 0.15
        ):
            made.endless = True
            made.expires_at_ms += FORGOTTEN_MS
        self.orders.setdefault(order.channel_order_no, made)

    def _credential(self, order: CreateOrder) -> Credential:
        valid_ms = self._fate.dice.choice((20_000, 1_000_000))
        ends_ms = min(order.expires_at_ms, self._fate.clock.true_ms() + valid_ms)
        return Credential(kind=CredentialKind.QR, content=order.channel_order_no, expires_at_ms=ends_ms)

    def fact(self, number: str) -> OrderFact:
        """The truth."""
        order, now_ms = self.orders.get(number), self._fate.clock.true_ms()
        if order is None or order.state == "unborn":
            return OrderFact(channel_order_no=number, outcome=Outcome(kind=K.NOT_FOUND))
        kind = {"open": K.PENDING, "paid": K.PAID, "closed": K.CLOSED, "applied": K.PENDING}[order.state]
        if order.state == "open" and now_ms >= order.expires_at_ms:
            kind = K.CLOSED
        return OrderFact(
            channel_order_no=number,
            outcome=Outcome(kind=kind),
            amount_fen=order.amount_fen,
            transaction_id=f"t{number}",
        )

    def _asked(self, number: str) -> OrderFact:
        """The truth as a query sees it."""
        order, now_ms = self.orders.get(number), self._fate.clock.true_ms()
        fresh = order is not None and order.state in ("paid", "closed") and now_ms - order.changed_at_ms < LAG_MS
        if fresh and self._fate.strikes(Fault.QUERY_DISAGREES, 0.7):
            return OrderFact(channel_order_no=number, outcome=Outcome(kind=K.PENDING, code="behind"))
        return self.fact(number)

    def _close(self, number: str) -> Outcome:
        order, now_ms = self.orders.get(number), self._fate.clock.true_ms()
        if self.account.closing is Closing.NO:
            return Outcome(kind=K.REFUSED_ORDER, code="NO_SUCH_SERVICE")
        if order is None or order.state == "unborn":
            return Outcome(kind=K.CLOSED if self.account.closing is Closing.YES else K.NOT_FOUND)
        if order.state == "paid":
            return Outcome(kind=K.DUPLICATE, code="ORDERPAID")
        if not self._fate.strikes(Fault.CLOSE_LIES, 0.3):
            order.becomes("closed", now_ms)
        return Outcome(kind=K.CLOSED)

    def _refund(self, refund: RefundOrder) -> RefundFact:
        order = self.orders[refund.order.channel_order_no]
        self._fate.must(order.state == "paid", "a refund for an order that was never paid")
        number = refund.out_refund_no
        if number in order.refunds:
            if self._fate.strikes(Fault.REFUND_REFUSED, 0.5):  # a repeat: nothing is left to give back
                return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.REFUSED_ORDER, code="EXCEEDS"))
            return self.refund_fact(refund.order.channel_order_no, number)
        if self.account.balance_short:
            self._fate.struck[Fault.BALANCE_SHORT] += 1
            outcome = Outcome(kind=K.REFUSED_CHANNEL, code="NOT_ENOUGH", merchant_side=True)
            return RefundFact(out_refund_no=number, outcome=outcome)
        gone = sum(back.amount_fen for back in order.refunds.values() if back.state != "closed")
        if gone + refund.amount_fen > order.amount_fen:
            return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.REFUSED_ORDER, code="EXCEEDS"))
        if self._fate.strikes(Fault.REFUND_REFUSED, 0.15):
            return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.REFUSED_PAYER, code="CARD_VOID"))
        back = order.refunds[number] = Payback(refund.amount_fen)
        if self._fate.strikes(Fault.REFUND_SLOW, 0.5):
            back.state = "processing"
            self._fate.spawn(self._pay_back_later(refund.order.channel_order_no, number))
        self._fate.note(self.channel_id, f"pays back {refund.amount_fen} fen, {number}: {back.state}")
        return self.refund_fact(refund.order.channel_order_no, number)

    async def _pay_back_later(self, order_no: str, number: str) -> None:
        await asyncio.sleep(self._fate.dice.uniform(1, 60))
        back = self.orders[order_no].refunds[number]
        back.state = "closed" if self._fate.strikes(Fault.REFUND_FAILS_LATER, 0.4) else "success"
        self._fate.note(self.channel_id, f"refund {number} ends: {back.state}")
        await self._world.channel_notifies(self.channel_id, f"v{self.version} refund {order_no} {number}")

    def refund_fact(self, order_no: str, number: str) -> RefundFact:
        known = self.orders[order_no].refunds.get(number)
        if known is None:
            return RefundFact(out_refund_no=number, outcome=Outcome(kind=K.NOT_FOUND))
        kind = {"processing": K.PENDING, "success": K.PAID, "closed": K.CLOSED}[known.state]
        return RefundFact(out_refund_no=number, outcome=Outcome(kind=kind), amount_fen=known.amount_fen)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        what = f"create {order.channel_order_no}"
        return await self._call(what, timeout_ms, lambda: self._make(order), _only, REFUSALS)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        number = order.channel_order_no
        return await self._call(
            f"query {number}",
            timeout_ms,
            lambda: self._asked(number),
            lambda outcome: OrderFact(channel_order_no=number, outcome=outcome),
            SAYS_NOTHING,
        )

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        number = order.channel_order_no
        return await self._call(f"close {number}", timeout_ms, lambda: self._close(number), lambda o: o, REFUSALS)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.out_refund_no
        words = (*SAYS_NOTHING, Outcome(kind=K.REFUSED_ORDER, code="odd"), Outcome(kind=K.REFUSED_PAYER, code="odd"))
        return await self._call(
            f"refund {number}",
            timeout_ms,
            lambda: self._refund(refund),
            lambda outcome: RefundFact(out_refund_no=number, outcome=outcome),
            words,
        )

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.out_refund_no
        return await self._call(
            f"query refund {number}",
            timeout_ms,
            lambda: self.refund_fact(refund.order.channel_order_no, number),
            lambda outcome: RefundFact(out_refund_no=number, outcome=outcome),
            SAYS_NOTHING,
        )

    # --- notifications ---------------------------------------------------------------------------------------------

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """`v1 paid NUMBER AMOUNT [foreign]`, `v1 refund NUMBER REFUND`; signed for one version of the keys."""
        signed_for, kind, number, *rest = request.body.decode().split()
        if signed_for != f"v{self.version}":
            return NotifyAnswer(outcome=NOT_BELIEVED)
        if kind == "refund":
            return NotifyAnswer(outcome=ACCEPTED, refund=self.refund_fact(number, rest[0]))
        return NotifyAnswer(outcome=ACCEPTED, order=self._paid(number, int(rest[0]), merchant_ok=rest[-1] != "foreign"))

    @staticmethod
    def _paid(number: str, amount_fen: int, *, merchant_ok: bool) -> OrderFact:
        """As it was true when it was sent: the money may have gone back since."""
        return OrderFact(
            channel_order_no=number,
            outcome=Outcome(kind=K.PAID),
            amount_fen=amount_fen,
            merchant_ok=merchant_ok,
            transaction_id=f"t{number}",
        )

    def acknowledge(self, accepted: bool) -> Reply:
        return Reply(status=200 if accepted else 500)


class SignedPage(MoodyChannel):
    """A cashier page whose address is signed here: no call is made, and the channel hears of an order only when the
    customer opens the page."""

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        ends_ms = order.expires_at_ms
        credential = Credential(
            kind=CredentialKind.REDIRECT, content=f"{order.channel_order_no} {order.amount_fen}", expires_at_ms=ends_ms
        )
        return CreateAnswer(outcome=ACCEPTED, credential=credential)

    def opens(self, number: str, amount_fen: int, expires_at_ms: int) -> None:
        """A customer's browser follows the signed address: now the order exists."""
        self._must_be_stored(number)
        if self._fate.clock.true_ms() < expires_at_ms:
            self.orders.setdefault(number, Order(amount_fen, "open", expires_at_ms, version=self.version))
