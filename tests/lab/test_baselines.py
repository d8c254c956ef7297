"""Each published router does on a hand-made case what its paper says."""

from __future__ import annotations

import pytest

from payswitch.lab.baselines.bandits import (
    DiscountedThompson,
    DiscountedUcb,
    EpsilonGreedy,
    SlidingWindowThompson,
    SlidingWindowUcb,
)
from payswitch.lab.baselines.change_detection import GlrKlUcb, changed, kl, kl_upper
from payswitch.lab.baselines.common import Baseline
from payswitch.lab.baselines.fixed import FixedSplit, Single, StaticPriority
from payswitch.lab.baselines.operational import BreakerMean, CountWindow, Ejection
from payswitch.lab.contender import Answer, Ask
from payswitch.lab.dice import Dice

DICE = Dice(11)
ADAPTIVE = [
    lambda: EpsilonGreedy(3, DICE, epsilon=0.05, step=0.05),
    lambda: SlidingWindowUcb(3, DICE, window=200, xi=0.05),
    lambda: DiscountedUcb(3, DICE, gamma=0.99, xi=0.01),
    lambda: DiscountedThompson(3, DICE, gamma=0.99),
    lambda: SlidingWindowThompson(3, DICE, window=200),
    lambda: GlrKlUcb(3, DICE, delta=0.05, forced=0.02),
    lambda: CountWindow(3, DICE, size=50, explore=0.05, threshold=0.5),
    lambda: BreakerMean(3, DICE, open_s=30, window_s=60),
]


def ask(payment: int = 0, now_s: float = 0.0, tried: tuple[int, ...] = (), closed: frozenset[int] = frozenset()) -> Ask:
    return Ask(now_s, payment, 0, 1, 0, 9_900, tried, closed)


def first_of(router: Baseline, payment: int = 0, now_s: float = 0.0) -> int:
    return router.order(ask(payment, now_s))[0].channel


def end(router: Baseline, channel: int, paid: bool, now_s: float = 0.0, payer_side: bool = False) -> None:
    router.saw_call(now_s, ask(now_s=now_s), channel, Answer.MADE, 80.0)
    router.saw_final(now_s, ask(now_s=now_s), channel, paid=paid, payer_side=payer_side, waited_s=10.0)


def live(router: Baseline, works: tuple[float, ...], payments: range) -> list[int]:
    """Let it route payments to channels that work with these probabilities; its first choices."""
    chosen = []
    for payment in payments:
        channel = first_of(router, payment, float(payment))
        chosen.append(channel)
        end(router, channel, DICE.roll(payment, channel, 0, 4) < works[channel], float(payment))
    return chosen


@pytest.mark.parametrize("make", ADAPTIVE)
def test_who_learns_leaves_a_dead_channel_and_finds_the_best(make) -> None:  # type: ignore[no-untyped-def]
    router = make()
    before = live(router, (0.95, 0.6, 0.5), range(600))
    after = live(router, (0.02, 0.9, 0.5), range(600, 1_600))
    assert before[-200:].count(0) > 120
    assert after[-200:].count(1) > 100


@pytest.mark.parametrize("make", ADAPTIVE)
def test_failures_that_are_the_customers_own_change_nothing(make) -> None:  # type: ignore[no-untyped-def]
    blamed, spared = make(), make()
    for _ in range(100):
        for channel in range(3):
            end(spared, channel, paid=False, payer_side=True)
    assert [first_of(blamed, n) for n in range(50)] == [first_of(spared, n) for n in range(50)]


@pytest.mark.parametrize("make", ADAPTIVE)
def test_channels_in_maintenance_and_those_that_failed_are_left_out(make) -> None:  # type: ignore[no-untyped-def]
    router = make()
    assert [pick.channel for pick in router.order(ask(tried=(0,), closed=frozenset({1})))] == [2]
    assert len(router.order(ask(tried=(0, 1, 2)))) == 3  # nothing else is left: once more


def test_the_single_shop_retries_the_same_channel_once() -> None:
    assert [pick.channel for pick in Single(3, DICE).order(ask())] == [0, 0]


def test_static_priority_never_learns() -> None:
    router = StaticPriority(3, DICE)
    for _ in range(100):
        end(router, 0, paid=False)
    assert [pick.channel for pick in router.order(ask())] == [0, 1, 2]


def test_the_fixed_split_is_70_20_10() -> None:
    router = FixedSplit(5, DICE)
    firsts = [first_of(router, payment) for payment in range(10_000)]
    assert firsts.count(0) / 10_000 == pytest.approx(0.70, abs=0.02)
    assert firsts.count(1) / 10_000 == pytest.approx(0.20, abs=0.02)
    for channel in (2, 3, 4):
        assert firsts.count(channel) / 10_000 == pytest.approx(1 / 30, abs=0.01)


def test_epsilon_greedy_explores_epsilon_and_forgets_by_its_step() -> None:
    router = EpsilonGreedy(2, DICE, epsilon=0.2, step=0.5)
    end(router, 1, paid=False)
    firsts = [first_of(router, payment) for payment in range(10_000)]
    assert firsts.count(1) / 10_000 == pytest.approx(0.1, abs=0.02)  # half of the exploring share
    end(router, 0, paid=False)
    end(router, 0, paid=False)
    assert router.order(ask(tried=(7,)))[0].channel == 1  # 0.25 against 0.5


