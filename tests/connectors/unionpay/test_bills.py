"""The morning after: a day's bill is fetched, unpacked, and read line by line or not at all."""

from __future__ import annotations

import base64
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.unionpay.bill import PAYMENT, REFUND, ZM, bill, file_content, line, zipped
from tests.connectors.unionpay.world import (
    FILES,
    MER_ID,
    ORDER_NO,
    QUERY_ID,
    REFUND_NO,
    REFUND_QUERY_ID,
    FakeUnionPay,
    account,
    http,
    open_client,
)

from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.connectors.transport import SendFailure
from payswitch.connectors.unionpay.bill_file import unpack
from payswitch.connectors.unionpay.bill_lines import read_lines
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.domain.bill import BillAnswer, BillKind, BillLine
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock

DAY = "2026-11-11"


def beijing_ms(*moment: int) -> int:
    return int((datetime(*moment, tzinfo=UTC) - timedelta(hours=8)).timestamp()) * 1_000  # type: ignore[misc]


NEXT_MORNING = beijing_ms(2026, 11, 12, 10, 30)


def operator(now_ms: int = NEXT_MORNING, **changes: str) -> tuple[UnionPayClient, FakeUnionPay]:
    unionpay = FakeUnionPay()
    return open_client(account(**changes), unionpay, ManualClock(now_ms)), unionpay


async def fetched(content: str, **fields: str) -> BillAnswer:
    client, unionpay = operator()
    unionpay.succeeds(fileContent=content, fileName=f"{MER_ID}_20261111.zip", settleDate="1111", **fields)
    return await client.download_bill(DAY, 500)


async def test_the_day_is_asked_for_at_the_file_gateway() -> None:
    client, unionpay = operator()
    unionpay.succeeds(fileContent=bill(line(PAYMENT)))
    await client.download_bill(DAY, 500)
    assert unionpay.url == FILES
    assert {name: value for name, value in unionpay.sent.items() if name != "signature"} == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": MER_ID,
        "certId": "69629715588",
        "bizType": "000000",
        "txnType": "76",
        "txnSubType": "01",
        "fileType": "00",
        "txnTime": "20261112103000",
        "settleDate": "1111",
    }


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
async def test_payments_and_refunds_come_in_one_normal_form(line_end: bytes) -> None:
    answer = await fetched(bill(line(PAYMENT), b"", line(REFUND), line_end=line_end))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.ACCEPTED, "00")
    assert answer.lines == (
        BillLine(
            kind=BillKind.PAYMENT,
            channel_order_no=ORDER_NO,
            transaction_id=QUERY_ID,
            amount_fen=129_900,
            fee_fen=779,
            at_ms=beijing_ms(2026, 11, 11, 20, 37, 19),
        ),
        BillLine(
            kind=BillKind.REFUND,
            channel_order_no=ORDER_NO,
            transaction_id=QUERY_ID,
            amount_fen=50,
            fee_fen=0,
            at_ms=beijing_ms(2026, 11, 11, 21, 37, 0),
            out_refund_no=REFUND_NO,
            channel_refund_id=REFUND_QUERY_ID,
        ),
    )


@pytest.mark.parametrize(
    ("fields", "fee", "settled", "fee_fen"),
    [
        (PAYMENT, "D000000000779", "C000000129121", 779),
        (PAYMENT, "C000000000779", "C000000129121", 779),  # the fee's own side is not relied on
        (PAYMENT, "D000000000000", "C000000129900", 0),
        (PAYMENT, "D000000130000", "D000000000100", 130_000),
        (REFUND, "C000000000003", "D000000000047", -3),
        (REFUND, "D000000000003", "D000000000053", 3),
    ],
)
async def test_the_fee_is_what_unionpay_kept(fields: dict[str, str], fee: str, settled: str, fee_fen: int) -> None:
    answer = await fetched(bill(line(fields, 商户手续费=fee, 结算金额=settled)))
    assert [row.fee_fen for row in answer.lines] == [fee_fen]


async def test_a_void_is_money_back_too() -> None:
    answer = await fetched(bill(line(REFUND, 交易类型="31")))
    assert [row.kind for row in answer.lines] == [BillKind.REFUND]


