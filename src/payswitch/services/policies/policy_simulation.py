"""策略模拟: recorded decisions made again under a draft, and what that would have earned.

The draft runs in a router of its own that hears the recorded outcomes in their order, so that breakers and estimates
are where they would have been. Beside it runs what is in force today: how often it repeats the recorded first choice
says how far the replay can be trusted. Money moves nowhere, and nothing is written.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import msgspec

from payswitch.domain.operator import Operator
from payswitch.domain.payment import PaymentState
from payswitch.domain.policy_record import PolicyScope, PolicyVersion
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.domain.shop import tested_channel
from payswitch.kit.durations import DAY_MS
from payswitch.routing.off_policy import Estimate, Weighing
from payswitch.routing.planner import is_first_try
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import PolicyBook
from payswitch.routing.request import Candidate, RoutePlan, RouteRequest
from payswitch.routing.split import recorded_share
from payswitch.services.context import Context
from payswitch.services.decisions.recorded_facts import plan_of, request_of
from payswitch.services.decisions.replay_feed import ReplayFeed
from payswitch.services.decisions.routes import book_of
from payswitch.services.policies.policies import policy_and_log
from payswitch.services.policies.policy_desk import PolicyDesk, owners, policy_desk_of
from payswitch.services.policies.policy_log import Chosen, whole_policies

MOST_DECISIONS: Final = 50_000
"""More are not replayed: the newest count. Without gaps, because breakers judge by calls that follow each other."""
_PAGE: Final = 500
_BREATH: Final = 20
"""Decisions between two breaths in which payments go on: a few milliseconds of work."""


class ChannelShare(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the first attempts goes to one channel, 0..1."""

    channel_id: str
    before: float
    after: float


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule fired, and would."""

    rule: str
    before: int
    after: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the draft would have done with the recorded payments, as plain counts. Shares are parts of 1."""

    recorded: int
    """Decisions in this time, of every merchant of the service."""
    looked_at: int
    """Of those, the newest that were read; fewer than `recorded`: there were more than the most."""
    replayed: int
    """First decisions of this merchant's (or shop's) payments: what the other figures rest on."""
    later_rounds: int
    """Decisions after something had failed: replayed for what they taught, in no figure."""
    without_facts: int
    """Decisions of older versions, which did not record what routing was asked."""
    repeated: int
    """How many recorded first choices today's policy repeats in the replay: how far it can be trusted."""
    elsewhere: float
    """How many payments would have begun at another channel (expected, over the draws of the split)."""
    nowhere: int
    """How many payments the draft has no channel for."""
    still_open: int
    """Payments whose end is not known yet: in no estimate."""
    shares: tuple[ChannelShare, ...]
    rules: tuple[RuleCount, ...]
    paid_share: float | None
    """As recorded."""
    fee_share: float | None
    """Fees in parts of the money received, as recorded."""


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some days, and what the draft would have earned in them."""

    since_ms: int
    until_ms: int
    figures: Figures
    paid_estimate: Estimate
    fee_estimate: Estimate


@dataclass(slots=True)
class _Tally:
    replayed: int = 0
    later: int = 0
    without_facts: int = 0
    repeated: int = 0
    elsewhere: float = 0.0
    nowhere: int = 0
    open: int = 0
    paid: int = 0
    received_fen: float = 0.0
    fee_fen: float = 0.0
    before: Counter[str] = field(default_factory=Counter)
    after: dict[str, float] = field(default_factory=dict)
    rules_before: Counter[str] = field(default_factory=Counter)
    rules_after: Counter[str] = field(default_factory=Counter)
    success: Weighing = field(default_factory=Weighing)
    fees: Weighing = field(default_factory=Weighing)


async def simulate_policy(ctx: Context, operator: Operator, policy_id: str, days: int) -> Simulation:
    """Replay the last days of the version's scope. One at a time, with pauses for payments."""
    desk = policy_desk_of(ctx.policy_desk)
    version, log = await policy_and_log(ctx, operator, policy_id)
    async with desk.simulating:
        replay = _Replay(ctx, desk, version, log.chosen())
        until_ms = ctx.clock.now_ms()
        since_ms = until_ms - days * DAY_MS
        first, recorded = await desk.store.newest_decisions(since_ms, MOST_DECISIONS)
        place: tuple[int, str] | None = first
        # The merchant's other shops teach about its channels, too.
        everybody = PolicyScope(version.merchant_id)
        while place is not None:
            page, place = await desk.store.recorded_decisions(everybody, place, _PAGE)
            for n, one in enumerate(page):
                replay.take(one)
                if n % _BREATH == 0:
                    await asyncio.sleep(0)
        return replay.result(since_ms, until_ms, recorded, min(recorded, MOST_DECISIONS))


