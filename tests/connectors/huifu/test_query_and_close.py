"""Looking after an order that customers have seen: has it been paid, and can it be made worthless?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.connectors.huifu.world import HF_ID, HUIFU_ID, ORDER_NO, order_ref, shop_with_huifu

from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind


def found(**changes: Any) -> dict[str, Any]:
    return {
        "resp_desc": "查询成功",
        "org_req_seq_id": ORDER_NO,
        "org_req_date": "20261111",
        "org_hf_seq_id": HF_ID,
        "trans_amt": "1299.00",
        "trans_stat": "S",
        "end_time": "20261111203719",
    } | changes


async def test_a_paid_order_is_told_with_all_that_the_funnel_compares() -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found())
    fact = await client.query(order_ref(), 500)
    assert huifu.path == "/v2/trade/payment/scanpay/query"
    assert huifu.data == {"huifu_id": HUIFU_ID, "org_req_date": "20261111", "org_req_seq_id": ORDER_NO}
    assert (fact.channel_order_no, fact.outcome.kind) == (ORDER_NO, K.PAID)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
    assert fact.transaction_id == HF_ID
    assert fact.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("stat", "kind"), [("P", K.PENDING), ("I", K.PENDING), ("F", K.CLOSED), ("", K.UNKNOWN), ("X", K.UNKNOWN)]
)
async def test_the_state_alone_decides_never_the_code(stat: str, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    for code in ("00000000", "00000100"):
        huifu.succeeds(**found(resp_code=code, trans_stat=stat))
        fact = await client.query(order_ref(), 500)
        assert (fact.outcome.kind, fact.paid_at_ms) == (kind, None)


async def test_the_newer_answers_name_of_the_number_is_understood() -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(org_req_seq_id="", req_seq_id=ORDER_NO, org_hf_seq_id="", hf_seq_id=HF_ID))
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.transaction_id) == (K.PAID, HF_ID)


@pytest.mark.parametrize("changes", [{"org_req_seq_id": "PS-OTHER"}, {"org_req_seq_id": ""}])
async def test_an_answer_about_another_order_is_not_believed(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(**changes))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize("changes", [{"huifu_id": "6666000199999999"}, {"huifu_id": ""}])
async def test_somebody_elses_merchant_is_told_to_the_funnel(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(**changes))
    assert (await client.query(order_ref(), 500)).merchant_ok is False


@pytest.mark.parametrize("amount", ["", "1299", "1299.0", "1299.00"])
async def test_amounts_that_mean_the_same_are_the_same(amount: str) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(trans_amt=amount))
    fact = await client.query(order_ref(), 500)
    assert fact.outcome.kind is (K.PAID if amount else K.UNTRUSTED)
    assert fact.amount_fen == (129_900 if amount else None)


@pytest.mark.parametrize("amount", ["1299.000", "-1", "1e3", " 1299.00", "一千", 1299.0])
async def test_an_amount_that_must_be_guessed_is_not_believed(amount: object) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(trans_amt=amount))
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code, fact.amount_fen) == (K.UNTRUSTED, "unreadable_amount", None)


@pytest.mark.parametrize("time", ["", "2026111120371", "20261399203719", "２０２６１１１１２０３７１９"])
async def test_a_time_that_cannot_be_read_costs_no_payment(time: str) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(end_time=time))
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.paid_at_ms) == (K.PAID, None)


async def test_a_number_that_huifu_does_not_know() -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses("23000001", "交易不存在")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.NOT_FOUND
    huifu.refuses("23000001", "交易不存在", signed=False)
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN, "whoever says that has not signed it"


async def test_a_close_that_huifu_confirms() -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(org_req_seq_id=ORDER_NO, trans_stat="S", org_trans_stat="F")
    outcome = await client.close(order_ref(Product.WECHAT_JSAPI), 500)
    assert outcome.kind is K.CLOSED
    assert huifu.path == "/v2/trade/payment/scanpay/close"
    asked = dict(huifu.data)
    own_number = asked.pop("req_seq_id")
    assert asked == {
        "huifu_id": HUIFU_ID,
        "req_date": "20261111",
        "org_req_date": "20261111",
        "org_req_seq_id": ORDER_NO,
    }
    await client.close(order_ref(Product.WECHAT_JSAPI), 500)
    assert huifu.data["req_seq_id"] not in (own_number, ORDER_NO), "every close has a number of its own"


@pytest.mark.parametrize(
    ("stat", "original", "kind"),
    [
        ("S", "", K.CLOSED),
        ("P", "P", K.PENDING),
        ("F", "S", K.DUPLICATE),
        ("F", "F", K.CLOSED),
        ("F", "P", K.UNKNOWN),
        ("F", "", K.UNKNOWN),
        ("", "", K.UNKNOWN),
    ],
)
async def test_a_close_has_a_fate_of_its_own(stat: str, original: str, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(org_req_seq_id=ORDER_NO, trans_stat=stat, org_trans_stat=original)
    for ask in (client.close, client.query_close):
        assert (await ask(order_ref(Product.ALIPAY_JSAPI), 500)).kind is kind
    assert huifu.path == "/v2/trade/payment/scanpay/closequery"


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        ("10000015", "不允许关闭一分钟以内的订单", K.UNKNOWN),
        ("20000001", "不允许关闭一分钟以内的订单", K.UNKNOWN),
        ("10000016", "原订单已为终态,请发起查询交易获取", K.DUPLICATE),
        ("23000000", "关单状态为终态，不能重复关单", K.DUPLICATE),
        ("23000001", "原交易不存在", K.NOT_FOUND),
        ("23000004", "原订单为银联二维码交易，不支持关单", K.UNKNOWN),
        ("99999999", "系统异常，请稍后重试", K.UNKNOWN),
    ],
)
async def test_a_close_that_is_refused_proves_no_end(code: str, description: str, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses(code, description, org_req_seq_id=ORDER_NO, trans_stat="F")
    outcome = await client.close(order_ref(), 500)
    assert (outcome.kind, outcome.transient) == (kind, False)


@pytest.mark.parametrize("changes", [{"org_req_seq_id": "PS-OTHER"}, {"huifu_id": "6666"}])
async def test_a_close_of_something_else_is_not_believed(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**({"org_req_seq_id": ORDER_NO, "trans_stat": "S"} | changes))
    assert (await client.close(order_ref(), 500)).kind is K.UNTRUSTED


async def test_silence_says_nothing() -> None:
    client, huifu = shop_with_huifu()
    huifu.breaks(SendFailure(sent=True, code="timeout", latency_ms=500))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN
    assert (await client.close(order_ref(), 500)).kind is K.UNKNOWN
