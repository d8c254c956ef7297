"""Recorded outcomes in the order in which they were learned, for a router that relives them."""

from __future__ import annotations

from heapq import heappop, heappush

from payswitch.domain.payment import Attempt, CloseReason, Payment
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.routing.planner import Router
from payswitch.routing.segments import segments_of
from payswitch.services.decisions.recalling import Observation, observations_of, tell


class ReplayFeed:
    """Holds what is not yet due: a few minutes of outcomes, however long the history."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Observation]] = []
        self._count = 0

    def add(self, recorded: RecordedDecision) -> None:
        """What became of one decision."""
        for attempt in recorded.attempts:
            for seen in _observations(attempt, recorded.file.payment):
                self._count += 1
                heappush(self._due, (seen.at_ms, self._count, seen))

    def tell(self, routers: tuple[Router, ...], now_ms: int) -> None:
        """Everything that was known by then."""
        while self._due and self._due[0][0] <= now_ms:
            _, _, seen = heappop(self._due)
            for router in routers:
                tell(router, seen)


def _observations(attempt: Attempt, payment: Payment) -> list[Observation]:
    """The bank of a card is not recorded."""
    segments = segments_of(attempt.amount_fen, payment.customer.device)
    return observations_of(attempt, segments, cancelled=payment.close_reason is CloseReason.CANCELLED)
