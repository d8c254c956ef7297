"""Money goes back: once per number, and "accepted" is not "arrived"."""

from __future__ import annotations

import pytest
from tests.connectors.unionpay.world import (
    GATEWAY,
    MER_ID,
    NOW_MS,
    QUERY_ID,
    REFUND_MS,
    REFUND_NO,
    REFUND_QUERY_ID,
    REFUND_TIME,
    TXN_TIME,
    order_ref,
    refund_order,
    shop_with_unionpay,
)

from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock


async def test_a_refund_names_the_payment_and_carries_its_own_number_and_time() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(queryId=REFUND_QUERY_ID, origQryId=QUERY_ID, txnAmt="50")

    fact = await client.refund(refund_order(amount_fen=50), 500)

    assert unionpay.url == GATEWAY + "/gateway/api/backTransReq.do"
    assert {name: value for name, value in unionpay.sent.items() if name != "signature"} == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": MER_ID,
        "certId": "69629715588",
        "bizType": "000201",
        "txnType": "04",
        "txnSubType": "00",
        "channelType": "08",
        "orderId": REFUND_NO,
        "txnTime": REFUND_TIME,
        "txnAmt": "50",
        "currencyCode": "156",
        "origQryId": QUERY_ID,
        "backUrl": "https://pay.shop.example/notify/unionpay-main",
    }
    assert (fact.outcome.kind, fact.out_refund_no) == (OutcomeKind.PENDING, REFUND_NO)
    assert (fact.amount_fen, fact.channel_refund_id) == (50, REFUND_QUERY_ID)


async def test_a_repeat_days_later_is_the_same_refund() -> None:
    """Number and time together name a refund: were the time taken from the clock, a repeat would pay back twice."""
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNKNOWN
    first = unionpay.sent
    clock.advance(seconds=3 * 86_400)
    await client.refund(refund_order(), 500)
    assert unionpay.sent == first
    await client.query_refund(refund_order(), 500)
    assert (unionpay.sent["orderId"], unionpay.sent["txnTime"]) == (first["orderId"], first["txnTime"])


async def test_a_number_that_carries_no_time_takes_the_orders() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    for number in ("REFUND0001", "RZZZZZZZZZZ000000000000", "R01KYNPM00R8Z3WQ5X7T9YBU"):
        await client.refund(refund_order(out_refund_no=number), 500)
        assert unionpay.sent["txnTime"] == TXN_TIME
        await client.refund(refund_order(out_refund_no=number, created_at_ms=REFUND_MS), 500)
        assert unionpay.sent["txnTime"] == REFUND_TIME


async def test_the_time_in_the_number_outlives_every_other_knowledge_of_it() -> None:
    """A refund that was sent before its own time was kept must be repeated as it was sent."""
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    await client.refund(refund_order(created_at_ms=NOW_MS + 86_400_000), 500)
    assert unionpay.sent["txnTime"] == REFUND_TIME


async def test_a_code_order_is_refunded_as_a_code_order() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    await client.refund(refund_order(order=order_ref(Product.UNIONPAY_QR)), 500)
    assert unionpay.sent["bizType"] == "000000"
    unionpay.tells("00")
    await client.query_refund(refund_order(order=order_ref(Product.UNIONPAY_QR)), 500)
    assert unionpay.url.endswith("/backTransReq.do")
    assert unionpay.sent["bizType"] == "000000"


@pytest.mark.parametrize("code", ["00", "A6", "03", "04", "05", "12", "45"])
async def test_a_refund_that_unionpay_has_is_asked_about_next(code: str) -> None:
    """12 (duplicate) says that an earlier try arrived after all."""
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code)
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.PENDING


@pytest.mark.parametrize(
    ("code", "merchant_side", "transient"),
    [
        ("06", False, True),
        ("37", False, True),
        ("02", False, True),
        ("39", False, True),
        ("01", False, True),
        ("33", True, False),
        ("31", True, False),
        ("35", True, False),
        ("36", True, False),
        ("38", True, False),
        ("11", True, False),
        ("61", True, False),
        ("34", False, False),
        ("42", False, False),
        ("Z9", False, False),
    ],
)
async def test_no_refused_refund_is_given_up(code: str, merchant_side: bool, transient: bool) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code)
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNKNOWN, code)
    assert (outcome.merchant_side, outcome.transient) == (merchant_side, transient)


@pytest.mark.parametrize("code", ["00", "12", "05", "64"])
async def test_an_unsigned_answer_to_a_refund_proves_nothing(code: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code, is_signed=False)
    kind = (await client.refund(refund_order(), 500)).outcome.kind
    assert kind is (OutcomeKind.UNTRUSTED if code == "00" else OutcomeKind.UNKNOWN)


async def test_without_unionpays_number_of_the_payment_nothing_is_sent() -> None:
    client, unionpay = shop_with_unionpay()
    fact = await client.refund(refund_order(order=order_ref(transaction_id=None)), 500)
    assert (fact.outcome.kind, fact.outcome.merchant_side) == (OutcomeKind.UNKNOWN, True)
    assert unionpay.calls == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("00", OutcomeKind.PAID),
        ("A6", OutcomeKind.PAID),
        ("03", OutcomeKind.PENDING),
        ("04", OutcomeKind.PENDING),
        ("05", OutcomeKind.PENDING),
        ("36", OutcomeKind.CLOSED),
        ("01", OutcomeKind.CLOSED),
        ("61", OutcomeKind.CLOSED),
        ("34", OutcomeKind.NOT_FOUND),
        ("42", OutcomeKind.UNKNOWN),
        ("12", OutcomeKind.UNKNOWN),
        ("Z9", OutcomeKind.UNKNOWN),
        ("", OutcomeKind.UNKNOWN),
    ],
)
async def test_the_question_about_a_refund_tells_what_became_of_it(code: str, kind: OutcomeKind) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells(code)
    fact = await client.query_refund(refund_order(), 500)
    assert unionpay.url == GATEWAY + "/gateway/api/queryTrans.do"
    assert (unionpay.sent["txnType"], unionpay.sent["orderId"]) == ("00", REFUND_NO)
    assert (fact.outcome.kind, fact.amount_fen) == (kind, 129_900)


async def test_a_refund_that_unionpay_never_saw_is_not_found() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("34")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is OutcomeKind.NOT_FOUND
    unionpay.refuses("34", is_signed=False)
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNKNOWN


async def test_a_finished_refund_without_an_exact_amount_is_not_believed() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(origRespCode="00", txnAmt="1299.00")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNTRUSTED


@pytest.mark.parametrize("method", ["refund", "query_refund"])
async def test_an_answer_about_another_refund_is_not_believed(method: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells("00", orderId="R0000SOMEONEELSES")
    fact = await getattr(client, method)(refund_order(), 500)
    assert (fact.outcome.kind, fact.out_refund_no) == (OutcomeKind.UNTRUSTED, REFUND_NO)


@pytest.mark.parametrize("method", ["refund", "query_refund"])
async def test_a_product_of_another_family_is_refused(method: str) -> None:
    client, _ = shop_with_unionpay()
    fact = await getattr(client, method)(refund_order(order=order_ref(Product.ALIPAY_WAP)), 500)
    assert fact.outcome.kind is OutcomeKind.REFUSED_CONFIG
