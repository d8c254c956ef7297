"""The morning after: what Allinpay says it took. Half understood is not understood."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.quickpay.test_against_sandbox import open_account, order_for
from tests.connectors.quickpay.world import (
    APPID,
    CHANNEL,
    CUSID,
    FakeAllinpay,
    http,
    md5_account,
    open_client,
    refund_order,
)
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.connectors.quickpay import CONNECTOR
from payswitch.connectors.quickpay.bill_file import read_bill
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.bill import BillKind, BillLine, BillSource
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock, beijing
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.world import World

K = OutcomeKind
DAY = "2026-11-10"
"""The clock of these tests stands at 20:37 of the next day."""
HEADER = (
    "商户号,门店名称,终端号,交易时间,交易类型,交易批次号,凭证号,参考号,卡号,卡类别,发卡行机构代码,发卡行名称,交易金额,手续费,"
    "交易日期,交易单号,订单号,商户备注,对接应用号,原始金额,结算金额,产品类型,分期贴息,交易完成时间,持卡人姓名,持卡人身份证,"
    "分期数,优惠金额,实付金额,原交易单,渠道交易类型,出金方账户名称,门店编号,交易完成日期"
)
SALE = {
    "商户号": CUSID,
    "交易时间": "20:37:19",
    "交易类型": "快捷支付",
    "卡号": "622202*********9876",
    "交易金额": "1299.00",
    "手续费": "7.79",
    "交易日期": DAY,
    "交易单号": "261110120000975981",
    "订单号": "PS202611102037A1",
    "商户备注": '秋冬外套, "一件"',
    "对接应用号": APPID,
    "持卡人姓名": "欧阳小红",
}
REFUND = SALE | {
    "交易时间": "21:00:00",
    "交易类型": "快捷支付退货",
    "交易金额": "-299.00",
    "手续费": "-1.79",
    "交易单号": "261110120000975999",
    "订单号": "RS202611102037R1",
    "原交易单": "261110120000975981",
}


def file(*rows: Mapping[str, str], header: str = HEADER, encoding: str = "gbk") -> bytes:
    names = header.split(",")

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text

    lines = [header, *(",".join(quoted(row.get(name, "")) for name in names) for row in rows)]
    return "\r\n".join([*lines, ""]).encode(encoding)


def read(*files: bytes) -> tuple[BillLine, ...]:
    return read_bill(files, cusid=CUSID, appid=APPID, day=DAY).lines


def distrusted(*rows: Mapping[str, str], **more: str) -> tuple[str, str]:
    with pytest.raises(UnreadableBill) as caught:
        read(file(*rows, **more))
    return caught.value.code, caught.value.place


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_a_sale_and_its_refund(encoding: str) -> None:
    sale, back = read(file(SALE, REFUND, encoding=encoding))
    assert (sale.kind, sale.channel_order_no, sale.transaction_id) == (
        BillKind.PAYMENT,
        "PS202611102037A1",
        "261110120000975981",
    )
    assert (sale.amount_fen, sale.fee_fen) == (129_900, 779)
    assert sale.at_ms == int(datetime(2026, 11, 10, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000
    assert (back.kind, back.out_refund_no, back.channel_refund_id) == (
        BillKind.REFUND,
        "RS202611102037R1",
        "261110120000975999",
    )
    assert (back.amount_fen, back.fee_fen) == (29_900, -179)
    assert (back.channel_order_no, back.transaction_id) == ("PS202611102037A1", "261110120000975981")


def test_a_refund_of_an_earlier_day_names_its_payment_by_allinpays_number_alone() -> None:
    [back] = read(file(REFUND))
    assert (back.channel_order_no, back.transaction_id) == ("", "261110120000975981")


@pytest.mark.parametrize("kind", ["快捷支付退货", "微信支付撤销", "退款"])
@pytest.mark.parametrize("amount", ["299.00", "-299.00"])
def test_whatever_sign_stands_before_money_that_went_back(kind: str, amount: str) -> None:
    [back] = read(file(REFUND | {"交易类型": kind, "交易金额": amount, "手续费": amount}))
    assert (back.kind, back.amount_fen, back.fee_fen) == (BillKind.REFUND, 29_900, -29_900)


def test_older_accounts_have_fewer_columns() -> None:
    [sale] = read(file(SALE, header=",".join(HEADER.split(",")[:19])))
    assert sale.amount_fen == 129_900


def test_a_large_day_comes_in_several_files() -> None:
    assert len(read(file(SALE), file(REFUND))) == 2
    assert read(file()) == ()
    assert read(b"") == ()


def test_other_applications_of_the_merchant_are_counted_and_left_out() -> None:
    others = [SALE | {"对接应用号": application} for application in ("", "9")]
    rows = read_bill([file(SALE, *others)], cusid=CUSID, appid=APPID, day=DAY)
    assert (len(rows.lines), rows.others) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"商户号": "9"}, "wrong_merchant", "line 2, 商户号"),
        ({"交易日期": "2026-11-11"}, "wrong_day", "line 2, 交易日期"),
        ({"交易时间": "8:00"}, "unreadable_time", "line 2, 交易时间"),
        ({"交易金额": "12.345"}, "unreadable_amount", "line 2, 交易金额"),
        ({"交易金额": "0.00"}, "unreadable_amount", "line 2, 交易金额"),
        ({"手续费": "1e3"}, "unreadable_amount", "line 2, 手续费"),
        ({"订单号": ""}, "empty_field", "line 2, 订单号"),
        ({"交易单号": ""}, "empty_field", "line 2, 交易单号"),
        ({"交易金额": "-1299.00"}, "unknown_line_type", "line 2, 交易类型"),
        ({"原交易单": "261109120000000001"}, "unknown_line_type", "line 2, 交易类型"),
    ],
)
def test_a_row_that_is_not_understood_spoils_the_bill(changes: dict[str, str], code: str, place: str) -> None:
    assert distrusted(SALE | changes) == (code, place)


def test_columns_that_are_not_there() -> None:
    assert distrusted(SALE, header=HEADER.replace("订单号", "单号")) == ("unknown_columns", "line 1: 订单号")
    with pytest.raises(UnreadableBill, match="unreadable_row"):
        read(file(SALE) + b"a,b\r\n")


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: (HEADER + "\n" + text).encode()))
def test_whatever_bytes_there_are(content: bytes) -> None:
    try:
        lines = read(content)
    except UnreadableBill:
        return
    assert all(isinstance(line, BillLine) for line in lines)


# -- fetching it -----------------------------------------------------------------------------------------------------


def archive(*files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, content in enumerate(files):
            packed.writestr(f"{number}.csv", content)
    return made.getvalue()


class Shelf(FakeAllinpay):
    """Gives out the address of a bill, and what lies there."""

    def __init__(self, bill: HttpAnswer | SendFailure) -> None:
        super().__init__("MD5")
        self.bill = bill
        self.fetched: list[str] = []

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = 0,
    ) -> HttpAnswer | SendFailure:
        if method == "GET":
            self.fetched.append(url)
            return self.bill
        return await super().send(method, url, headers=headers, body=body, timeout_ms=timeout_ms)


def shelf(bill: HttpAnswer | SendFailure) -> tuple[QuickpayClient, Shelf]:
    allinpay = Shelf(bill)
    allinpay.answers(retcode="SUCCESS", url="https://cus.allinpay.com/file?a=1")
    return open_client(md5_account(bill_url="https://gateway.example/apiweb/trxfile/get"), allinpay), allinpay


async def test_a_bill_is_asked_for_and_fetched() -> None:
    client, allinpay = shelf(http(archive(file(SALE, REFUND))))
    assert isinstance(client, BillSource)
    answer = await client.download_bill(DAY, 5_000)
    assert (answer.outcome.kind, len(answer.lines)) == (K.ACCEPTED, 2)
    assert (allinpay.sent["date"], allinpay.paths) == ("20261110", ["trxfile/get"])
    assert allinpay.fetched == ["https://cus.allinpay.com/file?a=1"]


@pytest.mark.parametrize(
    ("bill", "kind", "code"),
    [
        (SendFailure(sent=True, code="timeout", latency_ms=1.0), K.UNKNOWN, "timeout"),
        (http(b"", status=404), K.UNKNOWN, "http_404"),
        (http(b"<html>"), K.UNKNOWN, "unreadable"),
        (http(archive(file(SALE))[:-30]), K.UNTRUSTED, "broken_archive"),
        (http(archive(file(SALE | {"商户号": "9"}))), K.UNTRUSTED, "wrong_merchant"),
        (http(archive(file(SALE, SALE | {"对接应用号": "9"}))), K.ACCEPTED, "other_applications"),
    ],
)
async def test_what_lies_there(bill: HttpAnswer | SendFailure, kind: OutcomeKind, code: str) -> None:
    answer = await shelf(bill)[0].download_bill(DAY, 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert bool(answer.lines) is (kind is K.ACCEPTED)


async def test_days_without_a_bill() -> None:
    client, allinpay = shelf(http(b""))
    assert (await client.download_bill("11.11.", 500)).outcome.kind is K.REFUSED_CONFIG
    assert (await client.download_bill("2026-11-11", 500)).outcome.kind is K.PENDING, "the day is not over"
    assert allinpay.requests == []
    allinpay.fails("对账文件不存在")
    assert (await client.download_bill(DAY, 500)).outcome.kind is K.NOT_FOUND
    allinpay.fails("系统异常")
    assert (await client.download_bill(DAY, 500)).outcome.kind is K.UNKNOWN
    allinpay.answers(retcode="SUCCESS", url="file:///etc/passwd")
    assert (await client.download_bill(DAY, 500)).outcome.code == "unreadable"
    allinpay.answers(signed=False, retcode="SUCCESS", url="https://cus.allinpay.com/file")
    assert (await client.download_bill(DAY, 500)).outcome.kind is K.UNTRUSTED
    assert allinpay.fetched == []


async def test_the_stand_ins_bill_says_what_its_books_say(
    world: World, shop: Listener, transport: AiohttpTransport
) -> None:
    clock = ManualClock(SystemClock().now_ms())
    async with running_sandbox(world, clock=clock) as sandbox:
        sold = order_for(Product.WECHAT_NATIVE, shop)
        client = open_account(sandbox, transport)
        made = await client.create(sold, 5_000)
        assert made.credential is not None
        await sandbox.pay(made.credential.content)
        await client.refund(refund_order(), 5_000)
        day = f"{beijing(clock.now_ms()):%Y-%m-%d}"
        clock.advance(seconds=2 * 86_400)
        answer = await two_days_later(sandbox, transport, clock, "allinpay-rsa").download_bill(day, 5_000)
        assert answer.outcome.kind is K.ACCEPTED, answer
        assert [(line.kind, line.amount_fen) for line in answer.lines] == [
            (BillKind.PAYMENT, 129_900),
            (BillKind.REFUND, 29_900),
        ]
        assert {line.channel_order_no for line in answer.lines} == {sold.channel_order_no}
        other = two_days_later(sandbox, transport, clock, "allinpay-md5")
        assert (await other.download_bill(day, 5_000)).outcome.kind is K.NOT_FOUND, "this merchant took nothing"


def two_days_later(
    sandbox: RunningSandbox, transport: AiohttpTransport, clock: ManualClock, name: str
) -> QuickpayClient:
    account = sandbox.world.account(name).connector_account()
    return CONNECTOR.open(CHANNEL, account, transport=transport, clock=clock, ids=SeededIds(1))


def test_nothing_personal_is_read() -> None:
    said = repr(read(file(SALE, REFUND)))
    assert not [text for text in ("9876", "欧阳", "外套") if text in said]
