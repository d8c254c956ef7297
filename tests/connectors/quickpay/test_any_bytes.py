"""Whatever bytes come in, nothing is raised, and nothing is believed without a signature."""

from __future__ import annotations

import asyncio
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.connectors.quickpay.customers import PASSBACK, RIGHT_CODE, confirmation, holder, payment, payment_ref
from tests.connectors.quickpay.world import (
    APPID,
    CUSID,
    ORDER_NO,
    http,
    order,
    order_ref,
    raw_post,
    refund_order,
    shop_with_allinpay,
)

from payswitch.domain.outcome import Outcome, OutcomeKind

K = OutcomeKind
DEEP = b'{"trxstatus":' * 100_000
NAMES = ["retcode", "trxstatus", "errmsg", "reqsn", "orderid", "trxamt", "payinfo", "agreelist", "agreeid", "thpinfo"]
WORDS = st.sampled_from(["SUCCESS", "FAIL", "0000", "1999", "2008", "3999", "1001", ORDER_NO, "129900", "[]", "[{}]"])
VALUES = st.one_of(WORDS, st.text(max_size=12), st.none(), st.integers(), st.floats(), st.lists(st.text(max_size=3)))
OBJECTS = st.dictionaries(st.sampled_from([*NAMES, "sign", "x"]), VALUES, max_size=10)
BODIES = st.binary(max_size=300) | OBJECTS.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))


async def outcomes() -> list[Outcome]:
    client, _ = OPENED
    return [
        (await client.create(order(), 400)).outcome,
        (await client.query(order_ref(), 400)).outcome,
        await client.close(order_ref(), 400),
        (await client.refund(refund_order(), 400)).outcome,
        (await client.query_refund(refund_order(), 400)).outcome,
        (await client.apply_agreement(holder(), 400)).outcome,
        (await client.confirm_agreement(holder(), PASSBACK, RIGHT_CODE, 400)).outcome,
        (await client.create(payment(), 400)).outcome,
        (await client.debit(confirmation(), 400)).outcome,
        (await client.resend(payment(), "", 400)).outcome,
        (await client.query(payment_ref(), 400)).outcome,
        await client.close(payment_ref(), 400),
        await client.reverse(payment_ref(), 400),
        await client.end_agreement("1", 400),
    ]


OPENED = shop_with_allinpay(appid=APPID)


@settings(max_examples=30, deadline=None)
@given(status=st.integers(100, 599), body=BODIES)
@example(status=200, body=DEEP)
@example(status=200, body=b'{"retcode":"SUCCESS","trxstatus":"0000"}')
def test_unsigned_answers(status: int, body: bytes) -> None:
    OPENED[1].breaks(http(body, status))
    for outcome in asyncio.run(outcomes()):
        assert outcome.kind in (K.UNKNOWN, K.UNTRUSTED, K.REFUSED_CONFIG)


@settings(max_examples=30, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(NAMES), WORDS | st.text(max_size=12), max_size=10))
def test_signed_answers(fields: dict[str, str]) -> None:
    OPENED[1].answers(**{"retcode": "SUCCESS", **fields})
    for outcome in asyncio.run(outcomes()):
        assert isinstance(outcome.kind, OutcomeKind)


@settings(max_examples=60, deadline=None)
@given(body=BODIES | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(body=f"cusid={CUSID}&appid={APPID}&trxstatus=0000&cusorderid={ORDER_NO}&trxamt=1&sign=eA==".encode())
def test_unsigned_notifications(body: bytes) -> None:
    answer = OPENED[0].read_notify(raw_post(body))
    assert answer.outcome.kind in (K.UNTRUSTED, K.REFUSED_CONFIG)
    assert (answer.order, answer.refund) == (None, None)
