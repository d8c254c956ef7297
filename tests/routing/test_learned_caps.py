"""What a channel's "over the limit" teaches, how long it holds, and that it never costs a payment."""

from __future__ import annotations

from msgspec.structs import replace
from tests.routing.world import LIMIT, QR_ONLY, TIMEOUT, Night, channel, customer, order, why_excluded
from tests.routing.world import book as book_of

from payswitch.domain.channel import Method
from payswitch.domain.outcome import LimitScope, Outcome
from payswitch.routing.beijing import next_midnight_ms

DAY_LIMIT: Outcome = replace(LIMIT, limit=LimitScope.DAY)
TOO_SMALL: Outcome = replace(LIMIT, limit=LimitScope.LEAST)
HALF_AN_HOUR = 1_800
WECHAT = channel("wechat", "wechatpay", "wechat", 1)
ALIPAY = channel("alipay", "alipay", "alipay", 2, products=QR_ONLY)


def two() -> Night:
    """A shop with a wallet that has an unwritten limit, and another one."""
    return Night(the_book=book_of(WECHAT, ALIPAY))


def barred(night: Night, amount_fen: int) -> bool:
    reasons = why_excluded(night.plan(amount_fen=amount_fen), "wechat")
    return any(reason.startswith("learned_cap:") for reason in reasons)


def test_a_refused_amount_and_larger_ones_go_elsewhere_smaller_ones_do_not() -> None:
    night = two()
    night.call("wechat", LIMIT, amount_fen=300_000)
    assert [barred(night, fen) for fen in (299_999, 300_000, 900_000)] == [False, True, True]
    assert "learned_cap:300000" in why_excluded(night.plan(amount_fen=300_000), "wechat")
    assert night.state("wechat") == "healthy"


def test_the_lowest_refused_amount_counts() -> None:
    night = two()
    for amount_fen in (300_000, 200_000, 500_000):
        night.call("wechat", LIMIT, amount_fen=amount_fen)
    assert [barred(night, fen) for fen in (199_999, 200_000)] == [False, True]


def test_the_bar_rises_with_time_and_is_forgotten() -> None:
    night = two()
    night.call("wechat", LIMIT, amount_fen=10_000)
    seen = []
    for _ in range(5):
        seen.append([barred(night, fen) for fen in (10_000, 20_000, 40_000, 80_000)])
        night.later(HALF_AN_HOUR)
    assert seen == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, True],
        [False, False, False, False],
    ]


def test_tried_again_too_early_the_bar_holds_for_twice_as_long() -> None:
    night = two()
    night.call("wechat", LIMIT, amount_fen=10_000)
    night.later(HALF_AN_HOUR + 1)
    night.call("wechat", LIMIT, amount_fen=12_000)
    night.later(HALF_AN_HOUR + 1)
    assert barred(night, 12_000)
    night.later(HALF_AN_HOUR)
    assert not barred(night, 12_000)


def test_a_burst_of_refusals_is_one_lesson() -> None:
    """Ten payments were on their way when the limit was met: that does not make it hold for days."""
    night = two()
    for _ in range(10):
        night.call("wechat", LIMIT, amount_fen=10_000)
    night.later(HALF_AN_HOUR + 1)
    assert not barred(night, 10_000)


def test_a_payment_at_the_bar_that_passes_takes_it_away() -> None:
    night = two()
    night.call("wechat", LIMIT, amount_fen=300_000)
    night.call("wechat", amount_fen=299_999)
    assert barred(night, 300_000)
    night.call("wechat", amount_fen=300_000)
    assert not barred(night, 300_000)


def test_when_the_channel_says_the_day_is_used_up_the_bar_holds_until_midnight() -> None:
    night = two()
    night.call("wechat", DAY_LIMIT, amount_fen=50_000)
    night.now_ms = next_midnight_ms(night.now_ms) - 1
    assert [barred(night, fen) for fen in (49_999, 50_000)] == [False, True]
    night.now_ms += 1
    assert not barred(night, 50_000)


def test_three_refusals_at_ordinary_amounts_mean_that_the_day_is_used_up() -> None:
    night = two()
    night.call("wechat", amount_fen=10_000)
    for amount_fen in (9_000, 8_000):
        night.call("wechat", LIMIT, amount_fen=amount_fen)
    assert not barred(night, 100)
    night.call("wechat", LIMIT, amount_fen=7_000)
    assert barred(night, 1)
    night.now_ms = next_midnight_ms(night.now_ms) - 1
    assert barred(night, 1)
    night.now_ms += 1
    assert not barred(night, 1)


def test_refusals_of_ever_larger_amounts_say_nothing_about_the_day() -> None:
    night = two()
    night.call("wechat", amount_fen=10_000)
    for amount_fen in (90_000, 80_000, 70_000, 60_000):
        night.call("wechat", LIMIT, amount_fen=amount_fen)
    assert not barred(night, 10_000)


def test_an_amount_that_was_too_small_says_nothing_against_larger_ones() -> None:
    night = two()
    night.call("wechat", TOO_SMALL, amount_fen=1)
    assert not barred(night, 10_000)


def test_a_learned_cap_is_no_reason_to_fail_a_payment() -> None:
    """The other wallet is refused by the payment, or ill: then the doubted one is asked all the same."""
    night = two()
    night.call("wechat", LIMIT, amount_fen=10_000)
    alone = night.plan(amount_fen=10_000, methods=frozenset({Method.WECHAT}))
    assert order(alone) == ["wechat"]
    assert "last_resort" in alone.candidates[0].reasons
    for _ in range(3):
        night.call("alipay", TIMEOUT)
    assert set(order(night.plan(amount_fen=10_000))) == {"wechat", "alipay"}


def test_what_failed_in_this_payment_is_still_called_so() -> None:
    night = two()
    night.call("wechat", LIMIT, amount_fen=10_000)
    product = night.plan(amount_fen=1).candidates[0].product
    plan = night.plan(amount_fen=10_000, failed=frozenset({("wechat", product)}), customer=customer())
    assert why_excluded(plan, "wechat") == {"already_failed"}
