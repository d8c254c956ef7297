"""What is believed: Allinpay's signature over exactly these fields, for this merchant, about this order."""

from __future__ import annotations

import json

import pytest
from tests.connectors.quickpay.customers import confirmation, payment_ref
from tests.connectors.quickpay.world import (
    CUSID,
    MD5_KEY,
    ORDER_NO,
    REFUND_NO,
    http,
    md5_sign,
    order,
    order_ref,
    paid_notification,
    posted,
    raw_post,
    refund_order,
    shop_with_allinpay,
)

from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.exchange import NotifyRequest
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind
PAID = {"trxamt": "129900", "initamt": "129900", "trxid": "261111120000975981", "fintime": "20261111203719"}


async def test_a_paid_order_in_every_particular() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", **PAID)
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.amount_fen, fact.currency) == (K.PAID, 129_900, "CNY")
    assert (fact.channel_order_no, fact.transaction_id) == (ORDER_NO, "261111120000975981")
    assert fact.paid_at_ms == 1_794_400_639_000
    assert allinpay.paths == ["unitorder/query"]
    assert allinpay.sent["reqsn"] == ORDER_NO


async def test_a_coupon_does_not_change_what_the_order_was_for() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", **{**PAID, "trxamt": "119900"})
    assert (await client.query(order_ref(), 500)).amount_fen == 129_900
    allinpay.says("0000", **{**PAID, "initamt": None})
    assert (await client.query(order_ref(), 500)).amount_fen == 129_900


@pytest.mark.parametrize("amount", [None, "", "1299.00", "-1", "129900 ", "١٢٩", "1e5", "0129900"])
async def test_an_amount_is_never_guessed(amount: str | None) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", **{**PAID, "trxamt": amount, "initamt": None})
    fact = await client.query(order_ref(), 500)
    assert fact.outcome.kind is K.UNTRUSTED
    assert fact.amount_fen is None


@pytest.mark.parametrize(
    "changes",
    [{"reqsn": "PS-OTHER"}, {"reqsn": None}, {"trxcode": "VSP503"}, {"srctrxid": "1"}, {"cusid": "9"}, {"appid": "9"}],
)
async def test_a_genuine_answer_about_something_else(changes: dict[str, str | None]) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", **{**PAID, **changes})
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNTRUSTED


async def test_strangers_and_the_unsigned_prove_nothing() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.answers(signed=False, retcode="SUCCESS", trxstatus="0000", **PAID)
    assert (await client.query(order_ref(), 500)).outcome.code == "unsigned"
    allinpay.signer = "merchant"
    try:
        allinpay.says("0000", **PAID)
        told = [
            (await client.query(order_ref(), 500)).outcome,
            (await client.create(order(), 500)).outcome,
            await client.close(order_ref(), 500),
            (await client.refund(refund_order(), 500)).outcome,
            (await client.query_refund(refund_order(), 500)).outcome,
            (await client.debit(confirmation(), 500)).outcome,
            (await client.query(payment_ref(), 500)).outcome,
            await client.end_agreement("1", 500),
        ]
    finally:
        allinpay.signer = "allinpay"
    assert {(outcome.kind, outcome.code) for outcome in told} == {(K.UNTRUSTED, "bad_signature")}


@pytest.mark.parametrize("name", ["trxstatus", "trxamt", "reqsn", "trxid", "retcode"])
async def test_a_field_changed_on_the_way(name: str) -> None:
    client, allinpay = shop_with_allinpay()

    def tampered(request: dict[str, str]) -> HttpAnswer:
        told = {"retcode": "SUCCESS", "trxstatus": "2008", "reqsn": request["reqsn"], **PAID}
        return http(json.dumps(allinpay.sealed(told) | {name: "0000"}).encode())

    allinpay.reply = tampered
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNTRUSTED


