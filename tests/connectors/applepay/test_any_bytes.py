"""Whatever bytes Apple's or the acquirer's address sends, nothing is raised and nothing is believed unsigned."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.applepay.world import (
    DOMAIN,
    VALIDATION_URL,
    debit_order,
    order_ref,
    refund_order,
    shop_with_apple_pay,
)
from tests.connectors.unionpay.test_any_bytes import BELIEVED, MESSAGES
from tests.connectors.unionpay.world import body_of, http, raw_post, signed

from payswitch.domain.outcome import Outcome, OutcomeKind

CLIENT, WORLD = shop_with_apple_pay()
REFUSALS = frozenset(kind for kind in OutcomeKind if kind.name.startswith("REFUSED"))


async def outcomes() -> list[Outcome]:
    return [
        (await CLIENT.debit(debit_order(), 400)).outcome,
        (await CLIENT.query(order_ref(), 400)).outcome,
        await CLIENT.reverse(order_ref(), 400),
        (await CLIENT.refund(refund_order(), 400)).outcome,
        (await CLIENT.query_refund(refund_order(), 400)).outcome,
    ]


@settings(max_examples=60, deadline=None)
@given(
    status=st.integers(100, 599) | st.just(200),
    body=st.binary(max_size=400) | MESSAGES.map(lambda m: body_of(m).encode("utf-8", "surrogatepass")),
)
def test_unsigned_answers(status: int, body: bytes) -> None:
    WORLD.breaks(http(body, status))
    said = asyncio.run(outcomes())
    assert all(outcome.kind not in BELIEVED for outcome in said)
    assert said[0].kind not in REFUSALS, "an unsigned answer proved that nothing was debited"
    assert not said[0].transient


@settings(max_examples=40, deadline=None)
@given(message=MESSAGES)
def test_signed_answers(message: dict[str, str]) -> None:
    try:
        body = body_of(signed(message)).encode()
    except UnicodeEncodeError:
        return
    WORLD.breaks(http(body))
    debit, *_ = asyncio.run(outcomes())
    assert debit.kind is not OutcomeKind.PAID
    assert not debit.transient


@settings(max_examples=60, deadline=None)
@given(status=st.integers(100, 599) | st.just(200), body=st.binary(max_size=300))
def test_apples_answers(status: int, body: bytes) -> None:
    WORLD.apple = lambda: http(body, status)
    answer = asyncio.run(CLIENT.merchant_session(VALIDATION_URL, DOMAIN, 400))
    assert bool(answer.session) is (answer.outcome.kind is OutcomeKind.ACCEPTED)


@given(st.binary(max_size=300))
def test_notifications(body: bytes) -> None:
    answer = CLIENT.read_notify(raw_post(body))
    assert answer.order is None
    assert answer.refund is None
