"""Percentiles that everybody can check by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payswitch.drill.statistics import percentile, percentiles, rate

HUNDRED = list(range(1, 101))


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_of_the_numbers_one_to_hundred_each_percentile_is_its_own_name(share: float, expected: int) -> None:
    assert percentile(HUNDRED, share) == expected


def test_the_order_of_measuring_does_not_matter() -> None:
    assert percentile([9.0, 1.0, 5.0], 0.5) == 5.0


def test_nothing_measured_is_null_and_not_zero() -> None:
    assert percentiles([], (50, 99)) == {"p50": None, "p99": None}


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_a_share_outside_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        percentile([1.0], share)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_occurred_and_enough_values_do_not_exceed_it(values: list[float], share: float) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_a_rate_of_nothing_is_zero() -> None:
    assert rate(0, 0) == 0.0
    assert rate(992, 1_000) == 0.992