async def test_numbers_and_nulls_in_an_answer_are_texts_and_nothing() -> None:
    client, allinpay = shop_with_allinpay()

    def bare(request: dict[str, str]) -> HttpAnswer:
        told = {"retcode": "SUCCESS", "trxstatus": "0000", "reqsn": request["reqsn"], **PAID}
        sign = allinpay.sealed(told)["sign"]
        body = json.dumps({**told, "trxamt": 129_900, "errmsg": None, "sign": sign})
        return http(body.encode())

    allinpay.reply = bare
    assert (await client.query(order_ref(), 500)).outcome.kind is K.PAID


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b'{"a":', b"\xff", b"{}", b'{"trxstatus":"0000"}'])
async def test_unreadable_answers(body: bytes) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.breaks(http(body))
    for outcome in (
        (await client.create(order(), 500)).outcome,
        (await client.query(order_ref(), 500)).outcome,
        (await client.debit(confirmation(), 500)).outcome,
    ):
        assert (outcome.kind, outcome.code) == (K.UNKNOWN, "unreadable")


async def test_a_machine_in_front_of_the_gateway_answers() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.breaks(http(b"<h1>502</h1>", status=502))
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (K.UNKNOWN, "http_502", True)
    debit = (await client.debit(confirmation(), 500)).outcome
    assert (debit.kind, debit.transient) == (K.UNKNOWN, False)


