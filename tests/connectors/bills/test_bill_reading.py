"""Amounts, times and archives of bills: exactly readable, or not at all."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payswitch.connectors.bill_reading import (
    UnreadableBill,
    count_of,
    distrusted,
    gunzipped,
    is_day,
    moment_ms,
    signed_fen,
)
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.money import yuan_from_fen

PLACE = "line 2: 金额"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("129.00", 12_900),
        ("129", 12_900),
        ("129.0", 12_900),
        ("0.01", 1),
        ("0.77000", 77),
        ("-0.17000", -17),
        ("-29.00", -2_900),
        ("0.00000", 0),
        ("007.00", 700),
        ("999999999999.99", 99_999_999_999_999),
    ],
)
def test_an_amount(text: str, fen: int) -> None:
    assert signed_fen(text, PLACE) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,299.00",
        "+1.00",
        "--1",
        "1.",
        ".50",
        "1e3",
        "0.001",
        "0.77001",
        "１.00",
        "NaN",
        "1.00 ",
        "`1.00",
        "9" * 13,
    ],
)
def test_an_amount_that_is_none(text: str) -> None:
    with pytest.raises(UnreadableBill) as raised:
        signed_fen(text, PLACE)
    assert (raised.value.code, raised.value.place) == ("unreadable_amount", PLACE)


@given(st.integers(min_value=0, max_value=10**13), st.sampled_from(["", "-"]), st.integers(min_value=0, max_value=5))
def test_no_fen_is_lost(fen: int, sign: str, zeros: int) -> None:
    read = signed_fen(f"{sign}{yuan_from_fen(fen)}{'0' * zeros}", PLACE)
    assert read == (-fen if sign else fen)


@pytest.mark.parametrize(("text", "count"), [("45", 45), ("45.0", 45), ("0", 0), ("007", 7)])
def test_a_count(text: str, count: int) -> None:
    assert count_of(text, PLACE) == count


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "1 ", "٣"])
def test_a_count_that_is_none(text: str) -> None:
    with pytest.raises(UnreadableBill, match="unreadable_count"):
        count_of(text, PLACE)


def test_a_time_is_beijings() -> None:
    assert moment_ms("2026-11-11 07:00:00", PLACE) == int(datetime(2026, 11, 10, 23, tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    "text", ["", "2026-11-11", "2026-11-11T07:00:00", "2026-11-31 07:00:00", "2026-11-11 24:00:01", "x"]
)
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(UnreadableBill, match="unreadable_time"):
        moment_ms(text, PLACE)


def test_a_day() -> None:
    assert is_day("2026-02-28")
    assert not any(is_day(text) for text in ("2026-02-29", "20260228", "2026-2-28", "2026-02-28 ", ""))


def test_an_archive_is_unpacked_and_plain_data_is_left_alone() -> None:
    assert gunzipped(gzip.compress(b"bill")) == b"bill"
    assert gunzipped(b"bill") == b"bill"
    assert gunzipped(b"") == b""


def test_a_small_archive_that_holds_far_too_much() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(UnreadableBill, match="too_large"):
        gunzipped(bomb, limit=1_000_000)
    assert len(gunzipped(bomb, limit=10_000_000)) == 10_000_000


def test_what_the_operator_reads() -> None:
    answer = distrusted(UnreadableBill("wrong_total", PLACE))
    assert (answer.outcome.kind, answer.outcome.code, answer.outcome.message) == (
        OutcomeKind.UNTRUSTED,
        "wrong_total",
        PLACE,
    )
    assert answer.lines == ()
