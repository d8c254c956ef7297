"""The router: turns the facts of one payment into an ordered plan with reasons, and learns from what happened.

`plan()` changes state in three ways, all visible: it draws from the split ledger (the share stands in the plan's
`salt`), it lends a payment to a probe or asks for one beside it (the candidate says `probe`, the plan names its
`shadow`), and it lets the weak signs of an idle channel lapse (a breaker move). Everything else it only reads, but for
what the operator's order is worth: reckoned anew from what was learned, now and then. Same state + same facts + same
salt = same plan.
"""

from __future__ import annotations

from typing import Final

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.routing.belief import issuer_left
from payswitch.routing.breaker import Admission
from payswitch.routing.eligibility import Layout, why_not
from payswitch.routing.health import Health
from payswitch.routing.hearing import hear_call, hear_end, hear_exposed
from payswitch.routing.hedging import HedgeBudget, HedgeUsage
from payswitch.routing.learned_caps import CapMemory
from payswitch.routing.ordering import Asked, Ranked, SplitGroup, measure, rank, take_turns
from payswitch.routing.overlay import SUSPECT
from payswitch.routing.plan_writing import Choice, write_plan
from payswitch.routing.policy import Policy, SplitMode
from payswitch.routing.pool import Pool
from payswitch.routing.probing import ProbeBudget, lend_segments
from payswitch.routing.profile import Fired, Profile
from payswitch.routing.request import (
    BreakerMove,
    CallObservation,
    Candidate,
    ChannelBook,
    ExposedObservation,
    FinalObservation,
    RoutePlan,
    RouteRequest,
)
from payswitch.routing.risk_memory import RiskMemory
from payswitch.routing.snapshot import ChannelHealth, take_snapshot
from payswitch.routing.split import SEPARATOR, Share, SplitLedger, effective_shares, recorded_share, unit
from payswitch.routing.suspects import Suspects

_LAYOUTS_KEPT: Final = 4_096
"""Layouts (merchant x environment) kept in memory; when full, all are laid out anew as they are asked for."""


