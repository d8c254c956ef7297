"""The operator at the terminal on the morning after: one day of one channel, checked, summed up, and as a file."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.connectors.bills.street import Street
from typer.testing import CliRunner

from payswitch.domain.bill import BillKind, BillLine, totals_of
from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.entry.cli.app import app
from payswitch.entry.cli.bill_writing import COLUMNS, BillDocument, csv_text, json_text
from payswitch.kit.clock import SystemClock, beijing

NIGHT_MS = 1_794_400_620_000


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bills", "fetch", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    street = Street(tmp_path)
    street.open()
    yield street
    street.close()


def yesterday() -> str:
    return f"{(beijing(SystemClock().now_ms()) - timedelta(days=1)).date()}"


def test_a_day_is_fetched_summed_up_and_written(street: Street, tmp_path: Path) -> None:
    asyncio.run(street.sell("huifu", "huifu", Product.ECNY_QR, "ecny", 129_900, 50_000))
    out = tmp_path / "bill.csv"
    status, said = call("--config", str(street.config), "--channel", "huifu", "--date", yesterday(), "--out", str(out))
    assert status == 0, said
    assert "1,799.00" in said
    assert "2 lines in" in said
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert sorted((row["kind"], row["amount_fen"]) for row in rows) == [("payment", "129900"), ("payment", "50000")]
    assert all(row["at"].startswith(yesterday()) for row in rows)


def test_a_listing_says_that_it_is_none_for_settling(street: Street, tmp_path: Path) -> None:
    asyncio.run(street.sell("epay", "epay", Product.EPAY_ALIPAY, "alipay", 12_345))
    out = tmp_path / "bill.json"
    status, said = call("--config", str(street.config), "--channel", "epay", "--date", yesterday(), "--out", str(out))
    assert status == 0, said
    assert "listing_not_settlement" in said
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["code"] == "listing_not_settlement"
    assert document["totals"]["paid_fen"] == 12_345


def test_a_quiet_day_is_no_failure(street: Street) -> None:
    status, said = call("--config", str(street.config), "--channel", "wechat", "--date", "2026-01-01")
    assert (status, "no bill, no trade" in said) == (0, True), said


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--channel", "nobody", "--date", "2026-11-11"), 2, "the configuration has: wechat, huifu, epay"),
        (("--channel", "wechat", "--date", "11.11."), 2, "bad_day"),
        (("--channel", "wechat", "--date", "2026-11-11", "--out", "bill.xlsx"), 2, "must end in .csv or .json"),
        (("--channel", "epay", "--date", "2099-01-01"), 3, "day_not_over"),
    ],
)
def test_what_cannot_be_is_told_with_its_status(
    street: Street, arguments: tuple[str, ...], status: int, words: str
) -> None:
    got, said = call("--config", str(street.config), *arguments)
    assert (got, words in said) == (status, True), said


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path) -> None:
    status, said = call("--config", str(tmp_path / "none.toml"), "--channel", "x", "--date", "2026-11-11")
    assert status == 2
    assert "none.toml" in said


# -- the files -----------------------------------------------------------------------------------------------------

PAYMENT = BillLine(
    kind=BillKind.PAYMENT, channel_order_no="P1", transaction_id="4200", amount_fen=1_299, fee_fen=8, at_ms=NIGHT_MS
)
REFUND = BillLine(
    kind=BillKind.REFUND,
    channel_order_no="P1",
    transaction_id="4200",
    amount_fen=299,
    fee_fen=-2,
    at_ms=NIGHT_MS + 60_000,
    out_refund_no="=cmd|' /C calc'!A0",
    channel_refund_id="5000",
)
BILL = BillDocument(
    channel_id="c-1",
    connector="x",
    day="2026-11-11",
    outcome=Outcome(kind=OutcomeKind.ACCEPTED, code="ok"),
    lines=(PAYMENT, REFUND),
)


def test_the_totals_are_sums_in_fen() -> None:
    totals = totals_of(BILL.lines)
    assert (totals.payments, totals.paid_fen, totals.refunds, totals.refunded_fen, totals.fees_fen) == (
        1,
        1_299,
        1,
        299,
        6,
    )
    assert totals.net_fen == 994
    assert totals_of(()).net_fen == 0


def test_a_spreadsheet_runs_nothing_of_it() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(BILL))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1] == ["payment", "P1", "4200", "", "", "1299", "8", "2026-11-11T20:37:00+08:00", str(NIGHT_MS)]
    assert rows[2][3].startswith("'=")
    assert rows[2][6] == "-2"


def test_programs_get_every_field() -> None:
    document = json.loads(json_text(BILL))
    assert document["lines"][1]["out_refund_no"] == REFUND.out_refund_no
    assert {name: document[name] for name in ("channel_id", "connector", "day", "code")} == {
        "channel_id": "c-1",
        "connector": "x",
        "day": "2026-11-11",
        "code": "ok",
    }
