"""Paying back: once per number and day, and never believed without Huifu's word."""

from __future__ import annotations

from typing import Any

import pytest
from tests.connectors.huifu.world import HUIFU_ID, NOW_MS, ORDER_NO, REFUND_NO, refund_order, shop_with_huifu

from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind
DAY_MS = 86_400_000
HF_REFUND = "00300TOP1A261111204000P001ac130000000200000"


def given(**changes: Any) -> dict[str, Any]:
    """The answer to a refund."""
    return {
        "resp_code": "00000100",
        "req_seq_id": REFUND_NO,
        "hf_seq_id": HF_REFUND,
        "org_req_seq_id": ORDER_NO,
        "org_req_date": "20261111",
        "ord_amt": "29.00",
        "trans_stat": "P",
    } | changes


def found(**changes: Any) -> dict[str, Any]:
    """The answer to a refund query."""
    return {
        "org_req_seq_id": REFUND_NO,
        "org_req_date": "20261111",
        "org_hf_seq_id": HF_REFUND,
        "ord_amt": "29.00",
        "trans_stat": "S",
    } | changes


async def test_a_part_is_paid_back() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given())
    fact = await client.refund(refund_order(), 500)
    assert (fact.out_refund_no, fact.outcome.kind) == (REFUND_NO, K.PENDING)
    assert (fact.amount_fen, fact.channel_refund_id) == (2_900, HF_REFUND)
    assert huifu.path == "/v2/trade/payment/scanpay/refund"
    assert huifu.data == {
        "huifu_id": HUIFU_ID,
        "req_date": "20261111",
        "req_seq_id": REFUND_NO,
        "ord_amt": "29.00",
        "org_req_date": "20261111",
        "org_req_seq_id": ORDER_NO,
        "notify_url": "https://pay.shop.example/notify/huifu-main",
        "remark": "重复支付自动退回",
    }


@pytest.mark.parametrize("made_after_days", [None, 0, 1, 30])
async def test_a_refund_keeps_its_day_in_every_call(made_after_days: int | None) -> None:
    """Another day under the same number would be a second refund at Huifu, and a query would not find the first."""
    client, huifu = shop_with_huifu()
    made_at_ms = None if made_after_days is None else NOW_MS + made_after_days * DAY_MS
    refund = refund_order(created_at_ms=made_at_ms)
    huifu.answers(**given())
    await client.refund(refund, 500)
    sent_day = huifu.data["req_date"]
    await client.refund(refund, 500)
    assert huifu.data["req_date"] == sent_day
    huifu.succeeds(**found())
    await client.query_refund(refund, 500)
    assert huifu.data["org_req_date"] == sent_day
    assert sent_day == {None: "20261111", 0: "20261111", 1: "20261112", 30: "20261211"}[made_after_days]


async def test_ecny_wants_a_reason_and_gets_one() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given())
    await client.refund(refund_order(reason="\n"), 500)
    assert huifu.data["remark"] == "退款"
    await client.refund(refund_order(reason="很" * 100), 500)
    assert huifu.data["remark"] == "很" * 84


@pytest.mark.parametrize(
    ("stat", "kind"), [("S", K.PAID), ("P", K.PENDING), ("I", K.PENDING), ("F", K.CLOSED), ("", K.UNKNOWN)]
)
async def test_the_state_tells_what_became_of_the_money(stat: str, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given(trans_stat=stat))
    assert (await client.refund(refund_order(), 500)).outcome.kind is kind
    huifu.succeeds(**found(trans_stat=stat))
    fact = await client.query_refund(refund_order(), 500)
    assert fact.outcome.kind is kind
    assert (fact.amount_fen, fact.channel_refund_id) == (2_900, HF_REFUND)


async def test_a_query_names_the_refund_and_not_the_payment() -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found())
    await client.query_refund(refund_order(), 500)
    assert huifu.path == "/v2/trade/payment/scanpay/refundquery"
    assert huifu.data == {"huifu_id": HUIFU_ID, "org_req_date": "20261111", "org_req_seq_id": REFUND_NO}


@pytest.mark.parametrize(
    "changes",
    [
        {"req_seq_id": "R-OTHER"},
        {"org_req_seq_id": "P-OTHER"},
        {"req_seq_id": "", "org_req_seq_id": ""},
        {"huifu_id": "6"},
    ],
)
async def test_an_answer_about_another_refund_is_not_believed(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given(trans_stat="S", **changes))
    fact = await client.refund(refund_order(), 500)
    assert (fact.outcome.kind, fact.amount_fen) == (K.UNTRUSTED, None)


@pytest.mark.parametrize("changes", [{"org_req_seq_id": ORDER_NO}, {"org_req_seq_id": ""}, {"huifu_id": "6"}])
async def test_a_found_refund_must_be_the_one_asked_for(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.succeeds(**found(**changes))
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED


async def test_the_newer_answer_without_the_refunds_own_number_is_understood() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given(req_seq_id="", trans_stat="S"))
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.PAID


@pytest.mark.parametrize("amount", ["", "29.001", "-29"])
async def test_money_back_without_an_exact_amount_is_not_believed(amount: str) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**given(trans_stat="S", ord_amt=amount))
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize(
    ("code", "description", "merchant_side"),
    [
        ("90000000", "业务执行失败，可用余额不足", True),
        ("90000000", "交易存在风险", True),
        ("23000003", "账户余额不足", True),
        ("23000003", "申请退款金额大于可退余额", True),
        ("23000001", "原交易不存在", True),
        ("10000000", "请求日期必须是当前日期", True),
        ("23000000", "原交易未入账，不能发起退款", False),
        ("20000001", "并发冲突，请稍后重试", False),
        ("20000000", "重复交易", False),
        ("91111119", "通道异常，请稍后重试", False),
        ("98888888", "系统错误", False),
        ("12345678", "从未见过", False),
    ],
)
async def test_no_refusal_gives_a_refund_up(code: str, description: str, merchant_side: bool) -> None:
    """Only `trans_stat=F` ends a number. After a lost answer any of these may be said about money that went back."""
    client, huifu = shop_with_huifu()
    for signed in (True, False):
        huifu.refuses(code, description, signed=signed)
        outcome = (await client.refund(refund_order(), 500)).outcome
        assert (outcome.kind, outcome.code) == (K.UNKNOWN, code)
        if signed:
            assert outcome.merchant_side is merchant_side


async def test_a_refund_that_huifu_does_not_know() -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses("23000001", "原交易不存在")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.NOT_FOUND
    huifu.refuses("23000001", "原交易不存在", signed=False)
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNKNOWN


async def test_silence_leaves_a_refund_unknown() -> None:
    client, huifu = shop_with_huifu()
    huifu.breaks(SendFailure(sent=True, code="timeout", latency_ms=500))
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.UNKNOWN
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNKNOWN
