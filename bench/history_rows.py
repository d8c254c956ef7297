"""The payments of a made-up history, as the product's own structs. One seed is one history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random
from typing import Final

import msgspec

from payswitch.domain.channel import Credential, CredentialKind, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    Decision,
    Payment,
    PaymentFile,
    PaymentState,
    Refund,
    RefundKind,
    RefundState,
)
from payswitch.kit.clock import beijing_hour
from payswitch.kit.ids import SeededIds

DAY_MS: Final = 86_400_000
MERCHANT: Final = "m-1"
SHOPS: Final = ("shop-1", "shop-2", "shop-3")
NIGHT: Final = range(6)
NIGHTLY_LOSS: Final = 0.03
"""By so much fewer customers can pay at `SICK` at night."""
SICK: Final = "wechat-main"

# relative traffic of each Beijing hour: a live-streaming shop sells in the evening
_HOURS: Final = (3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 5, 4, 4, 5, 6, 8, 12, 18, 16, 10, 6)


@dataclass(frozen=True)
class Line:
    """One channel's product, and how it does."""

    channel_id: str
    connector: str
    product: Product
    method: Method
    upstream: str
    fee_bp: int
    paid: float
    fails: float
    answer_ms: int


LINES: Final = (
    Line("wechat-main", "wechatpay", Product.WECHAT_NATIVE, Method.WECHAT, "wechat", 60, 0.925, 0.010, 90),
    Line("wechat-psp", "huifu", Product.WECHAT_NATIVE, Method.WECHAT, "wechat-psp", 38, 0.915, 0.020, 140),
    Line("alipay-main", "alipay", Product.ALIPAY_PRECREATE, Method.ALIPAY, "alipay", 60, 0.93, 0.008, 110),
    Line("alipay-psp", "huifu", Product.ALIPAY_PRECREATE, Method.ALIPAY, "alipay-psp", 38, 0.90, 0.020, 150),
    Line("unionpay-main", "unionpay", Product.UNIONPAY_QR, Method.UNIONPAY, "unionpay", 55, 0.88, 0.015, 130),
    Line("ecny-main", "huifu", Product.ECNY_QR, Method.ECNY, "ecny", 0, 0.85, 0.030, 180),
)
_PLANS: Final = ((0, 1, 2, 3, 4), (2, 3, 0, 1, 4), (0, 2, 1, 3, 4), (2, 0, 3, 1, 4), (4, 0, 2, 1, 3), (5, 0, 2, 1, 3))
_PLAN_WEIGHTS: Final = (40, 30, 12, 10, 6, 2)
_CHANCES: Final = (0.7, 0.2, 0.05, 0.05, 0.0)
_DEVICES: Final = ("ios", "android", "android", "android", "desktop", "harmony")
_BUSY: Final = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR", message="系统繁忙")
_SILENT: Final = Outcome(kind=OutcomeKind.UNKNOWN, code="timeout")
_PAID: Final = Outcome(kind=OutcomeKind.PAID, code="SUCCESS")
_DEAD: Final = Outcome(kind=OutcomeKind.CLOSED, code="CLOSED")
_POOR: Final = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="NOT_ENOUGH", message="余额不足")


