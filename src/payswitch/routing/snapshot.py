"""The state of every channel x product for the live page: plain data, made when somebody looks."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from payswitch.domain.channel import Product
from payswitch.routing.belief import Belief, Reading
from payswitch.routing.breaker import Breaker
from payswitch.routing.health import Health, Line
from payswitch.routing.overlay import SUSPECT
from payswitch.routing.policy import Policy
from payswitch.routing.scoring import sick_estimate


class ChannelHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One channel x product at one moment."""

    channel_id: str
    product: Product
    state: str
    """`healthy`, `degraded`, `open` or `probing`."""
    since_ms: int
    """When this state began; 0: always."""
    reason: str
    """Reason code of the last breaker move, empty when there was none."""
    estimate: float
    """Chance of success, 0..1: created and paid; small behind an open breaker. By its outcomes alone: what its place in
    the operator's order adds, while they are few, is a matter of the policy that decides."""
    sd: float
    """Standard deviation of the estimate."""
    up: float
    """Probability that it is not in trouble just now, 0..1."""
    trouble: str
    """The likeliest trouble where that is likelier than not: `degraded`, `technical`, `soft_dead`, `black_hole`; else
    empty."""
    sick_segments: tuple[str, ...]
    """Parts of it that are probably in trouble of their own, e.g. `bank:ICBC`."""
    creation: float
    completion: float
    """Both on an ordinary day: what trouble explains is not in them."""
    conversion: float
    """Of the exposures that ended, so many are paid, the customers' own reasons included."""
    remembered: float
    """How many create calls the creation estimate still rests on."""
    paid: float
    """Of the exposures that ended, so many were paid, as far as the completion estimate remembers them."""
    ended: float
    payer_side: int
    """Ends since the start that were the customer's own; in `conversion` only."""
    calls: int
    """In the triggers' window (60 s), as its merchant's policy has it."""
    failures: int
    p50_ms: float | None
    p95_ms: float | None
    soft_limit_ms: int
    traffic_share: float
    """Of all calls in the window, 0..1."""
    next_probe_at_ms: int | None
    """When the next probe may go; None while it needs none."""


def take_snapshot(health: Health, policy_of: Callable[[str], Policy], now_ms: int) -> list[ChannelHealth]:
    """Every line that was ever laid out or observed, in order of channel and product. `policy_of`: by which policy a
    channel is judged."""
    lines = [(line, policy_of(line.channel_id)) for line in health.lines()]
    counts = [line.breaker.window.counts(now_ms, policy.triggers.window_s * 1_000) for line, policy in lines]
    # windows may be of different lengths: shares are of calls per second
    per_s = [calls / policy.triggers.window_s for (calls, _), (_, policy) in zip(counts, lines, strict=True)]
    total = sum(per_s)
    return [
        _one(line, policy, health, now_ms, *found, part / total if total else 0.0)
        for (line, policy), found, part in zip(lines, counts, per_s, strict=True)
    ]


def _one(
    line: Line, policy: Policy, health: Health, now_ms: int, calls: int, failures: int, share: float
) -> ChannelHealth:
    breaker, scoring = line.breaker, policy.scoring
    priors, horizon = health.priors(now_ms, scoring), health.horizons.at(now_ms, scoring)
    belief = Reading((), priors, horizon, now_ms, scoring).believe(line, True, 1.0, scoring.prior_calls)
    paid, ended = line.completion.counts(now_ms, scoring)
    return ChannelHealth(
        channel_id=line.channel_id,
        product=line.product,
        state=breaker.state.value,
        since_ms=breaker.since_ms,
        reason=breaker.reason,
        estimate=_estimate(breaker, belief),
        sd=belief.sd,
        up=belief.up,
        trouble=_trouble(line, belief.up),
        sick_segments=tuple(key for key, scope in line.scopes.items() if scope.up_at(now_ms) < SUSPECT),
        creation=belief.creation,
        completion=belief.completion,
        conversion=line.conversion.mean(priors.completion, now_ms, scoring),
        remembered=line.creation.weight(now_ms, scoring),
        paid=paid,
        ended=ended,
        payer_side=line.payer_side,
        calls=calls,
        failures=failures,
        p50_ms=line.latency.percentile(0.50),
        p95_ms=line.latency.percentile(0.95),
        soft_limit_ms=line.latency.soft_limit_ms(policy.soft_limit),
        traffic_share=share,
        next_probe_at_ms=max(breaker.next_probe_ms, breaker.reserved_until_ms) if breaker.cut_off else None,
    )


def _estimate(breaker: Breaker, belief: Belief) -> float:
    return sick_estimate(belief.creation * belief.completion, breaker.openings) if breaker.cut_off else belief.estimate


def _trouble(line: Line, up: float) -> str:
    """At the call or after it, whichever is likelier."""
    if up >= SUSPECT:
        return ""
    overlay, arrivals = line.overlay, line.arrivals
    if arrivals.odds[0] < overlay.odds[0]:
        return arrivals.trouble
    worst = max(range(1, len(overlay.odds)), key=lambda n: overlay.odds[n])
    return overlay.states.names[worst]