@pytest.mark.parametrize(
    ("sent", "code", "kind"),
    [
        (True, "timeout", K.UNKNOWN),
        (True, "connection_lost", K.UNKNOWN),
        (False, "connect_failed", K.NOT_SENT),
        (False, "dns_failed", K.NOT_SENT),
    ],
)
async def test_a_debit_without_an_answer_is_never_worth_another_call(sent: bool, code: str, kind: OutcomeKind) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.breaks(SendFailure(sent=sent, code=code, latency_ms=1.0))
    outcome = (await client.debit(confirmation(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (kind, code, False)


async def test_a_refund_in_every_particular() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", trxid="261112120000000007", fintime="20261112090000")
    given = await client.refund(refund_order(), 500)
    assert (given.outcome.kind, given.amount_fen, given.channel_refund_id) == (K.PAID, None, "261112120000000007")
    assert {n: allinpay.sent[n] for n in ("reqsn", "trxamt", "oldreqsn", "remark")} == {
        "reqsn": REFUND_NO,
        "trxamt": "29900",
        "oldreqsn": ORDER_NO,
        "remark": "七天无理由",
    }
    allinpay.says("0000", trxamt="29900", trxcode="VSP503")
    found = await client.query_refund(refund_order(), 500)
    assert (found.outcome.kind, found.amount_fen) == (K.PAID, 29_900)
    allinpay.says("0000", trxcode="VSP503")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED
    allinpay.says("1001")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.NOT_FOUND
    allinpay.says("0000", trxamt="29900", reqsn="R-OTHER")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED


def test_a_payments_notification() -> None:
    client, _ = shop_with_allinpay()
    answer = client.read_notify(posted(paid_notification()))
    assert answer.outcome.kind is K.ACCEPTED
    assert answer.refund is None
    fact = answer.order
    assert fact is not None
    assert (fact.channel_order_no, fact.outcome.kind, fact.amount_fen) == (ORDER_NO, K.PAID, 129_900)
    assert fact.paid_at_ms == 1_794_400_639_000


@pytest.mark.parametrize("marks", [{"trxcode": "VSP503"}, {"trxcode": "VSP999", "srctrxid": "261111120000975981"}])
def test_a_refunds_notification(marks: dict[str, str]) -> None:
    client, _ = shop_with_allinpay()
    fields = paid_notification(cusorderid=REFUND_NO, outtrxid=REFUND_NO, trxamt="29900", initamt="", **marks)
    answer = client.read_notify(posted(fields))
    assert answer.order is None
    assert answer.refund is not None
    assert (answer.refund.out_refund_no, answer.refund.amount_fen) == (REFUND_NO, 29_900)
    assert answer.refund.outcome.kind is K.PAID


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (paid_notification(trxstatus="3045"), K.UNKNOWN),
        (paid_notification(trxstatus="2008"), K.PENDING),
        (paid_notification(initamt="", trxamt=""), K.UNTRUSTED),
    ],
)
def test_notifications_of_other_states(fields: dict[str, str], kind: OutcomeKind) -> None:
    client, _ = shop_with_allinpay()
    answer = client.read_notify(posted(fields))
    assert answer.order is not None
    assert answer.order.outcome.kind is kind


def test_a_genuine_message_about_something_else_changes_nothing() -> None:
    client, _ = shop_with_allinpay()
    answer = client.read_notify(posted(paid_notification(cusorderid="", outtrxid="")))
    assert (answer.outcome.kind, answer.order, answer.refund) == (K.ACCEPTED, None, None)


@pytest.mark.parametrize(
    "request_",
    [
        posted(paid_notification(), signer="merchant"),
        posted(paid_notification(), tamper={"trxamt": "1"}),
        posted(paid_notification(), tamper={"cusorderid": "PS-OTHER"}),
        posted(paid_notification(), tamper={"sign": "AAAA"}),
        posted(paid_notification(cusid="990000000000000")),
        posted(paid_notification(appid="00000004")),
        posted(paid_notification(cusid="")),
    ],
)
def test_notifications_that_are_not_believed(request_: NotifyRequest) -> None:
    client, _ = shop_with_allinpay()
    answer = client.read_notify(request_)
    assert answer.outcome.kind is K.UNTRUSTED
    assert (answer.order, answer.refund) == (None, None)


@pytest.mark.parametrize("body", [b"", b"{}", b"a=b", b"sign=", b"\xff=1", b"a=1&a=2&sign=x", b"a=%FF&sign=x"])
def test_noise_is_no_notification(body: bytes) -> None:
    client, _ = shop_with_allinpay()
    for method in ("POST", "GET"):
        answer = client.read_notify(raw_post(body, method))
        assert answer.outcome.kind is K.REFUSED_CONFIG
        assert answer.order is None


def test_the_kind_of_signature_is_the_accounts_not_the_messages() -> None:
    """An RSA account does not accept MD5 because a message says so; and nobody brings the MD5 key along."""
    client, _ = shop_with_allinpay()
    fields = paid_notification(signtype="MD5")
    forged = posted({**fields}, tamper={"sign": md5_sign(MD5_KEY, fields)})
    assert client.read_notify(forged).outcome.kind is K.UNTRUSTED

    old, _ = shop_with_allinpay(sign_type="MD5")
    fields = paid_notification(signtype="MD5")
    genuine = posted(fields, tamper={"sign": md5_sign(MD5_KEY, fields)})
    assert old.read_notify(genuine).outcome.kind is K.ACCEPTED
    lower = posted(fields, tamper={"sign": md5_sign(MD5_KEY, fields).lower()})
    assert old.read_notify(lower).outcome.kind is K.ACCEPTED, "hexadecimal in any case"
    own_key = posted(fields, tamper={"key": "mine", "sign": md5_sign("mine", fields)})
    assert old.read_notify(own_key).outcome.kind is K.UNTRUSTED


async def test_md5_accounts_sign_and_verify_with_the_common_key() -> None:
    client, allinpay = shop_with_allinpay(sign_type="MD5")
    allinpay.says("0000", **PAID)
    assert (await client.query(order_ref(), 500)).outcome.kind is K.PAID
    assert allinpay.sent["signtype"] == "MD5"
    assert "key" not in allinpay.sent
    allinpay.answers(signed=False, retcode="SUCCESS", trxstatus="0000", sign="0" * 32, **PAID)
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNTRUSTED


def test_repr_names_the_merchant_and_no_key() -> None:
    client, _ = shop_with_allinpay()
    assert repr(client) == f"QuickpayClient(cusid={CUSID!r}, appid='00000003')"
