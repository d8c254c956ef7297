"""Whatever a struct holds comes back equal: every field, every enum, any text, any amount that fits."""

from __future__ import annotations

import itertools
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.builders import launched, paid

from payswitch.domain.changes import Changes, IdempotencyRecord
from payswitch.domain.channel import Channel, Credential, CredentialKind, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    Decision,
    Incident,
    Payment,
    PaymentState,
    Refund,
    RefundKind,
    RefundState,
)
from payswitch.domain.shop import Shop
from payswitch.storage.store import DatabaseStore

S = TypeVar("S")

serial = itertools.count()
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
"""Any text at all, emoji included; only lone surrogates are no text. (For NUL, see below.)"""
numbers = st.integers(min_value=0, max_value=2**62)
amounts = st.integers(min_value=1, max_value=2**62)
maybe_text = st.none() | texts
maybe_number = st.none() | numbers
text_maps = st.dictionaries(texts, texts, max_size=3)

outcomes = st.builds(
    Outcome,
    kind=st.sampled_from(OutcomeKind),
    code=texts,
    message=texts,
    transient=st.booleans(),
    listed=st.booleans(),
    merchant_side=st.booleans(),
)
credentials = st.builds(
    Credential, kind=st.sampled_from(CredentialKind), content=texts, params=text_maps, expires_at_ms=numbers
)
customers = st.builds(
    Customer,
    customer_id=maybe_text,
    is_new=st.none() | st.booleans(),
    age=st.none() | st.integers(0, 150),
    device=maybe_text,
    risk=maybe_text,
    openid=maybe_text,
    client_ip=maybe_text,
)
payments = st.builds(
    Payment,
    payment_id=st.builds(lambda: f"pay_{next(serial)}"),
    merchant_id=texts,
    shop_id=texts,
    out_trade_no=st.builds(lambda: f"T{next(serial)}"),
    amount_fen=amounts,
    currency=texts,
    subject=texts,
    state=st.sampled_from([state for state in PaymentState if state is not PaymentState.SUCCEEDED]),
    version=st.just(1),
    methods=st.lists(st.sampled_from(Method), unique=True).map(tuple),
    products=st.lists(st.sampled_from(Product), unique=True, max_size=4).map(tuple),
    environment=st.none() | st.sampled_from(Environment),
    user_agent=texts,
    customer=customers,
    instalments=st.sampled_from([None, 3, 6, 12]),
    goods_tag=maybe_text,
    notify_url=maybe_text,
    return_url=maybe_text,
    metadata=text_maps,
    created_at_ms=numbers,
    expires_at_ms=numbers,
    succeeded_at_ms=maybe_number,
    closed_at_ms=maybe_number,
    close_reason=st.none() | st.sampled_from(CloseReason),
    winner_attempt_id=st.none(),
    checkout_token=st.builds(lambda: f"token-{next(serial)}"),
    input_hash=texts,
    event_sequence=numbers,
    due_at_ms=maybe_number,
)
attempts = st.builds(
    Attempt,
    attempt_id=st.builds(lambda: f"att_{next(serial)}"),
    payment_id=st.just(""),
    ordinal=st.just(1),
    channel_id=texts,
    channel_version=numbers,
    product=st.sampled_from(Product),
    method=st.sampled_from(Method),
    channel_order_no=st.builds(lambda: f"NO{next(serial)}"),
    amount_fen=st.just(2**62),
    state=st.sampled_from([state for state in AttemptState if state is not AttemptState.SUCCEEDED]),
    credential=st.none() | credentials,
    outcome=st.none() | outcomes,
    transaction_id=maybe_text,
    surplus=st.just(False),
    refunded_fen=numbers,
    created_at_ms=numbers,
    started_at_ms=numbers,
    answered_at_ms=maybe_number,
    exposed_at_ms=maybe_number,
    finished_at_ms=maybe_number,
    deadline_ms=numbers,
    decision_id=texts,
    tries=numbers,
    due_at_ms=maybe_number,
)
refunds = st.builds(
    Refund,
    refund_id=st.builds(lambda: f"ref_{next(serial)}"),
    payment_id=st.just(""),
    attempt_id=st.just(""),
    shop_id=texts,
    kind=st.sampled_from(RefundKind),
    out_refund_no=st.builds(lambda: f"R{next(serial)}"),
    shop_refund_no=st.none() | st.builds(lambda: f"SR{next(serial)}"),
    amount_fen=amounts,
    reason=texts,
    state=st.sampled_from(RefundState),
    channel_refund_id=maybe_text,
    outcome=st.none() | outcomes,
    created_at_ms=numbers,
    finished_at_ms=maybe_number,
    tries=numbers,
    due_at_ms=maybe_number,
)
events = st.builds(
    Event,
    event_id=st.builds(lambda: f"evt_{next(serial)}"),
    shop_id=texts,
    payment_id=st.just(""),
    type=st.sampled_from(EventType),
    sequence=amounts,
    body=st.binary(max_size=200),
    url=maybe_text,
    state=st.sampled_from(DeliveryState),
    created_at_ms=numbers,
    tries=numbers,
    due_at_ms=maybe_number,
    delivered_at_ms=maybe_number,
    last_error=texts,
)
decisions = st.builds(
    Decision,
    decision_id=st.builds(lambda: f"dec_{next(serial)}"),
    payment_id=st.just(""),
    policy_version=texts,
    at_ms=numbers,
    duration_us=numbers,
    plan=text_maps.map(lambda plan: msgspec.Raw(msgspec.json.encode(plan))),
)
incidents = st.builds(
    Incident,
    incident_id=st.builds(lambda: f"inc_{next(serial)}"),
    kind=texts,
    # Newest first, so that the one just written is the first of the list.
    at_ms=st.builds(lambda: next(serial)),
    payment_id=maybe_text,
    attempt_id=maybe_text,
    channel_id=maybe_text,
    detail=texts,
)
channels = st.builds(
    Channel,
    channel_id=st.builds(lambda: f"ch_{next(serial):012d}"),
    merchant_id=texts,
    connector=texts,
    name=texts,
    version=st.integers(1, 2**31),
    products=st.frozensets(st.sampled_from(Product)),
    upstream=texts,
    enabled=st.booleans(),
    tier=st.integers(1, 9),
    fee_bp=st.integers(0, 1_000),
    min_fen=amounts,
    max_fen=st.none() | amounts,
    daily_cap_fen=st.none() | amounts,
    monthly_cap_fen=st.none() | amounts,
    refund_days=st.none() | st.integers(1, 3_650),
    refund_parts=st.none() | st.integers(1, 1_000),
    shops=st.frozensets(texts, max_size=3),
    tags=st.frozensets(texts, max_size=3),
)

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def of(payment: Payment, child: S, **changes: Any) -> S:
    return msgspec.structs.replace(child, payment_id=payment.payment_id, **changes)  # type: ignore[type-var]


