"""The morning after: the operator's machine fetches what WeChat says it took. Half understood is not understood."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.wechatpay.bill_texts import (
    COLUMNS,
    COUPON,
    DAY,
    REFUND,
    ROWS,
    SALE,
    TOTAL_COLUMNS,
    TOTALS,
    bill,
    line,
    row,
)
from tests.connectors.wechatpay.conftest import OpenClient
from tests.connectors.wechatpay.fake_wechat import APPID, MCHID, SUB_MCHID, FakeWechat

from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.connectors.transport import MAX_BILL_BYTES, HttpAnswer, SendFailure
from payswitch.connectors.wechatpay.bill_file import read_bill
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.connectors.wechatpay.parties import DirectMerchant, PartnerMerchant
from payswitch.domain.bill import BillAnswer, BillKind, BillSource
from payswitch.domain.outcome import OutcomeKind

SHOP = DirectMerchant(mchid=MCHID, appid=APPID)
FILE_URL = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=a%2Bb"


def distrusted(content: bytes, party: DirectMerchant | PartnerMerchant = SHOP) -> tuple[str, str]:
    with pytest.raises(UnreadableBill) as raised:
        read_bill(content, party, DAY)
    return raised.value.code, raised.value.place


# -- the file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b""])
def test_a_day_with_a_sale_a_refund_and_a_coupon(end: str, bom: bytes) -> None:
    sale, refund, coupon = read_bill(bill(end=end, bom=bom), SHOP, DAY)
    assert (sale.kind, sale.channel_order_no) == (BillKind.PAYMENT, "A01K9VQ3T7WX5ZC8N2M4R6H0BD")
    assert (sale.transaction_id, sale.amount_fen, sale.fee_fen) == ("4200001234202611111234567890", 12_900, 77)
    assert sale.at_ms == int(datetime(2026, 11, 11, 12, 37, 5, tzinfo=UTC).timestamp()) * 1_000
    assert (sale.out_refund_no, sale.channel_refund_id) == ("", "")
    assert (refund.kind, refund.amount_fen, refund.fee_fen) == (BillKind.REFUND, 2_900, -17)
    assert refund.channel_order_no == sale.channel_order_no
    assert refund.out_refund_no == "R01K9VQ3T7WX5ZC8N2M4R6H0BE"
    assert refund.channel_refund_id == "50000709672026111111908420722"
    assert coupon.amount_fen == 1_000, "what the order was for; the coupon is WeChat's matter"


def test_a_day_without_a_row() -> None:
    assert read_bill(bill((), ("0", *["0.00"] * 6)), SHOP, DAY) == ()


def test_totals_as_an_older_file_writes_them() -> None:
    assert len(read_bill(bill(totals=("3.0", "136.0", "29", "0.0", "0.64", "139.00", "29.0")), SHOP, DAY)) == 3


@pytest.mark.parametrize(
    "goods",
    ["毛衣,红色", "`,`", "a,`b,`c", '"quoted', "两行\u2028一行", "\x85", "半个\ufffd"],
)
def test_whatever_the_shop_calls_its_goods(goods: str) -> None:
    """Nothing in the file is quoted, and the shop's words stand in the middle of it."""
    named = [{**values, "商品名称": goods, "商户数据包": goods} for values in ROWS]
    assert read_bill(bill(named), SHOP, DAY) == read_bill(bill(), SHOP, DAY)


def test_goods_cut_in_the_middle_of_a_character() -> None:
    content = bill().replace("玫瑰豆沙".encode(), "玫瑰豆".encode() + "沙".encode()[:2])
    assert len(read_bill(content, SHOP, DAY)) == 3


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=40))
def test_no_name_of_goods_ever_moves_an_amount(goods: str) -> None:
    named = [{**values, "商品名称": goods} for values in ROWS]
    assert read_bill(bill(named), SHOP, DAY) == read_bill(bill(), SHOP, DAY)


@pytest.mark.parametrize("state", ["PROCESSING", "CHANGE"])
def test_a_refund_on_its_way_has_left_the_account(state: str) -> None:
    _, refund, _ = read_bill(bill((SALE, {**REFUND, "退款状态": state}, COUPON)), SHOP, DAY)
    assert refund.amount_fen == 2_900


