"""影子探测: whether a channel is back is found out by an order beside a customer's, which nobody is shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.routing.world import (
    FIVE,
    LISTED,
    NO_ORDERS_BESIDE,
    TIMEOUT,
    Night,
    best_only,
    book,
    order,
    payment,
    qr_product,
    why_excluded,
)

from payswitch.domain.channel import Closing, Method, Product
from payswitch.routing.policy import Policy, Split, SplitMode
from payswitch.routing.reasons import explain
from payswitch.routing.rehearsal import rehearse
from payswitch.routing.request import RoutePlan

MAIN = "wechat-main"


@pytest.fixture
def night() -> Night:
    """No split: the order itself can be read."""
    return Night(Policy(version="t", split=best_only()))


def fall_ill(night: Night) -> None:
    night.call(MAIN, LISTED)
    assert night.state(MAIN) == "open"


def shadowed(plan: RoutePlan) -> str:
    return "" if plan.shadow is None else plan.shadow.channel_id


def test_the_customer_goes_to_a_healthy_channel_and_an_order_beside_asks_the_ill_one(night: Night) -> None:
    fall_ill(night)
    assert shadowed(night.plan()) == "", "it has only just fallen ill"
    night.later(2)
    plan = night.plan()
    assert order(plan)[0] == "alipay-main"
    assert not any(candidate.probe for candidate in plan.candidates)
    assert shadowed(plan) == MAIN
    assert plan.shadow is not None
    assert (plan.shadow.probe, plan.shadow.propensity, plan.shadow.product) == (True, 0.0, qr_product(MAIN))
    assert all(explain(reason) for reason in plan.shadow.reasons)
    assert why_excluded(plan, MAIN) == {"breaker_probing"}
    assert shadowed(night.plan()) == "", "one at a time"


def test_two_good_answers_bring_the_channel_back_before_any_customer_was_lent(night: Night) -> None:
    fall_ill(night)
    for _ in range(2):
        night.later(2)
        assert night.shadow(night.plan())
    assert night.state(MAIN) == "healthy"
    assert order(night.plan())[0] == MAIN


def test_as_long_as_it_is_down_it_is_asked_every_few_seconds_and_never_with_a_customer(night: Night) -> None:
    fall_ill(night)
    asked = 0
    for _ in range(1_200):  # ten minutes, two payments a second
        night.later(0.5)
        plan = night.plan()
        assert order(plan)[0] != MAIN
        asked += night.shadow(plan, TIMEOUT, latency_ms=250)
    assert 600 / 30 <= asked <= 600 / 3


def test_where_nobody_had_room_for_it_a_payment_is_lent_next(night: Night) -> None:
    """The budget for orders beside one is spent: recovery must not wait for that."""
    fall_ill(night)
    night.later(2)
    plan = night.plan()
    assert plan.shadow is not None
    night.router.leave_shadow(plan.shadow, night.now_ms)
    plan = night.plan()
    assert (order(plan)[0], plan.candidates[0].probe, plan.shadow) == (MAIN, True, None)
    night.call(MAIN)
    night.later(2)
    assert shadowed(night.plan()) == MAIN, "an answer was heard: orders beside a payment will do again"


def test_one_that_nobody_ever_hears_of_again_is_followed_by_a_payment(night: Night) -> None:
    """The process that was to make it was killed."""
    fall_ill(night)
    night.later(2)
    assert shadowed(night.plan()) == MAIN
    night.later(30)
    assert night.plan().candidates[0].probe


def test_a_shop_that_wants_no_orders_beside_one_gets_none() -> None:
    night = Night(Policy(version="t", split=best_only(), hedging=NO_ORDERS_BESIDE))
    fall_ill(night)
    night.later(2)
    plan = night.plan()
    assert (order(plan)[0], plan.candidates[0].probe, plan.shadow) == (MAIN, True, None)


def test_an_order_that_could_not_be_taken_back_is_not_made_for_that(night: Night) -> None:
    table = {
        connector: {product: replace(capability, closing=Closing.NO) for product, capability in capabilities.items()}
        for connector, capabilities in night.book.capabilities.items()
    }
    night.book = replace(night.book, capabilities=table)
    fall_ill(night)
    night.later(2)
    plan = night.plan()
    assert (plan.candidates[0].probe, plan.shadow) == (True, None)


def test_whether_customers_can_pay_again_only_a_customer_can_tell(night: Night) -> None:
    line = night.router._health.line(MAIN, qr_product(MAIN))
    line.breaker.open_unpaid(night.now_ms, {}, night.router.policy.triggers)
    night.later(2)
    plan = night.plan()
    assert (order(plan)[0], plan.candidates[0].probe, plan.shadow) == (MAIN, True, None)


def test_a_channel_that_is_only_suspected_is_asked_the_same_way(night: Night) -> None:
    night.router.observe_silence(MAIN, qr_product(MAIN), night.now_ms)
    night.router.observe_silence(MAIN, qr_product(MAIN), night.now_ms)
    assert night.state(MAIN) == "degraded"
    night.later(2)
    plan = night.plan()
    assert (order(plan)[0], shadowed(plan)) == ("alipay-main", MAIN)
    night.shadow(plan)
    assert order(night.plan())[0] == MAIN


def test_a_payment_that_has_failed_somewhere_asks_nothing_beside(night: Night) -> None:
    fall_ill(night)
    night.later(2)
    plan = night.plan(failed=frozenset({("alipay-main", Product.ALIPAY_PRECREATE)}))
    assert plan.shadow is None
    assert night.plan(refused_methods=frozenset({Method.ALIPAY})).shadow is None


def test_what_is_only_tried_asks_nothing(night: Night) -> None:
    fall_ill(night)
    night.later(2)
    request = payment("pay_tried")
    assert rehearse(night.router, night.router.policy, request, night.book, now_ms=night.now_ms).shadow is None
    assert shadowed(night.plan()) == MAIN


def test_a_channel_that_would_hardly_be_chosen_is_asked_less_often() -> None:
    def asked(main_pays: float) -> int:
        night = Night(Policy(version="t", split=Split(mode=SplitMode.LEARNED)), book(FIVE[0], FIVE[1]))
        for channel_id, share in ((MAIN, main_pays), ("alipay-main", 0.9)):
            line = night.router._health.line(channel_id, qr_product(channel_id))
            line.completion.add_many(400 * share, 400.0, night.now_ms, night.router.policy.scoring)
        fall_ill(night)
        found = 0
        for _ in range(1_200):
            night.later(0.5)
            found += night.shadow(night.plan(), TIMEOUT, latency_ms=250)
        return found

    assert asked(0.6) < asked(0.97)
