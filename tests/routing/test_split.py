"""70/20/10: exact over any stretch of payments, smooth, replayable, and only where it is safe."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import ACCEPTED, BUSY, FIVE, TIMEOUT, Night, book, payment

from payswitch.domain.channel import Method
from payswitch.routing.policy import Action, Condition, Policy, Rule, Split, Target
from payswitch.routing.split import Share, SplitLedger, effective_shares, recorded_share, unit


def drawn_share(salt: str) -> str:
    return salt.rpartition("#")[2]


def test_seventy_twenty_ten_within_a_point_over_every_thousand_payments() -> None:
    night = Night()
    shares = [drawn_share(night.plan().salt) for _ in range(5_000)]
    for begin in range(0, 4_000, 37):
        window = shares[begin : begin + 1_000]
        for share, wanted in (("best", 700), ("warm", 200), ("explore", 100)):
            assert abs(window.count(share) - wanted) <= 6, (begin, share)


def test_exact_over_ten_thousand() -> None:
    night = Night()
    shares = [drawn_share(night.plan().salt) for _ in range(10_000)]
    assert [round(shares.count(share) / 100) for share in ("best", "warm", "explore")] == [70, 20, 10]
    assert all(
        abs(shares.count(share) - wanted) <= 3
        for share, wanted in (("best", 7_000), ("warm", 2_000), ("explore", 1_000))
    )


def test_no_bursts_and_no_fixed_pattern() -> None:
    night = Night()
    shares = [drawn_share(night.plan().salt) for _ in range(2_000)]
    others = [n for n, share in enumerate(shares) if share != "best"]
    gaps = [later - earlier for earlier, later in pairwise(others)]
    assert max(gaps) <= 20
    runs = [shares[n : n + 4] for n in range(len(shares) - 4)]
    assert ["explore"] * 4 not in runs
    assert len({tuple(shares[n : n + 10]) for n in range(0, 2_000, 10)}) > 20


def test_the_shares_go_where_they_should() -> None:
    night = Night()
    firsts = [night.plan().candidates[0].channel_id for _ in range(1_000)]
    assert abs(firsts.count("wechat-main") - 700) <= 5
    assert abs(firsts.count("alipay-main") - 200) <= 5
    for explored in ("wechat-backup", "alipay-backup", "bank-alipay"):
        assert 15 <= firsts.count(explored) <= 55


def test_every_first_choice_records_its_propensity() -> None:
    plan = Night().plan()
    chances = {c.channel_id: c.propensity for c in plan.candidates if c.propensity}
    assert chances["wechat-main"] == 0.7
    assert chances["alipay-main"] == 0.2
    assert chances["bank-alipay"] == pytest.approx(0.1 / 3)
    assert sum(c.propensity for c in plan.candidates) == pytest.approx(1.0)


def test_with_two_channels_there_is_nothing_to_explore() -> None:
    night = Night(the_book=book(*FIVE[:2]))
    firsts = [night.plan().candidates[0].channel_id for _ in range(1_000)]
    assert abs(firsts.count("wechat-main") - 800) <= 5


def test_with_one_channel_everything_goes_there() -> None:
    plan = Night(the_book=book(FIVE[0])).plan()
    assert plan.candidates[0].propensity == 1.0
    assert plan.salt == "pay_1"


def test_an_ill_channel_gets_no_share() -> None:
    night = Night()
    for _ in range(2):
        night.call("alipay-main", TIMEOUT)
    night.later(0.5)
    firsts = [night.plan().candidates[0].channel_id for _ in range(300)]
    assert "alipay-main" not in firsts


def test_a_channel_that_creates_far_worse_than_the_best_gets_no_share() -> None:
    """Not ill enough for its breaker (it is slow traffic), but no place to send customers for learning."""
    night = Night()
    for _ in range(60):
        night.call("wechat-main", ACCEPTED)
        night.call("alipay-main", ACCEPTED)
    for n in range(24):
        night.call("bank-alipay", BUSY if n % 3 == 0 else ACCEPTED)
        night.later(200)  # too rare for a rate in a minute
    assert night.state("bank-alipay") == "healthy"
    firsts = [night.plan().candidates[0].channel_id for _ in range(300)]
    assert "bank-alipay" not in firsts


def test_after_a_failure_the_plan_is_best_first_without_a_share() -> None:
    night = Night()
    failed = frozenset({("wechat-main", FIVE_NATIVE)})
    plans = [night.plan(failed=failed, failed_upstreams=frozenset({"wechat"})) for _ in range(100)]
    assert {plan.candidates[0].channel_id for plan in plans} == {"alipay-main"}
    assert {plan.candidates[0].propensity for plan in plans} == {1.0}


def test_a_refusal_by_the_payer_ends_the_split_too() -> None:
    night = Night()
    plans = [night.plan(refused_methods=frozenset({Method.WECHAT})) for _ in range(50)]
    assert {plan.candidates[0].channel_id for plan in plans} == {"alipay-main"}


FIVE_NATIVE = next(p for p in FIVE[0].products if p.value == "wechat_native")


def test_the_recorded_salt_replays_the_same_plan_and_leaves_the_ledger_alone() -> None:
    night = Night()
    recorded = [night.plan(payment(f"pay_{n}")) for n in range(200)]
    replayed = [
        night.router.plan(payment(f"pay_{n}"), night.book, now_ms=night.now_ms, salt=plan.salt)
        for n, plan in enumerate(recorded)
    ]
    assert replayed == recorded
    shares = [drawn_share(night.plan().salt) for _ in range(1_000)]
    assert abs(shares.count("best") - 700) <= 6


def test_merchants_have_their_own_ledgers() -> None:
    """Traffic of one merchant in step with another's must not take its shares."""
    ledger = SplitLedger()
    shares = {Share.BEST: 0.7, Share.WARM: 0.2, Share.EXPLORE: 0.1}
    drawn = {"a": [], "b": []}  # type: dict[str, list[Share]]
    for n in range(1_000):
        for merchant in drawn:
            drawn[merchant].append(ledger.draw(merchant, f"{merchant}{n}", shares))
    for shares_drawn in drawn.values():
        assert abs(shares_drawn.count(Share.EXPLORE) - 100) <= 3


