"""What a line's numbers mean for one payment now: chance of success with its uncertainty. Reads, changes nothing."""

from __future__ import annotations

from math import sqrt

import msgspec

from payswitch.routing.health import Health, Line, Priors
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import Key, chance_within


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
    segments = line.segments
    completion, n_completion = chance_within(
        line.completion, segments.completion, keys, priors.completion, now_ms, scoring
    )
    creation, n_creation = 1.0, 1.0
    if server_created:
        creation, n_creation = chance_within(line.creation, segments.creation, keys, priors.creation, now_ms, scoring)
    overlay = line.overlay
    up, left = overlay.odds[0], 1.0
    if up < overlay.states.usually_up:
        up, _, _, left = overlay.left_at(now_ms)
    if line.scopes:
        for key in keys:
            scope = line.scopes.get(key)
            if scope is not None:
                scope_up, _, _, scope_left = scope.left_at(now_ms)
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
    return 1.0 if issuer is None else issuer.left_at(now_ms)[3]
