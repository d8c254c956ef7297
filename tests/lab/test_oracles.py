"""The oracles bound everything: no router chooses better than the one that knows."""

from __future__ import annotations

from statistics import fmean

import pytest

from payswitch.lab.comparing import Entry, Run, WorldOrder, play
from payswitch.lab.contenders import entrants, make
from payswitch.lab.playing import CREATION_BUDGET_MS, Playing
from payswitch.lab.scenario import SCENARIOS
from payswitch.lab.world import World

SEEDS = range(200, 204)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    entries = tuple(Entry(label=name, name=name) for name in entrants())
    return [run for seed in SEEDS for run in play(WorldOrder(scenario="severe", seed=seed, minutes=2, entries=entries))]


def _mean(runs: list[Run], policy: str, figure: str) -> float:
    return fmean(getattr(run, figure) for run in runs if run.policy == policy)


def test_the_informed_oracle_has_no_regret_and_everybody_else_some(runs: list[Run]) -> None:
    assert _mean(runs, "oracle", "regret") == pytest.approx(0.0, abs=1e-9)
    for name in entrants():
        if name != "oracle":
            assert _mean(runs, name, "regret") > 0.0, name


def test_nobody_succeeds_more_often_than_the_informed_oracle(runs: list[Run]) -> None:
    best = _mean(runs, "oracle", "success")
    for name in entrants():
        assert _mean(runs, name, "success") <= best + 0.5, name  # luck of the dice: 4 x 600 payments


def test_the_lagged_oracle_stands_between_the_informed_one_and_a_single_channel(runs: list[Run]) -> None:
    informed, lagged, single = (_mean(runs, name, "regret") for name in ("oracle", "oracle-20s", "single"))
    assert informed < lagged < single


def test_everybody_meets_the_same_payments(runs: list[Run]) -> None:
    for seed in SEEDS:
        assert len({(run.payments, run.payable) for run in runs if run.seed == seed}) == 1


def test_no_payment_is_counted_twice_or_lost_from_the_books() -> None:
    world = World(SCENARIOS["severe"], 9, 3)
    tally = Playing(world, make("static", world)).run()
    assert tally.payments == tally.chosen
    assert 0 < tally.first_attempt_successes <= tally.successes <= tally.payable < tally.payments
    assert tally.payments <= tally.attempts <= 3 * tally.payments


def test_all_calls_of_a_round_fit_into_the_creation_budget() -> None:
    class Clocked:
        def __init__(self) -> None:
            self.inner = make("static", world)
            self.spent: dict[tuple[int, float], float] = {}

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        def saw_call(self, now_s, ask, channel, answer, latency_ms):  # type: ignore[no-untyped-def]
            key = (ask.payment, ask.now_s)
            self.spent[key] = self.spent.get(key, 0.0) + latency_ms
            self.inner.saw_call(now_s, ask, channel, answer, latency_ms)

    world = World(SCENARIOS["latency-only"], 4, 10)
    clocked = Clocked()
    Playing(world, clocked).run()  # type: ignore[arg-type]
    assert max(clocked.spent.values()) <= CREATION_BUDGET_MS + 1e-6
    assert max(clocked.spent.values()) > 250.0
