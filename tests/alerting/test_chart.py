"""The sequential test: its false alarms are solved exactly, and what was solved is what happens."""

from __future__ import annotations

import random

import pytest

from payswitch.alerting.chart import Design, State, design, points, run, run_length, step


def alarms_after(chart: Design, rate: float, source: random.Random) -> int:
    """Payments until the chart speaks, when each fails with this probability."""
    state, count = State(), 0
    while not state.alarm:
        state = step(chart, state, source.random() < rate, count)
        count += 1
    return count


def test_the_mean_time_between_false_alarms_is_what_was_solved() -> None:
    chart = design(0.1, 0.28, 400)
    source = random.Random(7)
    runs = [alarms_after(chart, 0.1, source) for _ in range(1_500)]
    solved = run_length(0.1, chart.fail, chart.ok, chart.limit)
    assert 400 <= solved < 700
    assert sum(runs) / len(runs) == pytest.approx(solved, rel=0.08), "three standard errors"


@pytest.mark.parametrize(("rate", "worse"), [(0.0005, 0.18), (0.02, 0.2), (0.1, 0.28), (0.3, 0.48), (0.7, 0.88)])
@pytest.mark.parametrize("between", [3_000, 130_000, 3_000_000])
def test_a_design_keeps_its_promise_and_wastes_nothing(rate: float, worse: float, between: int) -> None:
    chart = design(rate, worse, between)
    assert run_length(rate, chart.fail, chart.ok, chart.limit) >= between
    assert run_length(rate, chart.fail, chart.ok, chart.limit - 1) < between, "one point less would be too little"
    assert 0 < chart.back < 10 * chart.limit


def test_points_stand_in_the_proportion_of_the_evidence() -> None:
    assert points(0.02, 0.2) == (11, 1)
    fail, ok = points(0.3, 0.48)
    assert fail / ok == pytest.approx(1.58, rel=0.06)


def test_a_minute_at_once_is_the_same_as_payment_by_payment() -> None:
    chart = design(0.02, 0.2, 3_000)
    state = run(chart, State(), ok=0, failed=2, at_ms=60_000)
    assert state == State(level=2 * chart.fail, since_ms=60_000)
    by_one = state
    for _ in range(5):
        by_one = step(chart, by_one, False, 0)
    assert run(chart, state, ok=5, failed=0, at_ms=0) == by_one
    assert run(chart, state, ok=10_000, failed=0, at_ms=0).level == 0


def test_failures_of_one_minute_are_spread_among_its_successes() -> None:
    chart = Design(fail=10, ok=1, limit=25, back=30)
    together = run(chart, State(), ok=0, failed=3, at_ms=0)
    spread = run(chart, State(), ok=60, failed=3, at_ms=0)
    assert (together.alarm, spread.alarm) == (True, False)


def test_the_trouble_began_with_the_first_failure_that_was_not_taken_back() -> None:
    chart = Design(fail=10, ok=1, limit=25, back=30)
    state = State()
    for minute, failed in enumerate([True, *[False] * 12, True, False, True, False, True]):
        state = step(chart, state, failed, minute)
    assert (state.alarm, state.since_ms) == (True, 13)


def test_an_alarm_ends_when_the_old_rate_is_back_and_not_before() -> None:
    chart = Design(fail=10, ok=1, limit=25, back=30)
    state = State(level=25, since_ms=5, alarm=True)
    state = run(chart, state, ok=29, failed=0, at_ms=0)
    assert state == State(level=25, since_ms=5, alarm=True, calm=29)
    state = step(chart, state, True, 0)
    assert state.calm == 19
    assert run(chart, state, ok=11, failed=0, at_ms=0) == State()