@dataclass
class Made:
    """One payment with all that belongs to it."""

    file: PaymentFile
    decisions: list[Decision] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class Maker:
    """Makes payments in order of time."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._ids = SeededIds(seed)
        self._number = 0
        self._customers = [Customer(customer_id=f"c-{n}", device=_DEVICES[n % 6]) for n in range(50_000)]
        self._plans = [_plan(order, first) for order in _PLANS for first in range(5)]

    def times(self, from_ms: int, days: int, attempts: int) -> Iterator[int]:
        """When payments begin: about so many that together they make so many attempts."""
        random, each = self._random, sum(_HOURS)
        per_day = attempts / days / 1.03
        for hour in range(days * 24):
            start = from_ms + hour * 3_600_000
            count = int(per_day * _HOURS[beijing_hour(start)] / each + random.random())
            yield from sorted(start + int(random.random() * 3_600_000) for _ in range(count))

    def payment(self, at_ms: int) -> Made:
        """One payment."""
        random, ids = self._random, self._ids
        self._number += 1
        number = self._number
        order = random.choices(range(len(_PLANS)), _PLAN_WEIGHTS)[0]
        drawn = random.random()
        first = 0 if drawn < 0.7 else 1 if drawn < 0.9 else 2 if drawn < 0.95 else 3
        places = [first, *(n for n in range(5) if n != first)]
        amount_fen = min(max(100, int(exp(random.gauss(9.2, 1.1)))), 5_000_000)
        payment_id, decision_id = ids.new("pay_", at_ms), ids.new("dec_", at_ms)
        attempts: list[Attempt] = []
        now_ms = at_ms + 2
        for place in places:
            line = LINES[_PLANS[order][place]]
            attempt = self._attempt(payment_id, decision_id, line, len(attempts) + 1, amount_fen, now_ms, number)
            attempts.append(attempt)
            if attempt.exposed_at_ms is not None:
                break
            now_ms = attempt.answered_at_ms or now_ms
        winner = attempts[-1] if attempts[-1].state is AttemptState.SUCCEEDED else None
        if len(attempts) > 1 and winner is not None and random.random() < 0.02:
            # The first one was paid after all: money that comes twice.
            late = (winner.finished_at_ms or 0) + 20_000
            attempts[0] = msgspec.structs.replace(
                attempts[0], state=AttemptState.SUCCEEDED, outcome=_PAID, surplus=True, finished_at_ms=late,
                transaction_id=f"42{number:018d}9", refunded_fen=amount_fen,
            )  # fmt: skip
        payment = self._payment(payment_id, at_ms, number, amount_fen, winner, attempts)
        refunds = list(self._refunds(payment, attempts, winner))
        if refunds and winner is not None:
            mine = sum(one.amount_fen for one in refunds if one.attempt_id == winner.attempt_id)
            attempts = [msgspec.structs.replace(a, refunded_fen=mine) if a is winner else a for a in attempts]
        file = PaymentFile(payment=payment, attempts=tuple(attempts), refunds=tuple(refunds))
        plan, facts = self._plans[order * 5 + first]
        decision = Decision(
            decision_id=decision_id, payment_id=payment_id, policy_version="default-1", at_ms=at_ms + 1,
            duration_us=120, plan=plan, facts=facts,
        )  # fmt: skip
        return Made(file, [decision], [self._event(payment)])

    def _attempt(
        self, payment_id: str, decision_id: str, line: Line, ordinal: int, amount_fen: int, now_ms: int, number: int
    ) -> Attempt:
        random = self._random
        took_ms = int(line.answer_ms * exp(random.gauss(0.0, 0.35)))
        fails = random.random() < line.fails
        silent = fails and random.random() < 0.5
        answered_ms = now_ms + (250 if silent else took_ms)
        paid = line.paid
        if line.channel_id == SICK and beijing_hour(now_ms) in NIGHT:
            paid -= NIGHTLY_LOSS
        dead = fails and ordinal < 5
        pays = not dead and random.random() < paid
        state = AttemptState.FAILED if dead else AttemptState.SUCCEEDED if pays else AttemptState.CLOSED
        left = _POOR if random.random() < 0.15 else _DEAD
        outcome = (_SILENT if silent else _BUSY) if dead else _PAID if pays else left
        finished_ms = answered_ms if dead else answered_ms + int(14_000 * exp(random.gauss(0.0, 0.8)))
        order_no = f"{number:016d}{ordinal}"
        return Attempt(
            attempt_id=self._ids.new("att_", now_ms),
            payment_id=payment_id,
            ordinal=ordinal,
            channel_id=line.channel_id,
            channel_version=1,
            product=line.product,
            method=line.method,
            channel_order_no=order_no,
            amount_fen=amount_fen,
            state=state,
            credential=None if dead else _code(order_no, now_ms + 900_000),
            outcome=outcome,
            transaction_id=f"42{number:018d}" if pays else None,
            created_at_ms=now_ms,
            started_at_ms=now_ms,
            answered_at_ms=answered_ms,
            exposed_at_ms=None if dead else answered_ms + 2,
            finished_at_ms=finished_ms if dead or pays else now_ms + 900_000,
            deadline_ms=now_ms + 900_000,
            decision_id=decision_id,
        )

    def _payment(
        self,
        payment_id: str,
        at_ms: int,
        number: int,
        amount_fen: int,
        winner: Attempt | None,
        attempts: Sequence[Attempt],
    ) -> Payment:
        random = self._random
        left = CloseReason.CANCELLED if random.random() < 0.1 else CloseReason.EXPIRED
        ended_ms = attempts[-1].finished_at_ms or at_ms
        return Payment(
            payment_id=payment_id,
            merchant_id=MERCHANT,
            shop_id=SHOPS[0 if number % 10 < 7 else 1 if number % 10 < 9 else 2],
            out_trade_no=f"A{number:012d}",
            amount_fen=amount_fen,
            subject="爆款 × 1",
            state=PaymentState.CLOSED if winner is None else PaymentState.SUCCEEDED,
            version=5,
            environment=Environment.DESKTOP,
            customer=self._customers[random.randrange(50_000)],
            created_at_ms=at_ms,
            expires_at_ms=at_ms + 900_000,
            succeeded_at_ms=None if winner is None else ended_ms,
            closed_at_ms=ended_ms if winner is None else None,
            close_reason=left if winner is None else None,
            winner_attempt_id=None if winner is None else winner.attempt_id,
            checkout_token=f"t{number:020x}",
            input_hash="0" * 16,
            event_sequence=1,
        )

    def _refunds(self, payment: Payment, attempts: Sequence[Attempt], winner: Attempt | None) -> Iterator[Refund]:
        random = self._random
        for attempt in attempts:
            arrived_ms = attempt.finished_at_ms or 0
            if attempt.surplus:
                yield self._refund(payment, attempt, RefundKind.SURPLUS, arrived_ms + 50, 2_000)
            elif attempt is winner and random.random() < 0.02:
                yield self._refund(payment, attempt, RefundKind.MERCHANT, arrived_ms + random.randrange(DAY_MS), 30_000)

    def _refund(self, payment: Payment, attempt: Attempt, kind: RefundKind, at_ms: int, typical_ms: int) -> Refund:
        ours = kind is RefundKind.MERCHANT
        return Refund(
            refund_id=self._ids.new("ref_", at_ms),
            payment_id=payment.payment_id,
            attempt_id=attempt.attempt_id,
            shop_id=payment.shop_id,
            kind=kind,
            out_refund_no=f"R{attempt.channel_order_no}",
            shop_refund_no=f"S{attempt.channel_order_no}" if ours else None,
            amount_fen=payment.amount_fen,
            reason="七天无理由" if ours else "重复支付",
            state=RefundState.SUCCEEDED,
            channel_refund_id=f"cr{attempt.channel_order_no}",
            outcome=_PAID,
            created_at_ms=at_ms,
            finished_at_ms=at_ms + int(typical_ms * exp(self._random.gauss(0.0, 1.0))),
        )

    def _event(self, payment: Payment) -> Event:
        paid = payment.succeeded_at_ms is not None
        at_ms = payment.succeeded_at_ms or payment.closed_at_ms or payment.created_at_ms
        body = {"type": "payment.succeeded" if paid else "payment.closed", "data": {"payment_id": payment.payment_id}}
        return Event(
            event_id=self._ids.new("evt_", at_ms),
            shop_id=payment.shop_id,
            payment_id=payment.payment_id,
            type=EventType.PAYMENT_SUCCEEDED if paid else EventType.PAYMENT_CLOSED,
            sequence=1,
            body=msgspec.json.encode(body),
            url="https://shop.example/events",
            state=DeliveryState.DELIVERED,
            created_at_ms=at_ms,
            tries=1,
            delivered_at_ms=at_ms + 80,
        )


def _code(order_no: str, expires_at_ms: int) -> Credential:
    content = f"weixin://wxpay/bizpayurl?pr={order_no[-9:]}"
    return Credential(kind=CredentialKind.QR, content=content, expires_at_ms=expires_at_ms)


def _plan(order: Sequence[int], first: int) -> tuple[msgspec.Raw, msgspec.Raw]:
    """A recorded plan and the facts it was made from, as the router writes them."""
    ranked = [first, *(place for place in range(5) if place != first)]
    candidates = [
        {
            "channel_id": LINES[order[place]].channel_id,
            "product": LINES[order[place]].product.value,
            "method": LINES[order[place]].method.value,
            "upstream": LINES[order[place]].upstream,
            "score": 1_000.0 - place,
            "estimate": LINES[order[place]].paid,
            "propensity": _CHANCES[place],
            "soft_limit_ms": 250,
        }
        for place in ranked
    ]
    share = ("best", "warm", "explore", "explore", "best")[first]
    plan = {"policy_version": "default-1", "salt": f"d#{share}", "candidates": candidates, "excluded": []}
    facts = {
        "payment_id": "p", "merchant_id": MERCHANT, "shop_id": SHOPS[0], "amount_fen": 1, "environment": "desktop",
        "customer": {"device": "android"},
    }  # fmt: skip
    return msgspec.Raw(msgspec.json.encode(plan)), msgspec.Raw(msgspec.json.encode(facts))
