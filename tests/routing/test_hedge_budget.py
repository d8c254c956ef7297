"""How many orders may be begun beside silent ones: a share of the last minute, and a few in any minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from payswitch.routing.hedging import HedgeBudget
from payswitch.routing.policy import Hedging, Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT, PolicyBook

LAW = Hedging(share=0.05, least_per_minute=5)


def test_a_small_shop_has_a_few_in_any_minute() -> None:
    budget = HedgeBudget()
    assert [budget.take("m-1", 1_000.0 * n, LAW) for n in range(7)] == [True] * 5 + [False] * 2
    assert budget.take("m-1", 61_000.0, LAW), "the first of them is a minute old"


def test_a_busy_one_has_its_share_of_the_minute() -> None:
    budget = HedgeBudget()
    for n in range(600):
        budget.note_create("m-1", n * 100.0)
    assert sum(budget.take("m-1", 59_999.0, LAW) for _ in range(100)) == 30
    usage = budget.usage("m-1", 59_999.0, LAW)
    assert (usage.creates, usage.hedges, usage.allowed) == (600, 30, 30)


def test_merchants_do_not_share_one() -> None:
    budget = HedgeBudget()
    while budget.take("m-1", 0.0, LAW):
        pass
    assert budget.take("m-2", 0.0, LAW)


def test_nothing_at_all_means_never() -> None:
    assert not HedgeBudget().take("m-1", 0.0, Hedging(share=0.0, least_per_minute=0))


def test_each_merchants_own_policy_says_how_many_and_one_budget_counts() -> None:
    book = PolicyBook(Policy(version="all"))
    book.install("m-1", WHOLE_MERCHANT, Policy(version="own", hedging=Hedging(share=0.0, least_per_minute=1)))
    assert book.may_hedge("m-1", "shop-1", 0.0)
    assert not book.may_hedge("m-1", "shop-2", 0.0)
    assert book.hedge_usage("m-1", 0.0).allowed == 1
    assert book.hedge_usage("m-2", 0.0).allowed == 5


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 4_000)), max_size=400))
def test_no_minute_ever_holds_more_than_it_may(steps: list[tuple[bool, float]]) -> None:
    budget, law, now_ms = HedgeBudget(), Hedging(share=0.2, least_per_minute=2), 0.0
    creates: list[float] = []
    hedges: list[float] = []
    for is_create, gap_ms in steps:
        now_ms += gap_ms
        if is_create:
            budget.note_create("m-1", now_ms)
            creates.append(now_ms)
        elif budget.take("m-1", now_ms, law):
            hedges.append(now_ms)
            # Whole seconds are forgotten: the budget looks back a minute, and at most a second less.
            minute = sum(at > now_ms - 60_000 for at in creates)
            assert sum(at > now_ms - 59_000 for at in hedges) <= max(2, int(minute * 0.2))
