"""What a line's numbers mean for one payment now: chance of success with its uncertainty. Reads, changes nothing."""

from __future__ import annotations

from math import exp, sqrt

import msgspec

from payswitch.routing.health import Health, Line, Priors
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import Key, shifted


class Belief(msgspec.Struct, gc=False):
    """The chances of one payment at one channel x product. No garbage collection: made by the dozen, in no cycle."""

    creation: float
    """On an ordinary day, trouble left aside."""
    completion: float
    estimate: float
    """Created and paid, as things stand: trouble just now included."""
    spread: float
    """Standard deviation of the chance on an ordinary day: for want of outcomes."""
    sd: float
    """Standard deviation of the estimate: for want of outcomes, and for not knowing whether it is up."""
    up: float
    """Probability that there is no trouble just now, 0..1."""


def believe(
    line: Line,
    keys: tuple[Key, ...],
    priors: Priors,
    now_ms: int,
    scoring: Scoring,
    server_created: bool = True,
) -> Belief:
    """z = logit(channel) + sum over segments of (logit(segment) - logit(channel)), per stage; then the overlays."""
    # `DecayedRate.mean_and_weight` written out twice: a decision asks this of every candidate
    fade_ms, prior_calls = scoring.time_constant_s * 1_000, scoring.prior_calls
    rate = line.completion
    age_ms = now_ms - rate.at_ms
    fade = exp(-age_ms / fade_ms) if age_ms > 0 else 1.0
    n_completion = rate.trials * fade + prior_calls
    prior = priors.completion * line.order_odds
    prior /= 1.0 - priors.completion + prior
    completion = (rate.good * fade + prior_calls * prior) / n_completion
    creation, n_creation = 1.0, 1.0
    if server_created:
        rate = line.creation
        age_ms = now_ms - rate.at_ms
        fade = exp(-age_ms / fade_ms) if age_ms > 0 else 1.0
        n_creation = rate.trials * fade + prior_calls
        creation = (rate.good * fade + prior_calls * priors.creation) / n_creation
    if keys:
        creation_shift, completion_shift = line.segments.shifts(keys, now_ms, scoring)
        completion = shifted(completion, completion_shift)
        if server_created:
            creation = shifted(creation, creation_shift)
    overlay = line.overlay
    up, left = overlay.odds[0], 1.0
    if up < overlay.states.usually_up:
        up, left = overlay.left_at(now_ms)
    arrives, arriving_left = line.arrivals.left_at(now_ms)
    up, left = up * arrives, left * arriving_left
    if line.scopes:
        for key in keys:
            scope = line.scopes.get(key)
            if scope is not None:
                scope_up, scope_left = scope.left_at(now_ms)
                up, left = up * scope_up, left * scope_left
    ordinary = creation * completion
    of_creation = completion * completion * creation * (1 - creation) / (n_creation + 1)
    of_completion = creation * creation * completion * (1 - completion) / (n_completion + 1)
    estimate = ordinary * left
    spread = sd = sqrt(of_creation + of_completion)
    if estimate < ordinary:
        sd = sqrt(up * up * spread * spread + up * (1 - up) * ordinary * ordinary)
    return Belief(creation, completion, estimate, spread, sd, up)


def issuer_left(health: Health, bank: str, now_ms: int) -> float:
    """What a bank in trouble leaves of every channel's chance: the same everywhere, so no ranking hangs on it."""
    issuer = health.issuers.get(bank) if bank else None
    return 1.0 if issuer is None else issuer.left_at(now_ms)[1]
