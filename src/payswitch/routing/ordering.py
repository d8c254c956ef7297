"""The order of the candidates of one payment: rules, then tiers, then score; failure domains take turns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import erfc, hypot, sqrt
from operator import attrgetter
from typing import Final

from payswitch.routing.belief import Belief, Reading
from payswitch.routing.eligibility import Entry
from payswitch.routing.health import Priors
from payswitch.routing.horizon import Horizon
from payswitch.routing.overlay import SUSPECT
from payswitch.routing.policy import Scoring, Split
from payswitch.routing.profile import Fired
from payswitch.routing.request import RouteRequest
from payswitch.routing.scoring import Margins, sick_estimate
from payswitch.routing.segments import Key
from payswitch.routing.split import Share, unit


@dataclass(slots=True, frozen=True)
class Asked:
    """What every candidate of one decision is measured against."""

    request: RouteRequest
    fired: Fired
    scoring: Scoring
    priors: Priors
    horizon: Horizon
    now_ms: int
    keys: tuple[Key, ...] = ()
    """The segments it stands in."""
    issuer_left: float = 1.0
    """What trouble of its bank leaves of every candidate's chance."""


NOT_CHOSEN: Final = 1 << 256
"""Above every rule's bit: the customer has chosen another channel by its signed card."""


class Ranked:
    """One eligible candidate with everything its place depends on."""

    __slots__ = (
        "behind", "behind_upstream", "belief", "debt", "degraded", "entry", "estimate", "key", "same_upstream", "score",
        "secondary", "sibling_sick", "suspect",
    )  # fmt: skip

    def __init__(
        self,
        entry: Entry,
        key: tuple[int | bool | float, ...],
        debt: int,
        behind: int,
        behind_upstream: bool,
        same_upstream: bool,
        sibling_sick: bool,
        suspect: bool,
        degraded: bool,
        belief: Belief,
        estimate: float,
        score: float,
    ) -> None:
        self.entry = entry
        self.key = key
        """Its place, see `rank`."""
        self.debt = debt
        """Fired rules that prefer others: the smaller the better, as a number. The customer's choice outweighs all."""
        self.behind = behind
        """2: a rule puts it last. 1: nobody asked for its method."""
        self.behind_upstream = behind_upstream
        """Its failure domain, its own account, or itself is in trouble just now: one of the next three."""
        self.same_upstream = same_upstream
        self.sibling_sick = sibling_sick
        self.suspect = suspect
        self.degraded = degraded
        """Weak signs of trouble: no experiments."""
        self.belief = belief
        self.estimate = estimate
        self.score = score
        self.secondary = False
        """The same channel has a more fitting product in this environment."""


def measure(entries: Iterable[Entry], asked: Asked) -> list[Ranked]:
    """What each of them is worth for this payment, and what is to be said against it; in the order given."""
    request, fired, issuer_left = asked.request, asked.fired, asked.issuer_left
    front, avoid, chosen, failed_upstreams = fired.front, fired.avoid, request.chosen, request.failed_upstreams
    reading = Reading(asked.keys, asked.priors, asked.horizon, asked.now_ms, asked.scoring)
    margins = Margins(asked.scoring, request.amount_fen)
    measured = []
    for entry in entries:
        line = entry.line
        breaker = line.breaker
        debt = front & entry.missed_bits
        if chosen and entry.channel_id not in chosen:
            debt |= NOT_CHOSEN
        behind = 0
        if avoid and avoid & entry.bits:
            behind = 2
        elif entry.on_request and not _asked_for(entry, request, fired):
            behind = 1
        same_upstream = entry.upstream in failed_upstreams
        sibling_sick = False
        if entry.siblings:
            sibling_sick = any(sibling.breaker.cut_off for sibling in entry.siblings)
        server_created = entry.server_created
        belief = reading.believe(line, server_created, entry.order_odds, entry.prior_weight)
        if breaker.cut_off:
            suspect = False
            estimate = sick_estimate(belief.creation * belief.completion, breaker.openings)
        else:
            suspect = breaker.suspected or belief.up < SUSPECT
            estimate = belief.estimate * issuer_left
        latency_ms = line.latency.typical_ms if server_created else 0.0
        score = margins.expected_fen(entry.margin_rate, estimate, latency_ms, same_upstream)
        behind_upstream = same_upstream or sibling_sick or suspect
        degraded = breaker.degraded
        slow = degraded and breaker.slow
        measured.append(
            Ranked(
                entry,
                (behind, behind_upstream, debt, False, entry.tier_rank, slow, -score, entry.position),
                debt,
                behind,
                behind_upstream,
                same_upstream,
                sibling_sick,
                suspect,
                degraded,
                belief,
                estimate,
                score,
            )
        )
    return measured


