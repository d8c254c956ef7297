"""Channels whose call takes the money: a wallet's payment codes at a counter, and a bank that sends an SMS code.

Like `FakeChannel` they keep honest books and may be given a script for bad moments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    Consent,
    Credential,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.exchange import CreateAnswer, CreateOrder, DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from tests.services.fake_channel import SILENT, FakeChannel, Order
from tests.services.harness import Night, night

USERPAYING = Outcome(kind=OutcomeKind.PENDING, code="USERPAYING")
SYSTEM_ERROR = Outcome(kind=OutcomeKind.UNKNOWN, code="SYSTEMERROR")
NOT_ENOUGH = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="NOTENOUGH")
MAINTENANCE = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="MAINTENANCE", listed=True)
WRONG_SMS = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="SMS_WRONG", ask_consent=True)
TAKEN = Outcome(kind=OutcomeKind.PAID)
SMS_CODE = "428571"


class DebitChannel(FakeChannel):
    """`debit_script` holds outcomes of the next debits; `debits_when_silent`: whether a lost answer took the money."""

    def __init__(self, channel_id: str, clock: ManualClock) -> None:
        super().__init__(channel_id, clock)
        self.debit_script: deque[Outcome] = deque()
        self.reverse_script: deque[Outcome] = deque()
        self.debits_when_silent = False
        self.seen_consents: list[str] = []
        self.seen_handles: list[str] = []
        self.sms_sent = 0

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        answer = await super().create(order, timeout_ms)
        if answer.credential is None:
            return answer
        self.sms_sent += 1
        return CreateAnswer(outcome=answer.outcome, credential=self._sms(order))

    def _sms(self, order: CreateOrder) -> Credential:
        return Credential(
            kind=CredentialKind.SMS,
            content="尾号 4242",
            handle=f"handle-{self.sms_sent}",
            expires_at_ms=order.expires_at_ms,
        )

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        self.calls.append(("resend", order.channel_order_no))
        self.sms_sent += 1
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), credential=self._sms(order))

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        number = debit.order.channel_order_no
        self.calls.append(("debit", number))
        self.seen_consents.append(debit.consent.reveal())
        self.seen_handles.append(debit.handle)
        if self.silent:
            if self.debits_when_silent:
                self.orders[number] = Order(debit.order.amount_fen, "paid")
            return OrderFact(channel_order_no=number, outcome=self._hang(timeout_ms))
        outcome = self.debit_script.popleft() if self.debit_script else TAKEN
        if outcome.kind is OutcomeKind.PAID:
            self.orders[number] = Order(debit.order.amount_fen, "paid")
            return self.fact(number)
        if outcome.kind is OutcomeKind.PENDING:
            self.orders[number] = Order(debit.order.amount_fen, "open")
        return OrderFact(channel_order_no=number, outcome=outcome)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        self.calls.append(("reverse", order.channel_order_no))
        if self.silent:
            return self._hang(timeout_ms)
        if self.reverse_script:
            return self.reverse_script.popleft()
        known = self.orders.setdefault(order.channel_order_no, Order(order.amount_fen, "closed"))
        if known.state == "paid":
            known.refunds["reversed"] = known.amount_fen
        known.state = "closed"
        return Outcome(kind=OutcomeKind.CLOSED)

    def kept_fen(self) -> int:
        """What the merchant has of this channel's customers."""
        return self.received_fen()

    def count(self, call: str) -> int:
        return sum(name == call for name, _ in self.calls)


def _capability(product: Product, method: Method, *, sms: bool) -> Capability:
    return Capability(
        product=product,
        method=method,
        push=False,
        server_created=True,
        environments=frozenset(Environment) if sms else frozenset({Environment.COUNTER}),
        consent=Consent.SMS_CODE if sms else Consent.PAYMENT_CODE,
        closing=Closing.YES if sms else Closing.NO,
        credential=CredentialKind.SMS if sms else CredentialKind.NONE,
        least_expiry_s=1,
        reverse_after_s=30,
    )


TABLES: dict[str, CapabilityTable] = {
    "wallet": {Product.WECHAT_CODE: _capability(Product.WECHAT_CODE, Method.WECHAT, sms=False)},
    "bank": {Product.QUICKPAY_CARD: _capability(Product.QUICKPAY_CARD, Method.QUICKPAY, sms=True)},
}


class Counter:
    """The night's switch with two wallet accounts and a bank beside the three push channels."""

    def __init__(self, wired: Night) -> None:
        self.night = wired
        self.ctx = wired.ctx
        self.main = self._add("code-main", "wallet", Product.WECHAT_CODE, 1)
        self.backup = self._add("code-backup", "wallet", Product.WECHAT_CODE, 2)
        self.bank = self._add("bank-icbc", "bank", Product.QUICKPAY_CARD, 1)

    def _add(self, channel_id: str, connector: str, product: Product, tier: int) -> DebitChannel:
        channel = Channel(
            channel_id=channel_id,
            merchant_id="m-1",
            connector=connector,
            name=channel_id,
            products=frozenset({product}),
            upstream=channel_id,
            tier=tier,
        )
        client = DebitChannel(channel_id, self.night.clock)
        self.night.directory.install(channel, client, TABLES[connector])
        return client

    def kept_fen(self) -> int:
        """Over all channels: what came in and did not go back."""
        clients = self.night.directory.clients.values()
        return sum(client.received_fen() - client.returned_fen() for client in clients)


@asynccontextmanager
async def counter(folder: Path) -> AsyncIterator[Counter]:
    async with night(folder) as wired:
        yield Counter(wired)


__all__ = ["SILENT", "Counter", "DebitChannel", "counter"]
