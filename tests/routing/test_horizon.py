"""Weights that are faded in advance are read as if each had been faded by itself, whenever and by whichever policy."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.routing.world import NIGHT_MS

from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.routing.horizon import Horizon, Horizons
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import DecayedRate, SegmentRates

SCORING = Scoring()
QUICK = Scoring(time_constant_s=60, segment_time_constant_s=120)


def read(rate: DecayedRate, horizon: Horizon, now_ms: int) -> tuple[float, float]:
    if rate.horizon is not horizon:
        rate.fade_to(horizon)
    back, _ = horizon.taken_back(now_ms)
    return rate.good_there * back, rate.trials_there * back


@given(
    st.lists(st.tuples(st.integers(0, 2 * HOUR_MS), st.booleans(), st.sampled_from([SCORING, QUICK])), max_size=30),
    st.integers(-1_000, DAY_MS),
)
def test_a_rate_is_read_as_if_it_was_faded_by_itself(outcomes: list[tuple[int, bool, Scoring]], later_ms: int) -> None:
    horizons, rate = Horizons(), DecayedRate()
    for at_ms, good, scoring in outcomes:  # in any order, and read in between
        rate.add(good, NIGHT_MS + at_ms, SCORING)
        horizons.newest_ms = max(horizons.newest_ms, NIGHT_MS + at_ms)
        read(rate, horizons.at(NIGHT_MS + at_ms, scoring), NIGHT_MS + at_ms)
    now_ms = max(horizons.newest_ms, NIGHT_MS) + later_ms
    for scoring in (SCORING, QUICK):
        assert read(rate, horizons.at(now_ms, scoring), now_ms) == pytest.approx(
            rate.counts(now_ms, scoring), rel=1e-11
        )


def test_a_segment_is_read_as_if_its_shift_was_faded_by_itself() -> None:
    horizons, rates = Horizons(), SegmentRates()
    for n in range(200):
        at_ms = NIGHT_MS + n * 1_000
        rates.meet("bank:ICBC").creation.add(n % 2 == 0, at_ms, 0.9, SCORING, 1.0)
        assert rates.met["bank:ICBC"].horizon is None  # nothing stale is ever read
        rates.met["bank:ICBC"].fade_to(horizons.at(at_ms, SCORING))
    now_ms = NIGHT_MS + HOUR_MS
    segment, horizon = rates.met["bank:ICBC"], horizons.at(now_ms, SCORING)
    assert segment.horizon is horizon
    assert segment.completion_there == 0.0
    left = rates.creation_shift(("bank:ICBC", "device:ios"), now_ms, SCORING)
    assert left < 0.0
    assert segment.creation_there * horizon.taken_back(now_ms)[1] == pytest.approx(left, rel=1e-11)


def test_a_horizon_serves_a_day_of_decisions_and_then_the_next_one_does() -> None:
    horizons = Horizons()
    first = horizons.at(NIGHT_MS, SCORING)
    assert horizons.at(NIGHT_MS + HOUR_MS, SCORING) is first
    assert horizons.at(NIGHT_MS, QUICK) is not first
    assert horizons.at(NIGHT_MS + 2 * DAY_MS, SCORING) is not first


def test_what_is_newer_than_the_decision_is_not_faded_and_gains_no_weight() -> None:
    """Another node's clock is a second ahead."""
    horizons, rate = Horizons(), DecayedRate()
    rate.add(True, NIGHT_MS - 1_800_000, SCORING)
    rate.add(True, NIGHT_MS + 1_000, SCORING)
    horizons.newest_ms = NIGHT_MS + 1_000
    good, _ = read(rate, horizons.at(NIGHT_MS, SCORING), NIGHT_MS)
    assert good == pytest.approx(1.0 + exp(-1_801_000 / 1_800_000))
