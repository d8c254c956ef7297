"""The order of the candidates of one payment: rules, then tiers, then score; failure domains take turns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import erfc, hypot, sqrt
from typing import Final

import msgspec

from payswitch.routing.belief import believe
from payswitch.routing.breaker import BreakerState
from payswitch.routing.eligibility import Entry
from payswitch.routing.health import Priors
from payswitch.routing.policy import Scoring, Split
from payswitch.routing.profile import Fired
from payswitch.routing.rates import Key
from payswitch.routing.request import RouteRequest
from payswitch.routing.scoring import expected_margin_fen, sick_estimate
from payswitch.routing.split import Share


class Asked(msgspec.Struct, frozen=True):
    """What every candidate of one decision is measured against."""

    request: RouteRequest
    fired: Fired
    scoring: Scoring
    priors: Priors
    now_ms: int
    keys: tuple[Key, ...] = ()
    """The segments it stands in."""
    issuer_left: float = 1.0
    """What trouble of its bank leaves of every candidate's chance."""


SUSPECT: Final = 0.5
"""Less probably up than this: everybody else comes first, and single payments find out."""
NOT_CHOSEN: Final = 1 << 256
"""Above every rule's bit: the customer has chosen another channel by its signed card."""


class Ranked:
    """One eligible candidate with everything its place depends on."""

    __slots__ = (
        "behind", "behind_upstream", "creation", "debt", "degraded", "entry", "estimate", "key",
        "same_upstream", "score", "sd", "secondary", "sibling_sick", "spread", "suspect", "up",
    )  # fmt: skip

    def __init__(self, entry: Entry, asked: Asked) -> None:
        line, scoring, now_ms = entry.line, asked.scoring, asked.now_ms
        request, fired = asked.request, asked.fired
        cut_off = line.breaker.cut_off
        self.entry = entry
        self.debt = fired.front & ~entry.bits
        """Fired rules that prefer others: the smaller the better, as a number. The customer's choice outweighs all."""
        if request.chosen and entry.channel_id not in request.chosen:
            self.debt |= NOT_CHOSEN
        self.behind = 0
        if fired.avoid & entry.bits:
            self.behind = 2
        elif entry.on_request and not self._asked_for(request, fired):
            self.behind = 1
        self.same_upstream = entry.upstream in request.failed_upstreams
        self.degraded = line.breaker.state is BreakerState.DEGRADED
        self.sibling_sick = bool(entry.siblings) and any(sibling.breaker.cut_off for sibling in entry.siblings)
        self.secondary = False
        """The same channel has a more fitting product in this environment."""
        belief = believe(line, asked.keys, asked.priors, now_ms, scoring, server_created=entry.server_created)
        self.creation = belief.creation
        self.up = belief.up
        self.suspect = not cut_off and (line.breaker.suspected or belief.up < SUSPECT)
        self.sd, self.spread = belief.sd, belief.spread
        if cut_off:
            self.estimate = sick_estimate(belief.creation * belief.completion, line.breaker.openings)
        else:
            self.estimate = belief.estimate * asked.issuer_left
        self.score = expected_margin_fen(
            scoring,
            amount_fen=request.amount_fen,
            fee_bp=entry.fee_bp,
            success=self.estimate,
            latency_ms=line.latency.typical_ms() if entry.server_created else 0.0,
            same_upstream=self.same_upstream,
        )
        self.behind_upstream = self.same_upstream or self.sibling_sick or self.suspect
        """Its failure domain, its own account, or itself is in trouble just now."""
        self.key: tuple[int | bool | float, ...] = ()

    def _asked_for(self, request: RouteRequest, fired: Fired) -> bool:
        """Named by the payment or by a rule."""
        entry = self.entry
        named = entry.method in request.methods or entry.product in request.products
        return named or entry.channel_id in request.chosen or bool(fired.asks & entry.bits)


