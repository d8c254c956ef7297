"""A channel in memory that takes debits, and an honest client of it: what the pull checks must find nothing wrong with.

No wire and no network: `Bank` is the other side's books; `HonestClient` keeps every promise of `DebitClient`.
The dishonest clients stand in `dishonest_clients.py`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Final

from payswitch.connectors.conformance import Customer, Lost
from payswitch.domain.channel import Credential, CredentialKind
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

K = OutcomeKind
KEY: Final = "bank-key-0123456789"
_numbers = itertools.count(1)


def said(kind: OutcomeKind, code: str = "", *, ask_consent: bool = False) -> Outcome:
    return Outcome(kind=kind, code=code, ask_consent=ask_consent)


@dataclass
class Entry:
    """One number in the bank's books."""

    amount_fen: int
    state: str = "open"
    """`open` (created first), `asking`, `paid`, `closed`."""
    refunds: dict[str, int] = field(default_factory=dict)
    reversed: bool = False

    @property
    def kept_fen(self) -> int:
        paid = self.state == "paid" and not self.reversed
        return self.amount_fen - sum(self.refunds.values()) if paid else 0


class Bank:
    """The books, the customers' consents, and what becomes of answers."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.consents: dict[str, Customer] = {}
        self.used: set[str] = set()
        self.lost = Lost.NOTHING
        self.notices: list[NotifyRequest] = []

    def give_consent(self, customer: Customer) -> Secret:
        text = f"28{next(_numbers):016d}"
        self.consents[text] = customer
        return Secret(text)

    def take(self, order: CreateOrder, consent: str) -> Outcome:
        """The debit itself."""
        known = self.entries.get(order.channel_order_no)
        if known is not None and known.state != "open":
            return said(K.DUPLICATE, "order_exists")
        customer = self.consents.get(consent)
        if customer is Customer.MISTYPING:
            return said(K.REFUSED_PAYER, "wrong_code", ask_consent=True)
        if customer is None or consent in self.used:
            return said(K.REFUSED_PAYER, "consent_used")
        self.used.add(consent)
        if customer is Customer.REFUSING:
            return said(K.REFUSED_PAYER, "no_money")
        entry = self.entries[order.channel_order_no] = Entry(order.amount_fen)
        if customer is Customer.ASKED:
            entry.state = "asking"
            return said(K.PENDING, "customer_is_asked")
        self.pay(order)
        return said(K.PAID)

    def pay(self, order: CreateOrder) -> None:
        self.entries[order.channel_order_no].state = "paid"
        body = f"{order.channel_order_no} {order.amount_fen}".encode()
        self.notices.append(_signed(body))

    def undo(self, number: str) -> Outcome:
        """Reverse: whatever came in goes back, and nothing more will come."""
        entry = self.entries.setdefault(number, Entry(0))
        if entry.state == "paid":
            entry.reversed = True
        else:
            entry.state = "closed"
        return said(K.CLOSED)


def _signed(body: bytes) -> NotifyRequest:
    headers = {"seal": f"{body.decode('latin-1')}|{KEY}"}
    return NotifyRequest(method="POST", path="/", query="", headers=headers, body=body)


class HonestClient:
    """Every promise kept. `reachable=False`: nobody listens there. `handle`: for a bank that sends codes."""

    def __init__(self, bank: Bank, *, reachable: bool = True, created_first: bool = False) -> None:
        self.bank = bank
        self.reachable = reachable
        self.created_first = created_first

    def __repr__(self) -> str:
        return "HonestClient()"

    def trouble(self) -> Outcome | None:
        """Why no answer arrives, if none does."""
        if not self.reachable:
            return said(K.NOT_SENT, "connect_failed")
        return None if self.bank.lost is Lost.NOTHING else said(K.UNKNOWN, "timeout")

    def _works(self) -> bool:
        return self.reachable and self.bank.lost is not Lost.UNDONE

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        if not self.created_first:
            return CreateAnswer(outcome=said(K.REFUSED_CONFIG, "product_is_pull"))
        self.bank.entries.setdefault(order.channel_order_no, Entry(order.amount_fen))
        credential = Credential(
            kind=CredentialKind.SMS, content="尾号 1234", handle="h-1", expires_at_ms=order.expires_at_ms
        )
        return CreateAnswer(outcome=said(K.ACCEPTED), credential=credential)

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        return await self.create(order, timeout_ms)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        outcome = self.bank.take(debit.order, debit.consent.reveal()) if self._works() else said(K.UNKNOWN)
        return self.fact(debit.order.channel_order_no, self.trouble() or outcome)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        return self.fact(order.channel_order_no, self.trouble() or self.state_of(order.channel_order_no))

    def state_of(self, number: str) -> Outcome:
        entry = self.bank.entries.get(number)
        if entry is None:
            return said(K.NOT_FOUND)
        if entry.state == "paid":
            return said(K.CLOSED if entry.reversed else K.PAID)
        return said(K.CLOSED if entry.state == "closed" else K.PENDING)

    def fact(self, number: str, outcome: Outcome) -> OrderFact:
        if outcome.kind is not K.PAID:
            return OrderFact(channel_order_no=number, outcome=outcome)
        amount_fen = self.bank.entries[number].amount_fen
        return OrderFact(channel_order_no=number, outcome=outcome, amount_fen=amount_fen, transaction_id=f"T{number}")

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        outcome = self.bank.undo(order.channel_order_no) if self._works() else said(K.UNKNOWN)
        return self.trouble() or outcome

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return said(K.UNKNOWN, "not_closable")

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        entry = self.bank.entries[refund.order.channel_order_no]
        entry.refunds[refund.out_refund_no] = refund.amount_fen
        return await self.query_refund(refund, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        amount_fen = self.bank.entries[refund.order.channel_order_no].refunds.get(refund.out_refund_no)
        kind = K.NOT_FOUND if amount_fen is None else K.PAID
        return RefundFact(out_refund_no=refund.out_refund_no, outcome=said(kind), amount_fen=amount_fen)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        if not request.body or dict(request.headers) != dict(_signed(request.body).headers):
            return NotifyAnswer(outcome=said(K.UNTRUSTED, "bad_signature"))
        number = request.body.decode().split()[0]
        return NotifyAnswer(outcome=said(K.ACCEPTED), order=self.fact(number, said(K.PAID)))

    def acknowledge(self, accepted: bool) -> Reply:
        return Reply(status=200 if accepted else 400)
