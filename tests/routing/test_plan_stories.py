"""The order of a plan: what the customer gets next when something fails, and how ill channels are tried again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.routing.world import (
    ACCEPTED,
    FIVE,
    NO_ORDERS_BESIDE,
    TIMEOUT,
    Night,
    best_only,
    book,
    channel,
    order,
    qr_product,
    why_excluded,
)

from payswitch.domain.channel import Environment, Method, Product
from payswitch.routing.policy import Policy, Triggers
from payswitch.routing.policy_default import default_policy
from payswitch.routing.request import FinalObservation

NATIVE, PRECREATE = Product.WECHAT_NATIVE, Product.ALIPAY_PRECREATE


@pytest.fixture
def night() -> Night:
    """No split and no exploring, so that the order can be read; and no orders beside one (`test_shadow_probes.py`)."""
    return Night(Policy(version="t", split=best_only(), hedging=NO_ORDERS_BESIDE))


def open_breaker(night: Night, *channels: str) -> None:
    for channel_id in channels:
        night.call(channel_id, TIMEOUT, latency_ms=250)
        night.call(channel_id, TIMEOUT, latency_ms=250)
        assert night.state(channel_id) == "open"


def show_weak_signs(night: Night) -> None:
    """One call in five fails at the first channel: too many, but too few calls to prove it."""
    for _ in range(4):
        for outcome in (ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, TIMEOUT):
            night.call("wechat-main", outcome)


def test_tiers_decide_first_and_failure_domains_take_turns(night: Night) -> None:
    """If the first one fails, its upstream is suspect: the next is the best one elsewhere."""
    assert order(night.plan()) == ["wechat-main", "alipay-main", "bank-alipay", "wechat-backup", "alipay-backup"]


def test_a_providers_wechat_product_falls_with_wechat_and_not_with_the_provider() -> None:
    """WeChat has just failed: the code that the provider makes there is suspect, too."""
    provider = channel("provider", "wechatpay", "provider", 1, upstreams={Product.WECHAT_NATIVE: "wechat"}, fee_bp=30)
    other = channel("alipay-main", "alipay", "alipay", 1)
    night = Night(Policy(version="t", split=best_only()), book(provider, other))
    assert order(night.plan()) == ["provider", "alipay-main"]
    assert order(night.plan(failed_upstreams=frozenset({"wechat"}))) == ["alipay-main", "provider"]
    assert order(night.plan(failed_upstreams=frozenset({"provider"}))) == ["provider", "alipay-main"]


def test_within_a_tier_the_cheaper_of_two_equals_comes_first() -> None:
    dear = channel("dear", "wechatpay", "a", 1, fee_bp=100)
    cheap = channel("cheap", "wechatpay", "b", 1, fee_bp=38)
    assert order(Night(Policy(version="t", split=best_only()), book(dear, cheap)).plan()) == ["cheap", "dear"]


def test_within_a_tier_success_weighs_more_than_a_small_fee() -> None:
    dear = channel("dear", "wechatpay", "a", 1, fee_bp=60)
    cheap = channel("cheap", "wechatpay", "b", 1, fee_bp=38)
    night = Night(Policy(version="t", split=best_only()), book(dear, cheap))
    for n in range(100):
        night.call("dear", product=NATIVE)
        night.call("cheap", product=NATIVE)
        for channel_id, paid in (("dear", True), ("cheap", n % 5 != 0)):
            seen = FinalObservation(at_ms=night.now_ms, channel_id=channel_id, product=NATIVE, paid=paid)
            assert night.router.observe_final(seen) == []
    assert order(night.plan()) == ["dear", "cheap"]


def test_a_channel_that_failed_in_this_payment_is_not_asked_while_others_are_left(night: Night) -> None:
    plan = night.plan(failed=frozenset({("wechat-main", NATIVE)}), failed_upstreams=frozenset({"wechat"}))
    assert order(plan) == ["alipay-main", "bank-alipay", "alipay-backup", "wechat-backup"]
    assert why_excluded(plan, "wechat-main") == {"already_failed"}
    backup = next(c for c in plan.candidates if c.channel_id == "wechat-backup")
    assert "same_upstream" in backup.reasons


def test_when_everything_failed_it_is_offered_once_more_rather_than_nothing(night: Night) -> None:
    night.book = book(FIVE[0])
    plan = night.plan(failed=frozenset({("wechat-main", NATIVE)}))
    assert order(plan) == ["wechat-main"]
    assert "retry_failed" in plan.candidates[0].reasons
    assert plan.excluded == ()


def test_a_refused_method_is_never_offered_again_silently(night: Night) -> None:
    plan = night.plan(refused_methods=frozenset({Method.WECHAT}))
    assert all(candidate.method is not Method.WECHAT for candidate in plan.candidates)
    assert night.plan(methods=frozenset({Method.WECHAT}), refused_methods=frozenset({Method.WECHAT})).candidates == ()


def test_after_a_refusal_by_the_wallet_instalments_are_still_there_to_offer(night: Night) -> None:
    plan = night.plan(refused_methods=frozenset({Method.WECHAT, Method.ALIPAY}))
    assert [candidate.method for candidate in plan.candidates] == [Method.HUABEI]


def test_an_open_channel_is_left_out_and_the_reason_recorded(night: Night) -> None:
    open_breaker(night, "wechat-main")
    plan = night.plan()
    assert order(plan) == ["alipay-main", "wechat-backup", "bank-alipay", "alipay-backup"]
    assert why_excluded(plan, "wechat-main") == {"breaker_open"}


def test_with_one_channel_left_the_ill_ones_stand_at_the_end_of_its_plan(night: Night) -> None:
    """If the last healthy channel fails this very payment, a suspect that may be back is better than nothing."""
    night.book = book(FIVE[0], FIVE[3])
    open_breaker(night, "wechat-main")
    plan = night.plan()
    assert order(plan) == ["alipay-backup", "wechat-main"]
    assert "last_resort" in plan.candidates[1].reasons
    assert not plan.candidates[1].probe
    assert plan.candidates[0].propensity == 1.0


def test_a_recovery_probe_is_one_payment_put_first_and_the_next_goes_the_usual_way(night: Night) -> None:
    open_breaker(night, "wechat-main")
    night.later(2)
    probe, usual = night.plan(), night.plan()
    assert (probe.candidates[0].channel_id, probe.candidates[0].probe) == ("wechat-main", True)
    assert "probe" in probe.candidates[0].reasons
    assert probe.candidates[0].propensity == 1.0
    assert probe.candidates[1].channel_id == "alipay-main"  # where the customer goes if the probe fails
    assert not any(candidate.probe for candidate in usual.candidates)
    assert why_excluded(usual, "wechat-main") == {"breaker_probing"}


def test_the_beginning_of_a_probe_is_told_with_the_next_observation(night: Night) -> None:
    open_breaker(night, "wechat-main")
    night.later(2)
    night.plan()
    assert [(move.after, move.reason) for move in night.call("alipay-main")] == [("probing", "probe_due")]
    assert night.router.drain_moves() == []


def test_two_good_probes_bring_the_channel_back(night: Night) -> None:
    open_breaker(night, "wechat-main")
    for _ in range(2):
        night.later(2)
        assert night.plan().candidates[0].probe
        night.call("wechat-main")
    assert night.state("wechat-main") == "healthy"
    assert order(night.plan())[0] == "wechat-main"


def test_a_customer_who_has_already_seen_a_failure_is_never_used_as_a_probe(night: Night) -> None:
    open_breaker(night, "wechat-main")
    night.later(2)
    for facts in (
        {"failed": frozenset({("alipay-main", PRECREATE)})},
        {"failed_upstreams": frozenset({"alipay"})},
        {"refused_methods": frozenset({Method.ALIPAY})},
    ):
        plan = night.plan(**facts)
        assert not any(candidate.probe for candidate in plan.candidates)
        assert "wechat-main" not in order(plan)


def test_a_rule_is_stronger_than_a_probe(night: Night) -> None:
    """A payment that a rule sends to the bank is not lent to WeChat's recovery."""
    night = Night(replace(default_policy(), hedging=NO_ORDERS_BESIDE))
    open_breaker(night, "wechat-main")
    night.later(2)
    assert night.plan(amount_fen=900_000).candidates[0].channel_id == "bank-alipay"
    assert night.plan(amount_fen=900).candidates[0].probe