def test_a_refund_that_failed_moved_nothing() -> None:
    kinds = [line.kind for line in read_bill(bill((SALE, {**REFUND, "退款状态": "FAIL"}, COUPON)), SHOP, DAY)]
    assert kinds == [BillKind.PAYMENT, BillKind.PAYMENT]


def test_an_order_that_was_reversed_at_the_till_went_back() -> None:
    _, refund, _ = read_bill(bill((SALE, {**REFUND, "交易状态": "REVOKED"}, COUPON)), SHOP, DAY)
    assert refund.kind is BillKind.REFUND


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"交易时间": "2026-11-11"}, "wrong_day"),
        ({"交易时间": "2026-11-10 20:37:05"}, "wrong_day"),
        ({"交易时间": "2026-11-11 25:00:00"}, "unreadable_time"),
        ({"交易时间": "2026-11-11 20:37"}, "unreadable_time"),
        ({"商户号": "1900000002"}, "wrong_merchant"),
        ({"货币种类": "USD"}, "wrong_currency"),
        ({"微信订单号": ""}, "unreadable_number"),
        ({"商户订单号": "订单一"}, "unreadable_number"),
        ({"交易状态": "SOMETHING"}, "unknown_state"),
        ({"订单金额": "129.005"}, "unreadable_amount"),
        ({"订单金额": "1,29.00"}, "unreadable_amount"),
        ({"订单金额": "+129.00"}, "unreadable_amount"),
        ({"订单金额": "0.00"}, "unreadable_amount"),
        ({"订单金额": "-129.00"}, "unreadable_amount"),
        ({"手续费": "0.77001"}, "unreadable_amount"),
        ({"手续费": ""}, "unreadable_amount"),
    ],
)
def test_one_wrong_value_and_the_whole_bill_is_worthless(change: Mapping[str, str], code: str) -> None:
    assert distrusted(bill((SALE, REFUND, {**SALE, **change}))) == (code, f"line 4: {next(iter(change))}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"退款状态": "SOMETHING"}, "unknown_state"),
        ({"退款状态": ""}, "unknown_state"),
        ({"商户退款单号": "0"}, "unreadable_number"),
        ({"微信退款单号": ""}, "unreadable_number"),
        ({"申请退款金额": "0.00"}, "unreadable_amount"),
    ],
)
def test_one_wrong_value_in_a_refund(change: Mapping[str, str], code: str) -> None:
    assert distrusted(bill((SALE, {**REFUND, **change}))) == (code, f"line 3: {next(iter(change))}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no backtick",
        row(SALE).removeprefix("`"),
        row(SALE).rsplit(",", 1)[0],
        "`",
        row({**SALE, "商品名称": "两\n行"}),
    ],
)
def test_a_row_that_is_no_row(text: str) -> None:
    assert distrusted(bill((SALE, text))) == ("unreadable_row", "line 3")


def test_columns_that_have_moved_are_found_by_name() -> None:
    names = [*COLUMNS[:20], *COLUMNS[22:], *COLUMNS[20:22]]
    content = bill([line([values[name] for name in names]) for values in ROWS], columns=names)
    assert read_bill(content, SHOP, DAY) == read_bill(bill(), SHOP, DAY)


@pytest.mark.parametrize("missing", ["交易时间", "订单金额", "手续费", "商户退款单号"])
def test_a_file_without_a_column_that_is_needed(missing: str) -> None:
    assert distrusted(bill((), columns=[name for name in COLUMNS if name != missing])) == (
        "unknown_columns",
        f"line 1: {missing}",
    )


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff\xfe", b'{"code":"SYSTEM_ERROR"}'])
def test_something_that_is_no_bill(content: bytes) -> None:
    assert distrusted(content)[0] == "unknown_columns"


@pytest.mark.parametrize("n", range(len(TOTALS)))
def test_a_total_that_does_not_fit(n: int) -> None:
    wrong = [*TOTALS[:n], "7.00", *TOTALS[n + 1 :]]
    assert distrusted(bill(totals=wrong)) == ("wrong_total", f"line 6: {TOTAL_COLUMNS[n]}")


@pytest.mark.parametrize("lost", range(len(ROWS)))
def test_a_row_that_was_lost_on_the_way(lost: int) -> None:
    left = [values for n, values in enumerate(ROWS) if n != lost]
    assert distrusted(bill(left))[0] == "wrong_total"


