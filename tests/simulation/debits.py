"""Moody channels whose call takes the money: honest books, unreliable words, a customer who may have to type first."""

from __future__ import annotations

import asyncio

from payswitch.domain.channel import Credential, CredentialKind
from payswitch.domain.exchange import CreateAnswer, CreateOrder, DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from tests.services.debit_channel import SMS_CODE, WRONG_SMS
from tests.services.fake_channel import ACCEPTED
from tests.simulation.accounts import Account, Order, World
from tests.simulation.channels import MoodyChannel
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault
from tests.simulation.lines import BAD_GATEWAY, REFUSALS, SAYS_NOTHING

K = OutcomeKind

DEBIT_WORDS = tuple(o for o in REFUSALS if o.kind not in (K.PAID, K.ACCEPTED) and o is not BAD_GATEWAY)
"""What a debit may hear although nothing was done. "Paid" is signed, and no channel signs what is not so."""
REVERSE_WORDS = REFUSALS
"""A reversal's word is no proof, whatever it is."""
NO_MONEY = Outcome(kind=K.REFUSED_PAYER, code="NOTENOUGH")
ASKING = Outcome(kind=K.PENDING, code="USERPAYING")
FOR_EVER_MS = 1 << 62


class MoodyDebits(MoodyChannel):
    """A wallet's payment codes, or a bank's SMS codes. See `domain.channel_client.DebitClient`."""

    def __init__(self, account: Account, fate: Fate, world: World, *, sms: bool) -> None:
        super().__init__(account, fate, world)
        self._sms = sms
        self.debited: set[str] = set()
        """Numbers that a debit call has reached."""

    def _make(self, order: CreateOrder) -> CreateAnswer:
        """The bank takes the application and sends an SMS; no money can move by it."""
        number = order.channel_order_no
        self._must_be_stored(number)
        self.orders.setdefault(number, Order(order.amount_fen, "applied", order.expires_at_ms, version=self.version))
        credential = Credential(
            kind=CredentialKind.SMS, content="尾号 4242", handle="h", expires_at_ms=order.expires_at_ms
        )
        return CreateAnswer(outcome=ACCEPTED, credential=credential)

    def _take(self, debit: DebitOrder) -> OrderFact:
        """The debit arrives. It must have been written down as unknown, and it must be the first for this number."""
        number, fate = debit.order.channel_order_no, self._fate
        written = self._world.attempt_of(self.channel_id, number)
        fate.must(written is not None and written.debit_at_ms is not None, f"the debit of {number} was never committed")
        if self._sms and debit.consent.reveal() != SMS_CODE:
            return self._said(number, WRONG_SMS)
        fate.must(number not in self.debited, f"{number} was debited twice")
        self.debited.add(number)
        if fate.strikes(Fault.PAYER_REFUSED, 0.3):
            return self._said(number, NO_MONEY)
        order = self.orders[number] = Order(debit.order.amount_fen, "open", FOR_EVER_MS, version=self.version)
        if not self._sms and fate.chance(0.3):
            fate.spawn(self._customer_types(number, order))
            return self._said(number, ASKING)
        order.becomes("paid", fate.clock.true_ms())
        fate.note(self.channel_id, f"takes {order.amount_fen} fen for {number}")
        fate.spawn(self._tells(number, order))
        return self.fact(number)

    async def _tells(self, number: str, order: Order) -> None:
        if not self._fate.strikes(Fault.NOTIFY_BEFORE_REPLY, 0.5):
            await asyncio.sleep(0.1)
        await self._world.channel_notifies(self.channel_id, f"v{order.version} paid {number} {order.amount_fen}")

    async def _customer_types(self, number: str, order: Order) -> None:
        """The password; or the customer has left."""
        await asyncio.sleep(self._fate.dice.uniform(0.5, 60))
        if order.state == "open" and self._fate.chance(0.7):
            order.becomes("paid", self._fate.clock.true_ms())
            await self._tells(number, order)

    @staticmethod
    def _said(number: str, outcome: Outcome) -> OrderFact:
        return OrderFact(channel_order_no=number, outcome=outcome)

    def fact(self, number: str) -> OrderFact:
        order = self.orders.get(number)
        if order is not None and order.state == "applied":
            return self._said(number, Outcome(kind=K.PENDING, code="SMS_SENT"))
        return super().fact(number)

    def _close(self, number: str) -> Outcome:
        order = self.orders.get(number)
        if order is not None and order.state == "applied":
            return Outcome(kind=K.CLOSED)
        return super()._close(number)

    def _undo(self, number: str, amount_fen: int) -> Outcome:
        """Paid: given back. Unpaid, or never heard of: closed for ever."""
        order = self.orders.setdefault(number, Order(amount_fen, "closed", 0, version=self.version))
        if order.state == "paid" and self._fate.chance(0.1 * self._fate.trouble):
            return Outcome(kind=K.DUPLICATE, code="TOO_LATE")
        order.becomes("closed", self._fate.clock.true_ms())
        return Outcome(kind=K.CLOSED)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        number = debit.order.channel_order_no

        def said(outcome: Outcome) -> OrderFact:
            # Nobody sends a debit twice: whatever proves nothing is never called a passing trouble.
            outcome = Outcome(kind=outcome.kind, code=outcome.code) if outcome is BAD_GATEWAY else outcome
            return self._said(number, outcome)

        return await self._call(f"debit {number}", timeout_ms, lambda: self._take(debit), said, DEBIT_WORDS)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        number = order.channel_order_no
        return await self._call(
            f"reverse {number}", timeout_ms, lambda: self._undo(number, order.amount_fen), lambda o: o, REVERSE_WORDS
        )

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        return await self._call(
            f"resend {order.channel_order_no}",
            timeout_ms,
            lambda: self._make(order),
            lambda outcome: CreateAnswer(outcome=outcome),
            SAYS_NOTHING,
        )