def rank(candidates: list[Ranked]) -> list[Ranked]:
    """Best first. What weighs more stands further left in the key:

    put behind by a rule (or not asked for) < same upstream as a failure, or suspect < rules < other products of the
    same channel < tier < weak signs of trouble < score < place in the configuration.
    """
    first_of: dict[str, Ranked] = {}
    for candidate in candidates:  # in the order of the configuration: the capability order decides between equals
        best = first_of.get(candidate.entry.channel_id)
        if best is None or (candidate.behind, candidate.debt) < (best.behind, best.debt):
            first_of[candidate.entry.channel_id] = candidate
    for candidate in candidates:
        candidate.secondary = first_of[candidate.entry.channel_id] is not candidate
        candidate.key = (
            candidate.behind,
            candidate.behind_upstream,
            candidate.debt,
            candidate.secondary,
            candidate.entry.tier_rank,
            candidate.degraded,
            -candidate.score,
            candidate.entry.position,
        )
    return sorted(candidates, key=lambda candidate: candidate.key)


def take_turns(ordered: list[Ranked], first: Ranked) -> list[Ranked]:
    """`first`, then the others so that failure domains take turns.

    If the first one fails, its upstream is suspect, so the next candidate is the best one elsewhere. What stands behind
    stays behind.
    """
    used = {first.entry.upstream: 1}
    rest: list[tuple[int, bool, int, int, Ranked]] = []
    for n, candidate in enumerate(ordered):
        if candidate is first:
            continue
        upstream = candidate.entry.upstream
        turn = used.get(upstream, 0)
        used[upstream] = turn + 1
        rest.append((candidate.behind, candidate.behind_upstream, turn, n, candidate))
    rest.sort(key=lambda item: item[:4])
    return [first, *(item[4] for item in rest)]


_MAY_OVERTURN: Final = 2.0
"""Standard deviations of the difference within which a channel may be the better one after all."""
_TEMPER: Final = 0.35


class SplitGroup:
    """Who could take which share of the split: only equals of the best before the rules, only safe ones."""

    def __init__(self, ordered: list[Ranked], split: Split) -> None:
        self.best = ordered[0]
        safe = [c for c in self._equals(ordered[1:]) if self._is_safe(c, split)]
        elsewhere = (c for c in safe if c.entry.upstream != self.best.entry.upstream)
        self.warm = next(elsewhere, safe[0] if safe else None)
        self.explorers = [c for c in safe if c is not self.warm and c.entry.push]
        """Push only: an unknown answer of a pull product costs far more than it teaches."""

    def take(self, share: Share, point: float) -> Ranked:
        """Who takes this share; `point` in [0, 1) picks among the explorers."""
        if share is Share.EXPLORE and self.explorers:
            return self.explorers[int(point * len(self.explorers))]
        return self.warm if share is Share.WARM and self.warm is not None else self.best

    def propensities(self, shares: Mapping[Share, float]) -> dict[Ranked, float]:
        """The probability of being first, per candidate that can be."""
        chances = {self.best: shares.get(Share.BEST, 0.0)}
        if self.warm is not None:
            chances[self.warm] = shares.get(Share.WARM, 0.0)
        for explorer in self.explorers:
            chances[explorer] = shares.get(Share.EXPLORE, 0.0) / len(self.explorers)
        return chances

    def learned(self) -> dict[Ranked, float]:
        """The probability of being first by mode `learned`: in proportion to the probability of being as good as the
        best, with half of the uncertainty (the study's tempered Thompson sampling, without its dice)."""
        weights = {self.best: 1.0}
        others = [*([self.warm] if self.warm is not None else []), *self.explorers]
        for other in others:
            spread = _TEMPER * hypot(other.sd, self.best.sd)
            weights[other] = erfc((self.best.estimate - other.estimate) / (spread * sqrt(2))) / 2 if spread else 0.0
        total = sum(weights.values())
        return {ranked: weight / total for ranked, weight in weights.items()}

    def _equals(self, others: Iterable[Ranked]) -> list[Ranked]:
        best = self.best
        if best.behind or best.behind_upstream:
            return []
        return [c for c in others if not c.behind and not c.behind_upstream and c.debt == best.debt and not c.secondary]

    def _is_safe(self, candidate: Ranked, split: Split) -> bool:
        if candidate.degraded or candidate.suspect or candidate.creation < self.best.creation - split.safe_within:
            return False
        behind = self.best.estimate - candidate.estimate
        return behind <= split.safe_within or behind <= _MAY_OVERTURN * hypot(candidate.spread, self.best.spread)
