"""The debit at the acquirer: sent once, taken is not paid, and an answer proves no more than it says."""

from __future__ import annotations

import pytest
from tests.connectors.applepay.world import (
    ACQUIRER,
    account,
    debit_order,
    open_client,
    order,
    order_ref,
    refund_order,
    shop_with_apple_pay,
)
from tests.connectors.unionpay.test_codes import LISTED
from tests.connectors.unionpay.world import (
    MER_ID,
    NOW_MS,
    ORDER_NO,
    QUERY_ID,
    REFUND_QUERY_ID,
    TXN_TIME,
    body_of,
    http,
    paid_notification,
    posted,
    signed,
)

from payswitch.connectors.codes import CodeClass
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.channel import Environment, Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock

C = CodeClass
K = OutcomeKind

# What each class of UnionPay's codes proves about a debit; written out by hand.
OF_A_DEBIT = {
    C.RETRY1: K.UNKNOWN,
    C.SWITCH: K.REFUSED_CHANNEL,
    C.MAINT: K.REFUSED_CHANNEL,
    C.LIMIT: K.REFUSED_LIMIT,
    C.RISK: K.REFUSED_RISK,
    C.CUST: K.REFUSED_PAYER,
    C.QUERY: K.UNKNOWN,
    C.PAID: K.UNKNOWN,
    C.CONFIG: K.REFUSED_CONFIG,
}
OF_THE_TOKEN = {"10", "36"}


def kind_of_debit(code: str, code_class: CodeClass) -> OutcomeKind:
    return K.REFUSED_PAYER if code in OF_THE_TOKEN else OF_A_DEBIT[code_class]


async def test_the_whole_message() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds(queryId=QUERY_ID)
    await client.debit(debit_order(), 500)
    assert world.url == f"{ACQUIRER}/gateway/api/backTransReq.do"
    sent = {name: value for name, value in world.sent.items() if name not in ("signature", "certId", "applePayToken")}
    assert sent == {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": MER_ID,
        "bizType": "000201",
        "txnType": "01",
        "txnSubType": "01",
        "channelType": "08",
        "orderId": ORDER_NO,
        "txnTime": TXN_TIME,
        "txnAmt": "129900",
        "currencyCode": "156",
        "payTimeout": "20261111203800",
        "backUrl": "https://pay.shop.example/notify/apple-pay",
    }


async def test_at_a_desk_the_channel_type_is_another() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds()
    await client.debit(debit_order(environment=Environment.DESKTOP), 500)
    assert world.sent["channelType"] == "07"


async def test_the_acquirer_may_want_the_token_elsewhere() -> None:
    client, world = shop_with_apple_pay(token_field="payToken", biz_type="000902", txn_type="21", txn_sub_type="09")
    world.succeeds()
    await client.debit(debit_order(), 500)
    sent = world.sent
    assert (sent["bizType"], sent["txnType"], sent["txnSubType"]) == ("000902", "21", "09")
    assert sent["payToken"]
    assert "applePayToken" not in sent


async def test_taken_is_not_paid() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds(queryId=QUERY_ID, txnAmt="129900", currencyCode="156")
    fact = await client.debit(debit_order(), 500)
    assert (fact.outcome.kind, fact.outcome.code, fact.transaction_id) == (K.PENDING, "00", QUERY_ID)


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_every_code_proves_what_the_table_says_and_nothing_is_sent_again(
    code: str, code_class: CodeClass
) -> None:
    client, world = shop_with_apple_pay()
    world.refuses(code, "说明")
    outcome = (await client.debit(debit_order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (kind_of_debit(code, code_class), code, "说明")
    assert not outcome.transient
    assert len(world.calls) == 1


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_an_unsigned_answer_proves_nothing(code: str, code_class: CodeClass) -> None:
    client, world = shop_with_apple_pay()
    world.refuses(code, is_signed=False)
    assert (await client.debit(debit_order(), 500)).outcome.kind is K.UNKNOWN


@pytest.mark.parametrize("code", ["", "77x", "1000", "ZZ"])
async def test_an_unknown_code_is_unknown(code: str) -> None:
    client, world = shop_with_apple_pay()
    world.refuses(code)
    outcome = (await client.debit(debit_order(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (K.UNKNOWN, False)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (SendFailure(sent=False, code="connect_failed", latency_ms=1), K.NOT_SENT),
        (SendFailure(sent=False, code="connection_lost", latency_ms=1), K.NOT_SENT),
        (SendFailure(sent=True, code="timeout", latency_ms=500), K.UNKNOWN),
        (SendFailure(sent=True, code="connection_lost", latency_ms=20), K.UNKNOWN),
        (http("<html>502</html>", 502), K.UNKNOWN),
        (http("<html>", 200), K.UNKNOWN),
        (http("", 200), K.UNKNOWN),
    ],
)
async def test_a_lost_answer_is_unknown_and_never_transient(
    failure: HttpAnswer | SendFailure, kind: OutcomeKind
) -> None:
    client, world = shop_with_apple_pay()
    world.breaks(failure)
    outcome = (await client.debit(debit_order(), 500)).outcome
    assert outcome.kind is kind
    assert not (kind is K.UNKNOWN and outcome.transient)


async def test_a_genuine_answer_about_another_order_is_not_believed() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds(orderId="P01KYNPM00R8Z3WQ5X7T9YB9")
    outcome = (await client.debit(debit_order(), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.UNTRUSTED, "wrong_order_no")


async def test_a_strangers_signature_is_not_believed() -> None:
    client, world = shop_with_apple_pay()
    world.signer = "stranger"
    world.succeeds()
    assert (await client.debit(debit_order(), 500)).outcome.kind is K.UNTRUSTED


async def test_words_that_quote_the_token_are_told_without_it() -> None:
    client, world = shop_with_apple_pay()
    told = debit_order()

    def reply(_: str, sent: dict[str, str]) -> HttpAnswer:
        fields = {**sent, "respCode": "10", "respMsg": f"报文格式错误:{sent['applePayToken']}"}
        return http(body_of(signed({name: value for name, value in fields.items() if name != "signature"})))

    world.reply = reply
    fact = await client.debit(told, 500)
    assert fact.outcome.message == "报文格式错误:***"
    assert world.sent["applePayToken"][:30] not in repr(fact)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": Product.UNIONPAY_QR}, "unsupported_product"),
        ({"channel_order_no": "P-1_2"}, "order_no_format"),
        ({"expires_at_ms": NOW_MS}, "expired"),
    ],
)
async def test_what_cannot_be_debited_is_refused_without_a_call(changes: dict[str, object], code: str) -> None:
    client, world = shop_with_apple_pay()
    fact = await client.debit(debit_order(**changes), 500)
    assert fact.outcome.code == code
    assert fact.outcome.kind in (K.REFUSED_CONFIG, K.REFUSED_ORDER)
    assert not world.calls


async def test_nothing_is_created_and_nothing_closed() -> None:
    client, world = shop_with_apple_pay()
    created = await client.create(order(), 500)
    assert (created.outcome.kind, created.outcome.code) == (K.REFUSED_CONFIG, "product_is_pull")
    closed = await client.close(order_ref(), 500)
    assert (closed.kind, closed.code) == (K.UNKNOWN, "not_closable")
    assert not world.calls


async def test_the_query_names_the_order_by_number_and_time() -> None:
    client, world = shop_with_apple_pay()
    world.tells("00", traceTime="1111203719", currencyCode="156")
    fact = await client.query(order_ref(), 500)
    assert world.url == f"{ACQUIRER}/gateway/api/queryTrans.do"
    assert (world.sent["txnType"], world.sent["orderId"], world.sent["txnTime"]) == ("00", ORDER_NO, TXN_TIME)
    assert (fact.outcome.kind, fact.amount_fen, fact.currency, fact.transaction_id, fact.merchant_ok) == (
        K.PAID,
        129_900,
        "CNY",
        QUERY_ID,
        True,
    )


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_a_debit_that_failed_has_failed_for_good_long_before_its_deadline(
    code: str, code_class: CodeClass
) -> None:
    """A token is used once: unlike an order that a customer pays by hand, nothing more can come."""
    client, world = shop_with_apple_pay()
    world.tells(code)
    kind = (await client.query(order_ref(), 500)).outcome.kind
    open_codes = {"03": K.PENDING, "04": K.PENDING, "05": K.PENDING, "70": K.PENDING, "83": K.PENDING}
    open_codes |= {"34": K.NOT_FOUND} | dict.fromkeys(("42", "74", "75", "12", "45", "46"), K.UNKNOWN)
    assert kind is open_codes.get(code, K.CLOSED)


async def test_no_transaction_is_not_found() -> None:
    client, world = shop_with_apple_pay()
    world.refuses("34")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.NOT_FOUND


async def test_a_reversal_names_the_original() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds()
    outcome = await client.reverse(order_ref(), 500)
    assert (outcome.kind, outcome.code) == (K.CLOSED, "00")
    sent = world.sent
    assert (sent["txnType"], sent["txnSubType"], sent["orderId"], sent["txnTime"]) == ("99", "01", ORDER_NO, TXN_TIME)
    assert world.url == f"{ACQUIRER}/gateway/api/backTransReq.do"


CONFIG = {"10", "11", "13", "32", "36", "40", "43", "82"}


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_what_each_code_proves_about_a_reversal(code: str, code_class: CodeClass) -> None:
    """Only 00, "reversed already" and "never taken" are as good as done."""
    client, world = shop_with_apple_pay(now_ms=NOW_MS + 75_000)
    world.refuses(code)
    outcome = await client.reverse(order_ref(), 500)
    wanted = {"34": K.CLOSED, "46": K.CLOSED, "39": K.DUPLICATE} | dict.fromkeys(CONFIG, K.REFUSED_CONFIG)
    assert outcome.kind is wanted.get(code, K.UNKNOWN)


async def test_what_is_not_found_in_the_first_minute_may_still_come() -> None:
    client, world = shop_with_apple_pay(now_ms=NOW_MS + 59_000)
    world.refuses("34")
    assert (await client.reverse(order_ref(), 500)).kind is K.UNKNOWN


async def test_on_another_day_nothing_is_reversed_and_nobody_asked() -> None:
    client, world = shop_with_apple_pay(now_ms=NOW_MS + 86_400_000)
    outcome = await client.reverse(order_ref(), 500)
    assert (outcome.kind, outcome.code) == (K.DUPLICATE, "reversal_day_over")
    assert not world.calls


@pytest.mark.parametrize("code", ["00", "34", "46"])
async def test_an_unsigned_word_reverses_nothing(code: str) -> None:
    client, world = shop_with_apple_pay()
    world.refuses(code, is_signed=False)
    assert (await client.reverse(order_ref(), 500)).kind in (K.UNKNOWN, K.UNTRUSTED)


async def test_a_refund_is_taken_then_asked_about() -> None:
    client, world = shop_with_apple_pay()
    world.succeeds(queryId=REFUND_QUERY_ID, txnAmt="100")
    taken = await client.refund(refund_order(), 500)
    assert (taken.outcome.kind, taken.channel_refund_id) == (K.PENDING, REFUND_QUERY_ID)
    assert (world.sent["txnType"], world.sent["origQryId"], world.sent["txnAmt"]) == ("04", QUERY_ID, "100")
    at = world.sent["txnTime"]
    world.succeeds(origRespCode="00", txnAmt="100", queryId=REFUND_QUERY_ID)
    done = await client.query_refund(refund_order(), 500)
    assert (done.outcome.kind, done.amount_fen) == (K.PAID, 100)
    assert world.sent["txnTime"] == at


async def test_a_refund_of_a_payment_without_the_acquirers_number_waits_for_it() -> None:
    client, world = shop_with_apple_pay()
    fact = await client.refund(refund_order(order=order_ref(transaction_id=None)), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (K.UNKNOWN, "transaction_id_missing")
    assert not world.calls


async def test_other_products_are_never_asked_about() -> None:
    client, world = shop_with_apple_pay()
    other = order_ref(product=Product.UNIONPAY_QR)
    said: list[Outcome] = [
        (await client.query(other, 500)).outcome,
        (await client.refund(refund_order(order=other), 500)).outcome,
        (await client.query_refund(refund_order(order=other), 500)).outcome,
        await client.reverse(other, 500),
    ]
    assert {outcome.code for outcome in said} == {"unsupported_product"}
    assert not world.calls


def test_the_notification_says_paid() -> None:
    client, _ = shop_with_apple_pay()
    answer = client.read_notify(posted(paid_notification()))
    assert answer.order is not None
    assert (answer.order.outcome.kind, answer.order.amount_fen) == (K.PAID, 129_900)
    assert client.acknowledge(True).status == 200
    assert client.acknowledge(False).status == 500


def test_the_notification_carries_the_transaction_type_that_was_configured() -> None:
    world = shop_with_apple_pay()[1]
    client = open_client(account(txn_type="21"), world, ManualClock(NOW_MS))
    assert client.read_notify(posted(paid_notification(txnType="21"))).order is not None
    assert client.read_notify(posted(paid_notification())).order is None


def test_a_strangers_or_changed_notification_is_not_believed() -> None:
    client, _ = shop_with_apple_pay()
    for request in (
        posted(paid_notification(), signer="stranger"),
        posted(paid_notification(), tamper={"txnAmt": "1"}),
        posted(paid_notification(merId="777290058110097")),
    ):
        answer = client.read_notify(request)
        assert answer.outcome.kind is K.UNTRUSTED
        assert answer.order is None
