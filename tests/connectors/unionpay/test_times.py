"""UnionPay's times have no zone and sometimes no year; our numbers carry a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payswitch.connectors.acp.times import time_in_number, wire_time, without_year
from payswitch.kit.ids import SeededIds


def ms(*moment: int) -> int:
    """A Beijing wall time as Unix milliseconds, counted without the code under test."""
    return int((datetime(*moment, tzinfo=UTC) - timedelta(hours=8)).timestamp()) * 1_000  # type: ignore[misc]


def test_a_wire_time_is_beijings() -> None:
    assert wire_time(ms(2026, 11, 11, 0, 0, 7) + 999) == "20261111000007"


@pytest.mark.parametrize("prefix", ["R", "S", "P"])
@given(at_ms=st.integers(0, 4_102_444_800_000), seed=st.integers(0, 1_000))
def test_every_number_of_ours_gives_back_its_moment(prefix: str, at_ms: int, seed: int) -> None:
    assert time_in_number(SeededIds(seed).new(prefix, at_ms)) == at_ms


@pytest.mark.parametrize(
    "number",
    [
        "",
        "R",
        "REFUND0001",
        "r01KYNPM00R8Z3WQ5X7T9YB2",
        "R01KYNPM00R8Z3WQ5X7T9YBO",
        "R01KYNPM00R8Z3WQ5X7T9YB22",
        "RZZZZZZZZZZ8Z3WQ5X7T9YB2",
        "退01KYNPM00R8Z3WQ5X7T9YB",
    ],
)
def test_other_numbers_carry_none(number: str) -> None:
    assert time_in_number(number) is None


@given(number=st.text(max_size=30))
def test_no_number_breaks_it(number: str) -> None:
    found = time_in_number(number)
    assert found is None or 0 <= found <= 4_102_444_800_000


@pytest.mark.parametrize(
    ("text", "near", "meant"),
    [
        ("1111203719", ms(2026, 11, 11, 20, 37), ms(2026, 11, 11, 20, 37, 19)),
        ("1231235959", ms(2027, 1, 1, 0, 1), ms(2026, 12, 31, 23, 59, 59)),
        ("0101000003", ms(2026, 12, 31, 23, 59), ms(2027, 1, 1, 0, 0, 3)),
        ("0229120000", ms(2028, 3, 1), ms(2028, 2, 29, 12, 0, 0)),
        ("0229120000", ms(2027, 1, 1), ms(2028, 2, 29, 12, 0, 0)),
    ],
)
def test_a_time_without_a_year_is_the_nearest_one(text: str, near: int, meant: int) -> None:
    assert without_year(text, near) == meant


@pytest.mark.parametrize(
    "text", ["", "111120371", "11112037199", "1331000000", "1111250000", "１１１１２０３７１９", "abcdefghij"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert without_year(text, ms(2026, 11, 11)) is None


def test_a_leap_day_that_no_near_year_has_is_none() -> None:
    assert without_year("0229120000", ms(2026, 6, 1)) is None