def test_a_file_that_breaks_off() -> None:
    whole = bill()
    for end in range(0, len(whole) - 2, 7):
        assert distrusted(whole[:end])


def test_nothing_comes_after_the_totals() -> None:
    assert distrusted(bill() + b"`one more\r\n")[0] == "no_totals"


def test_a_row_of_a_provider_is_not_a_merchants_own() -> None:
    assert distrusted(bill((SALE, {**REFUND, "特约商户号": SUB_MCHID}, COUPON)))[0] == "wrong_merchant"


def test_a_provider_reads_its_sub_merchants_rows_only() -> None:
    partner = PartnerMerchant(sp_mchid=MCHID, sp_appid=APPID, sub_mchid=SUB_MCHID)
    rows = [{**values, "特约商户号": SUB_MCHID} for values in ROWS]
    assert len(read_bill(bill(rows), partner, DAY)) == 3
    assert distrusted(bill(), partner) == ("wrong_merchant", "line 2: 商户号")
    assert distrusted(bill([*rows[:2], {**rows[2], "特约商户号": "1"}]), partner)[0] == "wrong_merchant"


# -- the calls -----------------------------------------------------------------------------------------------------


def ticket(content: bytes, **changes: str) -> dict[str, str]:
    value = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return {"hash_type": "SHA1", "hash_value": value, "download_url": FILE_URL, **changes}


async def fetched(client: BillSource, day: str = DAY) -> BillAnswer:
    return await client.download_bill(day, 60_000)


async def test_the_bill_is_asked_for_fetched_and_checked(client: WechatPayClient, wechat: FakeWechat) -> None:
    assert isinstance(client, BillSource)
    wechat.will_answer(200, ticket(bill()))
    wechat.will_answer_unsigned(200, gzip.compress(bill()))
    answer = await fetched(client)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.lines == read_bill(bill(), SHOP, DAY)
    asked, file = wechat.requests
    assert asked.target == "/v3/bill/tradebill?bill_date=2026-11-11&bill_type=ALL&tar_type=GZIP"
    assert file.target == "/v3/billdownload/file?token=a%2Bb"
    assert file.max_bytes == MAX_BILL_BYTES, "a day's bill is larger than any other answer"
    assert 0 < file.timeout_ms <= asked.timeout_ms <= 60_000


async def test_a_file_that_came_unpacked_is_read_as_well(client: WechatPayClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, ticket(bill()))
    wechat.will_answer_unsigned(200, bill())
    assert len((await fetched(client)).lines) == 3


async def test_a_provider_names_its_sub_merchant(open_client: OpenClient, wechat: FakeWechat) -> None:
    content = bill([{**values, "特约商户号": SUB_MCHID} for values in ROWS])
    wechat.will_answer(200, ticket(content))
    wechat.will_answer_unsigned(200, gzip.compress(content))
    client = open_client("partner")
    assert isinstance(client, BillSource)
    assert len((await fetched(client)).lines) == 3
    assert wechat.requests[0].target.endswith(f"&tar_type=GZIP&sub_mchid={SUB_MCHID}")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NO_STATEMENT_EXIST", OutcomeKind.NOT_FOUND),
        ("STATEMENT_CREATING", OutcomeKind.PENDING),
        ("RESOURCE_NOT_EXISTS", OutcomeKind.UNKNOWN),
        ("SYSTEM_ERROR", OutcomeKind.UNKNOWN),
        ("INVALID_REQUEST", OutcomeKind.REFUSED_CONFIG),
        ("NO_AUTH", OutcomeKind.REFUSED_CONFIG),
    ],
)
async def test_there_is_no_bill(client: WechatPayClient, wechat: FakeWechat, code: str, kind: OutcomeKind) -> None:
    wechat.will_answer(400, {"code": code, "message": "账单"})
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (kind, code, ())