@many
@given(payment=payments, attempt=attempts, refund=refunds)
async def test_payments_attempts_and_refunds(
    store: DatabaseStore, payment: Payment, attempt: Attempt, refund: Refund
) -> None:
    attempt = of(payment, attempt)
    refund = of(payment, refund, attempt_id=attempt.attempt_id)
    await store.commit(Changes(insert_payments=[payment], insert_attempts=[attempt], insert_refunds=[refund]))

    file = await store.payment_file(payment.payment_id)

    assert file is not None
    assert file.payment == payment
    assert file.attempts == (attempt,)
    assert file.refunds == (refund,)


@many
@given(before=payments, after=payments, old=attempts, new=attempts, first=refunds, last=refunds)
async def test_updates_replace_everything_that_may_change(
    store: DatabaseStore, before: Payment, after: Payment, old: Attempt, new: Attempt, first: Refund, last: Refund
) -> None:
    """Fixed: ids, amounts, numbers and origin. All the rest is as the update says."""
    before = msgspec.structs.replace(before, state=PaymentState.CREATED)
    after = keep(
        after,
        before,
        "payment_id merchant_id shop_id out_trade_no amount_fen currency created_at_ms checkout_token input_hash",
        version=2,
    )
    old = of(before, old)
    new = keep(
        new,
        old,
        "attempt_id payment_id channel_id channel_version product method channel_order_no created_at_ms decision_id",
    )
    first = of(before, first, attempt_id=old.attempt_id)
    last = keep(
        last,
        first,
        "refund_id payment_id attempt_id shop_id kind out_refund_no shop_refund_no amount_fen created_at_ms",
    )
    await store.commit(Changes(insert_payments=[before], insert_attempts=[old], insert_refunds=[first]))
    await store.commit(Changes(update_payments=[after], update_attempts=[new], update_refunds=[last]))

    file = await store.payment_file(before.payment_id)

    assert file is not None
    assert (file.payment, file.attempts, file.refunds) == (after, (new,), (last,))


def keep(new: S, old: S, names: str, **changes: Any) -> S:
    """`new` with the named fields of `old`."""
    fixed = {name: getattr(old, name) for name in names.split()}
    return msgspec.structs.replace(new, **fixed, **changes)  # type: ignore[type-var]


@many
@given(payment=payments, event=events, decision=decisions, incident=incidents, key=texts, text=texts)
async def test_events_decisions_incidents_and_keys(
    store: DatabaseStore, payment: Payment, event: Event, decision: Decision, incident: Incident, key: str, text: str
) -> None:
    event = of(payment, event)
    decision = of(payment, decision)
    record = IdempotencyRecord(payment.payment_id, key, text, text, 5)
    await store.commit(
        Changes(
            insert_payments=[payment],
            insert_events=[event],
            insert_decisions=[decision],
            insert_incidents=[incident],
            idempotency=[record],
        )
    )

    assert await store.list_events(event.shop_id, payment_id=payment.payment_id, before=None, limit=1) == [event]
    assert await store.decisions(payment.payment_id) == [decision]
    assert (await store.list_incidents(limit=1))[0] == incident
    assert await store.idempotency(payment.payment_id, key) == record


@many
@given(channel=channels, shop=st.builds(Shop, shop_id=texts, merchant_id=texts, name=texts, notify_url=maybe_text))
async def test_shops_and_channels(store: DatabaseStore, channel: Channel, shop: Shop) -> None:
    key = f"key-{next(serial)}"
    await store.save_shop(shop, [key])
    await store.save_channel(channel)

    assert await store.shop_of_key(key) == shop
    assert channel in await store.channels()


async def test_a_fact_with_a_nul_in_it_is_written_down_all_the_same(store: DatabaseStore) -> None:
    """SQLite keeps it; PostgreSQL cannot, and keeps everything else."""
    await store.commit(launched())
    fact = paid()
    fact.update_attempts = [msgspec.structs.replace(fact.update_attempts[0], transaction_id="42\x00")]

    await store.commit(fact)

    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.attempts[0].transaction_id in ("42\x00", "42\ufffd")
    assert file.payment.state is PaymentState.SUCCEEDED
