"""An operator writes a policy: where it begins, and where a payment would go that nobody makes."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

import msgspec
import pytest

from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.services.policies import trying
from payswitch.services.policies.policy_commands import TryPayment
from payswitch.services.policies.policy_editing import in_force as now_in_force
from payswitch.services.policies.trying import Tried
from tests.policies.support import ALIPAY_FIRST, BEST_ONLY, LIN, WU, activate, draft, goes_to, in_force, problems
from tests.services.fake_channel import MAINTENANCE
from tests.services.harness import Night

LARGE_TO_BACKUP: dict[str, Any] = {
    **BEST_ONLY,
    "rules": [{"name": "large", "when": {"min_fen": 500_000}, "then": {"prefer": {"channels": ["wechat-backup"]}}}],
}


def made_up(**changes: Any) -> TryPayment:
    usual = TryPayment(merchant_id="m-1", amount_fen=12_900, environment=Environment.DESKTOP)
    return msgspec.structs.replace(usual, **changes)


async def tries(night: Night, **changes: Any) -> Tried:
    return await trying.try_payment(night.ctx, LIN, made_up(**changes))


def order_of(tried: Tried) -> list[str]:
    return [candidate.channel_id for candidate in tried.plan.candidates]


async def test_where_editing_begins(tonight: Night) -> None:
    before = await now_in_force(tonight.ctx, LIN, "m-1", None)
    assert (before.own, before.revision, before.policy.version) == (None, 0, "test")

    record = await in_force(tonight, ALIPAY_FIRST)
    await in_force(tonight, {"split": {"best": 90, "warm": 10, "explore": 0}}, "shop-2")

    merchant = await now_in_force(tonight.ctx, LIN, "m-1", None)
    shop = await now_in_force(tonight.ctx, LIN, "m-1", "shop-2")
    assert (merchant.own, merchant.policy.version, merchant.inherited.version) == (record.version, "m-1@1", "test")
    assert (shop.policy.split.best, shop.inherited.split.best, shop.inherited.version) == (90, 100, "m-1@1")
    assert {channel.channel_id for channel in shop.channels} == set(tonight.directory.clients)
    assert {one.shop_id for one in shop.shops} == {"shop-1", "shop-2"}


async def test_only_for_who_manages_the_merchant(tonight: Night) -> None:
    with pytest.raises(PaySwitchError, match="not a merchant that you manage"):
        await now_in_force(tonight.ctx, WU, "m-1", None)
    with pytest.raises(PaySwitchError, match="not a merchant that you manage"):
        await trying.try_payment(tonight.ctx, WU, made_up())


async def test_a_payment_is_tried_under_what_is_in_force_and_under_what_is_being_written(tonight: Night) -> None:
    now = await tries(tonight)
    large = await tries(tonight, amount_fen=600_000, document=LARGE_TO_BACKUP)

    assert order_of(now)[0] == "wechat-main"
    assert order_of(large)[0] == "wechat-backup"
    assert large.plan.rules_fired == ("large",)
    assert large.plan.policy_version == "m-1@1", "the name that it would have"
    assert any("触发的规则：large" in zh for zh, _ in large.lines)
    assert order_of(await tries(tonight, methods=(Method.ALIPAY,))) == ["alipay-main"]


async def test_it_sees_the_health_of_just_now(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(MAINTENANCE)
    await tonight.order()

    tried = await tries(tonight)

    assert "wechat-main" not in order_of(tried)
    reasons = {one.channel_id: one.reason for one in tried.plan.excluded}
    assert reasons["wechat-main"] == "breaker_open"


async def test_trying_changes_nothing(tonight: Night) -> None:
    """Not the split's books, not the probes, not what was learned: the next real payments go where they would have."""
    await in_force(tonight, {"split": {"best": 50, "warm": 50, "explore": 0}})
    tonight.channel("wechat-main").script.append(MAINTENANCE)
    for number in range(6):
        await goes_to(tonight, f"before-{number}")
    tonight.clock.advance(seconds=10)
    router = tonight.ctx.router
    assert any(line.breaker.state == "open" for line in router._health.lines()), "and its probe is due"
    before = told([router._probe_budget, router._health.lines(), router._caps])

    for amount_fen in range(1_000, 60_000, 1_000):
        await tries(tonight, amount_fen=amount_fen, document=BEST_ONLY if amount_fen % 2_000 else None)

    assert before == told([router._probe_budget, router._health.lines(), router._caps])
    assert (await tonight.store.counts()).payments == {"pending": 6}


def told(parts: list[Any]) -> str:
    """Everything inside, in words. Left out is how far ahead a weight was last faded:
    whoever looks may do that anew, and reads the same."""
    return str([_inside(part) for part in parts])


def _inside(value: Any, depth: int = 6) -> Any:
    if depth == 0 or isinstance(value, str | int | float | bool | type(None)):
        return value if isinstance(value, str | int | float | bool | type(None)) else type(value).__name__
    if isinstance(value, dict):
        return {str(key): _inside(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset | deque) or hasattr(value, "__next__"):
        return [_inside(one, depth - 1) for one in value]
    kinds = type(value).__mro__  # a class that is machine code lists its attributes under a name of its own
    names = [name for kind in kinds for name in getattr(kind, "__mypyc_attrs__", getattr(kind, "__slots__", ()))]
    names = [name for name in names or getattr(value, "__dict__", {}) if not re.search("_there$|^horizon$", name)]
    return {name: _inside(getattr(value, name, None), depth - 1) for name in names}


async def test_mistakes_are_told_by_their_place(tonight: Night) -> None:
    with pytest.raises(PaySwitchError) as refused:
        await tries(tonight, document={"split": {"best": 1}})

    assert refused.value.kind.code == "policy_invalid"
    assert list(problems(refused.value)) == ["split"]


async def test_a_draft_that_was_tried_does_the_same_in_force(tonight: Night) -> None:
    tried = await tries(tonight, amount_fen=700_000, document=LARGE_TO_BACKUP)
    await activate(tonight, await draft(tonight, LARGE_TO_BACKUP))

    assert await goes_to(tonight, "large", amount_fen=700_000) == (order_of(tried)[0], "m-1@1")
