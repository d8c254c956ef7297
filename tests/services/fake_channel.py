"""A channel at the `ChannelClient` seam that keeps a ledger of its own: what really happened to the money."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import msgspec

from payswitch.domain.channel import (
    Closing,
    Credential,
    CredentialKind,
)
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
from tests.services.passing_time import PassingClock

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
