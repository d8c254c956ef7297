"""Did the customer pay? `respCode` speaks of the question, `origRespCode` of the payment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.connectors.unionpay.world import (
    GATEWAY,
    MER_ID,
    NOW_MS,
    ORDER_NO,
    QUERY_ID,
    TXN_TIME,
    order,
    order_ref,
    shop_with_unionpay,
)

from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("product", "path", "biz_type"),
    [
        (Product.UNIONPAY_WAP, "queryTrans.do", "000201"),
        (Product.UNIONPAY_APP, "queryTrans.do", "000201"),
        (Product.APPLEPAY_APP, "queryTrans.do", "000201"),
        (Product.UNIONPAY_QR, "backTransReq.do", "000000"),
    ],
)
async def test_the_question_names_the_order_by_number_and_time(product: Product, path: str, biz_type: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells("00")
    await client.query(order_ref(product), 500)
    assert unionpay.url == f"{GATEWAY}/gateway/api/{path}"
    assert {name: value for name, value in unionpay.sent.items() if name != "signature"} == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": MER_ID,
        "certId": "69629715588",
        "bizType": biz_type,
        "txnType": "00",
        "txnSubType": "00",
        "orderId": ORDER_NO,
        "txnTime": TXN_TIME,
    }


@pytest.mark.parametrize("code", ["00", "A6"])
async def test_a_paid_order_is_paid_with_what_unionpay_says_of_it(code: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells(code, currencyCode="156", traceTime="1111203719")
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.PAID, code)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
    assert fact.transaction_id == QUERY_ID
    assert fact.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000


async def test_amount_currency_and_merchant_are_unionpays_own_words() -> None:
    """The funnel compares them; the connector must not put ours in their place."""
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(origRespCode="00", txnAmt="1", currencyCode="840", merId="777290058110097", queryId="1")
    fact = await client.query(order_ref(), 500)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (1, "840", False)


@pytest.mark.parametrize("amount", ["", "1299.00", "-1", "１２", "1e3", " 1", "1234567890123"])
async def test_a_payment_without_an_exact_amount_is_not_believed(amount: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(origRespCode="00", txnAmt=amount, queryId="1")
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.amount_fen) == (OutcomeKind.UNTRUSTED, None)


@pytest.mark.parametrize("code", ["03", "04", "05", "70", "83"])
async def test_what_unionpay_does_not_know_yet_stays_open_for_ever(code: str) -> None:
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.tells(code)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PENDING
    clock.advance(seconds=86_400)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PENDING


@pytest.mark.parametrize("code", ["64", "61", "60", "01", "33", "06"])
async def test_a_card_that_failed_leaves_the_order_payable_until_its_end(code: str) -> None:
    """The customer takes another card: the order is dead only when `payTimeout` is over."""
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.succeeds(tn="1")
    await client.create(order(), 500)

    unionpay.tells(code)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PENDING
    clock.advance(ms=15 * MINUTE_MS + 1)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PENDING, "clocks may differ"
    clock.advance(ms=MINUTE_MS)
    outcome = (await client.query(order_ref(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (OutcomeKind.CLOSED, code, f"原交易{code}")


async def test_a_paid_order_is_paid_after_its_end_too() -> None:
    clock = ManualClock(NOW_MS + 40 * 86_400_000)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.tells("00")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PAID


async def test_after_a_restart_only_the_longest_possible_end_counts() -> None:
    """A new process does not know when this order ends: two hours is the longest that an order can have."""
    clock = ManualClock(NOW_MS + 119 * MINUTE_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.tells("64")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PENDING
    clock.advance(ms=2 * MINUTE_MS + 1)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.CLOSED


@pytest.mark.parametrize("code", ["42", "74", "75", "12", "99", "Z9", ""])
@pytest.mark.parametrize("age_ms", [0, 86_400_000])
async def test_what_proves_neither_paid_nor_dead_is_unknown(code: str, age_ms: int) -> None:
    """42, 74, 75: the customer's money was taken, too late or not booked. And whatever is not on UnionPay's list."""
    client, unionpay = shop_with_unionpay(ManualClock(NOW_MS + age_ms))
    unionpay.tells(code)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("age_ms", [0, 86_400_000])
async def test_an_order_that_nobody_began_to_pay_is_not_found(age_ms: int) -> None:
    client, unionpay = shop_with_unionpay(ManualClock(NOW_MS + age_ms))
    unionpay.refuses("34", "查无此交易[2600000]")
    outcome = (await client.query(order_ref(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (OutcomeKind.NOT_FOUND, "34", "查无此交易[2600000]")
    unionpay.tells("34")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.NOT_FOUND


@pytest.mark.parametrize("code", ["64", "01", "03", "33", "02"])
async def test_a_question_that_failed_says_nothing_about_the_order(code: str) -> None:
    """`respCode` 64 would be absurd here; whatever it is, it is not the order's outcome."""
    client, unionpay = shop_with_unionpay(ManualClock(NOW_MS + 86_400_000))
    unionpay.refuses(code)
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNKNOWN


async def test_asking_too_often_is_worth_another_question() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("37")
    outcome = (await client.query(order_ref(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (OutcomeKind.UNKNOWN, True)


@pytest.mark.parametrize("echo", [{"orderId": "P0000SOMEONEELSES"}, {"txnTime": "20251111203700"}])
async def test_an_answer_about_another_order_is_not_believed(echo: dict[str, str]) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells("00", **echo)
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.channel_order_no) == (OutcomeKind.UNTRUSTED, ORDER_NO)


async def test_no_answer_says_nothing() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNKNOWN


async def test_nothing_can_be_closed_and_nothing_is_pretended() -> None:
    client, unionpay = shop_with_unionpay()
    outcome = await client.close(order_ref(), 500)
    assert (outcome.kind, outcome.code, outcome.transient) == (OutcomeKind.UNKNOWN, "not_closable", False)
    assert unionpay.calls == []


async def test_products_of_another_family_are_refused() -> None:
    client, _ = shop_with_unionpay()
    foreign = order_ref(Product.ALIPAY_WAP)
    assert (await client.query(foreign, 500)).outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert (await client.reverse(foreign, 500)).kind is OutcomeKind.REFUSED_CONFIG
