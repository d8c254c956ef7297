"""The morning after: the operator's machine fetches what Alipay says it took. Half understood is not understood."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.alipay.bill_texts import (
    COLUMNS,
    DATES,
    DAY,
    PAYMENT_TOTAL,
    REFUND,
    REFUND_TOTAL,
    ROWS,
    SALE,
    SUMMARY_ALL,
    VOUCHER,
    archive,
    details,
    row,
    summary,
)
from tests.connectors.alipay.world import SELLER_ID, FakeAlipay, http, shop_with_alipay

from payswitch.connectors.alipay.bill_file import read_bill
from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.connectors.transport import MAX_BILL_BYTES, HttpAnswer, SendFailure
from payswitch.domain.bill import BillAnswer, BillKind, BillLine, BillSource
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.outcome import OutcomeKind

ADDRESS = "http://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&fileId=%2Ftrade%2F1.csv.zip"


def read(*files: bytes, seller_id: str = SELLER_ID, day: str = DAY) -> tuple[BillLine, ...]:
    return read_bill(files, seller_id=seller_id, day=day)


def distrusted(*files: bytes, seller_id: str = SELLER_ID, day: str = DAY) -> tuple[str, str]:
    with pytest.raises(UnreadableBill) as raised:
        read(*files, seller_id=seller_id, day=day)
    return raised.value.code, raised.value.place


# -- the files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_day_with_a_sale_a_refund_and_a_voucher(end: str) -> None:
    sale, refund, voucher = read(details(end=end), summary())
    assert (sale.kind, sale.channel_order_no) == (BillKind.PAYMENT, "PS202611112037A1")
    assert (sale.transaction_id, sale.amount_fen) == ("2026111122001456231400000001", 129_900)
    assert sale.fee_fen == 779
    assert sale.at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000
    assert sale.out_refund_no == ""
    assert (refund.kind, refund.channel_order_no, refund.amount_fen) == (BillKind.REFUND, "PS202611112037A1", 29_900)
    assert (refund.out_refund_no, refund.fee_fen) == ("PS202611112037R1", -179)
    assert voucher.amount_fen == 1_000, "what the order was for; the voucher is a discount"


def test_whatever_sign_stands_before_a_fee() -> None:
    """Nothing is given back with a payment, and nothing kept of a refund."""
    turned = [{**values, "服务费（元）": values["服务费（元）"].lstrip("-")} for values in ROWS]
    assert read(details(turned)) == read(details())


def test_without_a_configured_seller_any_account_is_taken() -> None:
    assert len(read(details(), seller_id="")) == 3


def test_a_large_day_comes_in_several_files() -> None:
    first = details(
        (SALE,), ("#交易合计：1笔，商家实收共1299.00元，商家优惠共0.00元", "#退款合计：0笔，商家实收退款共0.00元，")
    )
    second = details((REFUND, VOUCHER), ("#交易合计：1笔，商家实收共7.00元，商家优惠共3.00元", REFUND_TOTAL))
    assert read(first, summary(), second) == read(details())
    assert distrusted(first, summary())[0] == "wrong_total", "one of the files is missing"


def test_several_stores_in_the_summary() -> None:
    store = ("1", "一店", "1", "1", *["0.00"] * 8)
    other = ("2", "二店", "1", "0", *["0.00"] * 8)
    assert len(read(details(), summary((store, other, SUMMARY_ALL)))) == 3
    assert len(read(details(), summary((store, other)))) == 3


def test_a_refund_made_by_hand_has_no_number() -> None:
    _, refund, _ = read(details((SALE, {**REFUND, "退款批次号/请求号": "\t"}, VOUCHER)))
    assert refund.out_refund_no == ""


@pytest.mark.parametrize(
    "goods",
    [
        "毛衣,红色",
        ",,,",
        '"毛衣',
        "2026-11-11 20:37:05",
        "2026-11-11 20:37:05,2026-11-11 20:37:05",
        "两行\u2028一行",
        "\u3000",
        "𠮷",
    ],
)
@pytest.mark.parametrize("remark", ["", "a,b", ",", "2026-11-11 20:37:05,2026-11-11 20:37:05,1.00,1.00"])
def test_whatever_the_shop_calls_its_goods(goods: str, remark: str) -> None:
    named = [{**values, "商品名称": goods, "备注": remark} for values in ROWS]
    assert read(details(named)) == read(details())


def test_goods_cut_in_the_middle_of_a_character() -> None:
    whole = "一件".encode("gbk")
    assert whole in details()
    assert read(details().replace(whole, whole[:3])) == read(details())


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30))
def test_no_name_of_goods_ever_moves_an_amount(goods: str) -> None:
    named = [{**values, "商品名称": goods} for values in ROWS]
    assert read(details(named)) == read(details())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"业务类型": "转账"}, "unknown_kind"),
        ({"支付宝交易号": "\t"}, "unreadable_number"),
        ({"商户订单号": "订单一"}, "unreadable_number"),
        ({"订单金额（元）": "-1299.00"}, "unreadable_amount"),
        ({"订单金额（元）": "0.00"}, "unreadable_amount"),
    ],
)
def test_one_wrong_value_and_the_whole_bill_is_worthless(change: Mapping[str, str], code: str) -> None:
    name = next(iter(change))
    assert distrusted(details((SALE, REFUND, {**SALE, **change}))) == (code, f"details line 8: {name}")


def test_a_refund_with_a_positive_amount_is_none() -> None:
    content = details((SALE, {**REFUND, "订单金额（元）": "299.00"}, VOUCHER))
    assert distrusted(content) == ("unreadable_amount", "details line 7: 订单金额（元）")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        row(SALE).rsplit(",", 1)[0],
        row({**SALE, "创建时间": "yesterday"}),
        row({**SALE, "创建时间": "yesterday"}) + ",",
        row({**SALE, "订单金额（元）": "1299.005"}),
        row({**SALE, "订单金额（元）": ""}),
        row({**SALE, "订单金额（元）": "1,299.00"}),
        row({**SALE, "商家实收（元）": "x"}),
        row({**SALE, "服务费（元）": "-7.795"}),
        row({**SALE, "完成时间": "2026-11-31 20:37:19"}),
        row({**SALE, "商品名称": "两\n行"}),
    ],
)
def test_a_row_that_is_no_row(text: str) -> None:
    code, place = distrusted(details((SALE, text)))
    assert code in ("unreadable_row", "unreadable_time")
    assert place.startswith("details line 7")


@pytest.mark.parametrize("missing", ["支付宝交易号", "订单金额（元）", "服务费（元）", "退款批次号/请求号"])
def test_a_file_without_a_column_that_is_needed(missing: str) -> None:
    columns = [name for name in COLUMNS if name != missing]
    assert distrusted(details((), columns=columns)) == ("unknown_columns", f"details: {missing}")


@pytest.mark.parametrize(
    ("totals", "code"),
    [
        ((PAYMENT_TOTAL,), "no_totals"),
        ((REFUND_TOTAL,), "no_totals"),
        ((PAYMENT_TOTAL.replace("2笔", "3笔"), REFUND_TOTAL), "wrong_total"),
        ((PAYMENT_TOTAL.replace("1306.00", "1306.01"), REFUND_TOTAL), "wrong_total"),
        ((PAYMENT_TOTAL, REFUND_TOTAL.replace("1笔", "0笔")), "wrong_total"),
        ((PAYMENT_TOTAL, REFUND_TOTAL.replace("-299.00", "-298.99")), "wrong_total"),
    ],
)
def test_totals_that_do_not_fit(totals: tuple[str, ...], code: str) -> None:
    assert distrusted(details(totals=totals))[0] == code


@pytest.mark.parametrize("lost", range(len(ROWS)))
def test_a_row_that_was_lost_on_the_way(lost: int) -> None:
    assert distrusted(details([values for n, values in enumerate(ROWS) if n != lost]))[0] == "wrong_total"


@pytest.mark.parametrize("column", [2, 3])
def test_a_summary_that_counts_otherwise(column: int) -> None:
    wrong = [*SUMMARY_ALL[:column], "7", *SUMMARY_ALL[column + 1 :]]
    assert distrusted(details(), summary((wrong,)))[0] == "wrong_total"


def test_rows_after_the_end() -> None:
    assert distrusted(details(totals=(PAYMENT_TOTAL, REFUND_TOTAL, row(SALE))))[0] == "unreadable_row"


def test_a_file_that_breaks_off() -> None:
    whole = details()
    end = whole.index("#退款合计".encode("gbk"))
    for at in range(0, end, 11):
        assert distrusted(whole[:at])


def test_another_accounts_bill_and_another_days() -> None:
    assert distrusted(details(), seller_id="2088000000000000") == ("wrong_merchant", "details: 账号")
    assert distrusted(details(account="#")) == ("wrong_merchant", "details: 账号")
    assert distrusted(details(), day="2026-11-10") == ("wrong_day", "details: 起始日期")
    assert distrusted(details(dates="#")) == ("wrong_day", "details: 起始日期")
    assert distrusted(details(), summary(dates=DATES.replace("11日", "10日", 1))) == ("wrong_day", "summary: 起始日期")


def test_an_archive_without_details() -> None:
    assert distrusted(summary())[0] == "no_details"
    assert distrusted()[0] == "no_details"
    assert distrusted(details(), b"readme")[0] == "unknown_file"


# -- the calls -----------------------------------------------------------------------------------------------------


def offers(alipay: FakeAlipay, file: HttpAnswer | SendFailure, address: str = ADDRESS) -> None:
    alipay.succeeds(bill_download_url=address)
    alipay.file = file


async def fetched(client: ChannelClient, day: str = DAY) -> BillAnswer:
    assert isinstance(client, BillSource)
    return await client.download_bill(day, 60_000)


async def test_the_bill_is_asked_for_fetched_and_read() -> None:
    client, alipay = shop_with_alipay()
    offers(alipay, http(archive(details(), summary())))
    answer = await fetched(client)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.lines == read(details())
    assert alipay.requests[0]["method"] == "alipay.data.dataservice.bill.downloadurl.query"
    assert alipay.content == {"bill_type": "trade", "bill_date": DAY}
    (fetch,) = alipay.fetched
    assert fetch.url == ADDRESS.replace("http://", "https://"), "never in the clear, whatever Alipay writes"
    assert fetch.max_bytes == MAX_BILL_BYTES
    assert 0 < fetch.timeout_ms <= 60_000


async def test_a_day_without_a_row() -> None:
    client, alipay = shop_with_alipay()
    none = details(
        (),
        (
            "#交易合计：0笔，商家实收共0.00元，商家优惠共0.00元",
            "#退款合计：0笔，商家实收退款共0.00元，商家优惠退款共0.00元",
        ),
    )
    offers(alipay, http(archive(none)))
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.lines) == (OutcomeKind.ACCEPTED, ())


@pytest.mark.parametrize(
    ("sub_code", "kind"),
    [
        # The gateway's own spelling, then the documentation's.
        ("isp.bill_not_exist", OutcomeKind.NOT_FOUND),
        ("BILL_NOT_EXIST", OutcomeKind.NOT_FOUND),
        ("ACQ.TRADE_NOT_EXIST", OutcomeKind.UNKNOWN),
        ("isp.unknow-error", OutcomeKind.UNKNOWN),
        ("isv.insufficient-isv-permissions", OutcomeKind.REFUSED_CONFIG),
        ("SOMETHING_NEW", OutcomeKind.UNKNOWN),
    ],
)
async def test_there_is_no_bill(sub_code: str, kind: OutcomeKind) -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses(sub_code)
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (kind, sub_code, ())
    alipay.refuses(sub_code, signed=False)
    assert (await fetched(client)).outcome.kind is not OutcomeKind.NOT_FOUND, "an unsigned no is only a rumour"


def _damaged() -> bytes:
    data = bytearray(archive(details()))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


def _encrypted() -> bytes:
    """The flag that asks for a password, set in both of the archive's lists."""
    data = bytearray(archive(details()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def _too_many() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for n in range(51):
            packed.writestr(str(n), details())
    return made.getvalue()


def _a_lie_about_the_size() -> bytes:
    data = bytearray(archive(details()))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: archive(details())[:-10], "broken_archive"),
        (lambda: b"PK\x03\x04 nothing", "broken_archive"),
        (_damaged, "broken_archive"),
        (_encrypted, "broken_archive"),
        (_a_lie_about_the_size, "broken_archive"),
        (_too_many, "too_large"),
        (archive, "no_details"),
        (lambda: archive(details(totals=(PAYMENT_TOTAL,))), "no_totals"),
    ],
)
async def test_an_archive_that_cannot_be_believed(made: Callable[[], bytes], code: str) -> None:
    client, alipay = shop_with_alipay()
    offers(alipay, http(made()))
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (OutcomeKind.UNTRUSTED, code, ())


