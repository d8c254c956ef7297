"""试一笔: what a policy would do with a payment that nobody makes. Sees the same health, lends and draws nothing."""

from __future__ import annotations

from payswitch.routing.ordering import Asked, Ranked
from payswitch.routing.plan_writing import Choice
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.pool import Pool
from payswitch.routing.request import ChannelBook, RoutePlan, RouteRequest
from payswitch.routing.split import SEPARATOR, Share
from payswitch.routing.suspects import Suspects


class _Rehearsal(Router):
    """Plans like the router whose health it looks at, and takes nothing from it: no probe, no share of the split."""

    def _suspects(self, asked: Asked, pool: Pool, ordered: list[Ranked]) -> Suspects | None:
        return None

    def _lend(self, choice: Choice, suspect: Ranked, now_ms: int) -> None:
        """In an emergency the real payment would be a probe; this one only says so."""
        choice.probe = suspect
        choice.notes[suspect] = (*choice.notes.get(suspect, ()), "probe")


def rehearse(router: Router, policy: Policy, request: RouteRequest, book: ChannelBook, *, now_ms: int) -> RoutePlan:
    """The plan of a payment that falls to the best share; the propensities say how often each would be first."""
    stage = _Rehearsal(policy)
    router.share_with(stage)
    return stage.plan(request, book, now_ms=now_ms, salt=f"rehearsal{SEPARATOR}{Share.BEST.value}")
