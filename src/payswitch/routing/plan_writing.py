"""Writes a decision down: candidates with reasons and propensities, in the form that is recorded and explained."""

from __future__ import annotations

from payswitch.routing.facts import facts_of
from payswitch.routing.next_steps import DEBIT, PUSH
from payswitch.routing.ordering import NOT_CHOSEN, Ranked
from payswitch.routing.policy import Policy, SoftLimit
from payswitch.routing.pool import Pool
from payswitch.routing.profile import Fired, Profile
from payswitch.routing.request import Candidate, RoutePlan, RouteRequest


class Choice:
    """The order that was decided, and what there is to say about single candidates."""

    __slots__ = ("notes", "ordered", "probe", "propensities", "salt", "shadow")

    def __init__(self, ordered: list[Ranked], salt: str) -> None:
        self.ordered = ordered
        self.salt = salt
        self.propensities: dict[Ranked, float] = {ordered[0]: 1.0} if ordered else {}
        self.notes: dict[Ranked, tuple[str, ...]] = {}
        self.probe: Ranked | None = None
        self.shadow: Ranked | None = None

    def add_last_resorts(self, suspects: list[Ranked]) -> None:
        """Behind everything else, for a round in which all else fails."""
        self.ordered += suspects
        self.notes |= dict.fromkeys(suspects, ("last_resort",))


def write_plan(
    choice: Choice, pool: Pool, fired: Fired, policy: Policy, profile: Profile, request: RouteRequest
) -> RoutePlan:
    """The decision as plain data."""
    fired_bits = fired.front | fired.avoid
    notes, propensities, probe = choice.notes, choice.propensities, choice.probe
    soft_limit = policy.soft_limit
    candidates = []
    for ranked in choice.ordered:
        entry = ranked.entry
        hit = fired_bits & entry.bits
        if ranked in notes:
            reasons = entry.base_reasons + notes[ranked] + profile.reasons(hit)
        else:
            reasons = entry.reasons(hit, profile)
        if ranked.behind or ranked.behind_upstream or ranked.degraded or ranked.secondary or ranked.debt >= NOT_CHOSEN:
            reasons += _place_reasons(ranked)
        propensity = propensities.get(ranked, 0.0)
        candidates.append(_candidate(ranked, propensity, soft_limit, ranked is probe, reasons))
    return RoutePlan(
        policy_version=policy.version,
        salt=choice.salt,
        candidates=tuple(candidates),
        excluded=tuple(pool.excluded),
        rules_fired=fired.names,
        facts=facts_of(request, profile.asks_for) if profile.asks_for else {},
        shadow=None if choice.shadow is None else _shadow(choice.shadow, soft_limit),
    )


def _shadow(ranked: Ranked, soft_limit: SoftLimit) -> Candidate:
    """Beside the order: never first, never shown."""
    return _candidate(ranked, 0.0, soft_limit, True, (*ranked.entry.base_reasons, "shadow"))


def _candidate(
    ranked: Ranked, propensity: float, soft_limit: SoftLimit, probe: bool, reasons: tuple[str, ...]
) -> Candidate:
    entry = ranked.entry
    return Candidate(
        channel_id=entry.channel_id,
        product=entry.product,
        method=entry.method,
        upstream=entry.upstream,
        score=ranked.score,
        estimate=ranked.estimate,
        sd=ranked.belief.sd,
        propensity=propensity,
        soft_limit_ms=entry.line.latency.soft_limit_ms(soft_limit),
        steps=PUSH if entry.push else DEBIT,
        probe=probe,
        reasons=reasons,
    )


def _place_reasons(ranked: Ranked) -> tuple[str, ...]:
    """Why it stands lower than it might."""
    reasons: tuple[str, ...] = ()
    if ranked.debt & NOT_CHOSEN:
        reasons += ("not_chosen",)
    if ranked.behind == 1:
        reasons += ("on_request",)
    if ranked.same_upstream:
        reasons += ("same_upstream",)
    if ranked.sibling_sick:
        reasons += ("sibling_sick",)
    if ranked.suspect:
        reasons += ("suspect",)
    if ranked.degraded:
        reasons += ("slow_answers" if ranked.entry.line.breaker.slow else "degraded",)
    if ranked.secondary:
        reasons += ("other_product",)
    return reasons
