"""What a line's numbers mean for one payment now: chance of success with its uncertainty. Reads, changes nothing."""

from __future__ import annotations

from math import sqrt

from payswitch.routing.health import Health, Line, Priors
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import Key, SegmentRates, shifted


class Belief:
    """The chances of one payment at one channel x product."""

    __slots__ = ("completion", "creation", "estimate", "sd", "spread", "up")

    def __init__(self, creation: float, completion: float, estimate: float, spread: float, up: float) -> None:
        self.creation = creation
        """On an ordinary day, trouble left aside."""
        self.completion = completion
        self.estimate = estimate
        """Created and paid, as things stand: trouble just now included."""
        self.spread = self.sd = spread
        """Standard deviation of the chance on an ordinary day: for want of outcomes."""
        ordinary = creation * completion
        if estimate < ordinary:
            self.sd = sqrt(up * up * spread * spread + up * (1 - up) * ordinary * ordinary)
        """Standard deviation of the estimate: for want of outcomes, and for not knowing whether it is up."""
        self.up = up
        """Probability that there is no trouble just now, 0..1."""


def believe(
    line: Line,
    keys: tuple[Key, ...],
    priors: Priors,
    now_ms: int,
    scoring: Scoring,
    *,
    server_created: bool = True,
) -> Belief:
    """z = logit(channel) + sum over segments of (logit(segment) - logit(channel)), per stage; then the overlays."""
    completion, n_completion = line.completion.mean_and_weight(priors.completion, now_ms, scoring)
    if server_created:
        creation, n_creation = line.creation.mean_and_weight(priors.creation, now_ms, scoring)
    else:
        creation, n_creation = 1.0, 1.0
    if keys and server_created and line.segments.creation:
        shift = SegmentRates.shift(line.segments.creation, keys, now_ms, scoring)
        creation = shifted(creation, shift) if shift else creation
    if keys and line.segments.completion:
        shift = SegmentRates.shift(line.segments.completion, keys, now_ms, scoring)
        completion = shifted(completion, shift) if shift else completion
    overlay = line.overlay
    up, left = overlay.odds[0], 1.0
    if up < overlay.states.usually_up:
        up, _, _, left = overlay.left_at(now_ms)
    arrives, arriving_left = line.arrivals.left_at(now_ms)
    up, left = up * arrives, left * arriving_left
    if line.scopes:
        for key in keys:
            scope = line.scopes.get(key)
            if scope is not None:
                scope_up, _, _, scope_left = scope.left_at(now_ms)
                up, left = up * scope_up, left * scope_left
    ordinary = creation * completion
    of_creation = completion * completion * creation * (1 - creation) / (n_creation + 1)
    of_completion = creation * creation * completion * (1 - completion) / (n_completion + 1)
    return Belief(creation, completion, ordinary * left, sqrt(of_creation + of_completion), up)


def issuer_left(health: Health, bank: str, now_ms: int) -> float:
    """What a bank in trouble leaves of every channel's chance: the same everywhere, so no ranking hangs on it."""
    issuer = health.issuers.get(bank) if bank else None
    return 1.0 if issuer is None else issuer.left_at(now_ms)[3]
