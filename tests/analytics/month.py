"""A month of a shop with three channels, played with the production router. One seed is one month: who comes when, and
who could pay where, is the same whichever policy decides. What happened can be written down as the service does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Final

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, Decision, Payment, PaymentState
from payswitch.kit.clock import beijing_day, beijing_hour
from payswitch.kit.ids import SeededIds
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import (
    CallObservation,
    ChannelBook,
    ExposedObservation,
    FinalObservation,
    RouteRequest,
)
from payswitch.services.decisions.recorded_facts import facts_of
from payswitch.storage.store import DatabaseStore

BEGIN_MS: Final = 1_761_926_400_000
"""2025-11-01 00:00 in Beijing, a Saturday."""
DAY_MS: Final = 86_400_000
DAYS: Final = 30
"""Until Sunday 30 November: the week that is reported on is the month's last."""
PRODUCT: Final = Product.ALIPAY_PRECREATE
SUCCESS: Final = {"chan-a": 0.985, "chan-b": 0.983, "chan-c": 0.98}
NIGHT: Final = range(6)
_HOURS: Final = (5, 4, 4, 4, 4, 4, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 4, 4, 5, 6, 7, 7, 6, 5)
_EXPIRY_MS: Final = 300_000
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)
_BUSY: Final = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR")
_PAID: Final = Outcome(kind=OutcomeKind.PAID)
_DEAD: Final = Outcome(kind=OutcomeKind.CLOSED)
_encode: Final = msgspec.json.Encoder().encode

CAPABILITIES: Final[CapabilityTable] = {
    PRODUCT: Capability(
        product=PRODUCT,
        method=Method.ALIPAY,
        push=True,
        server_created=True,
        environments=frozenset(Environment),
        closing=Closing.YES,
        credential=CredentialKind.QR,
    )
}


def channels() -> tuple[Channel, ...]:
    return tuple(
        Channel(
            channel_id=channel_id,
            merchant_id="m-1",
            connector="lab",
            name=channel_id,
            products=frozenset({PRODUCT}),
            upstream=f"up-{channel_id}",
        )
        for channel_id in SUCCESS
    )


@dataclass(frozen=True)
class Customer1:
    """One customer who comes: when, with how much, and how hard it is to let them pay."""

    at_ms: int
    amount_fen: int
    patience: float
    """Below a channel's chance: they can pay there. One number for all channels: what is better for one is for all."""
    luck: tuple[float, ...]
    """The same for create calls, one for each try."""


def customers(seed: int, per_day: int) -> list[Customer1]:
    random, each = Random(seed), sum(_HOURS)
    found = []
    for day in range(DAYS):
        for hour, part in enumerate(_HOURS):
            for _ in range(int(per_day * part / each + random.random())):
                at_ms = BEGIN_MS + day * DAY_MS + hour * 3_600_000 + random.randrange(3_600_000)
                amount_fen = int(random.lognormvariate(9.2, 0.8)) + 1
                luck = (random.random(), random.random(), random.random())
                found.append(Customer1(at_ms, amount_fen, random.random(), luck))
    return sorted(found, key=lambda one: one.at_ms)