def test_a_sliding_window_forgets_what_left_it() -> None:
    router = SlidingWindowUcb(2, DICE, window=10, xi=0.0)
    end(router, 1, paid=True)
    for _ in range(5):
        end(router, 0, paid=False)
    assert first_of(router) == 1
    for _ in range(10):
        end(router, 0, paid=True)
    assert first_of(router) == 1  # nothing left of channel 1 in the window: it must be tried again
    end(router, 1, paid=False)
    assert first_of(router) == 0


def test_discounted_counts_shrink_so_that_a_channel_not_played_becomes_uncertain() -> None:
    router = DiscountedUcb(2, DICE, gamma=0.9, xi=0.1)
    for _ in range(20):
        end(router, 0, paid=True)
        end(router, 1, paid=False)
    assert first_of(router) == 0
    for _ in range(60):
        end(router, 0, paid=True)
    assert first_of(router) == 1


def test_thompson_sampling_plays_by_the_probability_of_being_best() -> None:
    router = SlidingWindowThompson(2, DICE, window=1_000)
    even = [first_of(router, payment) for payment in range(2_000)]
    assert even.count(0) / 2_000 == pytest.approx(0.5, abs=0.05)
    for n in range(40):
        end(router, 0, paid=True)
        end(router, 1, paid=n % 2 == 0)
    sure = [first_of(router, payment) for payment in range(2_000)]
    assert sure.count(0) / 2_000 > 0.99


def test_the_likelihood_ratio_sees_a_change_and_only_a_change() -> None:
    steady = [int(DICE.roll(n, 0, 0, 1) < 0.9) for n in range(600)]
    broken = steady[:300] + [int(value and n % 3 == 0) for n, value in enumerate(steady[300:])]
    assert not changed(steady, 0.01)
    assert changed(broken, 0.01)
    assert kl(0.5, 0.5) == pytest.approx(0.0)
    assert kl(0.5, kl_upper(0.5, 0.1)) == pytest.approx(0.1, abs=0.01)


def test_glr_restarts_the_channel_that_changed_and_no_other() -> None:
    router = GlrKlUcb(2, DICE, delta=0.01, forced=0.0)
    for _ in range(100):
        end(router, 0, paid=True)
        end(router, 1, paid=True)
    for _ in range(60):
        end(router, 0, paid=False)
    assert len(router._rewards[0]) < 100
    assert len(router._rewards[1]) == 100


def test_the_count_window_starts_full_of_successes_and_forgives_after_fifteen_minutes() -> None:
    router = CountWindow(2, DICE, size=20, explore=0.0, threshold=0.5)
    assert first_of(router) == 0
    end(router, 0, paid=False)
    assert first_of(router) == 1
    for _ in range(15):
        end(router, 0, paid=False)
        end(router, 1, paid=False)
    end(router, 1, paid=True)
    assert first_of(router, now_s=899.0) == 1
    for _ in range(20):
        end(router, 1, paid=True, now_s=899.0)
    end(router, 1, paid=False, now_s=899.0)
    assert first_of(router, now_s=901.0) == 0  # soft reset: full of successes again


def test_five_errors_in_a_row_eject_for_thirty_seconds_and_longer_the_next_time() -> None:
    router = Ejection(4, DICE, errors=5, base_s=30.0, most=0.1)
    for _ in range(4):
        end(router, 0, paid=False)
    end(router, 0, paid=True)
    assert first_of(router) == 0  # the row was broken
    for _ in range(5):
        end(router, 0, paid=False)
    assert (first_of(router, now_s=29.0), first_of(router, now_s=31.0)) == (1, 0)
    for _ in range(5):
        end(router, 0, paid=False, now_s=31.0)
    assert (first_of(router, now_s=90.0), first_of(router, now_s=92.0)) == (1, 0)


def test_ejection_takes_at_most_its_share_but_always_one() -> None:
    router = Ejection(4, DICE, errors=2, base_s=30.0, most=0.1)
    for channel in (0, 1):
        end(router, channel, paid=False)
        end(router, channel, paid=False)
    assert [pick.channel for pick in router.order(ask())] == [1, 2, 3, 0]


def test_with_half_of_the_channels_out_nobody_is() -> None:
    router = Ejection(4, DICE, errors=1, base_s=30.0, most=1.0)
    for channel in (0, 1, 2):
        end(router, channel, paid=False)
    assert [pick.channel for pick in router.order(ask())] == [0, 1, 2, 3]


def test_two_timeouts_of_three_open_the_breaker_and_time_closes_it() -> None:
    router = BreakerMean(2, DICE, open_s=30.0, window_s=300.0)
    for answer in (Answer.TIMEOUT, Answer.MADE, Answer.TIMEOUT):
        router.saw_call(0.0, ask(), 0, answer, 250.0)
    for _ in range(50):
        router.saw_final(0.0, ask(), 0, paid=True, payer_side=False, waited_s=1.0)
    assert first_of(router, now_s=29.0) == 1
    assert first_of(router, now_s=31.0) == 0
