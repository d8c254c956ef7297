"""The morning after at Huifu: the day's files are listed, fetched, and read row by row or not at all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.huifu.world import (
    BASE,
    CHANNEL,
    HF_ID,
    HUIFU_ID,
    ORDER_NO,
    REFUND_NO,
    FakeHuifu,
    account,
    http,
)

from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.huifu import CONNECTOR
from payswitch.connectors.huifu.bill_columns import BillColumns, read_columns
from payswitch.connectors.huifu.bill_file import read_file
from payswitch.connectors.transport import MAX_BILL_BYTES, HttpAnswer, SendFailure
from payswitch.domain.bill import BillAnswer, BillKind, BillLine
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

K = OutcomeKind
DAY = "2026-11-11"
STORE = "https://files.huifu.example/bill?token=1"
REFUND_HF_ID = "00300TOP1A261111204000P001ac130000000200000"
PAYMENT = {
    "商户号": HUIFU_ID,
    "请求流水号": ORDER_NO + "\t",
    "全局流水号": HF_ID + "\t",
    "原请求流水号": "",
    "原全局流水号": "",
    "交易类型": "D_NATIVE",
    "交易状态": "交易成功",
    "交易金额": "1299.00",
    "手续费金额": "4.94",
    "交易时间": "20261111203719",
    "商品描述": '秋冬外套, "一件"',
}
REFUND = PAYMENT | {
    "请求流水号": REFUND_NO,
    "全局流水号": REFUND_HF_ID,
    "原请求流水号": ORDER_NO,
    "原全局流水号": HF_ID,
    "交易类型": "交易退款",
    "交易金额": "29.00",
    "手续费金额": "-0.11",
    "交易时间": "2026-11-11 21:37:00",
}


def beijing_ms(*moment: int) -> int:
    return int((datetime(*moment, tzinfo=UTC) - timedelta(hours=8)).timestamp()) * 1_000  # type: ignore[misc]


NEXT_NOON = beijing_ms(2026, 11, 12, 12, 30)
LINES = (
    BillLine(
        kind=BillKind.PAYMENT,
        channel_order_no=ORDER_NO,
        transaction_id=HF_ID,
        amount_fen=129_900,
        fee_fen=494,
        at_ms=beijing_ms(2026, 11, 11, 20, 37, 19),
    ),
    BillLine(
        kind=BillKind.REFUND,
        channel_order_no=ORDER_NO,
        transaction_id=HF_ID,
        amount_fen=2_900,
        fee_fen=-11,
        at_ms=beijing_ms(2026, 11, 11, 21, 37),
        out_refund_no=REFUND_NO,
        channel_refund_id=REFUND_HF_ID,
    ),
)


def text_of(*rows: Mapping[str, str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(PAYMENT), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def zipped(*texts: str, encoding: str = "utf-8") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", b"not a bill")
        for n, text in enumerate(texts):
            archive.writestr(f"20261112_{HUIFU_ID}_order_{n}.csv", text.encode(encoding))
    return packed.getvalue()


def detail(**changes: str) -> dict[str, str]:
    whole = {
        "huifu_id": HUIFU_ID,
        "file_date": "20261112",
        "file_id": "f-1",
        "file_Name": f"20261112_{HUIFU_ID}_order.zip",
        "bill_type": "TRADE_BILL",
        "download_url": STORE,
    } | changes
    return {name: value for name, value in whole.items() if value != "ABSENT"}


class FileHuifu(FakeHuifu):
    """Lists files at its interface, and has them in a store."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, HttpAnswer | SendFailure] = {}
        self.fetched: list[str] = []

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, timeout_ms: int, max_bytes: int = 0
    ) -> HttpAnswer | SendFailure:
        if method == "GET":
            assert (max_bytes, body, dict(headers)) == (MAX_BILL_BYTES, b"", {}), "no credential goes to a store"
            self.fetched.append(url)
            return self.files[url]
        assert url == BASE + "/v2/trade/check/filequery"
        inside = BASE + "/v2/trade/payment/filequery"
        return await super().send(method, inside, headers=headers, body=body, timeout_ms=timeout_ms)

    def lists(self, *files: Mapping[str, str], tasks: list[dict[str, str]] | None = None) -> None:
        self.succeeds(file_details=[dict(file) for file in files], task_details=tasks or [])


def operator(now_ms: int = NEXT_NOON, **changes: str) -> tuple[Any, FileHuifu]:
    huifu = FileHuifu()
    clock = ManualClock(now_ms)
    return CONNECTOR.open(CHANNEL, account(**changes), transport=huifu, clock=clock, ids=SeededIds(1)), huifu


