"""Money goes back: once, under one number, and nobody says "failed" when it may have gone."""

from __future__ import annotations

import pytest
from tests.connectors.alipay.world import ORDER_NO, REFUND_NO, refund_order, shop_with_alipay

from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import OutcomeKind


async def test_a_refund_always_carries_its_number() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, fund_change="Y", refund_fee="1299.00")

    fact = await client.refund(refund_order(), 500)

    assert alipay.requests[0]["method"] == "alipay.trade.refund"
    assert alipay.content == {
        "out_trade_no": ORDER_NO,
        "out_request_no": REFUND_NO,
        "refund_amount": "1299.00",
        "refund_reason": "重复支付自动退回",
    }
    assert fact.outcome.kind is OutcomeKind.PAID
    assert fact.out_refund_no == REFUND_NO
    # `refund_fee` is what the trade has paid back in all; for a second partial refund it is not this one's amount.
    assert fact.amount_fen is None


async def test_a_refund_without_a_reason_sends_none() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, fund_change="Y")
    await client.refund(refund_order(reason=" \n"), 500)
    assert "refund_reason" not in alipay.content


@pytest.mark.parametrize("fields", [{"fund_change": "N"}, {}])
async def test_a_repeat_that_moved_no_money_is_left_to_the_query(fields: dict[str, str]) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, **fields)
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.PENDING


@pytest.mark.parametrize(
    ("sub_code", "kind", "merchant_side"),
    [
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", OutcomeKind.UNKNOWN, True),
        ("ACQ.DISCORDANT_REPEAT_REQUEST", OutcomeKind.UNKNOWN, True),
        ("ACQ.TRADE_HAS_CLOSE", OutcomeKind.UNKNOWN, True),
        ("ACQ.BUYER_ENABLE_STATUS_FORBID", OutcomeKind.UNKNOWN, True),
        ("ACQ.BUYER_NOT_EXIST", OutcomeKind.UNKNOWN, True),
        ("ACQ.SYSTEM_ERROR", OutcomeKind.UNKNOWN, False),
        ("ACQ.TRADE_NOT_EXIST", OutcomeKind.UNKNOWN, False),
        ("ACQ.NEVER_SEEN_BEFORE", OutcomeKind.UNKNOWN, False),
        ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", OutcomeKind.REFUSED_ORDER, False),
        ("ACQ.REASON_TRADE_REFUND_FEE_ERR", OutcomeKind.REFUSED_ORDER, False),
        ("ACQ.TRADE_NOT_ALLOW_REFUND", OutcomeKind.REFUSED_ORDER, False),
        ("ACQ.TRADE_HAS_FINISHED", OutcomeKind.REFUSED_ORDER, False),
        ("ACQ.NOT_ALLOW_PARTIAL_REFUND", OutcomeKind.REFUSED_ORDER, False),
    ],
)
async def test_a_refused_refund_tells_who_can_mend_it(sub_code: str, kind: OutcomeKind, merchant_side: bool) -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses(sub_code)
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.merchant_side) == (kind, sub_code, merchant_side)


async def test_an_unsigned_refusal_never_ends_a_refund() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.TRADE_NOT_ALLOW_REFUND", signed=False)
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNKNOWN


async def test_a_refund_that_got_no_answer_is_unknown() -> None:
    client, alipay = shop_with_alipay()
    alipay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNKNOWN
    alipay.refuses("aop.unknow-error", code="20000")
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (OutcomeKind.UNKNOWN, False)


async def test_an_answer_about_another_trade_is_not_believed() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no="SOMEONE-ELSES", fund_change="Y")
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNTRUSTED
    alipay.succeeds(out_trade_no="SOMEONE-ELSES", refund_status="REFUND_SUCCESS", refund_amount="1299.00")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNTRUSTED


async def test_the_refund_query_tells_this_refunds_own_amount() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(
        out_trade_no=ORDER_NO, out_request_no=REFUND_NO, refund_status="REFUND_SUCCESS", refund_amount="0.50"
    )

    fact = await client.query_refund(refund_order(amount_fen=50), 500)

    assert alipay.requests[0]["method"] == "alipay.trade.fastpay.refund.query"
    assert alipay.content == {"out_trade_no": ORDER_NO, "out_request_no": REFUND_NO}
    assert (fact.outcome.kind, fact.amount_fen) == (OutcomeKind.PAID, 50)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        # Alipay answers an unknown refund with success and nothing in it.
        ({}, OutcomeKind.NOT_FOUND),
        ({"refund_status": ""}, OutcomeKind.NOT_FOUND),
        ({"refund_status": "REFUND_PROCESSING"}, OutcomeKind.PENDING),
        ({"refund_amount": "1299.00"}, OutcomeKind.PENDING),
        ({"refund_status": "REFUND_SUCCESS"}, OutcomeKind.UNTRUSTED),
        (
            {"refund_status": "REFUND_SUCCESS", "refund_amount": "1299.00", "out_request_no": "OTHER"},
            OutcomeKind.UNTRUSTED,
        ),
    ],
)
async def test_each_refund_query_answer_says_what_it_proves(fields: dict[str, str], kind: OutcomeKind) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**fields)
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is kind


async def test_a_refund_of_a_trade_that_does_not_exist_is_not_found() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.TRADE_NOT_EXIST")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is OutcomeKind.NOT_FOUND