class _Replay:
    """One pass over the recorded decisions."""

    def __init__(self, ctx: Context, desk: PolicyDesk, version: PolicyVersion, chosen: Chosen) -> None:
        self._ctx = ctx
        self._scope = version.scope
        self._draft = _book(ctx, desk.base, version.merchant_id, {**chosen, version.shop_id: version})
        self._today = _book(ctx, desk.base, version.merchant_id, chosen)
        self._feed = ReplayFeed()
        book = book_of(ctx, ctx.directory.channels(version.merchant_id), openids=True)
        self._book = msgspec.structs.replace(book, used_today_fen={}, used_month_fen={})  # of then: not recorded
        self._fees = {channel.channel_id: channel.fee_bp for channel in self._book.channels}
        self.tally = _Tally()

    def take(self, one: RecordedDecision) -> None:
        payment = one.file.payment
        if tested_channel(payment.shop_id) is not None:
            return
        at_ms = one.decision.at_ms
        self._feed.tell((self._draft, self._today), at_ms)
        self._feed.add(one)
        request = request_of(one.decision, payment)
        mine = self._scope.shop_id in ("", payment.shop_id)
        recorded = plan_of(one.decision)
        if request is None or recorded is None:
            self.tally.without_facts += mine
            return
        salt = recorded_share(recorded.salt)[0]
        draft = self._draft.plan(request, self._book, now_ms=at_ms, salt=salt)
        today = self._today.plan(request, self._book, now_ms=at_ms, salt=recorded.salt)
        if mine:
            self._count(one, request, recorded, draft, today)

    def _count(
        self, one: RecordedDecision, request: RouteRequest, recorded: RoutePlan, draft: RoutePlan, today: RoutePlan
    ) -> None:
        tally = self.tally
        if not is_first_try(request) or not recorded.candidates:
            tally.later += 1
            return
        tally.replayed += 1
        tally.rules_before.update(recorded.rules_fired)
        tally.rules_after.update(draft.rules_fired)
        tally.before[recorded.candidates[0].channel_id] += 1
        tally.repeated += _first(recorded) == _first(today)
        tally.nowhere += not draft.candidates
        chances, was = _by_channel(draft.candidates), _by_channel(recorded.candidates)
        for channel_id, chance in chances.items():
            if chance == 0.0:
                continue
            tally.after[channel_id] = tally.after.get(channel_id, 0.0) + chance
        tally.elsewhere += 1.0 - sum(min(chance, was.get(channel_id, 0.0)) for channel_id, chance in chances.items())
        self._weigh(one, recorded, draft)

    def _weigh(self, one: RecordedDecision, recorded: RoutePlan, draft: RoutePlan) -> None:
        """What happened, weighted by how much more or less likely the draft would have begun so."""
        tally, payment = self.tally, one.file.payment
        then = {(c.channel_id, c.product): c.propensity for c in recorded.candidates}
        now = {(c.channel_id, c.product): c.propensity for c in draft.candidates}
        supported = sum(chance for key, chance in now.items() if then.get(key, 0.0) > 0.0)
        for weighing in (tally.success, tally.fees):
            weighing.saw_choice(supported)
        if payment.state not in (PaymentState.SUCCEEDED, PaymentState.CLOSED):
            tally.open += 1
            return
        first = (recorded.candidates[0].channel_id, recorded.candidates[0].product)
        weight = now.get(first, 0.0) / then[first] if then.get(first) else 0.0
        paid = payment.state is PaymentState.SUCCEEDED
        tally.paid += paid
        tally.success.add(weight, float(paid))
        if paid and payment.winner_attempt_id is not None:
            winner = one.file.attempt(payment.winner_attempt_id)
            fee_fen = winner.amount_fen * self._fees.get(winner.channel_id, 0) / 10_000
            tally.fee_fen += fee_fen
            tally.received_fen += winner.amount_fen
            tally.fees.add(weight, fee_fen, float(winner.amount_fen))

    def result(self, since_ms: int, until_ms: int, recorded: int, looked_at: int) -> Simulation:
        tally = self.tally
        total, ended = tally.replayed, tally.replayed - tally.open
        channels = sorted({*tally.before, *tally.after}, key=lambda name: (-tally.before[name], name))
        rules = dict.fromkeys([*tally.rules_after, *tally.rules_before])
        figures = Figures(
            recorded=recorded,
            looked_at=looked_at,
            replayed=total,
            later_rounds=tally.later,
            without_facts=tally.without_facts,
            repeated=tally.repeated,
            elsewhere=tally.elsewhere,
            nowhere=tally.nowhere,
            still_open=tally.open,
            shares=tuple(
                ChannelShare(
                    channel_id=name, before=tally.before[name] / total, after=tally.after.get(name, 0.0) / total
                )
                for name in channels
            ),
            rules=tuple(
                RuleCount(rule=name, before=tally.rules_before[name], after=tally.rules_after[name]) for name in rules
            ),
            paid_share=tally.paid / ended if ended else None,
            fee_share=tally.fee_fen / tally.received_fen if tally.received_fen else None,
        )
        return Simulation(
            since_ms=since_ms,
            until_ms=until_ms,
            figures=figures,
            paid_estimate=tally.success.rate(),
            fee_estimate=tally.fees.estimate(unweighted_of=tally.received_fen),
        )


def _book(ctx: Context, base: Policy, merchant_id: str, chosen: Chosen) -> PolicyBook:
    book = PolicyBook(base, merchant_of=owners(ctx.directory))
    for shop_id, policy in whole_policies(base, chosen).items():
        book.install(merchant_id, shop_id, policy)
    return book


def _first(plan: RoutePlan) -> tuple[str, str]:
    candidate = plan.candidates[0] if plan.candidates else None
    return ("", "") if candidate is None else (candidate.channel_id, candidate.product)


def _by_channel(candidates: tuple[Candidate, ...]) -> dict[str, float]:
    chances: dict[str, float] = {}
    for candidate in candidates:
        chances[candidate.channel_id] = chances.get(candidate.channel_id, 0.0) + candidate.propensity
    return chances