def _asked_for(entry: Entry, request: RouteRequest, fired: Fired) -> bool:
    """Named by the payment or by a rule."""
    named = entry.method in request.methods or entry.product in request.products
    return named or entry.channel_id in request.chosen or bool(fired.asks & entry.bits)


_place: Final = attrgetter("key")


def rank(candidates: list[Ranked]) -> list[Ranked]:
    """Best first. What weighs more stands further left in the key:

    put behind by a rule (or not asked for) < same upstream as a failure, or suspect < rules < other products of the
    same channel < tier < slow answers < score < place in the configuration.
    """
    _find_secondary([candidate for candidate in candidates if candidate.entry.shares_channel])
    return sorted(candidates, key=_place)


def _find_secondary(candidates: list[Ranked]) -> None:
    """Of several products of one channel all but the most fitting one."""
    first_of: dict[str, Ranked] = {}
    for candidate in candidates:  # in the order of the configuration: the capability order decides between equals
        best = first_of.get(candidate.entry.channel_id)
        if best is None or (candidate.behind, candidate.debt) < (best.behind, best.debt):
            first_of[candidate.entry.channel_id] = candidate
    for candidate in candidates:
        if first_of[candidate.entry.channel_id] is not candidate:
            candidate.secondary = True
            candidate.key = (*candidate.key[:3], True, *candidate.key[4:])


def take_turns(ordered: list[Ranked], first: Ranked) -> list[Ranked]:
    """`first`, then the others so that failure domains take turns.

    If the first one fails, its upstream is suspect, so the next candidate is the best one elsewhere. What stands behind
    stays behind.
    """
    used = {first.entry.upstream: 1}
    most = len(ordered)
    places: list[int] = []
    for n, candidate in enumerate(ordered):
        if candidate is first:
            continue
        upstream = candidate.entry.upstream
        turn = used.get(upstream, 0)
        used[upstream] = turn + 1
        # what stands behind, then the turn, then the rank, as one number: neither of the last two is as large as `most`
        place = turn * most + n
        if candidate.behind or candidate.behind_upstream:
            place += (2 * candidate.behind + candidate.behind_upstream) * most * most
        places.append(place)
    places.sort()
    return [first, *[ordered[place % most] for place in places]]


_MAY_OVERTURN: Final = 2.0
"""Standard deviations of the difference within which a channel may be the better one after all."""
_TEMPER: Final = 0.25


class SplitGroup:
    """Who could take which share of the split: only equals of the best before the rules, only safe ones."""

    def __init__(self, ordered: list[Ranked], split: Split) -> None:
        self.best = ordered[0]
        safe = [c for c in self._equals(ordered[1:]) if self._is_safe(c, split)]
        elsewhere = (c for c in safe if c.entry.upstream != self.best.entry.upstream)
        self.warm = next(elsewhere, safe[0] if safe else None)
        self.explorers = [c for c in safe if c is not self.warm and c.entry.push]
        """Push only: an unknown answer of a pull product costs far more than it teaches."""

    def take(self, share: Share, salt: str) -> Ranked:
        """Who takes this share; the salt picks among the explorers."""
        if share is Share.EXPLORE and self.explorers:
            return self.explorers[int(unit(salt, "explore") * len(self.explorers))]
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
        best, with a quarter of the uncertainty (the study's tempered Thompson sampling, without its dice).

        Uncertain here is how good a channel is on an ordinary day. Whether it is up just now is for probes to find out:
        they cost a payment now and then, where a share would cost one after the other.
        """
        weights = {self.best: 1.0}
        others = [*([self.warm] if self.warm is not None else []), *self.explorers]
        for other in others:
            spread = _TEMPER * hypot(other.belief.spread, self.best.belief.spread)
            weights[other] = erfc((self.best.estimate - other.estimate) / (spread * sqrt(2))) / 2 if spread else 0.0
        total = sum(weights.values(), 0.0)
        return {ranked: weight / total for ranked, weight in weights.items()}

    def _equals(self, others: Iterable[Ranked]) -> list[Ranked]:
        best = self.best
        if best.behind or best.behind_upstream:
            return []
        return [c for c in others if c.debt == best.debt and not (c.behind or c.behind_upstream or c.secondary)]

    def _is_safe(self, candidate: Ranked, split: Split) -> bool:
        if (
            candidate.degraded
            or candidate.suspect
            or candidate.belief.creation < self.best.belief.creation - split.safe_within
        ):
            return False
        behind = self.best.estimate - candidate.estimate
        return behind <= split.safe_within or behind <= _MAY_OVERTURN * hypot(
            candidate.belief.spread, self.best.belief.spread
        )