async def fetched(*contents: bytes, **changes: str) -> BillAnswer:
    client, huifu = operator(**changes)
    addresses = [f"{STORE}{n}" for n in range(len(contents))]
    huifu.files = {url: http(content) for url, content in zip(addresses, contents, strict=True)}
    huifu.lists(*(detail(download_url=url) for url in addresses))
    answer: BillAnswer = await client.download_bill(DAY, 5_000)
    return answer


async def test_the_day_is_asked_for_by_the_date_of_its_file() -> None:
    client, huifu = operator()
    huifu.lists()
    await client.download_bill(DAY, 5_000)
    assert huifu.data | {"req_seq_id": ""} == {
        "req_date": "20261112",
        "req_seq_id": "",
        "huifu_id": HUIFU_ID,
        "file_date": "20261112",
        "bill_type": "TRADE_BILL",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_payments_and_refunds_come_in_one_normal_form(encoding: str) -> None:
    answer = await fetched(zipped(text_of(PAYMENT, REFUND), encoding=encoding))
    assert answer.outcome.kind is K.ACCEPTED, answer.outcome
    assert answer.lines == LINES


async def test_several_files_and_bare_ones_make_one_day() -> None:
    answer = await fetched(text_of(REFUND).encode(), zipped(text_of(PAYMENT)))
    assert answer.lines == LINES


@pytest.mark.parametrize("form", ["list", "object", "text"])
async def test_the_list_of_files_is_read_however_it_is_written(form: str) -> None:
    client, huifu = operator()
    huifu.files = {STORE: http(zipped(text_of(PAYMENT)))}
    written = {
        "list": [detail()],
        "object": detail(),
        "text": json.dumps([{"bill_type": "TRADE_BILL", "download_url": STORE}]),
    }
    huifu.succeeds(file_details=written[form])
    assert len((await client.download_bill(DAY, 5_000)).lines) == 1


async def test_other_bills_in_the_list_are_left_alone() -> None:
    client, huifu = operator()
    huifu.files = {STORE: http(zipped(text_of(PAYMENT)))}
    settled = detail(bill_type="SETTLE_BILL", download_url=STORE + "2")
    huifu.lists(settled, detail(bill_type="ABSENT"))
    assert len((await client.download_bill(DAY, 5_000)).lines) == 1
    assert huifu.fetched == [STORE]


async def test_columns_have_the_names_that_the_account_says() -> None:
    text = text_of(PAYMENT, REFUND).replace("手续费金额", "手续费").replace("请求流水号", "商户流水号", 1)
    answer = await fetched(text.encode())
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "unknown_columns")
    assert "bill_columns" in answer.outcome.message
    answer = await fetched(text.encode(), bill_columns="fee=手续费; number = 商户流水号")
    assert answer.lines == LINES


@pytest.mark.parametrize(
    ("tasks", "now_ms", "kind", "code"),
    [
        ([{"task_stat": "S", "bill_type": "TRADE_BILL"}], NEXT_NOON, K.NOT_FOUND, "no_trades"),
        ([{"task_stat": "P", "bill_type": "TRADE_BILL"}], NEXT_NOON, K.PENDING, "not_made_yet"),
        ([], NEXT_NOON - 3_600_000, K.PENDING, "not_made_yet"),
        ([], NEXT_NOON, K.UNKNOWN, "no_file"),
        ([{"task_stat": "S", "bill_type": "SETTLE_BILL"}], NEXT_NOON, K.UNKNOWN, "no_file"),
    ],
)
async def test_no_file_is_told_apart(tasks: list[dict[str, str]], now_ms: int, kind: OutcomeKind, code: str) -> None:
    client, huifu = operator(now_ms)
    huifu.lists(tasks=tasks)
    answer = await client.download_bill(DAY, 5_000)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (kind, code, ())