async def test_an_archive_that_unpacks_to_more_than_any_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payswitch.connectors.bill_reading.MAX_UNPACKED_BYTES", 1_000)
    client, alipay = shop_with_alipay()
    offers(alipay, http(archive(details())))
    assert (await fetched(client)).outcome.code == "too_large"


async def test_the_place_is_named_and_no_value_is_told() -> None:
    client, alipay = shop_with_alipay()
    offers(alipay, http(archive(details((SALE, {**REFUND, "商户订单号": "张三"})))))
    outcome = (await fetched(client)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (
        OutcomeKind.UNTRUSTED,
        "unreadable_number",
        "details line 7: 商户订单号",
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example/downloadBillFile.resource",
        "https://alipay.com.evil.example/x",
        "https://dwbillcenter.alipay.com@evil.example/x",
        "ftp://dwbillcenter.alipay.com/x",
        "https://[dwbillcenter.alipay.com/x",
        "file:///etc/passwd",
    ],
)
async def test_a_bill_comes_from_alipay_or_not_at_all(address: str) -> None:
    client, alipay = shop_with_alipay()
    offers(alipay, http(archive(details())), address)
    answer = await fetched(client)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_download_url")
    assert alipay.fetched == []


@pytest.mark.parametrize(
    ("file", "kind", "code"),
    [
        (SendFailure(sent=True, code="timeout", latency_ms=1.0), OutcomeKind.UNKNOWN, "timeout"),
        (SendFailure(sent=False, code="connect_failed", latency_ms=1.0), OutcomeKind.NOT_SENT, "connect_failed"),
        (http(b"busy", 503), OutcomeKind.UNKNOWN, "http_503"),
        # An address that has expired answers with a page.
        (http(b"<html></html>"), OutcomeKind.UNKNOWN, "unreadable"),
    ],
)
async def test_the_file_does_not_come(file: HttpAnswer | SendFailure, kind: OutcomeKind, code: str) -> None:
    client, alipay = shop_with_alipay()
    offers(alipay, file)
    outcome = (await fetched(client)).outcome
    assert (outcome.kind, outcome.code) == (kind, code)


@pytest.mark.parametrize("day", ["", "2026-11", "20261111", "2026-11-31", "今天"])
async def test_a_day_that_is_none_is_not_asked_for(day: str) -> None:
    client, alipay = shop_with_alipay()
    answer = await fetched(client, day)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "bad_day")
    assert alipay.requests == []
