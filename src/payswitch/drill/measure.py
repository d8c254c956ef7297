"""From journeys and books to the numbers of the report. The JSON keys are a promise to scripts: see the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from payswitch.domain.channel import Method
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.drill.books import Difference, events_lost, refunded_fen
from payswitch.drill.journey import Request, Step, Visit
from payswitch.drill.statistics import percentiles, rate
from payswitch.drill.views import AttemptView, PaymentView


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run in numbers. Shares are 0..1; a percentile is null when there was nothing to measure."""

    payments: int
    """Orders that the shop placed: one per shopper."""
    payable: int
    """Orders whose shopper had money in a wallet that the run's channels take, and did not leave by themselves."""
    paid: int
    success_rate: float
    payable_success_rate: float
    attempts_per_payment: float
    switches: int
    switch_ms: dict[str, float | None]
    """From the failed answer, the soft deadline or the customer's request to the new credential's exposure."""
    credential_ms: dict[str, float | None]
    """From sending `POST /v1/payments` to having read the answer with the first credential, at the shop."""
    decision_us: dict[str, float | None]
    hedges: int
    """Attempts begun beside a silent one."""
    hedge_share: float
    """Of the attempts that were begun without one."""
    surplus: int
    surplus_unrefunded: int
    surplus_refund_s: dict[str, float | None]
    """From knowing of the surplus to its money having gone back."""
    events_lost: int
    nonterminal: int
    books_equal: bool


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """What `payswitch drill --json` writes: exactly these keys."""

    scenario: str
    seed: int
    single: RunResult
    switching: RunResult
    promises_broken: tuple[str, ...] = ()
    """What the scenario promises of the run with switching, and was not kept."""

    @property
    def sound(self) -> bool:
        """Nothing was lost and the books agree, in both runs, and the scenario's promises were kept: exit status 0."""
        return not self.promises_broken and all(run_is_sound(run) for run in (self.single, self.switching))


def run_is_sound(run: RunResult) -> bool:
    """No event lost, no payment without an end, no surplus kept, books equal."""
    return run.books_equal and not (run.events_lost or run.nonterminal or run.surplus_unrefunded)


def measure(
    visits: Sequence[Visit],
    payments: Sequence[PaymentView],
    differences: Sequence[Difference],
    offered: frozenset[Method],
) -> RunResult:
    """All numbers of one run. `offered`: the methods that the run's channels can take."""
    by_id = {payment.payment_id: payment for payment in payments}
    paid_ids = {payment.payment_id for payment in payments if payment.state is PaymentState.SUCCEEDED}
    payable = [visit for visit in visits if visit.shopper.can_pay(offered)]
    payable_paid = sum(visit.payment_id in paid_ids for visit in payable)
    switch_ms = [ms for visit in visits for ms in switch_times_ms(visit, by_id)]
    surplus = [(p, a) for p in payments for a in p.attempts if a.surplus and a.state is AttemptState.SUCCEEDED]
    attempts = sum(len(payment.for_customer) for payment in payments)
    hedges = sum(attempt.hedge_of is not None for payment in payments for attempt in payment.for_customer)
    return RunResult(
        payments=len(visits),
        payable=len(payable),
        paid=len(paid_ids),
        success_rate=rate(len(paid_ids), len(visits)),
        payable_success_rate=rate(payable_paid, len(payable)),
        attempts_per_payment=round(attempts / len(visits), 3) if visits else 0.0,
        switches=len(switch_ms),
        switch_ms=percentiles(switch_ms, (50, 95, 99)),
        credential_ms=percentiles([ms for visit in visits for ms in _first_code_ms(visit)], (50, 95, 99)),
        decision_us=percentiles([d.duration_us for p in payments for d in p.decisions], (50, 99)),
        hedges=hedges,
        hedge_share=rate(hedges, attempts - hedges),
        surplus=len(surplus),
        surplus_unrefunded=sum(refunded_fen(a, p.refunds) < a.amount_fen for p, a in surplus),
        surplus_refund_s=percentiles([s for p, a in surplus for s in _refund_s(p, a)], (50, 100), digits=2),
        events_lost=events_lost(differences),
        nonterminal=sum(not payment.terminal for payment in payments),
        books_equal=not differences,
    )


def _refund_s(payment: PaymentView, attempt: AttemptView) -> Iterator[float]:
    for refund in payment.refunds:
        if refund.attempt_id == attempt.attempt_id and refund.finished_at is not None and attempt.finished_at_ms:
            yield refund.finished_at.timestamp() - attempt.finished_at_ms / 1_000


def _first_code_ms(visit: Visit) -> Iterator[float]:
    for request in visit.requests:
        if request.step is Step.CREATE and request.got_code:
            yield request.took_ms
            return


def switch_times_ms(visit: Visit, payments: Mapping[str, PaymentView]) -> Iterator[float]:
    """One number per completed switch of one payment.

    A round is one press of a button. A switch by itself: the round exposed a credential after at least one attempt
    of it had failed or stayed silent; it is measured from that first failure (`started_at_ms` of the attempt after
    it) to `exposed_at_ms`, over the whole chain. A switch that the customer asked for is measured from the request.
    """
    payment = payments.get(visit.payment_id or "")
    if payment is None:
        return
    for request, attempts in rounds(visit.requests, payment.for_customer):
        exposed = next((a for a in attempts if a.exposed_at_ms is not None), None)
        if exposed is None or exposed.exposed_at_ms is None:
            continue
        if request.step is Step.SWITCH:
            yield float(exposed.exposed_at_ms - request.started_at_ms)
        elif attempts[0] is not exposed:
            yield float(exposed.exposed_at_ms - attempts[1].started_at_ms)


def rounds(requests: Sequence[Request], attempts: Sequence[AttemptView]) -> Iterator[tuple[Request, list[AttemptView]]]:
    """Each press of a button with the attempts made during it: those created after it and before the next one.

    Shop and service read the same machine's clock here, so their times compare.
    """
    ordered = sorted(attempts, key=lambda attempt: attempt.ordinal)
    for number, request in enumerate(requests):
        end = requests[number + 1].started_at_ms if number + 1 < len(requests) else None
        mine = [
            attempt
            for attempt in ordered
            if attempt.created_at_ms >= request.started_at_ms and (end is None or attempt.created_at_ms < end)
        ]
        if mine:
            yield request, mine
