"""The same seed brings the same people, so that the two runs of a drill differ in nothing but the channels."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from payswitch.domain.channel import Environment, Method
from payswitch.drill.scenario import Amounts, Scenario, Shoppers, Surge, Text, Traffic
from payswitch.drill.shopper import arrivals, crowd
from tests.drill.builders import shopper

WORDS = Text(en="x", zh="x")
NIGHT = Scenario(name="night", title=WORDS, story=WORDS)


def test_the_same_seed_brings_the_same_people_and_another_seed_others() -> None:
    once, again, other = crowd(NIGHT, 200, 7), crowd(NIGHT, 200, 7), crowd(NIGHT, 200, 8)

    assert once == again
    assert once != other


def test_a_person_stays_the_same_when_more_people_come() -> None:
    """Drawn from a generator of their own: the crowd's size changes when they come, not who they are."""
    few, many = crowd(NIGHT, 50, 7), crowd(NIGHT, 500, 7)

    assert [msgspec.structs.replace(s, arrives_s=0) for s in few] == [
        msgspec.structs.replace(s, arrives_s=0) for s in many[:50]
    ]


def test_exactly_as_many_come_as_were_asked_for_in_order_and_in_time() -> None:
    moments = arrivals(Traffic(per_second=10), 300, 3)

    assert len(moments) == 300
    assert moments == sorted(moments)
    assert moments[0] >= 0
    assert moments[-1] <= 30.0


def test_a_surge_brings_its_multiple() -> None:
    traffic = Traffic(per_second=100, surges=(Surge(start=0.25, end=0.5, factor=3),))
    moments = arrivals(traffic, 6_000, 1)
    inside = sum(15 <= at_s < 30 for at_s in moments)

    # A quarter of the time at three times the rate: 3 of 6 parts.
    assert inside == pytest.approx(3_000, rel=0.06)


def test_arrivals_bunch_like_a_poisson_process() -> None:
    """The variance of counts per second equals their mean; evenly spaced arrivals would have none."""
    moments = arrivals(Traffic(per_second=20), 4_000, 5)
    counts = Counter(int(at_s) for at_s in moments)
    per_second = [counts[second] for second in range(200)]
    mean = sum(per_second) / 200
    variance = sum((count - mean) ** 2 for count in per_second) / 200

    assert variance == pytest.approx(mean, rel=0.35)


def test_amounts_stay_within_their_bounds() -> None:
    night = msgspec.structs.replace(
        NIGHT, traffic=Traffic(amounts=Amounts(min_fen=5_000, typical_fen=6_000, max_fen=7_000))
    )
    amounts = [person.amount_fen for person in crowd(night, 300, 1)]

    assert min(amounts) == 5_000
    assert max(amounts) == 7_000


def test_inside_an_app_only_its_own_wallet_can_pay() -> None:
    for person in crowd(NIGHT, 400, 2):
        if person.environment is Environment.WECHAT:
            assert person.methods == (Method.WECHAT,)
        if person.environment is Environment.ALIPAY:
            assert person.methods == (Method.ALIPAY,)


def test_shares_are_kept() -> None:
    night = msgspec.structs.replace(NIGHT, shoppers=Shoppers(no_money=0.1, leaves=0.2))
    people = crowd(night, 4_000, 4)

    assert sum(not any(p.money.values()) for p in people) / 4_000 == pytest.approx(0.1, abs=0.02)
    assert sum(p.leaves for p in people) / 4_000 == pytest.approx(0.2, abs=0.02)


def test_payable_means_money_in_a_wallet_that_the_shop_takes() -> None:
    only_wechat, both = frozenset({Method.WECHAT}), frozenset({Method.WECHAT, Method.ALIPAY})

    assert shopper().can_pay(only_wechat)
    assert not shopper(money={"alipay": True}).can_pay(only_wechat)
    assert not shopper(money={"wechat": False, "alipay": True}).can_pay(only_wechat)
    assert shopper(money={"wechat": False, "alipay": True}).can_pay(both)
    assert not shopper(money={"wechat": False, "alipay": False}).can_pay(both)
    assert not shopper(leaves=True).can_pay(both)