class Router:
    """Routing for all merchants of one process. Not thread-safe: one event loop, one router."""

    def __init__(self, policy: Policy) -> None:
        self._health = Health(policy)
        self._ledger = SplitLedger()
        self._probe_budget = ProbeBudget()
        self._hedges = HedgeBudget()
        self._caps = CapMemory()
        self._risks = RiskMemory()
        self._layouts: dict[tuple[str, Environment], Layout] = {}
        self._moves: list[BreakerMove] = []
        self._policy = policy
        self._profile = Profile(policy)

    def beside(self, policy: Policy) -> Router:
        """A router with another policy that shares everything learned or lent with this one: health, breakers, limits,
        refusals by risk control, probes and the moves not yet told. Its split keeps books of its own: another shop's
        shares are no part of its own."""
        other = Router(policy)
        self.share_with(other)
        return other

    def share_with(self, other: Router) -> None:
        """From now on the other one looks at, and adds to, everything that was learned or lent here."""
        other._health, other._moves, other._probe_budget = self._health, self._moves, self._probe_budget
        other._caps, other._risks, other._hedges = self._caps, self._risks, self._hedges

    @property
    def policy(self) -> Policy:
        return self._policy

    def policy_for(self, merchant_id: str, shop_id: str) -> Policy:
        """The one that decides there just now; a router of one policy has no other."""
        del merchant_id, shop_id
        return self._policy

    @property
    def policy_version(self) -> str:
        return self._policy.version

    def asks_for(self, merchant_id: str, shop_id: str) -> tuple[str, ...]:
        """The facts about the customer that the rules for this shop look at: `customer_new`, `age_band`, `device`."""
        del merchant_id, shop_id  # one policy for all
        return self._profile.asks_for

    def replace_policy(self, policy: Policy) -> None:
        """Activate another policy from the next decision on. What was learned about the channels stays."""
        if _splits(policy) != _splits(self._policy):
            self._ledger.clear()
        self._policy = policy
        self._profile = Profile(policy)
        self._layouts.clear()
        self._health.adopt(policy)

    def plan(self, request: RouteRequest, book: ChannelBook, *, now_ms: int, salt: str) -> RoutePlan:
        """Where this payment goes, in order, and why not elsewhere. Empty candidates: nothing is eligible.

        `salt` is the payment's own (its id); a recorded plan's salt replays that plan's share of the split.
        """
        fired = self._profile.fired(request)
        pool = self._sort_out(request, book, fired, now_ms)
        emergency = pool.settle()
        asked = self._asked(request, fired, now_ms)
        ordered = rank(measure(pool.usable, asked))
        if emergency:
            choice = self._choose_in_emergency(ordered, emergency, now_ms, salt)
        else:
            choice = self._choose(asked, pool, ordered, salt)
            reserves = pool.reserves(choice.probe.entry if choice.probe else None)
            if reserves:
                choice.add_last_resorts(rank(measure(reserves, asked)))
        return write_plan(choice, pool, fired, self._policy, self._profile, request)

    def offered(self, request: RouteRequest, book: ChannelBook, *, now_ms: int) -> tuple[Method, ...]:
        """The methods that can work for this payment, best first: what a checkout shows before anybody presses "pay".

        Unlike `plan()` it draws no share of the split and lends nothing to a probe: looking costs no payment.
        """
        fired = self._profile.fired(request)
        pool = self._sort_out(request, book, fired, now_ms)
        pool.settle()
        asked = self._asked(request, fired, now_ms)
        ordered = rank(measure(pool.usable, asked))
        return tuple(dict.fromkeys(ranked.entry.method for ranked in ordered))

    def _asked(self, request: RouteRequest, fired: Fired, now_ms: int) -> Asked:
        scoring = self._policy.scoring
        keys = request.segments().named()
        left = issuer_left(self._health, request.bank, now_ms)
        priors, horizon = self._health.priors(now_ms, scoring), self._health.horizons.at(now_ms, scoring)
        return Asked(request, fired, scoring, priors, horizon, now_ms, keys, left)

    def note_create(self, merchant_id: str, monotonic_ms: float) -> None:
        """An order is begun that is no hedge: it earns the budget its share."""
        self._hedges.note_create(merchant_id, monotonic_ms)

    def may_hedge(self, merchant_id: str, shop_id: str, monotonic_ms: float) -> bool:
        """Take one hedge out of the merchant's budget, by the shop's policy. False: it is spent for this minute."""
        del shop_id  # one policy for all
        return self._hedges.take(merchant_id, monotonic_ms, self._policy.hedging)

    def hedge_usage(self, merchant_id: str, monotonic_ms: float) -> HedgeUsage:
        """How much of the merchant's budget is used."""
        return self._hedges.usage(merchant_id, monotonic_ms, self._policy.hedging)

    def observe_call(self, seen: CallObservation) -> list[BreakerMove]:
        """Learn from one create call. Returns the breaker moves that nobody was told of yet, oldest first."""
        self._learn_refusals(seen)
        self._note(hear_call(self._health, self._policy, seen))
        return self.drain_moves()

    def observe_silence(self, channel_id: str, product: Product, at_ms: int) -> list[BreakerMove]:
        """A call has outlived its soft limit and is still awaited: a hint that comes before its answer does."""
        breaker = self._health.line(channel_id, product).breaker
        self._note(breaker.hear_silence(at_ms, self._policy.triggers))
        return self.drain_moves()

    def observe_exposed(self, seen: ExposedObservation) -> list[BreakerMove]:
        """A credential was shown: count on its payment. For locally signed products this is the only early sign."""
        self._note(hear_exposed(self._health, self._policy, seen))
        return self.drain_moves()

    def observe_final(self, seen: FinalObservation) -> list[BreakerMove]:
        """Learn how an exposed attempt ended. The customer's own reasons are counted apart."""
        if seen.paid and seen.amount_fen:
            self._caps.passed((seen.channel_id, seen.product), seen.amount_fen)
        self._note(hear_end(self._health, self._policy, seen))
        return self.drain_moves()

    def leave_shadow(self, shadow: Candidate, now_ms: int) -> None:
        """The order that a plan asked for beside the real one is not made: there is no room for it."""
        self._health.line(shadow.channel_id, shadow.product).breaker.leave_shadow(now_ms)

    def call_probe(self, channel_id: str, now_ms: int) -> None:
        """Behind open breakers of this channel a payment is lent as a probe as soon as one comes."""
        for line in self._health.lines():
            if line.channel_id == channel_id:
                line.breaker.call_probe(now_ms)

    def drain_moves(self) -> list[BreakerMove]:
        """Moves that `plan()` made, for whoever does not want to wait for the next observation."""
        moves = list(self._moves)
        self._moves.clear()  # kept as the same list: routers beside this one write into it, too
        return moves

    def health_snapshot(self, now_ms: int) -> list[ChannelHealth]:
        """Every channel x product that was ever laid out or observed, for the live page."""
        return take_snapshot(self._health, self._judging, now_ms)

    def _judging(self, channel_id: str) -> Policy:
        """The policy by which a channel is judged."""
        del channel_id  # one policy for all
        return self._policy

    def _note(self, move: BreakerMove | None) -> None:
        if move is not None:
            self._moves.append(move)

    def _learn_refusals(self, seen: CallObservation) -> None:
        """About the amount, and about this customer: the channel's health has nothing to do with either."""
        key = (seen.channel_id, seen.product)
        self._caps.observe(key, seen.outcome, seen.amount_fen, seen.at_ms, self._policy.learned_caps)
        if seen.outcome.kind is OutcomeKind.REFUSED_RISK and seen.customer is not None and seen.method is not None:
            self._risks.note(seen.customer, seen.upstream, seen.method, seen.at_ms)

    def _layout(self, request: RouteRequest, book: ChannelBook) -> Layout:
        key = (request.merchant_id, request.environment)
        layout = self._layouts.get(key)
        if layout is None or not layout.fits(book):
            if len(self._layouts) >= _LAYOUTS_KEPT:
                self._layouts.clear()
            layout = Layout(book, *key, self._policy, self._profile, self._health)
            self._layouts[key] = layout
        return layout

    def _sort_out(self, request: RouteRequest, book: ChannelBook, fired: Fired, now_ms: int) -> Pool:
        layout = self._layout(request, book)
        layout.order.settle(self._health, now_ms, self._policy.scoring)
        pool = Pool(layout.excluded)
        plain_take = layout.plain_take(request, fired)
        refused = self._risks.of(request.shop_id, request.customer.customer_id, now_ms)
        caps = self._caps if self._caps.has_bars else None
        ordinary = plain_take and refused is None and caps is None and not request.failed
        for entry in layout.entries:
            breaker = entry.line.breaker
            if ordinary and entry.plain and not (breaker.degraded or breaker.cut_off):
                pool.usable.append(entry)
                continue
            reason = None if plain_take and entry.plain else why_not(entry, request, book, fired, now_ms)
            if reason is None and refused is not None and refused.covers(entry.upstream, entry.method):
                reason = "customer_risk"
            if reason is not None:
                pool.exclude(entry, reason)
                continue
            failed = bool(request.failed) and entry.key in request.failed
            bar_fen = caps.bar_fen(entry.key, now_ms) if caps is not None and not failed else None
            if bar_fen is not None and request.amount_fen >= bar_fen:
                pool.doubted.append((entry, f"learned_cap:{bar_fen}"))
                continue
            if breaker.degraded:
                self._note(breaker.lapse(now_ms, self._policy.triggers))
            if failed or breaker.cut_off:
                pool.set_aside(entry, failed=failed, now_ms=now_ms)
            else:
                pool.usable.append(entry)
        return pool

    def _choose(self, asked: Asked, pool: Pool, ordered: list[Ranked], salt: str) -> Choice:
        """Who is first in ordinary times: after a failure the best; else a probe, a pinned one, or the split."""
        best = ordered[0]
        if not is_first_try(asked.request):
            return Choice(take_turns(ordered, best), salt)
        suspects = self._suspects(asked, pool, ordered)
        suspect = suspects.to_lend() if suspects else None
        if suspect is not None:
            choice = Choice(take_turns(ordered, suspect), salt)
            self._lend(choice, suspect, asked.now_ms)
            lend_segments(suspect.entry.line, asked.keys, asked.now_ms)
        elif asked.fired.pin & best.entry.bits:
            choice = Choice(take_turns(ordered, best), salt)
        else:
            choice = self._split(asked, ordered, salt)
        if suspects is not None and suspect is None:  # a payment that is lent itself asks nobody beside
            choice.shadow = self._to_shadow(suspects, asked.now_ms)
        return choice

    def _choose_in_emergency(self, ordered: list[Ranked], reason: str, now_ms: int, salt: str) -> Choice:
        """Nothing ordinary is left: the suspects, best first; or once more what failed."""
        choice = Choice(take_turns(ordered, ordered[0]) if ordered else [], salt)
        choice.notes = dict.fromkeys(ordered, (reason,))
        if ordered and ordered[0].entry.line.breaker.admission(now_ms) is Admission.PROBE_DUE:
            self._lend(choice, ordered[0], now_ms)
        return choice

    def _suspects(self, asked: Asked, pool: Pool, ordered: list[Ranked]) -> Suspects | None:
        """Who may be asked whether it is back."""
        return Suspects(asked, pool, ordered, self._policy, self._probe_budget)

    def _to_shadow(self, suspects: Suspects, now_ms: int) -> Ranked | None:
        suspect = suspects.to_shadow()
        if suspect is not None:
            gap_s, breaker = suspects.shadow_gap_s(suspect), suspect.entry.line.breaker
            self._note(breaker.reserve_shadow(now_ms, gap_s, self._policy.triggers))
        return suspect

    def _lend(self, choice: Choice, suspect: Ranked, now_ms: int) -> None:
        choice.probe = suspect
        choice.notes[suspect] = (*choice.notes.get(suspect, ()), "probe")
        line = suspect.entry.line
        unpaid = line.arrivals.dark >= SUSPECT
        self._note(line.breaker.reserve_probe(now_ms, self._policy.triggers, unpaid=unpaid))

    def _split(self, asked: Asked, ordered: list[Ranked], salt: str) -> Choice:
        """By the policy's percentages, or by those of the rule that fired: each has its own exact ledger."""
        fired = asked.fired
        best, split = ordered[0], fired.split or self._policy.split
        group = SplitGroup(ordered, split)
        if split.mode is SplitMode.LEARNED:
            return self._learned(ordered, group, salt)
        shares = effective_shares(split, warm=group.warm is not None, explore=bool(group.explorers))
        if set(shares) == {Share.BEST}:
            return Choice(take_turns(ordered, best), salt)
        own_salt, share = recorded_share(salt)
        if share is None or share not in shares:
            share = self._ledger.draw(asked.request.merchant_id, own_salt, shares, fired.split_rule)
        chosen = group.take(share, own_salt)
        choice = Choice(take_turns(ordered, chosen), f"{own_salt}{SEPARATOR}{share.value}")
        choice.propensities = group.propensities(shares)
        choice.notes[chosen] = (f"split:{share.value}", *_split_by(fired))
        return choice

    def _learned(self, ordered: list[Ranked], group: SplitGroup, salt: str) -> Choice:
        """Each safe channel is first as often as it may be better; drawn by the salt alone, so it replays by itself."""
        chances = group.learned()
        point = unit(salt, "learned")
        chosen = ordered[0]
        for candidate, chance in chances.items():
            point -= chance
            if point < 0:
                chosen = candidate
                break
        choice = Choice(take_turns(ordered, chosen), salt)
        choice.propensities = chances
        choice.notes[chosen] = ("split:best" if chosen is ordered[0] else "split:learned",)
        return choice


def _split_by(fired: Fired) -> tuple[str, ...]:
    return (f"split_by:{fired.split_rule}",) if fired.split_rule else ()


def _splits(policy: Policy) -> list[object]:
    """Everything that percentages depend on."""
    return [policy.split, *((rule.name, rule.then.split) for rule in policy.rules if rule.then.split)]


def is_first_try(request: RouteRequest) -> bool:
    """Only a payment that nothing has gone wrong with yet may be lent to the split or to a probe."""
    return not (request.failed or request.failed_upstreams or request.refused_methods)
