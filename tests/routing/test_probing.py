"""How often a suspect is asked: by what payments would gain if it were back."""

from __future__ import annotations

import pytest

from payswitch.domain.channel import Product
from payswitch.routing.belief import Belief
from payswitch.routing.breaker import Breaker
from payswitch.routing.policy import Split, SplitMode, Triggers
from payswitch.routing.probe_law import gap_by_worth_s, law_gap_s
from payswitch.routing.probing import ProbeBudget, gain_if_back, is_worth_asking

TRIGGERS = Triggers()


def belief(chance: float, spread: float = 0.0) -> Belief:
    return Belief(creation=1.0, completion=chance, estimate=chance, spread=spread, sd=spread, up=1.0)


def open_breaker(asked_at_ms: int) -> Breaker:
    breaker = Breaker("wx-main", Product.ALIPAY_PRECREATE, 20)
    breaker.cut_off = True
    breaker.asked_at_ms = asked_at_ms
    return breaker


def test_a_sure_lead_is_gained_in_full_and_a_sure_lag_not_at_all() -> None:
    assert gain_if_back(belief(0.95), belief(0.9)) == pytest.approx(0.05)
    assert gain_if_back(belief(0.85), belief(0.9)) == 0.0
    assert gain_if_back(belief(0.95, 0.001), belief(0.9, 0.001)) == pytest.approx(0.05, abs=1e-4)


def test_who_may_be_better_is_worth_something_even_if_it_is_probably_not() -> None:
    unknown, known = belief(0.88, 0.05), belief(0.9, 0.005)
    assert 0.0 < gain_if_back(unknown, known) < 0.05
    assert gain_if_back(unknown, known) > gain_if_back(belief(0.88, 0.02), known)
    # the other way round the lead comes on top: E(x) - E(-x) is the mean
    assert gain_if_back(known, unknown) - gain_if_back(unknown, known) == pytest.approx(0.02)


def test_the_gap_grows_as_the_worth_shrinks_and_never_without_end() -> None:
    assert gap_by_worth_s(5.0, 0.05) == pytest.approx(29.4, abs=0.1)
    assert gap_by_worth_s(50.0, 0.05) < gap_by_worth_s(5.0, 0.05) < gap_by_worth_s(5.0, 0.005)
    assert gap_by_worth_s(5.0, 0.0) == gap_by_worth_s(5.0, 0.001)
    assert gap_by_worth_s(0.0, 0.05) == law_gap_s(0.0) == 3_600.0


def test_a_channel_of_no_use_is_asked_once_a_minute() -> None:
    breaker = open_breaker(asked_at_ms=100_000)
    assert not is_worth_asking(breaker, 0.0, 5.0, 159_999, TRIGGERS)
    assert is_worth_asking(breaker, 0.0, 5.0, 160_000, TRIGGERS)
    assert is_worth_asking(breaker, 0.05, 5.0, 130_000, TRIGGERS), "the best one is asked sooner"


def test_the_first_probe_the_second_good_one_and_an_operators_wish_are_not_put_off() -> None:
    assert is_worth_asking(open_breaker(asked_at_ms=0), 0.0, 5.0, 1_000, TRIGGERS)
    won = open_breaker(asked_at_ms=100_000)
    won.wins = 1
    assert is_worth_asking(won, 0.0, 5.0, 100_001, TRIGGERS)
    wished = open_breaker(asked_at_ms=100_000)
    wished.call_probe(100_001)
    assert is_worth_asking(wished, 0.0, 5.0, 100_001, TRIGGERS)


def test_a_line_that_only_seems_to_be_ill_keeps_its_own_law() -> None:
    """A channel that swallows payments shows it only by what it is still given: starved, it would not be found out."""
    suspected = open_breaker(asked_at_ms=100_000)
    suspected.cut_off = False
    assert is_worth_asking(suspected, 0.0, 5.0, 100_001, TRIGGERS)


def test_a_merchants_traffic_is_known_from_its_last_minute() -> None:
    budget = ProbeBudget()
    assert budget.payments_per_s("m") == 0.0
    for second in range(600):
        for _ in range(5):
            budget.accrue("m", TRIGGERS, second * 1_000)
    assert budget.payments_per_s("m") == pytest.approx(5.0, rel=0.02)
    budget.accrue("m", TRIGGERS, 900_000)
    assert budget.payments_per_s("m") < 0.1, "it has gone quiet"
    budget.accrue("m", TRIGGERS, 899_000)  # a clock set back: nothing grows, nothing is lost
    assert budget.payments_per_s("m") < 0.1


def test_a_share_by_the_split_is_something_to_come_back_to() -> None:
    assert not Split().leaves_it_to_estimates
    assert Split(mode=SplitMode.LEARNED).leaves_it_to_estimates
    assert Split(best=100, warm=0, explore=0).leaves_it_to_estimates
