"""A draft is tried on the payments of the last days: who would have gone where, and what that would have earned."""

from __future__ import annotations

import pytest

from payswitch.domain.errors import PaySwitchError
from payswitch.services.policies import policies, policy_simulation
from payswitch.services.policies.policy_simulation import Simulation, simulate_policy
from tests.policies.support import ALIPAY_FIRST, BEST_ONLY, LIN, WU, draft, in_force
from tests.services.harness import Night

EVEN = {"split": {"best": 50, "warm": 50, "explore": 0, "safe_within": 1.0}}


async def an_evening(night: Night, payments: int = 40) -> None:
    """Half of the customers are led to WeChat, half to Alipay; at Alipay all pay, at WeChat one of two leaves."""
    for n in range(payments):
        made = await night.order(f"order-{n}")
        attempt = made.file.attempts[0]
        if attempt.channel_id == "alipay-main" or n % 2:
            await night.pays(attempt)
        night.clock.advance(seconds=3)
    await night.wait(900, step_s=30)


async def simulated(night: Night, document: dict[str, object], days: int = 7) -> Simulation:
    made = await draft(night, document)
    return await simulate_policy(night.ctx, LIN, made.version.policy_id, days)


async def test_a_draft_that_changes_nothing_moves_nobody(tonight: Night) -> None:
    await in_force(tonight, EVEN)
    await an_evening(tonight, 20)

    found = await simulated(tonight, EVEN)

    assert (found.figures.recorded, found.figures.looked_at, found.figures.replayed) == (20, 20, 20)
    assert (found.figures.repeated, found.figures.nowhere, found.figures.still_open) == (20, 0, 0)
    assert found.figures.elsewhere == pytest.approx(0.0)
    assert found.figures.paid_share is not None
    assert found.paid_estimate.snips == pytest.approx(found.figures.paid_share)
    assert found.paid_estimate.support == pytest.approx(1.0)


async def test_shares_rules_and_success_of_a_draft_are_told_before_it_is_put_in_force(tonight: Night) -> None:
    await in_force(tonight, EVEN)
    await an_evening(tonight)

    found = await simulated(tonight, ALIPAY_FIRST)

    shares = {one.channel_id: (round(one.before, 1), one.after) for one in found.figures.shares}
    assert shares == {"alipay-main": (0.5, 1.0), "wechat-main": (0.5, 0.0)}
    assert found.figures.elsewhere == pytest.approx(20, abs=1)
    assert [(one.rule, one.before, one.after) for one in found.figures.rules] == [("alipay-first", 0, 40)]
    estimate = found.paid_estimate
    assert found.figures.paid_share is not None
    assert estimate.snips is not None
    assert (estimate.snips, found.figures.paid_share < 0.85) == (pytest.approx(1.0), True), "who began at Alipay paid"
    assert estimate.effective == pytest.approx(20, abs=1), "the others teach nothing about it"
    assert not estimate.is_reliable, "twenty outcomes are not enough, whatever they say"
    assert found.fee_estimate.snips == pytest.approx(0.006, abs=0.0005)


async def test_it_says_where_nothing_is_known(tonight: Night) -> None:
    await in_force(tonight, BEST_ONLY)
    await an_evening(tonight, 10)

    found = await simulated(tonight, ALIPAY_FIRST)

    assert found.figures.elsewhere == pytest.approx(10)
    assert (found.paid_estimate.support, found.paid_estimate.snips, found.paid_estimate.is_reliable) == (
        0.0,
        None,
        False,
    )


async def test_payments_that_a_draft_has_no_channel_for_are_counted(tonight: Night) -> None:
    await in_force(tonight, BEST_ONLY)
    await an_evening(tonight, 5)
    only = {"rules": [{"name": "huabei", "when": {}, "then": {"only": {"methods": ["huabei"]}}}]}
    assert (await simulated(tonight, only)).figures.nowhere == 5


async def test_a_shop_is_simulated_alone_and_hears_of_the_others_outages(tonight: Night) -> None:
    await in_force(tonight, EVEN)
    await an_evening(tonight, 6)
    made = await draft(tonight, {"split": {"best": 100, "warm": 0}}, "shop-2")
    found = await simulate_policy(tonight.ctx, LIN, made.version.policy_id, 7)
    assert (found.figures.recorded, found.figures.replayed, found.figures.paid_share) == (6, 0, None)


async def test_of_a_long_history_the_newest_decisions_are_replayed_and_it_says_so(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_simulation, "MOST_DECISIONS", 7)
    monkeypatch.setattr(policy_simulation, "_PAGE", 3)
    await in_force(tonight, EVEN)
    await an_evening(tonight, 10)
    found = await simulated(tonight, EVEN)
    assert (found.figures.recorded, found.figures.looked_at, found.figures.replayed) == (10, 7, 7)


async def test_only_the_days_asked_for_count(tonight: Night) -> None:
    await in_force(tonight, EVEN)
    await an_evening(tonight, 4)
    tonight.clock.advance(seconds=2 * 86_400)
    await an_evening_later(tonight)
    assert (await simulated(tonight, EVEN, days=1)).figures.recorded == 1
    assert (await simulated(tonight, EVEN, days=7)).figures.recorded == 5


async def an_evening_later(night: Night) -> None:
    await night.order("late")


async def test_nothing_is_written_and_nobody_else_may_ask(tonight: Night) -> None:
    await in_force(tonight, EVEN)
    await an_evening(tonight, 4)
    made = await draft(tonight, ALIPAY_FIRST)
    before = (await tonight.store.counts(), tonight.ctx.router.health_snapshot(tonight.clock.now_ms()))

    await simulate_policy(tonight.ctx, LIN, made.version.policy_id, 7)

    assert (await tonight.store.counts(), tonight.ctx.router.health_snapshot(tonight.clock.now_ms())) == before
    assert (await policies.list_policies(tonight.ctx, LIN))[0].state == "active"
    with pytest.raises(PaySwitchError):
        await simulate_policy(tonight.ctx, WU, made.version.policy_id, 7)