def test_however_many_channels_are_ill_at_most_a_quarter_of_the_payments_are_probes() -> None:
    ill = [channel(f"ill-{n}", "wechatpay", f"u{n}", 1) for n in range(20)]
    policy = Policy(version="t", triggers=Triggers(open_max_s=2), hedging=NO_ORDERS_BESIDE)
    night = Night(policy, book(*ill, channel("well", "wechatpay", "u", 1)))
    open_breakers = [(c.channel_id, TIMEOUT) for c in ill for _ in range(2)]
    for channel_id, outcome in open_breakers:
        night.call(channel_id, outcome, product=NATIVE, latency_ms=10)
    probes = 0
    for _ in range(400):
        night.later(1)
        first = night.plan().candidates[0]
        probes += first.probe
        night.call(first.channel_id, TIMEOUT if first.probe else ACCEPTED, product=NATIVE, latency_ms=10)
    assert 80 <= probes <= 102


def test_when_every_channel_is_ill_all_of_them_are_offered_as_last_resort(night: Night) -> None:
    open_breaker(night, *(c.channel_id for c in FIVE))
    plan = night.plan(products=frozenset({NATIVE, PRECREATE}))
    assert set(order(plan)) == {c.channel_id for c in FIVE}
    assert all("last_resort" in candidate.reasons for candidate in plan.candidates)
    assert plan.excluded == () or {e.reason for e in plan.excluded} == {"product_not_allowed"}
    assert all(candidate.estimate < 0.5 for candidate in plan.candidates)