@dataclass
class Month:
    """One month under one policy."""

    seed: int
    policy: Policy
    nightly_loss: float
    per_day: int
    store: DatabaseStore | None = None
    """Where it is written down; None: only counted."""
    paid: int = 0
    payments: int = 0
    paid_at: dict[tuple[int, int], int] = field(default_factory=dict)
    """By day of the month, from 0, and Beijing hour."""
    _changes: Changes = field(default_factory=Changes)

    async def play(self) -> Month:
        self._router = Router(self.policy)
        self._ids = SeededIds(self.seed)
        self._due: list[tuple[int, int, FinalObservation]] = []
        self._book = ChannelBook(channels=channels(), capabilities={"lab": CAPABILITIES})
        for number, customer in enumerate(customers(self.seed, self.per_day)):
            self._hear(customer.at_ms)
            self._one(number, customer)
            if self.store is not None and number % 500 == 499:
                await self._write()
        await self._write()
        return self

    def _hear(self, now_ms: int) -> None:
        while self._due and self._due[0][0] <= now_ms:
            self._router.observe_final(heappop(self._due)[2])

    def _one(self, number: int, customer: Customer1) -> None:
        at_ms, ids = customer.at_ms, self._ids
        payment_id, decision_id = ids.new("pay_", at_ms), ids.new("dec_", at_ms)
        request = RouteRequest(
            payment_id=payment_id,
            merchant_id="m-1",
            shop_id="shop-1",
            amount_fen=customer.amount_fen,
            environment=Environment.DESKTOP,
            customer=Customer(device="android"),
            local_hour=beijing_hour(at_ms),
            local_day=beijing_day(at_ms),
        )
        plan = self._router.plan(request, self._book, now_ms=at_ms, salt=decision_id)
        attempts: list[Attempt] = []
        for tried, candidate in enumerate(plan.candidates):
            made = customer.luck[tried] > 0.005
            attempt = self._attempt(payment_id, decision_id, candidate.channel_id, number, tried, customer, made)
            attempts.append(attempt)
            if made:
                break
        self._count(customer, attempts[-1].state is AttemptState.SUCCEEDED)
        if self.store is not None:
            decision = Decision(
                decision_id=decision_id,
                payment_id=payment_id,
                policy_version=plan.policy_version,
                at_ms=at_ms,
                duration_us=100,
                plan=msgspec.Raw(_encode(plan)),
                facts=facts_of(request),
            )
            self._changes.insert_payments.append(_payment(payment_id, number, customer, attempts))
            self._changes.insert_attempts += attempts
            self._changes.insert_decisions.append(decision)

    def _count(self, customer: Customer1, paid: bool) -> None:
        self.payments += 1
        self.paid += paid
        day = (customer.at_ms - BEGIN_MS) // DAY_MS
        key = (day, beijing_hour(customer.at_ms))
        self.paid_at[key] = self.paid_at.get(key, 0) + paid

    def chance(self, channel_id: str, at_ms: int) -> float:
        """The truth."""
        loss = self.nightly_loss if channel_id == "chan-a" and beijing_hour(at_ms) in NIGHT else 0.0
        return SUCCESS[channel_id] - loss

    def _attempt(
        self,
        payment_id: str,
        decision_id: str,
        channel_id: str,
        number: int,
        tried: int,
        customer: Customer1,
        made: bool,
    ) -> Attempt:
        at_ms = customer.at_ms + 100 * tried
        outcome = _ACCEPTED if made else _BUSY
        seen = {"at_ms": at_ms, "channel_id": channel_id, "product": PRODUCT}
        self._router.observe_call(CallObservation(**seen, outcome=outcome, latency_ms=90.0))
        paid = made and customer.patience < self.chance(channel_id, at_ms)
        ended_ms = at_ms + (15_000 if paid else _EXPIRY_MS)
        if made:
            self._router.observe_exposed(ExposedObservation(**seen))
            seen["at_ms"] = ended_ms
            heappush(self._due, (ended_ms, number, FinalObservation(**seen, paid=paid, waited_ms=ended_ms - at_ms)))
        return Attempt(
            attempt_id=self._ids.new("att_", at_ms),
            payment_id=payment_id,
            ordinal=tried + 1,
            channel_id=channel_id,
            channel_version=1,
            product=PRODUCT,
            method=Method.ALIPAY,
            channel_order_no=f"{number:09d}{tried}",
            amount_fen=customer.amount_fen,
            state=AttemptState.SUCCEEDED if paid else AttemptState.CLOSED if made else AttemptState.FAILED,
            outcome=_PAID if paid else _DEAD if made else _BUSY,
            transaction_id=f"tx{number:09d}" if paid else None,
            created_at_ms=at_ms,
            started_at_ms=at_ms,
            answered_at_ms=at_ms + 90,
            exposed_at_ms=at_ms + 92 if made else None,
            finished_at_ms=ended_ms,
            deadline_ms=at_ms + _EXPIRY_MS,
            decision_id=decision_id,
        )

    async def _write(self) -> None:
        changes, self._changes = self._changes, Changes()
        if self.store is not None and changes:
            await self.store.commit(changes)


def _payment(payment_id: str, number: int, customer: Customer1, attempts: list[Attempt]) -> Payment:
    last = attempts[-1]
    paid = last.state is AttemptState.SUCCEEDED
    return Payment(
        payment_id=payment_id,
        merchant_id="m-1",
        shop_id="shop-1",
        out_trade_no=f"T{number:09d}",
        amount_fen=customer.amount_fen,
        subject="爆款 × 1",
        state=PaymentState.SUCCEEDED if paid else PaymentState.CLOSED,
        environment=Environment.DESKTOP,
        created_at_ms=customer.at_ms,
        expires_at_ms=customer.at_ms + _EXPIRY_MS,
        succeeded_at_ms=last.finished_at_ms if paid else None,
        closed_at_ms=None if paid else last.finished_at_ms,
        close_reason=None if paid else CloseReason.EXPIRED,
        winner_attempt_id=last.attempt_id if paid else None,
        checkout_token=f"tok-{number}",
        input_hash="",
    )