@pytest.mark.parametrize("code", ["NO_STATEMENT_EXIST", "STATEMENT_CREATING"])
async def test_an_unsigned_no_is_only_a_rumour(client: WechatPayClient, wechat: FakeWechat, code: str) -> None:
    wechat.will_answer_unsigned(400, json.dumps({"code": code, "message": "账单"}).encode())
    assert (await fetched(client)).outcome.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(
    ("content", "changes", "code"),
    [
        (gzip.compress(bill().replace(b"129.00", b"128.00")), {}, "wrong_hash"),
        (gzip.compress(bill()), {"hash_value": "0" * 40}, "wrong_hash"),
        (gzip.compress(bill()), {"hash_type": "SM3"}, "unknown_hash"),
        (gzip.compress(bill())[:-20], {}, "broken_archive"),
        (gzip.compress(bill()) + b"x", {}, "broken_archive"),
        (b"\x1f\x8b\x08\x00rubbish", {}, "broken_archive"),
    ],
)
async def test_a_file_that_is_not_the_one_that_was_promised(
    client: WechatPayClient, wechat: FakeWechat, content: bytes, changes: dict[str, str], code: str
) -> None:
    wechat.will_answer(200, ticket(bill(), **changes))
    wechat.will_answer_unsigned(200, content)
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (OutcomeKind.UNTRUSTED, code, ())


async def test_the_place_is_named_and_no_value_is_told(client: WechatPayClient, wechat: FakeWechat) -> None:
    content = bill((SALE, {**REFUND, "手续费": "oUpF8uMuAJO"}))
    wechat.will_answer(200, ticket(content))
    wechat.will_answer_unsigned(200, gzip.compress(content))
    outcome = (await fetched(client)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (
        OutcomeKind.UNTRUSTED,
        "unreadable_amount",
        "line 3: 手续费",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v3/billdownload/file?token=x",
        "http://api.mch.weixin.qq.com/v3/billdownload/file?token=x",
        "https://api.mch.weixin.qq.com.evil.example/file",
        "https://api.mch.weixin.qq.com@evil.example/file",
        "https://api.mch.weixin.qq.com:8443/file",
        "https://[api.mch.weixin.qq.com/file",
        "ftp://x",
        "",
    ],
)
async def test_our_signature_goes_to_wechats_machines_only(
    client: WechatPayClient, wechat: FakeWechat, url: str
) -> None:
    wechat.will_answer(200, ticket(bill(), download_url=url))
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_download_url")
    assert len(wechat.requests) == 1


async def test_the_file_does_not_come(client: WechatPayClient, wechat: FakeWechat) -> None:
    answers: list[tuple[HttpAnswer | SendFailure, OutcomeKind, str]] = [
        (SendFailure(sent=True, code="timeout", latency_ms=1.0), OutcomeKind.UNKNOWN, "timeout"),
        (SendFailure(sent=True, code="too_large", latency_ms=1.0), OutcomeKind.UNKNOWN, "too_large"),
        (SendFailure(sent=False, code="connect_failed", latency_ms=1.0), OutcomeKind.NOT_SENT, "connect_failed"),
        (HttpAnswer(status=502, headers={}, body=b"<html>", latency_ms=1.0), OutcomeKind.UNKNOWN, "http_502"),
        (HttpAnswer(status=302, headers={}, body=b"", latency_ms=1.0), OutcomeKind.UNKNOWN, "http_302"),
        (
            HttpAnswer(status=404, headers={}, body=b'{"code":"RESOURCE_NOT_EXISTS"}', latency_ms=1.0),
            OutcomeKind.UNKNOWN,
            "RESOURCE_NOT_EXISTS",
        ),
    ]
    for answer, kind, code in answers:
        wechat.will_answer(200, ticket(bill()))
        wechat.answers.append(lambda _, answer=answer: answer)
        outcome = (await fetched(client)).outcome
        assert (outcome.kind, outcome.code) == (kind, code)


@pytest.mark.parametrize("day", ["", "2026-11", "20261111", "2026-13-01", "2026-11-31", "2026-11-11&x=1", "today"])
async def test_a_day_that_is_none_is_not_asked_for(client: WechatPayClient, wechat: FakeWechat, day: str) -> None:
    answer = await fetched(client, day)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "bad_day")
    assert wechat.requests == []


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"hash_type":1}'])
async def test_an_answer_without_an_address(client: WechatPayClient, wechat: FakeWechat, body: bytes) -> None:
    wechat.will_answer(200, body)
    outcome = (await fetched(client)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")
