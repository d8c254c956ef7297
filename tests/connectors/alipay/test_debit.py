"""付款码: the cashier scans the code in the customer's wallet, and the call itself takes the money.

Nothing is ever sent twice, a refusal is a proof that nothing was taken, and whatever proves nothing is UNKNOWN.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.connectors.alipay.world import (
    NOW_MS,
    ORDER_NO,
    FakeAlipay,
    http,
    open_client,
    order,
    public_key_account,
    shop_with_alipay,
)

from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.alipay.client import AlipayClient
from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Closing, Consent, CredentialKind, Environment, Method, Product
from payswitch.domain.channel_client import DebitClient
from payswitch.domain.exchange import DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

CODE = "287634438256643947"
TRADE_NO = "2026111122001456231400000001"
K = OutcomeKind


def counter() -> tuple[AlipayClient, FakeAlipay]:
    client, alipay = shop_with_alipay()
    assert isinstance(client, AlipayClient)
    assert isinstance(client, DebitClient)
    return client, alipay


def scanned(code: str = CODE, **changes: Any) -> DebitOrder:
    fields: dict[str, Any] = {"environment": Environment.COUNTER, "return_url": None}
    return DebitOrder(order=order(Product.ALIPAY_CODE, **(fields | changes)), consent=Secret(code))


def ref(product: Product = Product.ALIPAY_CODE) -> OrderRef:
    return OrderRef(channel_order_no=ORDER_NO, product=product, amount_fen=129_900, created_at_ms=NOW_MS)


def paid_node(**changes: Any) -> dict[str, Any]:
    """An answer as Alipay's documentation and the SDKs' samples show it."""
    return {
        "trade_no": TRADE_NO,
        "out_trade_no": ORDER_NO,
        "buyer_logon_id": "158****1562",
        "total_amount": "1299.00",
        "receipt_amount": "1299.00",
        "buyer_pay_amount": "1299.00",
        "point_amount": "0.00",
        "invoice_amount": "1299.00",
        "gmt_payment": "2026-11-11 20:37:19",
        "fund_bill_list": [{"amount": "1299.00", "fund_channel": "ALIPAYACCOUNT"}],
        "buyer_user_id": "2088102169481075",
    } | changes


def test_the_capability_says_that_the_call_takes_the_money() -> None:
    capability = CONNECTOR.capabilities[Product.ALIPAY_CODE]
    assert (capability.push, capability.server_created, capability.upfront) == (False, True, True)
    assert capability.environments == {Environment.COUNTER}
    assert (capability.method, capability.consent) == (Method.ALIPAY, Consent.PAYMENT_CODE)
    assert (capability.closing, capability.credential) == (Closing.NO, CredentialKind.NONE)
    assert 30 <= capability.reverse_after_s <= 60
    assert capability.refund.days == 365


async def test_the_customer_pays_at_once() -> None:
    client, alipay = counter()
    alipay.succeeds(**paid_node())

    fact = await client.debit(scanned(), 500)

    request = alipay.requests[-1]
    assert (request["method"], request["notify_url"]) == ("alipay.trade.pay", scanned().order.notify_url)
    assert alipay.content == {
        "out_trade_no": ORDER_NO,
        "total_amount": "1299.00",
        "subject": "秋冬外套 一件",
        "product_code": "FACE_TO_FACE_PAYMENT",
        "time_expire": "2026-11-11 20:52:00",
        "scene": "bar_code",
        "auth_code": CODE,
    }
    assert fact == OrderFact(
        channel_order_no=ORDER_NO,
        outcome=Outcome(kind=K.PAID, code="10000"),
        amount_fen=129_900,
        currency="CNY",
        transaction_id=TRADE_NO,
        paid_at_ms=NOW_MS + 19_000,
    )


@pytest.mark.parametrize("missing", [{"total_amount": ""}, {"total_amount": "12.999"}, {"trade_no": ""}])
async def test_a_success_that_lacks_a_particular_is_asked_about(missing: dict[str, str]) -> None:
    client, alipay = counter()
    alipay.succeeds(**paid_node(**missing))
    fact = await client.debit(scanned(), 500)
    assert (fact.outcome.kind, fact.paid_at_ms) == (K.PENDING, None)


async def test_a_foreign_currency_does_not_pass_for_yuan() -> None:
    client, alipay = counter()
    alipay.succeeds(**paid_node(trans_currency="USD"))
    assert (await client.debit(scanned(), 500)).currency == "USD"


async def test_the_wallet_asks_for_the_password_and_then_it_is_paid() -> None:
    client, alipay = counter()
    waiting = {"code": "10003", "msg": " order success pay inprocess", "out_trade_no": ORDER_NO, "trade_no": TRADE_NO}
    alipay.answers(waiting)
    fact = await client.debit(scanned(), 500)
    assert (fact.outcome.kind, fact.outcome.code, fact.transaction_id) == (K.PENDING, "10003", TRADE_NO)

    alipay.succeeds(out_trade_no=ORDER_NO, trade_no=TRADE_NO, trade_status="WAIT_BUYER_PAY", total_amount="1299.00")
    assert (await client.query(ref(), 500)).outcome.kind is K.PENDING
    alipay.succeeds(
        out_trade_no=ORDER_NO,
        trade_no=TRADE_NO,
        trade_status="TRADE_SUCCESS",
        total_amount="1299.00",
        send_pay_date="2026-11-11 20:37:31",
    )
    found = await client.query(ref(), 500)
    assert (found.outcome.kind, found.amount_fen, found.transaction_id) == (K.PAID, 129_900, TRADE_NO)


async def test_the_customer_refuses_the_password_and_the_trade_ends() -> None:
    client, alipay = counter()
    alipay.answers({"code": "10003", "msg": "wait", "out_trade_no": ORDER_NO})
    assert (await client.debit(scanned(), 500)).outcome.kind is K.PENDING
    alipay.succeeds(out_trade_no=ORDER_NO, trade_no=TRADE_NO, trade_status="TRADE_CLOSED", total_amount="1299.00")
    assert (await client.query(ref(), 500)).outcome.kind is K.CLOSED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (SendFailure(sent=True, code="timeout", latency_ms=500.0), "timeout"),
        (SendFailure(sent=True, code="connection_lost", latency_ms=5.0), "connection_lost"),
        (http(b"<html>busy</html>", 502), "http_502"),
        (http(b"<html>gone</html>", 404), "http_404"),
        (http(b'{"alipay_trade_pay_response":{"code":"100'), "unreadable"),
        (http(b""), "unreadable"),
    ],
)
async def test_a_lost_answer_is_unknown_and_never_sent_again(answer: Any, code: str) -> None:
    client, alipay = counter()
    alipay.breaks(answer)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (K.UNKNOWN, code, False)
    assert len(alipay.requests) == 1


async def test_what_never_left_took_nothing() -> None:
    client, alipay = counter()
    alipay.breaks(SendFailure(sent=False, code="connect_failed", latency_ms=5.0))
    assert (await client.debit(scanned(), 500)).outcome.kind is K.NOT_SENT


async def test_a_forged_answer_proves_nothing_but_a_forger() -> None:
    forger = FakeAlipay(signer="stranger")
    client = open_client(public_key_account(), forger)
    assert isinstance(client, AlipayClient)
    forger.succeeds(**paid_node())
    fact = await client.debit(scanned(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (K.UNTRUSTED, "bad_signature")
    assert (fact.amount_fen, fact.transaction_id) == (None, None)


async def test_an_unsigned_success_is_no_success() -> None:
    client, alipay = counter()
    alipay.answers({"code": "10000", **paid_node()}, signed=False)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.UNTRUSTED, "unsigned")


@pytest.mark.parametrize("code", ["10003", "40004", "40002", "40006", "20000"])
async def test_an_unsigned_answer_neither_waits_nor_refuses(code: str) -> None:
    """A forged refusal would send the customer to pay a second time: what is not signed leaves the debit unknown."""
    client, alipay = counter()
    alipay.answers({"code": code, "sub_code": "ACQ.BUYER_BALANCE_NOT_ENOUGH" if code == "40004" else ""}, signed=False)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (K.UNKNOWN, False)


@pytest.mark.parametrize(
    "node",
    [
        {"code": "10000", **paid_node(out_trade_no="PS_ANOTHER")},
        {"code": "10000", **paid_node(out_trade_no="")},
        {"code": "10003", "msg": "wait", "out_trade_no": "PS_ANOTHER"},
        {"code": "40004", "sub_code": "ACQ.BUYER_BALANCE_NOT_ENOUGH", "out_trade_no": "PS_ANOTHER"},
    ],
)
async def test_a_signed_answer_about_another_order_is_not_believed(node: dict[str, Any]) -> None:
    client, alipay = counter()
    alipay.answers(node)
    outcome = (await client.debit(scanned(), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.UNTRUSTED, "wrong_order_no")


@pytest.mark.parametrize(
    "code", ["", "134567890123456789", "24634438256643947", "287634438256643", "31" + "0" * 16, "28" + "x" * 16]
)
async def test_a_code_of_another_wallet_is_not_sent(code: str) -> None:
    client, alipay = counter()
    fact = await client.debit(scanned(code), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (K.REFUSED_PAYER, "payment_code_format")
    assert alipay.requests == []


async def test_what_is_not_a_debit_is_not_sent() -> None:
    client, alipay = counter()
    late = await client.debit(scanned(expires_at_ms=NOW_MS), 500)
    assert (late.outcome.kind, late.outcome.code) == (K.REFUSED_ORDER, "expired")
    for product, code in ((Product.ALIPAY_PRECREATE, "product_is_push"), (Product.WECHAT_CODE, "unsupported_product")):
        debit = DebitOrder(order=order(product), consent=Secret(CODE))
        assert (await client.debit(debit, 500)).outcome == Outcome(kind=K.REFUSED_CONFIG, code=code)
        assert await client.reverse(ref(product), 500) == Outcome(kind=K.REFUSED_CONFIG, code=code)
    made = await client.create(scanned().order, 500)
    assert (made.outcome, made.credential) == (Outcome(kind=K.REFUSED_CONFIG, code="product_is_pull"), None)
    assert (await client.close(ref(), 500)).code == "not_closable"
    assert alipay.requests == []


async def test_the_code_is_in_no_answer_even_when_alipay_repeats_it() -> None:
    client, alipay = counter()
    alipay.refuses("ACQ.PAYMENT_AUTH_CODE_INVALID", sub_msg=f"支付授权码{CODE}无效")
    fact = await client.debit(scanned(), 500)
    assert (fact.outcome.kind, fact.outcome.message) == (K.REFUSED_PAYER, "支付授权码***无效")
    assert CODE not in repr([fact, scanned(), client, vars(client)])
    assert not fact.outcome.ask_consent, "a number is never used for a second code"


async def test_an_unknown_debit_is_undone() -> None:
    client, alipay = counter()
    alipay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    assert (await client.debit(scanned(), 500)).outcome.kind is K.UNKNOWN
    alipay.succeeds(out_trade_no=ORDER_NO, trade_no=TRADE_NO, retry_flag="N", action="close")
    assert await client.reverse(ref(), 500) == Outcome(kind=K.CLOSED, code="close")
    assert alipay.requests[-1]["method"] == "alipay.trade.cancel"
    assert alipay.content == {"out_trade_no": ORDER_NO}


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({"retry_flag": "N", "action": "refund", "trade_no": TRADE_NO}, K.CLOSED, "refund"),
        ({"retry_flag": "N"}, K.CLOSED, "no_trade"),
        ({"retry_flag": "N", "out_trade_no": ""}, K.CLOSED, "no_trade"),
        ({"retry_flag": "Y"}, K.PENDING, "retry_flag"),
        ({"retry_flag": "Y", "action": "refund"}, K.PENDING, "retry_flag"),
        ({"action": "close"}, K.PENDING, "retry_flag"),
        ({"retry_flag": "N", "action": "something"}, K.UNKNOWN, "unknown_action"),
        ({"retry_flag": "N", "action": "close", "out_trade_no": "PS_ANOTHER"}, K.UNTRUSTED, "wrong_order_no"),
    ],
)
async def test_what_a_cancel_says(fields: dict[str, str], kind: OutcomeKind, code: str) -> None:
    client, alipay = counter()
    alipay.succeeds(**({"out_trade_no": ORDER_NO} | fields))
    outcome = await client.reverse(ref(), 500)
    assert (outcome.kind, outcome.code) == (kind, code)


async def test_a_cancel_whose_answer_was_lost_is_sent_again() -> None:
    client, alipay = counter()
    for code, transient in (("connection_lost", True), ("timeout", False)):
        alipay.breaks(SendFailure(sent=True, code=code, latency_ms=5.0))
        outcome = await client.reverse(ref(), 500)
        assert (outcome.kind, outcome.transient) == (K.UNKNOWN, transient)


async def test_a_debit_that_was_paid_and_cancelled_is_no_payment() -> None:
    """Alipay says TRADE_CLOSED and when it was paid. For a code that was shown that is a payment with a refund; here
    the money went back under our own hands, and goods must not go out for it."""
    client, alipay = counter()
    alipay.succeeds(
        out_trade_no=ORDER_NO,
        trade_no=TRADE_NO,
        trade_status="TRADE_CLOSED",
        total_amount="1299.00",
        send_pay_date="2026-11-11 20:37:19",
    )
    assert (await client.query(ref(), 500)).outcome.kind is K.CLOSED
    assert (await client.query(ref(Product.ALIPAY_PRECREATE), 500)).outcome.kind is K.PAID
