"""付款码: the cashier scans the code in the customer's wallet, and the message itself takes the money.

UnionPay's 00 means "taken", never "paid"; what is not clear is asked about, and undone on the same day.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.connectors.unionpay.world import (
    GATEWAY,
    MER_ID,
    NOW_MS,
    ORDER_NO,
    QUERY_ID,
    TERM_ID,
    TXN_TIME,
    FakeUnionPay,
    http,
    open_client,
    order,
    order_ref,
    shop_with_unionpay,
)
from tests.connectors.unionpay.world import account as account_table

from payswitch.connectors.transport import SendFailure
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.domain.channel import Closing, Consent, CredentialKind, Environment, Method, Product
from payswitch.domain.channel_client import DebitClient
from payswitch.domain.exchange import DebitOrder, OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret

CODE = "6228480402564890018"
K = OutcomeKind
HOUR_S = 3_600


def scanned(code: str = CODE, **changes: Any) -> DebitOrder:
    made = order(Product.UNIONPAY_CODE, environment=Environment.COUNTER, **changes)
    return DebitOrder(order=made, consent=Secret(code))


def ref() -> Any:
    return order_ref(Product.UNIONPAY_CODE, transaction_id=None)


def test_the_capability_says_that_the_message_takes_the_money() -> None:
    capability = CONNECTOR.capabilities[Product.UNIONPAY_CODE]
    assert (capability.push, capability.server_created, capability.upfront) == (False, True, True)
    assert capability.environments == {Environment.COUNTER}
    assert (capability.method, capability.consent) == (Method.UNIONPAY, Consent.PAYMENT_CODE)
    assert (capability.closing, capability.credential) == (Closing.NO, CredentialKind.NONE)
    assert capability.reverse_after_s >= 63, "six questions first: 1, 2, 4, 8, 16, 32 s"
    assert isinstance(shop_with_unionpay()[0], DebitClient)


async def test_a_debit_that_unionpay_took_is_asked_about_at_once() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(queryId=QUERY_ID, txnAmt="129900")

    fact = await client.debit(scanned(), 500)

    assert unionpay.url == GATEWAY + "/gateway/api/backTransReq.do"
    assert {name: value for name, value in unionpay.sent.items() if name != "signature"} == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": MER_ID,
        "certId": "69629715588",
        "bizType": "000000",
        "txnType": "01",
        "txnSubType": "06",
        "channelType": "08",
        "orderId": ORDER_NO,
        "txnTime": TXN_TIME,
        "txnAmt": "129900",
        "currencyCode": "156",
        "payTimeout": "20261111205200",
        "backUrl": "https://pay.shop.example/notify/unionpay-main",
        "qrNo": CODE,
        "termId": TERM_ID,
    }
    assert (fact.outcome, fact.transaction_id) == (Outcome(kind=K.PENDING, code="00"), QUERY_ID)
    assert (fact.amount_fen, fact.paid_at_ms) == (None, None), "taken is not paid"

    unionpay.tells("00", currencyCode="156", traceTime="1111203719")
    found = await client.query(ref(), 500)
    assert unionpay.url.endswith("/backTransReq.do")
    assert (found.outcome.kind, found.amount_fen, found.currency) == (K.PAID, 129_900, "CNY")
    assert (found.merchant_ok, found.transaction_id) == (True, QUERY_ID)


@pytest.mark.parametrize("code", ["03", "04", "05"])
async def test_what_unionpay_does_not_know_yet_is_unknown_and_then_found(code: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (K.UNKNOWN, code, False)
    for seen, kind in (("05", K.PENDING), ("00", K.PAID)):
        unionpay.tells(seen)
        assert (await client.query(ref(), 500)).outcome.kind is kind


async def test_not_found_in_the_first_seconds_is_no_end() -> None:
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.refuses("34")
    for seconds, kind in ((0, K.UNKNOWN), (59, K.UNKNOWN), (1, K.CLOSED)):
        clock.advance(seconds=seconds)
        assert (await client.query(ref(), 500)).outcome.kind is K.NOT_FOUND
        assert (await client.reverse(ref(), 500)).kind is kind
    unionpay.refuses("34", is_signed=False)
    assert (await client.reverse(ref(), 500)).kind is K.UNKNOWN


async def test_a_failed_debit_has_no_second_try() -> None:
    """Before `payTimeout` too: a code is good for one debit, another card would be another message."""
    client, unionpay = shop_with_unionpay()
    unionpay.tells("64")
    assert (await client.query(ref(), 500)).outcome.kind is K.CLOSED
    assert (await client.query(order_ref(Product.UNIONPAY_QR), 500)).outcome.kind is K.PENDING


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (SendFailure(sent=True, code="timeout", latency_ms=500.0), "timeout"),
        (SendFailure(sent=True, code="connection_lost", latency_ms=5.0), "connection_lost"),
        (http("<html>busy</html>", 502), "http_502"),
        (http("respCode="), "unreadable"),
        (http(""), "unreadable"),
    ],
)
async def test_a_lost_answer_is_unknown_and_never_sent_again(answer: Any, code: str) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.breaks(answer)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (K.UNKNOWN, code, False)
    assert len(unionpay.calls) == 1


async def test_what_never_left_took_nothing() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.breaks(SendFailure(sent=False, code="dns_failed", latency_ms=5.0))
    assert (await client.debit(scanned(), 500)).outcome.kind is K.NOT_SENT


async def test_a_forged_or_unsigned_answer_decides_nothing() -> None:
    forger = FakeUnionPay(signer="stranger")
    client = open_client(account_table(), forger)
    for code in ("00", "64"):
        forger.refuses(code)
        fact = await client.debit(scanned(), 500)
        assert fact == OrderFact(channel_order_no=ORDER_NO, outcome=fact.outcome)
        assert (fact.outcome.kind, fact.outcome.code) == (K.UNTRUSTED, "bad_signature")
    honest, unionpay = shop_with_unionpay()
    for code, kind in (("00", K.UNTRUSTED), ("64", K.UNKNOWN), ("11", K.UNKNOWN), ("05", K.UNKNOWN)):
        unionpay.refuses(code, is_signed=False)
        outcome = (await honest.debit(scanned(), 500)).outcome
        assert (outcome.kind, outcome.transient) == (kind, False)


@pytest.mark.parametrize("code", ["00", "64", "33"])
@pytest.mark.parametrize("echo", [{"orderId": "P0000SOMEONEELSES"}, {"txnTime": "20261111203701"}])
async def test_a_signed_answer_about_another_order_is_not_believed(code: str, echo: dict[str, str]) -> None:
    """A refusal of another order must not send this customer to pay a second time."""
    client, unionpay = shop_with_unionpay()
    unionpay.answers({"respCode": code, "respMsg": "", **echo})
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.UNTRUSTED, "wrong_order_no")


@pytest.mark.parametrize("code", ["", "287634438256643947", "62284804025648900", "62" + "x" * 17, "72" + "0" * 17])
async def test_a_code_of_another_wallet_is_not_sent(code: str) -> None:
    client, unionpay = shop_with_unionpay()
    outcome = (await client.debit(scanned(code), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.REFUSED_PAYER, "payment_code_format")
    assert unionpay.calls == []


async def test_what_is_not_a_debit_is_not_sent() -> None:
    client, unionpay = shop_with_unionpay()
    assert (await client.debit(scanned(expires_at_ms=NOW_MS), 500)).outcome.code == "expired"
    assert (await client.debit(scanned(channel_order_no="P-1"), 500)).outcome.code == "order_no_format"
    for product, code in ((Product.UNIONPAY_QR, "product_is_push"), (Product.ALIPAY_CODE, "unsupported_product")):
        outcome = (await client.debit(DebitOrder(order=order(product), consent=Secret(CODE)), 500)).outcome
        assert (outcome.kind, outcome.code) == (K.REFUSED_CONFIG, code)
        assert (await client.reverse(order_ref(product), 500)).code == code
    made = await client.create(scanned().order, 500)
    assert (made.outcome.kind, made.outcome.code) == (K.REFUSED_CONFIG, "product_is_pull")
    assert (await client.close(ref(), 500)).code == "not_closable"
    assert unionpay.calls == []


async def test_the_code_is_in_no_answer_even_when_unionpay_repeats_it() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("30", f"付款码{CODE}已失效")
    fact = await client.debit(scanned(), 500)
    assert (fact.outcome.kind, fact.outcome.message) == (K.REFUSED_PAYER, "付款码***已失效")
    assert CODE not in repr([fact, scanned(), client, vars(client)])


async def test_a_reversal_names_the_original_by_number_and_time() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    assert await client.reverse(ref(), 500) == Outcome(kind=K.CLOSED, code="00")
    sent = unionpay.sent
    assert (sent["txnType"], sent["txnSubType"], sent["bizType"]) == ("99", "01", "000000")
    assert (sent["orderId"], sent["txnTime"]) == (ORDER_NO, TXN_TIME)


async def test_a_reversal_whose_answer_was_lost_is_asked_for_again() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.breaks(SendFailure(sent=True, code="connection_lost", latency_ms=5.0))
    outcome = await client.reverse(ref(), 500)
    assert (outcome.kind, outcome.transient) == (K.UNKNOWN, True)


async def test_an_unsigned_end_of_a_debit_is_none() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("46", is_signed=False)
    assert (await client.reverse(ref(), 500)).kind is K.UNKNOWN
    unionpay.succeeds(orderId="P0000SOMEONEELSES")
    assert (await client.reverse(ref(), 500)).kind is K.UNTRUSTED


@pytest.mark.parametrize(("hours", "sent"), [(0, True), (3, True), (4, False), (24, False), (240, False)])
async def test_a_reversal_is_for_the_same_day(hours: int, sent: bool) -> None:
    """The order is from 20:37. Whether UnionPay's day ends at 23:00 or at midnight is left to UnionPay (three hours
    later it is 23:37); what is certainly another day is not sent."""
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.succeeds()
    clock.advance(seconds=hours * HOUR_S)
    outcome = await client.reverse(ref(), 500)
    assert (outcome.kind, outcome.code) == ((K.CLOSED, "00") if sent else (K.DUPLICATE, "reversal_day_over"))
    assert bool(unionpay.calls) is sent


async def test_after_a_reversal_the_original_is_a_failure_and_not_paid() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.tells("01")
    assert (await client.query(ref(), 500)).outcome.kind is K.CLOSED
