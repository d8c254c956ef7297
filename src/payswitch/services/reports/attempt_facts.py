"""From a payment with its attempts, refunds and recorded decisions to the flat rows that the analysis reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from payswitch.domain.attempt_fact import AttemptFact
from payswitch.domain.ledger import expected_fee_fen
from payswitch.domain.losses import cause_of
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    Decision,
    PaymentFile,
    PaymentState,
    Refund,
    RefundKind,
    RefundState,
)
from payswitch.kit.clock import beijing_hour
from payswitch.kit.durations import HOUR_MS
from payswitch.routing.segments import Segments, segments_of

SEPARATOR: Final = "|"
"""Between channel and product in a choice; no identifier has it."""


class _Candidate(msgspec.Struct, gc=False):
    """As much of a recorded candidate as is counted."""

    channel_id: str
    product: str
    score: float
    propensity: float


class _Plan(msgspec.Struct, frozen=True):
    candidates: list[_Candidate]


class _Customer(msgspec.Struct, frozen=True):
    device: str | None = None


class _Facts(msgspec.Struct, frozen=True):
    environment: str = ""
    bank: str = ""
    customer: _Customer = _Customer()


_plans: Final = msgspec.json.Decoder(_Plan)
_facts: Final = msgspec.json.Decoder(_Facts)
_NO_PLAN: Final = _Plan([])
_NO_FACTS: Final = _Facts()
_OPEN_REFUNDS: Final = frozenset(
    {RefundState.CREATED, RefundState.SUBMITTED, RefundState.PROCESSING, RefundState.ABNORMAL}
)


def is_settled(file: PaymentFile) -> bool:
    """Nothing of it is expected to change any more; if it does all the same (a refund, late money), storage tells."""
    ended = file.payment.state in (PaymentState.SUCCEEDED, PaymentState.CLOSED)
    return ended and not any(refund.state in _OPEN_REFUNDS for refund in file.refunds)


def facts_of_payment(file: PaymentFile, decisions: Sequence[Decision], fees_bp: Mapping[str, int]) -> list[AttemptFact]:
    """One row per attempt, or a single one without a channel. `decisions`: of this payment, oldest first; `fees_bp`:
    what each channel takes by its contract. A shadow probe has a row only if, against all odds, money came for it."""
    view = _View(file, decisions, fees_bp)
    paid_shadows = [a for a in file.attempts if a.shadow and a.state is AttemptState.SUCCEEDED]
    if not file.for_customer:
        return [view.bare()]
    return [view.row(attempt, number == 0) for number, attempt in enumerate((*file.for_customer, *paid_shadows))]


class _View:
    """One payment, and what its rows have in common."""

    def __init__(self, file: PaymentFile, decisions: Sequence[Decision], fees_bp: Mapping[str, int]) -> None:
        self._file, self._fees_bp = file, fees_bp
        self._first = decisions[0] if decisions else None
        self._plans = {decision.decision_id: (decision, _plan_of(decision)) for decision in decisions}
        self._switched = _switches(file.for_customer)
        self._facts = _NO_FACTS if self._first is None else _facts_of(self._first)
        payment = file.payment
        device = self._facts.customer.device or payment.customer.device
        self._segments: Segments = segments_of(payment.amount_fen, device, self._facts.bank)
        self._cause = cause_of(file)
        self._paid = payment.state is PaymentState.SUCCEEDED

    def bare(self) -> AttemptFact:
        return self._row(None, first=True, plan=_NO_PLAN, decision=self._first, first_choice=False)

    def row(self, attempt: Attempt, first: bool) -> AttemptFact:
        decision, plan = self._plans.get(attempt.decision_id, (None, _NO_PLAN))
        chosen = plan.candidates[0] if plan.candidates else None
        first_choice = (
            first
            and decision is not None
            and decision is self._first
            and chosen is not None
            and (chosen.channel_id, chosen.product) == (attempt.channel_id, attempt.product.value)
        )
        return self._row(attempt, first=first, plan=plan, decision=decision, first_choice=first_choice)

    def _row(
        self, attempt: Attempt | None, *, first: bool, plan: _Plan, decision: Decision | None, first_choice: bool
    ) -> AttemptFact:
        payment = self._file.payment
        created_ms = payment.created_at_ms
        rank, propensity = _place(plan, attempt)
        by_score = sorted(plan.candidates, key=lambda one: -one.score) if first_choice else []
        returned = [] if attempt is None else _returned(self._file.refunds, attempt)
        mine = [one for one in returned if one.kind is RefundKind.MERCHANT]
        back = [one for one in returned if one.kind is RefundKind.SURPLUS]
        outcome = None if attempt is None else attempt.outcome
        exposed_ms = None if attempt is None else attempt.exposed_at_ms
        arrived_ms = attempt.finished_at_ms if attempt and attempt.state is AttemptState.SUCCEEDED else None
        return AttemptFact(
            payment_id=payment.payment_id,
            merchant_id=payment.merchant_id,
            shop_id=payment.shop_id,
            attempt_id="" if attempt is None else attempt.attempt_id,
            first=first,
            created_at_ms=created_ms,
            hour_no=created_ms // HOUR_MS,
            hour=beijing_hour(created_ms),
            channel_id="" if attempt is None else attempt.channel_id,
            product="" if attempt is None else attempt.product.value,
            method="" if attempt is None else attempt.method.value,
            environment=self._facts.environment or (payment.environment or ""),
            device=self._segments.device,
            bank=self._segments.bank,
            band=self._segments.amount,
            amount_fen=payment.amount_fen,
            payment_state=payment.state.value,
            paid=self._paid,
            cause="" if self._cause is None else self._cause.value,
            state="" if attempt is None else attempt.state.value,
            outcome="" if outcome is None else outcome.kind.value,
            code="" if outcome is None else outcome.code,
            answer_ms=None if attempt is None else _since(attempt.answered_at_ms, attempt.started_at_ms),
            show_ms=_since(exposed_ms, created_ms),
            pay_ms=_since(arrived_ms, exposed_ms),
            exposed=exposed_ms is not None,
            won=arrived_ms is not None and attempt is not None and not attempt.surplus,
            surplus=attempt is not None and attempt.surplus,
            hedge=attempt is not None and attempt.hedge_of is not None,
            switched_from="" if attempt is None else self._switched.get(attempt.attempt_id, ""),
            saved=first and self._paid and bool(self._switched),
            fee_fen=0 if attempt is None or arrived_ms is None else self._fee_fen(attempt),
            payment_fee_fen=self._winners_fee_fen() if first else 0,
            refunds=len(mine),
            refunded_fen=sum(one.amount_fen for one in mine),
            refund_ms=max((one.finished_at_ms or 0) - one.created_at_ms for one in mine) if mine else None,
            surplus_refund_ms=_since(max((one.finished_at_ms or 0) for one in back) if back else None, arrived_ms),
            decision_id="" if decision is None else decision.decision_id,
            policy_version="" if decision is None else decision.policy_version,
            first_choice=first_choice,
            rank=rank,
            propensity=propensity,
            choices=[f"{one.channel_id}{SEPARATOR}{one.product}" for one in by_score],
            chances=[one.propensity for one in by_score],
        )

    def _winners_fee_fen(self) -> int:
        winner_id = self._file.payment.winner_attempt_id
        return 0 if winner_id is None else self._fee_fen(self._file.attempt(winner_id))

    def _fee_fen(self, attempt: Attempt) -> int:
        return expected_fee_fen(attempt.amount_fen, self._fees_bp.get(attempt.channel_id, 0))


def _switches(attempts: Sequence[Attempt]) -> dict[str, str]:
    """Attempts that were shown (or debited) after another one of the same round, and that one's channel: as the live
    board counts switches."""
    begun: dict[str, Attempt] = {}
    found: dict[str, str] = {}
    for attempt in attempts:
        first = begun.setdefault(attempt.decision_id, attempt)
        if first is not attempt and (attempt.exposed_at_ms is not None or attempt.debit_at_ms is not None):
            found[attempt.attempt_id] = first.channel_id
    return found


def _returned(refunds: Sequence[Refund], attempt: Attempt) -> list[Refund]:
    return [one for one in refunds if one.attempt_id == attempt.attempt_id and one.state is RefundState.SUCCEEDED]


def _place(plan: _Plan, attempt: Attempt | None) -> tuple[int, float]:
    if attempt is not None:
        for number, one in enumerate(plan.candidates, 1):
            if one.channel_id == attempt.channel_id and one.product == attempt.product.value:
                return number, one.propensity
    return 0, 0.0


def _since(at_ms: int | None, begun_ms: int | None) -> int | None:
    return None if at_ms is None or begun_ms is None else max(0, at_ms - begun_ms)


def _plan_of(decision: Decision) -> _Plan:
    """Words of another version: as if nothing was recorded."""
    try:
        return _plans.decode(decision.plan)
    except msgspec.ValidationError:
        return _NO_PLAN


def _facts_of(decision: Decision) -> _Facts:
    if decision.facts is None:
        return _NO_FACTS
    try:
        return _facts.decode(decision.facts)
    except msgspec.ValidationError:
        return _NO_FACTS