async def test_a_settlement_day_begins_at_eleven_the_evening_before() -> None:
    answer = await fetched(bill(line(PAYMENT, 交易传输时间="1110231500")))
    assert answer.lines[0].at_ms == beijing_ms(2026, 11, 10, 23, 15)


async def test_new_years_eve_keeps_its_year() -> None:
    client, unionpay = operator(beijing_ms(2027, 1, 2, 11, 0))
    unionpay.succeeds(fileContent=bill(line(PAYMENT, 交易传输时间="1231231500")))
    answer = await client.download_bill("2027-01-01", 500)
    assert answer.lines[0].at_ms == beijing_ms(2026, 12, 31, 23, 15)


async def test_disputes_are_announced_though_they_are_not_read() -> None:
    answer = await fetched(bill(line(PAYMENT), adjustments=b"E74 ...\r\nE74 ...\r\n"))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.ACCEPTED, "adjustments_not_read")
    assert answer.outcome.message.startswith("2 ")
    assert len(answer.lines) == 1


async def test_a_day_without_business_is_an_empty_bill() -> None:
    answer = await fetched(bill())
    assert (answer.outcome.kind, answer.lines) == (OutcomeKind.ACCEPTED, ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"交易金额": "00000012990X"}, "unreadable_amount"),
        ({"交易金额": "000000000000"}, "unreadable_amount"),
        ({"结算金额": "X000000129121"}, "unreadable_amount"),
        ({"结算金额": "C000000129120"}, "wrong_sum"),
        ({"结算金额": "D000000129121"}, "wrong_sum"),
        ({"商户手续费": "D000000000778"}, "wrong_sum"),
        ({"商户手续费": ""}, "unreadable_amount"),
        ({"交易传输时间": "1331203719"}, "unreadable_time"),
        ({"交易类型": "03"}, "unknown_line_type"),
        ({"交易类型": ""}, "unknown_line_type"),
        ({"商户代码": "777290058110097"}, "wrong_merchant"),
        ({"商户订单号": ""}, "empty_field"),
        ({"查询流水号": ""}, "empty_field"),
        ({"商户订单号": "订单"}, "unreadable_text"),
    ],
)
async def test_one_line_that_does_not_fit_spoils_the_whole_bill(changes: dict[str, str], code: str) -> None:
    """A bill that is read in part would report breaks that are none."""
    answer = await fetched(bill(line(PAYMENT), line(PAYMENT, **changes)))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, code)
    assert answer.outcome.message.startswith("line 2, ")
    assert answer.lines == ()


async def test_a_message_about_a_bad_line_names_the_place_and_no_value() -> None:
    answer = await fetched(bill(line(PAYMENT, 交易金额="SECRETVALUE1")))
    assert answer.outcome.message == "line 1, column 7"


@pytest.mark.parametrize("wrong", [line(PAYMENT)[:250], b"x" * 800, line(PAYMENT)[1:], b" " + line(PAYMENT)])
async def test_shifted_or_cut_columns_are_noticed(wrong: bytes) -> None:
    assert (await fetched(bill(wrong))).outcome.kind is OutcomeKind.UNTRUSTED


async def test_a_refund_without_its_original_is_noticed() -> None:
    assert (await fetched(bill(line(REFUND, 原始交易订单号="")))).outcome.code == "empty_field"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not base64!",
        base64.b64encode(b"not zlib").decode(),
        file_content(b"not a zip"),
        file_content(zipped({"README.txt": b"no ZM file"})),
        base64.b64encode(zlib.compress(zipped({ZM: line(PAYMENT)}))[:-8]).decode(),
        file_content(zipped({ZM: line(PAYMENT)})[:-30]),
    ],
)
async def test_a_broken_file_is_not_believed(content: str) -> None:
    answer = await fetched(content)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "broken_archive")


async def test_a_changed_byte_inside_the_zip_is_noticed() -> None:
    data = bytearray(zipped({ZM: line(PAYMENT)}))
    data[60] ^= 1
    assert (await fetched(file_content(bytes(data)))).outcome.kind is OutcomeKind.UNTRUSTED