def test_a_new_split_begins_with_a_clean_ledger() -> None:
    night = Night()
    for _ in range(55):
        night.plan()
    night.router.replace_policy(Policy(version="even", split=Split(best=50, warm=50, explore=0)))
    firsts = [night.plan().candidates[0].channel_id for _ in range(400)]
    assert abs(firsts.count("alipay-main") - 200) <= 3


def test_a_split_without_a_best_share_is_an_operators_right() -> None:
    """For instance to warm up a new account with all the traffic of an hour."""
    night = Night(Policy(version="t", split=Split(best=0, warm=100, explore=0)))
    plan = night.plan()
    assert plan.candidates[0].channel_id == "alipay-main"
    assert plan.candidates[0].propensity == 1.0


def test_rules_narrow_the_split_to_their_favourites() -> None:
    rule = Rule(name="r", when=Condition(), then=Action(prefer=Target(channels=("wechat-main", "wechat-backup"))))
    night = Night(Policy(version="t", rules=(rule,)))
    firsts = [night.plan().candidates[0].channel_id for _ in range(1_000)]
    assert abs(firsts.count("wechat-main") - 800) <= 5
    assert firsts.count("wechat-main") + firsts.count("wechat-backup") == 1_000


@settings(deadline=None)
@given(st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted), st.integers(0, 10_000), st.integers(1, 400))
def test_no_share_is_ever_more_than_three_payments_from_its_part(cuts: list[int], seed: int, payments: int) -> None:
    split = Split(best=cuts[0], warm=cuts[1] - cuts[0], explore=100 - cuts[1])
    shares = effective_shares(split, warm=True, explore=True)
    ledger, counts = SplitLedger(), dict.fromkeys(shares, 0)
    for n in range(1, payments + 1):
        counts[ledger.draw("m", f"{seed}-{n}", shares)] += 1
        assert all(abs(counts[share] - part * n) <= 3 for share, part in shares.items())


@given(st.text(), st.sampled_from(list(Share)))
def test_a_recorded_salt_comes_apart_again(salt: str, share: Share) -> None:
    assert recorded_share(f"{salt}#{share.value}") == (salt, share)


@pytest.mark.parametrize("salt", ["pay_1", "", "pay#1", "pay#Best"])
def test_an_ordinary_salt_holds_no_share(salt: str) -> None:
    assert recorded_share(salt) == (salt, None)


def test_the_hash_is_the_same_on_every_machine_and_spreads_evenly() -> None:
    assert unit("pay_1", "split") == unit("pay_1", "split") != unit("pay_1", "explore")
    points = [unit(f"pay_{n}", "split") for n in range(4_000)]
    for tenth in range(10):
        assert 330 <= sum(tenth / 10 <= point < (tenth + 1) / 10 for point in points) <= 470