@pytest.mark.parametrize(
    ("day", "kind", "code"),
    [
        ("2026-11-12", K.PENDING, "day_not_over"),
        ("2025-11-11", K.REFUSED_CONFIG, "day_out_of_reach"),
        ("20261111", K.REFUSED_CONFIG, "bad_day"),
    ],
)
async def test_a_day_that_cannot_be_had_is_not_asked_for(day: str, kind: OutcomeKind, code: str) -> None:
    client, huifu = operator()
    answer = await client.download_bill(day, 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert huifu.calls == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"huifu_id": "6666000100000009"}, "wrong_bill"),
        ({"file_date": "20261113"}, "wrong_bill"),
        ({"download_url": "http://files.huifu.example/bill"}, "wrong_download_url"),
        ({"download_url": "ABSENT"}, "wrong_download_url"),
        ({"download_url": "file:///etc/passwd"}, "wrong_download_url"),
        ({"download_url": "https://user@files.example/"}, "wrong_download_url"),
        ({"download_url": "https://[bad/"}, "wrong_download_url"),
    ],
)
async def test_a_file_that_is_not_ours_or_lies_anywhere_is_not_fetched(changes: dict[str, str], code: str) -> None:
    client, huifu = operator()
    huifu.lists(detail(**changes))
    answer = await client.download_bill(DAY, 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, code)
    assert huifu.fetched == []


async def test_a_list_that_huifu_did_not_sign_is_not_believed() -> None:
    client, huifu = operator()
    huifu.signer = "stranger"
    huifu.lists(detail())
    assert (await client.download_bill(DAY, 5_000)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"商户号": "6666000100000009"}, "wrong_merchant"),
        ({"交易状态": "处理中"}, "unknown_status"),
        ({"交易类型": "调账"}, "unknown_kind"),
        ({"交易金额": "1299.001"}, "unreadable_amount"),
        ({"交易金额": "0.00"}, "unreadable_amount"),
        ({"交易金额": ""}, "unreadable_amount"),
        ({"手续费金额": "免"}, "unreadable_amount"),
        ({"交易时间": "昨晚"}, "unreadable_time"),
        ({"请求流水号": ""}, "unreadable_number"),
        ({"全局流水号": "1 2"}, "unreadable_number"),
    ],
)
async def test_one_row_that_is_not_understood_makes_the_bill_worthless(changes: dict[str, str], code: str) -> None:
    answer = await fetched(zipped(text_of(REFUND, PAYMENT | changes)))
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (K.UNTRUSTED, code, ())
    assert answer.outcome.message.startswith("file 1 line 3: ")


async def test_the_same_row_twice_is_no_bill() -> None:
    answer = await fetched(zipped(text_of(PAYMENT)), zipped(text_of(PAYMENT)))
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "row_twice")


async def test_what_failed_is_no_money() -> None:
    assert (await fetched(text_of(PAYMENT | {"交易状态": "交易失败"}).encode())).lines == ()


async def test_a_row_that_broke_off_is_noticed() -> None:
    whole = text_of(PAYMENT).encode()
    answer = await fetched(whole[:-30])
    assert answer.outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize("place", ["middle", "end"])
async def test_a_broken_archive_is_not_believed(place: str) -> None:
    whole = zipped(text_of(PAYMENT))
    broken = whole[:-40] if place == "end" else whole[:120] + bytes([whole[120] ^ 1]) + whole[121:]
    answer = await fetched(broken)
    assert (answer.outcome.kind, answer.lines) == (K.UNTRUSTED, ())


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (SendFailure(sent=True, code="timeout", latency_ms=1.0), K.UNKNOWN),
        (SendFailure(sent=False, code="connect_failed", latency_ms=1.0), K.NOT_SENT),
        (http(b"<Error>AccessDenied</Error>", 403), K.UNKNOWN),
    ],
)
async def test_a_file_that_does_not_come_leaves_no_half_bill(
    trouble: HttpAnswer | SendFailure, kind: OutcomeKind
) -> None:
    client, huifu = operator()
    huifu.files = {STORE: http(zipped(text_of(PAYMENT))), STORE + "2": trouble}
    huifu.lists(detail(), detail(download_url=STORE + "2"))
    answer = await client.download_bill(DAY, 5_000)
    assert (answer.outcome.kind, answer.lines) == (kind, ())


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: (text_of(PAYMENT) + text).encode()))
def test_any_bytes_are_a_bill_or_are_told(content: bytes) -> None:
    with suppress(UnreadableBill):
        lines = read_file(content, columns=BillColumns(), huifu_id=HUIFU_ID, name="file 1")
        assert all(line.amount_fen > 0 for line in lines)


@pytest.mark.parametrize("text", ["fee", "fee=", "=手续费", "tax=税", "fee=a; fee=b", "fee=交易金额"])
def test_bad_column_names_are_told(text: str) -> None:
    problems: list[str] = []
    read_columns(text, problems)
    assert problems
    assert "bill_columns" in problems[0]
    with pytest.raises(AccountProblem, match="bill_columns"):
        operator(bill_columns=text)