async def test_a_tiny_file_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(b"\0" * (65 << 20))).decode()
    assert (await fetched(bomb)).outcome.code == "too_large"
    assert (await fetched(file_content(zipped({ZM: b"\0" * (65 << 20)})))).outcome.code == "too_large"
    many = {f"{ZM}{number}": b"" for number in range(70)}
    assert (await fetched(file_content(zipped(many)))).outcome.code == "too_large"


@pytest.mark.parametrize("fields", [{"settleDate": "1110"}, {"merId": "777290058110097"}])
async def test_another_days_or_merchants_file_is_not_believed(fields: dict[str, str]) -> None:
    client, unionpay = operator()
    unionpay.succeeds(fileContent=bill(line(PAYMENT)), **fields)
    answer = await client.download_bill(DAY, 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_bill")


@pytest.mark.parametrize(
    ("now_ms", "kind"),
    [
        (beijing_ms(2026, 11, 11, 23, 30), OutcomeKind.PENDING),
        (beijing_ms(2026, 11, 12, 9, 59), OutcomeKind.PENDING),
        (beijing_ms(2026, 11, 12, 10, 0), OutcomeKind.NOT_FOUND),
        (beijing_ms(2027, 3, 1, 10, 0), OutcomeKind.NOT_FOUND),
    ],
)
async def test_no_such_file_means_not_yet_until_the_morning_is_over(now_ms: int, kind: OutcomeKind) -> None:
    client, unionpay = operator(now_ms)
    unionpay.refuses("98", "文件不存在[9800000]")
    assert (await client.download_bill(DAY, 500)).outcome.kind is kind


@pytest.mark.parametrize(
    ("code", "is_signed", "kind"),
    [
        ("99", True, OutcomeKind.REFUSED_CONFIG),
        ("11", False, OutcomeKind.REFUSED_CONFIG),
        ("98", False, OutcomeKind.REFUSED_CONFIG),
        ("00", False, OutcomeKind.UNTRUSTED),
        ("06", True, OutcomeKind.UNKNOWN),
        ("Z9", True, OutcomeKind.UNKNOWN),
    ],
)
async def test_other_refusals_say_what_they_say(code: str, is_signed: bool, kind: OutcomeKind) -> None:
    client, unionpay = operator()
    unionpay.refuses(code, is_signed=is_signed)
    answer = await client.download_bill(DAY, 500)
    assert (answer.outcome.kind, answer.lines) == (kind, ())


@pytest.mark.parametrize("day", ["", "20261111", "2026-11-31", "yesterday", "2026-W46-3", "2026-11-13", "2025-11-11"])
async def test_a_day_that_cannot_be_asked_for_is_not_sent(day: str) -> None:
    """Tomorrow's bill is not there, and an older year's could not be told from this year's."""
    client, unionpay = operator()
    assert (await client.download_bill(day, 500)).outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert unionpay.calls == []


async def test_without_a_file_gateway_nothing_is_sent() -> None:
    client, unionpay = operator(file_gateway="")
    answer = await client.download_bill(DAY, 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "file_gateway_missing")
    assert unionpay.calls == []


async def test_trouble_on_the_way_is_no_bill() -> None:
    client, unionpay = operator()
    for failure in (SendFailure(sent=True, code="too_large", latency_ms=1.0), http(b"x", 502), http(b"<html>")):
        unionpay.breaks(failure)
        assert (await client.download_bill(DAY, 500)).outcome.kind is OutcomeKind.UNKNOWN


@settings(deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=200).map(file_content))
def test_no_file_content_breaks_the_unpacking(content: str) -> None:
    with pytest.raises(UnreadableBill):
        unpack(content)


@settings(deadline=None)
@given(
    st.binary(max_size=800)
    | st.tuples(st.integers(0, 400), st.integers(0, 255)).map(
        lambda change: line(PAYMENT)[: change[0]] + bytes([change[1]]) + line(PAYMENT)[change[0] + 1 :]
    )
)
def test_no_line_breaks_the_reading(content: bytes) -> None:
    rows: list[BillLine] = []
    with suppress(UnreadableBill):
        rows.extend(read_lines(content, mer_id=MER_ID, near_ms=NEXT_MORNING))
    assert all(row.amount_fen > 0 and row.channel_order_no and row.transaction_id for row in rows)