def test_a_last_resort_whose_probe_is_due_is_its_probe(night: Night) -> None:
    night.book = book(FIVE[0])
    open_breaker(night, "wechat-main")
    assert not night.plan().candidates[0].probe
    night.later(2)
    first, second = night.plan().candidates[0], night.plan().candidates[0]
    assert (first.probe, second.probe) == (True, False)
    assert "last_resort" in second.reasons


def test_a_degraded_channel_gives_way_to_its_equals_but_not_to_lower_tiers(night: Night) -> None:
    show_weak_signs(night)
    assert night.state("wechat-main") == "degraded"
    assert order(night.plan())[0] == "alipay-main"
    night.book = book(FIVE[0], FIVE[3])
    plan = night.plan()
    assert order(plan)[0] == "wechat-main"
    assert "degraded" in plan.candidates[0].reasons


def test_a_far_better_channel_with_weak_signs_of_trouble_stays_first(night: Night) -> None:
    """One call in nine fails, and the next channel takes it over: still better than customers who cannot pay."""
    for n in range(400):
        night.later(1)
        for channel_id, product, paid in (("wechat-main", NATIVE, n % 50), ("alipay-main", PRECREATE, n % 2)):
            night.call(channel_id)
            seen = FinalObservation(
                at_ms=night.now_ms, channel_id=channel_id, product=product, paid=paid > 0, waited_ms=9_000
            )
            night.router.observe_final(seen)
    night.later(61)
    for outcome in [*[*[ACCEPTED] * 8, TIMEOUT] * 5, *[ACCEPTED] * 3]:
        night.call("wechat-main", outcome)
    assert night.state("wechat-main") == "degraded"
    first = night.plan().candidates[0]
    assert (first.channel_id, first.probe, "degraded" in first.reasons) == ("wechat-main", False, True)


def test_weak_signs_lapse_when_a_decision_looks_at_them_later(night: Night) -> None:
    show_weak_signs(night)
    night.later(61)
    assert not any("degraded" in candidate.reasons for candidate in night.plan().candidates)
    assert [move.reason for move in night.router.drain_moves()] == ["signs_gone"]


def test_a_locally_signed_product_gives_way_when_its_accounts_server_is_ill(night: Night) -> None:
    """Signing a page link cannot fail, but an account whose precreate is down will not take the money either."""
    night.book = book(FIVE[1], channel("other", "wechatpay", "wechat", 3))
    open_breaker(night, "alipay-main")
    plan = night.plan()
    assert order(plan) == ["other", "alipay-main"]
    assert plan.candidates[1].product is Product.ALIPAY_PAGE
    assert "sibling_sick" in plan.candidates[1].reasons


def test_the_plan_fits_the_place_where_the_customer_is(night: Night) -> None:
    plan = night.plan(environment=Environment.MOBILE)
    assert [c.product for c in plan.candidates] == [Product.WECHAT_H5, Product.ALIPAY_WAP, Product.WECHAT_H5]


def test_another_merchants_channels_are_never_used(night: Night) -> None:
    plan = night.plan(merchant_id="m-2")
    assert plan.candidates == ()
    assert {exclusion.reason for exclusion in plan.excluded} == {"other_merchant"}


def test_a_new_policy_works_from_the_next_decision_and_keeps_what_was_learned(night: Night) -> None:
    open_breaker(night, "wechat-main")
    night.router.replace_policy(Policy(version="v2", split=best_only(), triggers=Triggers(last_calls=30)))
    plan = night.plan()
    assert plan.policy_version == night.router.policy_version == "v2"
    assert "wechat-main" not in order(plan)


def test_soft_limits_follow_the_channels_own_latency(night: Night) -> None:
    assert {c.soft_limit_ms for c in night.plan().candidates} == {250}
    for n in range(30):
        night.call("wechat-main", latency_ms=60 + n % 7)
        night.call("alipay-main", latency_ms=110 + 5 * (n % 9))
        night.call("wechat-backup", latency_ms=400)
    limits = {c.channel_id: c.soft_limit_ms for c in night.plan().candidates if c.product in (NATIVE, PRECREATE)}
    assert limits["wechat-main"] == 120
    assert 160 < limits["alipay-main"] < 200
    assert limits["wechat-backup"] == 250
    assert qr_product("wechat-backup") is NATIVE
