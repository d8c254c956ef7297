"""The mission's customer profiles, and every condition and action a rule can have, as an operator would tell them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.routing.world import (
    FIVE,
    NIGHT_MS,
    TIMEOUT,
    Night,
    best_only,
    book,
    channel,
    customer,
    order,
    payment,
    why_excluded,
)

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.customer import AgeBand, Customer
from payswitch.kit.clock import beijing_day
from payswitch.routing.conditions import Conditions
from payswitch.routing.policy import Action, Condition, Policy, Rule, RuleSplit, Target


def first_of(night: Night, **facts: Any) -> str:
    return night.plan(**facts).candidates[0].channel_id


def rules(*rule: Rule) -> Policy:
    return Policy(version="test", split=best_only(), rules=rule)


class TestTheFourProfiles:
    """新客户→支付宝, 苹果设备→Apple Pay, 年轻客户→花呗, 大额→银行."""

    def test_a_new_customer_is_taken_to_alipay_every_time(self) -> None:
        night = Night()
        plans = [night.plan(customer=customer(is_new=True)) for _ in range(200)]
        assert {plan.candidates[0].method for plan in plans} == {Method.ALIPAY}
        assert all("rule:new-customer" in plan.candidates[0].reasons for plan in plans)
        assert all(plan.rules_fired == ("new-customer",) for plan in plans)

    def test_the_split_still_works_within_alipay_for_new_customers(self) -> None:
        night = Night()
        firsts = [first_of(night, customer=customer(is_new=True)) for _ in range(1_000)]
        assert 690 <= firsts.count("alipay-main") <= 710
        assert 190 <= firsts.count("bank-alipay") <= 210  # another upstream is kept warm rather than the same one
        assert 90 <= firsts.count("alipay-backup") <= 110

    def test_a_returning_or_unknown_customer_is_not_led_to_alipay(self) -> None:
        for facts in (customer(is_new=False), customer()):
            plan = Night().plan(customer=facts)
            assert plan.rules_fired == ()
            assert plan.candidates[0].channel_id == "wechat-main"

    def test_a_young_customer_with_100_yuan_sees_huabei_first(self) -> None:
        plan = Night().plan(customer=customer(age=22), amount_fen=10_000)
        assert plan.candidates[0].product is Product.HUABEI_PRECREATE
        assert plan.rules_fired == ("young-huabei",)

    @pytest.mark.parametrize(("age", "amount_fen"), [(31, 10_000), (22, 9_999), (None, 10_000)])
    def test_huabei_is_not_pushed_on_older_customers_or_small_amounts(self, age: int | None, amount_fen: int) -> None:
        plan = Night().plan(customer=customer(age=age), amount_fen=amount_fen)
        assert plan.candidates[-1].method is Method.HUABEI
        assert "on_request" in plan.candidates[-1].reasons

    def test_the_split_never_leads_a_customer_into_credit_who_did_not_ask(self) -> None:
        night = Night()
        assert all(night.plan().candidates[0].method is not Method.HUABEI for _ in range(500))

    def test_huabei_comes_when_the_customer_chose_it(self) -> None:
        plan = Night().plan(methods=frozenset({Method.HUABEI}))
        assert [candidate.product for candidate in plan.candidates] == [Product.HUABEI_PRECREATE]

    def test_an_apple_device_gets_apple_pay_where_the_shop_has_it(self) -> None:
        apple = channel("apple", "alipay", "unionpay", 2, tags=frozenset({"apple_pay"}))
        night = Night(the_book=book(*FIVE, apple))
        assert first_of(night, customer=customer(device="iOS")) == "apple"
        assert night.plan(customer=customer(device="android")).rules_fired == ()

    def test_without_an_apple_pay_channel_the_rule_changes_nothing(self) -> None:
        plan = Night().plan(payment(customer=customer(device="ios")))
        assert plan.rules_fired == ("apple-device",)
        assert order(plan) == order(Night().plan(payment()))

    def test_a_large_amount_goes_bank_direct(self) -> None:
        night = Night()
        assert first_of(night, amount_fen=500_000) == "bank-alipay"
        plan = night.plan(amount_fen=499_999)
        assert plan.candidates[0].channel_id != "bank-alipay"
        assert "rule:large-amount" not in plan.candidates[0].reasons

    def test_the_earlier_rule_outweighs_the_later_one(self) -> None:
        """A new customer with a large amount: bank first, and only then among equals Alipay."""
        plan = Night().plan(amount_fen=800_000, customer=customer(is_new=True))
        assert plan.rules_fired == ("large-amount", "new-customer")
        assert order(plan)[0] == "bank-alipay"

    def test_a_rules_favourite_that_is_ill_does_not_keep_the_customer_waiting(self) -> None:
        night = Night()
        for _ in range(3):
            night.call("bank-alipay", product=Product.ALIPAY_PRECREATE, outcome=TIMEOUT)
        plan = night.plan(amount_fen=800_000)
        assert plan.candidates[0].channel_id == "wechat-main"
        assert why_excluded(plan, "bank-alipay") == {"breaker_open"}


class TestActions:
    def test_prefer_keeps_the_others_for_failover(self) -> None:
        night = Night(rules(Rule(name="r", when=Condition(), then=Action(prefer=Target(channels=("wechat-backup",))))))
        assert order(night.plan()) == ["wechat-backup", "alipay-main", "bank-alipay", "wechat-main", "alipay-backup"]

    def test_avoid_puts_last_but_does_not_exclude(self) -> None:
        night = Night(rules(Rule(name="r", when=Condition(), then=Action(avoid=Target(methods=(Method.WECHAT,))))))
        plan = night.plan()
        assert [c.method for c in plan.candidates if c.method is not Method.HUABEI][-2:] == [Method.WECHAT] * 2
        assert "avoid:r" in plan.candidates[-1].reasons

    def test_only_excludes_everything_else_also_for_failover(self) -> None:
        night = Night(rules(Rule(name="r", when=Condition(), then=Action(only=Target(channels=("alipay-backup",))))))
        plan = night.plan()
        assert order(plan) == ["alipay-backup"]
        assert why_excluded(plan, "wechat-main") == {"rule_only"}

    def test_pin_takes_every_payment_and_leaves_no_share_to_others(self) -> None:
        policy = Policy(
            version="t", rules=(Rule(name="r", when=Condition(), then=Action(pin=Target(channels=("bank-alipay",)))),)
        )
        night = Night(policy)
        plans = [night.plan() for _ in range(100)]
        assert {plan.candidates[0].channel_id for plan in plans} == {"bank-alipay"}
        assert {plan.candidates[0].propensity for plan in plans} == {1.0}
        assert all(len(order(plan)) == 5 for plan in plans)

    def test_tier_puts_a_tier_first(self) -> None:
        night = Night(rules(Rule(name="r", when=Condition(), then=Action(tier="backup"))))
        assert order(night.plan())[0] == "wechat-backup"

    def test_a_rule_may_split_its_payments_its_own_way(self) -> None:
        """Large amounts all to the best, the rest as ever; both to the payment."""
        policy = Policy(
            version="t",
            rules=(Rule(name="sure", when=Condition(min_fen=100_000), then=Action(split=RuleSplit(best=100))),),
        )
        night = Night(policy)
        large = [night.plan(amount_fen=100_000) for _ in range(50)]
        assert len({plan.candidates[0].channel_id for plan in large}) == 1
        assert {plan.candidates[0].propensity for plan in large} == {1.0}
        firsts = [first_of(night) for _ in range(1_000)]
        assert 690 <= max(firsts.count(name) for name in set(firsts)) <= 710

    def test_a_rules_split_is_exact_and_says_whose_it_is(self) -> None:
        """Two rules with the same shares in other percentages do not pay each other's debts."""
        half = Rule(name="half", when=Condition(shops=("a",)), then=Action(split=RuleSplit(best=50, warm=50)))
        most = Rule(name="most", when=Condition(), then=Action(split=RuleSplit(best=90, warm=10)))
        night = Night(Policy(version="t", rules=(half, most)))
        plans = {shop: [night.plan(shop_id=shop) for _ in range(500)] for shop in ("a", "b")}
        warm = {shop: sum("split:warm" in plan.candidates[0].reasons for plan in made) for shop, made in plans.items()}
        assert abs(warm["a"] - 250) <= 3
        assert abs(warm["b"] - 50) <= 3
        assert plans["a"][0].rules_fired == ("half", "most")
        assert "split_by:half" in plans["a"][0].candidates[0].reasons
        assert "split_by:most" in plans["b"][0].candidates[0].reasons

    def test_another_policy_with_other_percentages_starts_with_no_debts(self) -> None:
        def policy(warm: int) -> Policy:
            split = RuleSplit(best=100 - warm, warm=warm)
            return Policy(version=str(warm), rules=(Rule(name="r", when=Condition(), then=Action(split=split)),))

        night = Night(policy(50))
        for _ in range(101):
            night.plan()
        night.router.replace_policy(policy(1))
        assert sum("split:warm" in night.plan().candidates[0].reasons for _ in range(300)) <= 6

    def test_one_rule_may_do_several_things(self) -> None:
        action = Action(prefer=Target(methods=(Method.ALIPAY,)), avoid=Target(channels=("alipay-main",)))
        night = Night(rules(Rule(name="r", when=Condition(), then=action)))
        assert order(night.plan())[0] == "alipay-backup"
        assert order(night.plan())[-1] == "alipay-main"

    def test_all_fields_of_a_target_must_match(self) -> None:
        target = Target(methods=(Method.ALIPAY,), channels=("alipay-main", "wechat-main"))
        night = Night(rules(Rule(name="r", when=Condition(), then=Action(only=target))))
        assert order(night.plan()) == ["alipay-main"]


