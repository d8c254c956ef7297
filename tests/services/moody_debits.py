"""Moody channels whose call takes the money: honest books, unreliable words, a customer who may have to type first."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.channel import Channel, Closing, Credential, CredentialKind, Product
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from tests.services.debit_channel import SMS_CODE, TABLES, WRONG_SMS
from tests.services.fate import Fate
from tests.services.harness import ACCEPTED
from tests.services.moody_channel import REFUSALS, SAYS_NOTHING, MoodyChannel, MoodyDirectory, Order, World

K = OutcomeKind

DEBIT_WORDS = tuple(outcome for outcome in REFUSALS if outcome.kind not in (K.PAID, K.ACCEPTED))
"""What a debit may hear although nothing was done. "Paid" is signed, and no channel signs what is not so."""
REVERSE_WORDS = REFUSALS
"""A reversal's word is no proof, whatever it is."""
NO_MONEY = Outcome(kind=K.REFUSED_PAYER, code="NOTENOUGH")
OLD_NEWS = "was_paid"
REVERSE_AFTER_S = 6
"""Soon, so that a debit whose questions go unanswered is reversed in many nights."""
ASKING = Outcome(kind=K.PENDING, code="USERPAYING")


class MoodyDebits(MoodyChannel):
    """A wallet's payment codes, or a bank's SMS codes. See `domain.exchange.DebitClient`."""

    def __init__(self, channel_id: str, fate: Fate, world: World, *, sms: bool) -> None:
        super().__init__(channel_id, fate, world, Closing.YES if sms else Closing.NO)
        self._sms = sms
        self.debited: set[str] = set()
        """Numbers that a debit call has reached."""

    def _make(self, order: CreateOrder) -> CreateAnswer:
        """The bank takes the application and sends an SMS; no money can move by it."""
        number = order.channel_order_no
        self._fate.must(self._world.is_stored(self.channel_id, number), f"{number} was never committed")
        self.orders.setdefault(number, Order(order.amount_fen, "applied", order.expires_at_ms))
        credential = Credential(
            kind=CredentialKind.SMS, content="尾号 4242", handle="h", expires_at_ms=order.expires_at_ms
        )
        return CreateAnswer(outcome=ACCEPTED, credential=credential)

    def _take(self, debit: DebitOrder) -> OrderFact:
        """The debit arrives. It must have been written down as unknown, and it must be the first for this number."""
        number = debit.order.channel_order_no
        written = self._world.attempt_of(self.channel_id, number)
        self._fate.must(
            written is not None and written.debit_at_ms is not None, f"the debit of {number} was never committed"
        )
        if self._sms and debit.consent.reveal() != SMS_CODE:
            return self._said(number, WRONG_SMS)
        self._fate.must(number not in self.debited, f"{number} was debited twice")
        self.debited.add(number)
        if self._fate.chance(0.15):
            return self._said(number, NO_MONEY)
        asks = not self._sms and self._fate.chance(0.3)
        order = self.orders[number] = Order(debit.order.amount_fen, "open" if asks else "paid", 1 << 62)
        if asks:
            self._fate.spawn(self._customer_types(number, order))
            return self._said(number, ASKING)
        self._fate.spawn(self._world.channel_notifies(self.channel_id, f"{OLD_NEWS} {number}"))
        return self.fact(number)

    async def _customer_types(self, number: str, order: Order) -> None:
        """The password; or the customer has left."""
        await self._fate.clock.sleep(self._fate.dice.uniform(0.5, 60))
        if order.state == "open" and self._fate.chance(0.7):
            order.state = "paid"
            await self._world.channel_notifies(self.channel_id, f"{OLD_NEWS} {number}")

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
        order = self.orders.setdefault(number, Order(amount_fen, "closed", 0))
        if order.state == "paid" and self._fate.chance(0.1 * self._fate.trouble):
            return Outcome(kind=K.DUPLICATE, code="TOO_LATE")
        order.state = "closed"
        return Outcome(kind=K.CLOSED)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """ "Paid", as it was true when it was sent: the money may have gone back since."""
        kind, _, number = request.body.decode().partition(" ")
        if kind != OLD_NEWS:
            return super().read_notify(request)
        order = self.orders[number]
        fact = OrderFact(
            channel_order_no=number,
            outcome=Outcome(kind=K.PAID),
            amount_fen=order.amount_fen,
            transaction_id=f"t{number}",
        )
        return NotifyAnswer(outcome=ACCEPTED, order=fact)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        number = debit.order.channel_order_no
        return await self._call(
            timeout_ms, lambda: self._take(debit), lambda outcome: self._said(number, outcome), DEBIT_WORDS
        )

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        number = order.channel_order_no
        return await self._call(timeout_ms, lambda: self._undo(number, order.amount_fen), lambda o: o, REVERSE_WORDS)

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        return await self._call(
            timeout_ms, lambda: self._make(order), lambda outcome: CreateAnswer(outcome=outcome), SAYS_NOTHING
        )


class DebitDirectory(MoodyDirectory):
    """Two wallet accounts and a bank beside the push channels."""

    def __init__(self, fate: Fate, world: World) -> None:
        super().__init__(fate, world)
        for channel_id, connector, product, tier in (
            ("code-main", "wallet", Product.WECHAT_CODE, 1),
            ("code-backup", "wallet", Product.WECHAT_CODE, 2),
            ("bank-icbc", "bank", Product.QUICKPAY_CARD, 1),
        ):
            self.moody[channel_id] = MoodyDebits(channel_id, fate, world, sms=connector == "bank")
            self.tables[connector] = {
                name: replace(capability, reverse_after_s=REVERSE_AFTER_S)
                for name, capability in TABLES[connector].items()
            }
            self._channels[channel_id] = Channel(
                channel_id=channel_id,
                merchant_id="m-1",
                connector=connector,
                name=channel_id,
                products=frozenset({product}),
                upstream=channel_id,
                tier=tier,
            )
