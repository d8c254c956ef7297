"""What a line's numbers mean for one payment now: chance of success with its uncertainty. Reads, changes nothing."""

from __future__ import annotations

from math import exp, sqrt

from payswitch.routing.health import Health, Line, Priors
from payswitch.routing.horizon import Horizon
from payswitch.routing.policy import Scoring
from payswitch.routing.segments import Key


class Belief:
    """The chances of one payment at one channel x product."""

    __slots__ = ("completion", "creation", "estimate", "sd", "spread", "up")

    def __init__(
        self, creation: float, completion: float, estimate: float, spread: float, sd: float, up: float
    ) -> None:
        self.creation = creation
        """On an ordinary day, trouble left aside."""
        self.completion = completion
        self.estimate = estimate
        """Created and paid, as things stand: trouble just now included."""
        self.spread = spread
        """Standard deviation of the chance on an ordinary day: for want of outcomes."""
        self.sd = sd
        """Standard deviation of the estimate: for want of outcomes, and for not knowing whether it is up."""
        self.up = up
        """Probability that there is no trouble just now, 0..1."""


class Reading:
    """How one payment reads any line. A decision asks it of every candidate, so what is the same for all of them is
    worked out once."""

    __slots__ = (
        "back", "horizon", "keys", "now_ms", "prior_calls", "prior_completion", "prior_created", "segments_back",
    )  # fmt: skip

    def __init__(self, keys: tuple[Key, ...], priors: Priors, horizon: Horizon, now_ms: int, scoring: Scoring) -> None:
        self.keys = keys
        self.horizon = horizon
        self.now_ms = now_ms
        self.prior_calls = scoring.prior_calls
        self.prior_created = scoring.prior_calls * priors.creation
        self.prior_completion = priors.completion
        self.back, self.segments_back = horizon.taken_back(now_ms)

    def believe(self, line: Line, server_created: bool, order_odds: float, prior_weight: float) -> Belief:
        """z = logit(channel) + sum over segments of (logit(segment) - logit(channel)), per stage; then the overlays.

        Told whether the server makes the create call there, and what the line's place in the operator's order says: a
        factor on the odds of the completion prior (1: nothing), and how many outcomes that prior weighs."""
        horizon, back, prior_calls = self.horizon, self.back, self.prior_calls
        creation_shift = completion_shift = 0.0
        met = line.segments.met
        for key in self.keys:  # `SegmentRates.creation_shift` written out, for both stages
            segment = met.get(key)
            if segment is not None:
                if segment.horizon is not horizon:
                    segment.fade_to(horizon)
                creation_shift += segment.creation_there
                completion_shift += segment.completion_there
        rate = line.completion
        if rate.horizon is not horizon:
            rate.fade_to(horizon)
        prior = self.prior_completion * order_odds
        good = rate.good_there * back + prior_weight * prior / (1.0 - self.prior_completion + prior)
        n_completion = rate.trials_there * back + prior_weight
        # `shifted` written out twice: a shift on the scale of log odds multiplies the odds
        better = good * exp(completion_shift * self.segments_back) if completion_shift else good
        completion = better / (n_completion - good + better)
        creation, n_creation = 1.0, 1.0
        if server_created:
            rate = line.creation
            if rate.horizon is not horizon:
                rate.fade_to(horizon)
            good = rate.good_there * back + self.prior_created
            n_creation = rate.trials_there * back + prior_calls
            better = good * exp(creation_shift * self.segments_back) if creation_shift else good
            creation = better / (n_creation - good + better)
        ordinary = creation * completion
        of_creation = completion * (1.0 - creation) / (n_creation + 1.0)
        of_completion = creation * (1.0 - completion) / (n_completion + 1.0)
        spread = sqrt(ordinary * (of_creation + of_completion))
        overlay, scopes = line.overlay, line.scopes
        if overlay.calm and line.arrivals.calm and (not scopes or scopes.keys().isdisjoint(self.keys)):
            return Belief(creation, completion, ordinary, spread, spread, overlay.up)
        up, left = _left_of(line, self.keys, self.now_ms)
        estimate, sd = ordinary * left, spread
        if estimate < ordinary:
            sd = sqrt(up * up * spread * spread + up * (1 - up) * ordinary * ordinary)
        return Belief(creation, completion, estimate, spread, sd, up)


def _left_of(line: Line, keys: tuple[Key, ...], now_ms: int) -> tuple[float, float]:
    """(probability that there is no trouble, what all troubles leave of the chance) of a line that may be in some."""
    up, left = line.overlay.left_at(now_ms)
    arrives, arriving_left = line.arrivals.left_at(now_ms)
    up, left = up * arrives, left * arriving_left
    for key in keys:
        scope = line.scopes.get(key)
        if scope is not None:
            scope_up, scope_left = scope.left_at(now_ms)
            up, left = up * scope_up, left * scope_left
    return up, left


def issuer_left(health: Health, bank: str, now_ms: int) -> float:
    """What a bank in trouble leaves of every channel's chance: the same everywhere, so no ranking hangs on it."""
    issuer = health.issuers.get(bank) if bank else None
    return 1.0 if issuer is None else issuer.left_at(now_ms)[1]
