"""Who speaks? Answers are believed over their exact bytes, or not at all."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.alipay.world import (
    ORDER_NO,
    FakeAlipay,
    http,
    open_client,
    order,
    order_ref,
    public_key_account,
    refund_order,
    shop_with_alipay,
    sign,
)

from payswitch.connectors.alipay.wire import read_node
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import OutcomeKind

PAID = f'{{"code":"10000","out_trade_no":"{ORDER_NO}","trade_status":"TRADE_SUCCESS","total_amount":"1299.00"'

NASTY = [
    '"subject":"brace } and { inside"}',
    '"subject":"an escaped \\" quote } and a backslash \\\\"}',
    '"subject":"ends with a backslash \\\\\\\\"}',
    '"qr_code":"https:\\/\\/qr.alipay.com\\/bax"}',
    '"subject":"\\u79cb\\u51ac 外套 \\"},\\"sign\\":\\"x\\""}',
    '  "spaces" : [ 1 , {"a": "}"} , "]" ]  }',
    '"alipay_trade_query_response":{"code":"40004"}}',
    '"subject":"🧥 four bytes"}',
]


async def ask(body: bytes) -> OrderFact:
    client, alipay = shop_with_alipay()
    alipay.breaks(http(body))
    return await client.query(order_ref(), 500)


def enveloped(text: str, *, signature: str | None = None, method: str = "alipay_trade_query_response") -> bytes:
    signature = sign("alipay", text.encode()) if signature is None else signature
    return f'{{"{method}":{text},"sign":"{signature}"}}'.encode()


@pytest.mark.parametrize("rest", NASTY)
async def test_the_signed_part_is_cut_out_exactly(rest: str) -> None:
    text = f"{PAID},{rest}"
    assert (await ask(enveloped(text))).outcome.kind is OutcomeKind.PAID
    # The same with the signature first, as some answers have it, and with space around.
    first = f' {{ "sign" : "{sign("alipay", text.encode())}" , "alipay_trade_query_response" : {text} }} \n'
    assert (await ask(first.encode())).outcome.kind is OutcomeKind.PAID


@pytest.mark.parametrize("rest", NASTY)
async def test_the_same_data_written_differently_is_not_what_was_signed(rest: str) -> None:
    text = f"{PAID},{rest}"
    rewritten = json.dumps(json.loads(text), separators=(", ", ":"))
    fact = await ask(enveloped(rewritten, signature=sign("alipay", text.encode())))
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNTRUSTED, "bad_signature")


async def test_one_changed_byte_is_enough() -> None:
    text = PAID + "}"
    body = enveloped(text.replace("1299.00", "1299.01"), signature=sign("alipay", text.encode()))
    assert (await ask(body)).outcome.kind is OutcomeKind.UNTRUSTED


async def test_an_answer_with_two_nodes_of_one_name_is_unreadable() -> None:
    """Which of the two was signed must never depend on which of them a parser keeps."""
    text = PAID + "}"
    node = f'"alipay_trade_query_response":{text}'
    fact = await ask(f'{{{node},{node},"sign":"{sign("alipay", text.encode())}"}}'.encode())
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")


async def test_a_stranger_cannot_sign_for_alipay() -> None:
    stranger = FakeAlipay(signer="stranger")
    client = open_client(public_key_account(), stranger)
    stranger.succeeds(out_trade_no=ORDER_NO, trade_status="TRADE_SUCCESS", total_amount="1299.00", qr_code="x")
    assert (await client.create(order(), 500)).outcome.kind is OutcomeKind.UNTRUSTED
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNTRUSTED
    assert (await client.close(order_ref(), 500)).kind is OutcomeKind.UNTRUSTED
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNTRUSTED
    # Nor may a stranger say that an order failed.
    stranger.refuses("ACQ.TRADE_HAS_CLOSE")
    assert (await client.close(order_ref(), 500)).kind is OutcomeKind.UNTRUSTED


@pytest.mark.parametrize("signature", ["", "not base64!", "é", "AAAA"])
async def test_a_success_without_a_good_signature_is_never_believed(signature: str) -> None:
    fact = await ask(enveloped(PAID + "}", signature=signature))
    assert fact.outcome.kind is OutcomeKind.UNTRUSTED
    assert fact.amount_fen is None


async def test_the_gateways_own_unsigned_errors_are_hints() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("isv.invalid-signature", code="40002", sub_msg="无效签名", signed=False)
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, "isv.invalid-signature")

    body = b'{"error_response":{"code":"20000","msg":"Service Currently Unavailable","sub_code":"isp.unknow-error"}}'
    alipay.breaks(http(body))
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (OutcomeKind.UNKNOWN, "isp.unknow-error", True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b'"alipay_trade_query_response"',
        b'{"alipay_trade_query_response":',
        b'{"alipay_trade_query_response":"10000"}',
        b'{"alipay_trade_query_response":{"code":"10000"} "sign":""}',
        b'{"alipay_trade_query_response":{},"alipay_trade_query_response":{}}',
        b'{"alipay_trade_query_response":{"code":"10000"}} trailing',
        b'{"alipay_trade_close_response":{"code":"10000"}}',
        b"<html>502 Bad Gateway</html>",
        b"\xff\xfe",
        '{"alipay_trade_query_response":{"msg":"中文"}}'.encode("gbk"),
        b'{"a":' + b"[" * 100_000,
    ],
)
async def test_an_unreadable_answer_is_unknown(body: bytes) -> None:
    fact = await ask(body)
    assert fact.outcome.kind is OutcomeKind.UNKNOWN


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
).map(lambda value: json.dumps(value, ensure_ascii=False).replace("/", "\\/"))


@given(st.text().map(json.dumps), json_texts)
def test_whatever_stands_in_the_node_comes_out_byte_for_byte(name: str, value: str) -> None:
    text = f"{{{name}: {value}}}"
    body = f'{{"x":"}}","alipay_trade_query_response":{text},"sign":"s"}}'
    try:
        raw = body.encode()
    except UnicodeEncodeError:
        return
    node = read_node(raw, "alipay.trade.query")
    assert node is not None
    assert node.raw == text.encode()
    assert node.sign == "s"


@given(st.binary(max_size=300) | json_texts.map(lambda text: text.encode("utf-8", "replace")))
async def test_no_answer_can_break_the_client(body: bytes) -> None:
    fact = await ask(body)
    assert fact.outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.UNTRUSTED, OutcomeKind.REFUSED_CONFIG)


async def test_no_field_of_a_signed_answer_can_break_the_client() -> None:
    """Alipay's own key over fields of the wrong type: never an exception, never a payment."""
    client, alipay = shop_with_alipay()
    dice = random.Random(7)
    values = [None, True, 0, 1.5, [], {}, "", "x" * 5_000, ["10000"], {"a": {}}]
    names = ["out_trade_no", "trade_status", "total_amount", "trade_no", "send_pay_date", "fund_change", "sub_code"]
    for _ in range(200):
        node = {"code": "10000", **{name: dice.choice(values) for name in dice.sample(names, 4)}}
        alipay.answers(json.dumps(node))
        assert (await client.query(order_ref(), 500)).outcome.kind is not OutcomeKind.PAID
        assert (await client.refund(refund_order(), 500)).outcome.kind is not OutcomeKind.PAID
        assert (await client.create(order(), 500)).credential is None
