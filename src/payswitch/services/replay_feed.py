"""Recorded outcomes in the order in which they were learned, for a router that relives them."""

from __future__ import annotations

from heapq import heappop, heappush

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, PaymentFile
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.routing.planner import Router
from payswitch.routing.request import CallObservation, ExposedObservation, FinalObservation
from payswitch.routing.segments import segments_of

_ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED)
_ENDED = frozenset({AttemptState.SUCCEEDED, AttemptState.CLOSED})

Observation = CallObservation | ExposedObservation | FinalObservation


class ReplayFeed:
    """Holds what is not yet due: a few minutes of outcomes, however long the history."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Observation]] = []
        self._count = 0

    def add(self, recorded: RecordedDecision) -> None:
        """What became of one decision."""
        for attempt in recorded.attempts:
            for seen in _observations(attempt, recorded.file):
                self._count += 1
                heappush(self._due, (seen.at_ms, self._count, seen))

    def tell(self, routers: tuple[Router, ...], now_ms: int) -> None:
        """Everything that was known by then."""
        while self._due and self._due[0][0] <= now_ms:
            _, _, seen = heappop(self._due)
            for router in routers:
                _tell(router, seen)


def _tell(router: Router, seen: Observation) -> None:
    if isinstance(seen, CallObservation):
        router.observe_call(seen)
    elif isinstance(seen, ExposedObservation):
        router.observe_exposed(seen)
    else:
        router.observe_final(seen)


def _observations(attempt: Attempt, file: PaymentFile) -> list[Observation]:
    """The create call (an exposed attempt's was accepted; of another only the last answer is known), the exposure and
    the end. The card's bank is not recorded."""
    found: list[Observation] = []
    segments = segments_of(attempt.amount_fen, file.payment.customer.device)
    outcome = _ACCEPTED if attempt.exposed_at_ms is not None else attempt.outcome
    if attempt.answered_at_ms is not None and outcome is not None:
        found.append(
            CallObservation(
                at_ms=attempt.answered_at_ms,
                channel_id=attempt.channel_id,
                product=attempt.product,
                outcome=outcome,
                latency_ms=float(max(0, attempt.answered_at_ms - attempt.started_at_ms)),
                amount_fen=attempt.amount_fen,
                method=attempt.method,
                segments=segments,
            )
        )
    if attempt.exposed_at_ms is not None:
        found.append(
            ExposedObservation(
                at_ms=attempt.exposed_at_ms,
                channel_id=attempt.channel_id,
                product=attempt.product,
                segments=segments,
            )
        )
    if attempt.state in _ENDED and attempt.exposed_at_ms is not None and attempt.finished_at_ms is not None:
        paid = attempt.state is AttemptState.SUCCEEDED
        found.append(
            FinalObservation(
                at_ms=attempt.finished_at_ms,
                channel_id=attempt.channel_id,
                product=attempt.product,
                paid=paid,
                payer_side=not paid and file.payment.close_reason is CloseReason.CANCELLED,
                amount_fen=attempt.amount_fen,
                waited_ms=attempt.finished_at_ms - attempt.exposed_at_ms,
                segments=segments,
            )
        )
    return found
