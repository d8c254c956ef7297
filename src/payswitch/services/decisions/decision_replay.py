"""复核: a recorded decision made again from its facts, its policy and its salt.

Not recorded are the channels' health of that moment, what they had taken that day, and their settings then. So the
rules that fired and the channels that were eligible can be compared; their order only as far as health allows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.domain.payment import Decision, Payment
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import RoutePlan
from payswitch.services.context import Context
from payswitch.services.decisions.recorded_facts import request_of
from payswitch.services.decisions.routes import book_for

_OF_THE_MOMENT: Final = frozenset(
    {"breaker_open", "breaker_probing", "daily_cap", "monthly_cap", "learned_cap", "customer_risk", "already_failed"}
)
"""Exclusions that rest on what is not recorded, or on how many others were left; without what follows a colon."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay found. Each is None when it cannot be told."""

    rules: bool | None
    """The same rules fire."""
    candidates: bool | None
    """The same channels are eligible, health apart."""
    first: bool | None
    """The same channel comes first; with every channel healthy, so False proves nothing against the record."""
    said: str
    said_zh: str


_NO_FACTS: Final = Replay(
    rules=None,
    candidates=None,
    first=None,
    said="cannot be replayed: what routing was asked is not recorded",
    said_zh="无法复核：未记录当时的路由事实",
)
UNREADABLE: Final = Replay(
    rules=None,
    candidates=None,
    first=None,
    said="cannot be replayed: the plan was recorded by another version",
    said_zh="无法复核：方案由其他版本记录",
)
_NO_POLICY: Final = Replay(
    rules=None,
    candidates=None,
    first=None,
    said="cannot be replayed: the policy of that name is not stored here",
    said_zh="无法复核：此处未保存该版本的策略",
)


async def policy_named(ctx: Context, name: str) -> Policy | None:
    """The whole policy that recorded decisions know by this name."""
    found = None if ctx.policy_desk is None else await ctx.policy_desk.store.resolved_policy(name)
    if found is None:
        return ctx.router.policy if ctx.router.policy.version == name else None
    try:
        return msgspec.json.decode(found.document, type=Policy)
    except msgspec.ValidationError:
        return None


async def replay(ctx: Context, decision: Decision, recorded: RoutePlan, payment: Payment) -> Replay:
    """Decide once more, in a router that knows nothing of that day."""
    request = request_of(decision, payment)
    if request is None:
        return _NO_FACTS
    policy = await policy_named(ctx, decision.policy_version)
    if policy is None:
        return _NO_POLICY
    book = msgspec.structs.replace(book_for(ctx, payment), used_today_fen={}, used_month_fen={})
    again = Router(policy).plan(request, book, now_ms=decision.at_ms, salt=recorded.salt)
    rules = again.rules_fired == recorded.rules_fired
    candidates = _eligible(again) == _eligible(recorded)
    first = _places(again)[:1] == _places(recorded)[:1]
    return Replay(rules=rules, candidates=candidates, first=first, **_words(rules, candidates))


def _places(plan: RoutePlan) -> list[tuple[str, str]]:
    return [(candidate.channel_id, candidate.product) for candidate in plan.candidates]


def _eligible(plan: RoutePlan) -> set[tuple[str, str]]:
    of_the_moment = {(e.channel_id, e.product) for e in plan.excluded if e.reason.partition(":")[0] in _OF_THE_MOMENT}
    return {*_places(plan)} | {(channel_id, product.value) for channel_id, product in of_the_moment}


def _words(rules: bool, candidates: bool) -> Mapping[str, str]:
    if rules and candidates:
        return {
            "said": "replayed from facts, policy and salt: the same rules fire and the same channels are eligible; "
            "health and daily use of that moment are not recorded, so the order is not compared",
            "said_zh": "已按事实、策略与盐值复核：触发的规则与可用渠道一致；当时的健康与当日用量未记录，名次不作比较",
        }
    return {
        "said": "replayed from facts, policy and salt with today's channel settings: "
        + ("the rules differ" if not rules else "other channels are eligible (settings have changed since)"),
        "said_zh": "已按事实、策略、盐值与当前渠道设置复核："
        + ("触发的规则不同" if not rules else "可用渠道不同（渠道设置之后有变更）"),
    }
