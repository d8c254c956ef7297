"""Whatever bytes come in, nothing is raised, and nothing is believed without UnionPay's signature."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.unionpay.world import body_of, http, order, order_ref, refund_order, shop_with_unionpay, signed

from payswitch.connectors.acp.wire import read_pairs
from payswitch.domain.channel import Product
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

CLIENT, UNIONPAY = shop_with_unionpay()
DEBIT = DebitOrder(order=order(Product.UNIONPAY_CODE), consent=Secret("6228480402564890018"))
NAMES = ["respCode", "respMsg", "origRespCode", "orderId", "txnTime", "txnAmt", "queryId", "tn", "qrCode", "merId"]
NAMES += ["traceTime", "currencyCode", "fileContent", "settleDate"]
VALUES = st.sampled_from(["00", "A6", "34", "05", "129900", "20261111203700", "{", "}", "{a=1&b=2}", ""]) | st.text(
    max_size=20
)
MESSAGES = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), VALUES, max_size=8)
BELIEVED = (OutcomeKind.ACCEPTED, OutcomeKind.PAID, OutcomeKind.PENDING, OutcomeKind.NOT_FOUND, OutcomeKind.CLOSED)


async def outcomes() -> list[Outcome]:
    return [
        (await CLIENT.create(order(), 400)).outcome,
        (await CLIENT.create(order(Product.UNIONPAY_QR), 400)).outcome,
        (await CLIENT.query(order_ref(), 400)).outcome,
        (await CLIENT.refund(refund_order(), 400)).outcome,
        (await CLIENT.query_refund(refund_order(), 400)).outcome,
        (await CLIENT.debit(DEBIT, 400)).outcome,
        await CLIENT.reverse(order_ref(Product.UNIONPAY_CODE), 400),
        (await CLIENT.download_bill("2026-11-10", 400)).outcome,
    ]


@settings(max_examples=60, deadline=None)
@given(
    status=st.integers(100, 599) | st.just(200),
    body=st.binary(max_size=400) | MESSAGES.map(lambda m: body_of(m).encode("utf-8", "surrogatepass")),
)
def test_unsigned_answers(status: int, body: bytes) -> None:
    UNIONPAY.breaks(http(body, status))
    assert all(outcome.kind not in BELIEVED for outcome in asyncio.run(outcomes()))


@settings(max_examples=40, deadline=None)
@given(message=MESSAGES)
def test_signed_answers(message: dict[str, str]) -> None:
    try:
        body = body_of(signed(message)).encode()
    except UnicodeEncodeError:
        return
    UNIONPAY.breaks(http(body))
    assert all(isinstance(outcome.kind, OutcomeKind) for outcome in asyncio.run(outcomes()))


@given(st.text(alphabet="ab=&{}[]1", max_size=40))
def test_what_is_read_writes_the_same_text_again(text: str) -> None:
    """Nothing is lost and nothing invented: the fields are another view of exactly this text."""
    fields = read_pairs(text)
    if fields is not None:
        assert body_of(fields) == text