YOUNG, OLD = AgeBand.FROM_25, AgeBand.OVER_60
MONDAY = beijing_day(NIGHT_MS)
"""The 11th of November 2024."""

CONDITIONS: list[tuple[str, Condition, dict[str, Any], dict[str, Any]]] = [
    ("amount from", Condition(min_fen=100), {"amount_fen": 100}, {"amount_fen": 99}),
    ("amount up to", Condition(max_fen=100), {"amount_fen": 100}, {"amount_fen": 101}),
    ("new", Condition(customer_new=True), {"customer": Customer(is_new=True)}, {"customer": Customer(is_new=False)}),
    ("returning", Condition(customer_new=False), {"customer": Customer(is_new=False)}, {"customer": Customer()}),
    ("age from", Condition(min_age=60), {"customer": Customer(age=60)}, {"customer": Customer(age=59)}),
    ("age unknown", Condition(max_age=30), {"customer": Customer(age=30)}, {"customer": Customer()}),
    ("device", Condition(devices=("IOS",)), {"customer": Customer(device="ios")}, {"customer": Customer()}),
    (
        "age by band",
        Condition(max_age=30),
        {"customer": Customer(age_band=YOUNG)},
        {"customer": Customer(age_band=OLD)},
    ),
    ("half a band", Condition(max_age=28), {"customer": Customer(age=28)}, {"customer": Customer(age_band=YOUNG)}),
    ("band", Condition(age_bands=(YOUNG,)), {"customer": Customer(age_band=YOUNG)}, {"customer": Customer()}),
    ("band by age", Condition(age_bands=(YOUNG,)), {"customer": Customer(age=25)}, {"customer": Customer(age=31)}),
    ("bank", Condition(banks=("icbc", "ccb")), {"bank": "ccb"}, {"bank": ""}),
    ("weekday", Condition(weekdays=(1, 7)), {"local_day": MONDAY}, {"local_day": MONDAY + 1}),
    ("from a day on", Condition(from_date="2024-11-11"), {"local_day": MONDAY}, {"local_day": MONDAY - 1}),
    ("until a day", Condition(to_date="2024-11-11"), {"local_day": MONDAY}, {"local_day": MONDAY + 1}),
    ("risk", Condition(risks=("high",)), {"customer": Customer(risk="high")}, {"customer": Customer(risk="low")}),
    (
        "environment",
        Condition(environments=(Environment.WECHAT,)),
        {"environment": Environment.WECHAT},
        {"environment": Environment.MOBILE},
    ),
    ("evening", Condition(from_hour=18, to_hour=23), {"local_hour": 22}, {"local_hour": 23}),
    ("night", Condition(from_hour=22, to_hour=6), {"local_hour": 5}, {"local_hour": 6}),
    ("night begins", Condition(from_hour=22, to_hour=6), {"local_hour": 22}, {"local_hour": 21}),
    ("shop", Condition(shops=("s-9",)), {"shop_id": "s-9"}, {"shop_id": "s-1"}),
    ("goods tag", Condition(goods_tags=("phone",)), {"goods_tag": "phone"}, {"goods_tag": None}),
    ("metadata", Condition(metadata={"live": "yes"}), {"metadata": {"live": "yes"}}, {"metadata": {}}),
    (
        "metadata of several",
        Condition(metadata={"room": ("1", "2"), "live": "yes"}),
        {"metadata": {"room": "2", "live": "yes"}},
        {"metadata": {"room": "2"}},
    ),
]


@pytest.mark.parametrize(("when", "holds", "fails"), [c[1:] for c in CONDITIONS], ids=[c[0] for c in CONDITIONS])
def test_each_condition_holds_at_its_edge_and_not_beyond(
    when: Condition, holds: dict[str, Any], fails: dict[str, Any]
) -> None:
    conditions = Conditions([Condition(min_fen=1), when])
    assert conditions.holding(payment(**holds)) == 0b11
    assert conditions.holding(payment(**fails)) == 0b01


def test_all_conditions_of_a_rule_must_hold_together() -> None:
    when = Condition(min_fen=10_000, customer_new=True)
    policy = rules(Rule(name="r", when=when, then=Action(tier="bank")))
    assert Night(policy).plan(amount_fen=20_000, customer=Customer(is_new=True)).rules_fired == ("r",)
    assert Night(policy).plan(amount_fen=20_000).rules_fired == ()
    assert Night(policy).plan(customer=Customer(is_new=True)).rules_fired == ()
