"""Did the customer pay? And can the order be made worthless?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.connectors.alipay.world import ORDER_NO, order_ref, shop_with_alipay

from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import OutcomeKind

TRADE = {
    "out_trade_no": ORDER_NO,
    "trade_no": "2026111122001456231400000001",
    "total_amount": "1299.00",
    "buyer_pay_amount": "0.00",
    "receipt_amount": "0.00",
}


def beijing_ms(hour: int, minute: int, second: int) -> int:
    return int(datetime(2026, 11, 11, hour - 8, minute, second, tzinfo=UTC).timestamp()) * 1_000


async def test_a_paid_trade_is_told_with_its_amount_and_time() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**TRADE, trade_status="TRADE_SUCCESS", send_pay_date="2026-11-11 20:37:19")

    fact = await client.query(order_ref(), 500)

    assert alipay.requests[0]["method"] == "alipay.trade.query"
    assert alipay.content == {"out_trade_no": ORDER_NO}
    assert fact.outcome.kind is OutcomeKind.PAID
    assert fact.amount_fen == 129_900
    assert fact.currency == "CNY"
    assert fact.transaction_id == "2026111122001456231400000001"
    assert fact.paid_at_ms == beijing_ms(20, 37, 19)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"trade_status": "WAIT_BUYER_PAY"}, OutcomeKind.PENDING),
        ({"trade_status": "TRADE_SUCCESS", "send_pay_date": "2026-11-11 20:37:19"}, OutcomeKind.PAID),
        ({"trade_status": "TRADE_FINISHED", "send_pay_date": "2026-11-11 20:37:19"}, OutcomeKind.PAID),
        # Never paid: closed by us or by its expiry.
        ({"trade_status": "TRADE_CLOSED"}, OutcomeKind.CLOSED),
        # Paid and refunded in full: the money did arrive, the books must show both.
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": "2026-11-11 20:37:19"}, OutcomeKind.PAID),
        ({"trade_status": "SOMETHING_NEW"}, OutcomeKind.UNKNOWN),
        ({}, OutcomeKind.UNKNOWN),
    ],
)
async def test_each_trade_status_says_what_it_proves(fields: dict[str, str], kind: OutcomeKind) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**TRADE, **fields)
    assert (await client.query(order_ref(), 500)).outcome.kind is kind


async def test_before_the_scan_alipay_knows_no_trade_and_that_is_not_death() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.TRADE_NOT_EXIST")
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.NOT_FOUND, "ACQ.TRADE_NOT_EXIST")


async def test_an_unsigned_not_found_is_only_a_rumour() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.TRADE_NOT_EXIST", signed=False)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNKNOWN
    assert (await client.close(order_ref(), 500)).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", ["TRADE_SUCCESS", "WAIT_BUYER_PAY", "TRADE_CLOSED"])
async def test_a_signed_answer_about_another_order_is_never_ours(status: str) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**(TRADE | {"out_trade_no": "SOMEONE-ELSES"}), trade_status=status)
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_order_no")


@pytest.mark.parametrize("amount", ["", "1299.005", "1e3", "-1.00", " 1.00", None])
async def test_paid_without_an_exact_amount_is_not_believed(amount: Any) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**(TRADE | {"total_amount": amount}), trade_status="TRADE_SUCCESS")
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNTRUSTED, "unreadable_amount")
    assert fact.amount_fen is None


async def test_an_amount_written_as_a_bare_number_keeps_every_fen() -> None:
    client, alipay = shop_with_alipay()
    text = f'{{"code":"10000","out_trade_no":"{ORDER_NO}","trade_status":"TRADE_SUCCESS","total_amount":%s}}'
    for written, fen in (("88.88", 8_888), ("100.1", 10_010), ("7", 700), ("90071992547.41", 9_007_199_254_741)):
        alipay.answers(text % written)
        assert (await client.query(order_ref(), 500)).amount_fen == fen


async def test_a_trade_in_another_currency_does_not_pass_for_yuan() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(**TRADE, trade_status="TRADE_SUCCESS", trans_currency="USD")
    assert (await client.query(order_ref(), 500)).currency == "USD"


async def test_a_query_that_fails_says_nothing_about_the_order() -> None:
    client, alipay = shop_with_alipay()
    alipay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNKNOWN, "timeout")
    alipay.refuses("isp.unknow-error", code="20000")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNKNOWN


async def test_a_scanned_order_can_be_closed() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, trade_no="2026111122001456231400000001")
    assert (await client.close(order_ref(), 500)).kind is OutcomeKind.CLOSED
    assert alipay.requests[0]["method"] == "alipay.trade.close"


@pytest.mark.parametrize(
    ("sub_code", "kind"),
    [
        ("ACQ.TRADE_NOT_EXIST", OutcomeKind.NOT_FOUND),
        ("ACQ.TRADE_STATUS_ERROR", OutcomeKind.DUPLICATE),
        ("ACQ.REASON_TRADE_STATUS_INVALID", OutcomeKind.DUPLICATE),
        ("ACQ.TRADE_HAS_SUCCESS", OutcomeKind.DUPLICATE),
        ("ACQ.TRADE_HAS_CLOSE", OutcomeKind.CLOSED),
        ("ACQ.SYSTEM_ERROR", OutcomeKind.UNKNOWN),
        ("ACQ.NEVER_SEEN_BEFORE", OutcomeKind.UNKNOWN),
    ],
)
async def test_a_close_that_is_refused_tells_why(sub_code: str, kind: OutcomeKind) -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses(sub_code)
    assert (await client.close(order_ref(), 500)).kind is kind


async def test_a_close_answer_about_another_order_is_not_believed() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no="SOMEONE-ELSES")
    assert (await client.close(order_ref(), 500)).kind is OutcomeKind.UNTRUSTED
