"""Example payments, attempts, refunds and events: every test names only what it is about."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Credential, CredentialKind, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    Decision,
    Payment,
    PaymentState,
    Refund,
    RefundKind,
    RefundState,
)
from payswitch.domain.trail import OperatorKind, TrailEntry, TrailKind

NOW_MS = 1_762_864_620_000
"""20:37 Beijing time on a 11 November: the night it exists for."""


def a_payment(n: int | str = 1, **changes: Any) -> Payment:
    """A customer of shop-1 wants to buy the best-seller."""
    payment = Payment(
        payment_id=f"pay_{n}",
        merchant_id="m-1",
        shop_id="shop-1",
        out_trade_no=f"T{n}",
        amount_fen=129_900,
        subject="直播爆款 · best-seller",
        state=PaymentState.CREATED,
        methods=(Method.WECHAT, Method.ALIPAY),
        environment=Environment.WECHAT,
        user_agent="MicroMessenger/8.0",
        customer=Customer(customer_id="c-1", is_new=True, age=23, openid="o-1"),
        metadata={"场次": "1111"},
        created_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 900_000,
        checkout_token=f"token-{n}",
        input_hash="0" * 64,
        due_at_ms=NOW_MS + 900_000,
    )
    return msgspec.structs.replace(payment, **changes)


def an_attempt(n: int | str = 1, payment: int | str = 1, **changes: Any) -> Attempt:
    """The first try, at wechat-main."""
    attempt = Attempt(
        attempt_id=f"att_{n}",
        payment_id=f"pay_{payment}",
        ordinal=1,
        channel_id="wechat-main",
        channel_version=1,
        product=Product.WECHAT_JSAPI,
        method=Method.WECHAT,
        channel_order_no=f"NO{n}",
        amount_fen=129_900,
        state=AttemptState.CREATED,
        created_at_ms=NOW_MS,
        started_at_ms=NOW_MS,
        deadline_ms=NOW_MS + 900_000,
        decision_id=f"dec_{n}",
    )
    return msgspec.structs.replace(attempt, **changes)


def a_refund(n: int | str = 1, payment: int | str = 1, attempt: int | str = 1, **changes: Any) -> Refund:
    refund = Refund(
        refund_id=f"ref_{n}",
        payment_id=f"pay_{payment}",
        attempt_id=f"att_{attempt}",
        shop_id="shop-1",
        kind=RefundKind.MERCHANT,
        out_refund_no=f"R{n}",
        shop_refund_no=f"SR{n}",
        amount_fen=100,
        reason="不想要了",
        state=RefundState.CREATED,
        created_at_ms=NOW_MS,
    )
    return msgspec.structs.replace(refund, **changes)


def an_event(n: int | str = 1, payment: int | str = 1, **changes: Any) -> Event:
    event = Event(
        event_id=f"evt_{n}",
        shop_id="shop-1",
        payment_id=f"pay_{payment}",
        type=EventType.PAYMENT_SUCCEEDED,
        sequence=1,
        body=b'{"type":"payment.succeeded"}',
        url="https://shop.example/hook",
        state=DeliveryState.PENDING,
        created_at_ms=NOW_MS,
        due_at_ms=NOW_MS,
    )
    return msgspec.structs.replace(event, **changes)


def a_decision(n: int | str = 1, payment: int | str = 1, **changes: Any) -> Decision:
    decision = Decision(
        decision_id=f"dec_{n}",
        payment_id=f"pay_{payment}",
        policy_version="v1",
        at_ms=NOW_MS,
        duration_us=40,
        plan=msgspec.Raw(
            b'{"policy_version":"v1","salt":"s","candidates":[{"channel_id":"wechat-main","product":"wechat_jsapi",'
            b'"method":"wechat","upstream":"wechat","score":612.5,"estimate":0.98,"propensity":0.7,'
            b'"soft_limit_ms":250,"probe":false,"reasons":["tier:1"]}],"excluded":[],"rules_fired":[]}'
        ),
    )
    return msgspec.structs.replace(decision, **changes)


def a_credential() -> Credential:
    return Credential(
        kind=CredentialKind.JSAPI,
        params={"appId": "wx1", "package": "prepay_id=wx2016", "signType": "RSA", "paySign": "c2ln" * 80},
        expires_at_ms=NOW_MS + 900_000,
    )


ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED)
PAID = Outcome(kind=OutcomeKind.PAID, code="SUCCESS")


def next_version(payment: Payment, **changes: Any) -> Payment:
    """The payment as a use case hands it back: one version up."""
    return msgspec.structs.replace(payment, version=payment.version + 1, **changes)


def launched(n: int | str = 1, **payment: Any) -> Changes:
    """What `POST /v1/payments` commits before the channel hears anything."""
    return Changes(
        insert_payments=[a_payment(n, state=PaymentState.PENDING, **payment)],
        insert_attempts=[an_attempt(n, n)],
        insert_decisions=[a_decision(n, n)],
    )


def exposed(n: int | str = 1) -> Changes:
    """What it commits before the credential leaves."""
    payment = a_payment(n, state=PaymentState.PENDING)
    attempt = an_attempt(
        n,
        n,
        state=AttemptState.EXPOSED,
        credential=a_credential(),
        outcome=ACCEPTED,
        answered_at_ms=NOW_MS + 80,
        exposed_at_ms=NOW_MS + 82,
        due_at_ms=NOW_MS + 5_000,
    )
    return Changes(update_payments=[next_version(payment)], update_attempts=[attempt])


def paid(n: int | str = 1, *, from_version: int = 1) -> Changes:
    """The money arrived: winner, success and the shop's event in one commit."""
    before = a_payment(n, state=PaymentState.PENDING, version=from_version)
    payment = next_version(
        before,
        state=PaymentState.SUCCEEDED,
        winner_attempt_id=f"att_{n}",
        succeeded_at_ms=NOW_MS + 9_000,
        event_sequence=1,
        due_at_ms=None,
    )
    attempt = an_attempt(
        n, n, state=AttemptState.SUCCEEDED, outcome=PAID, transaction_id=f"420000{n}", finished_at_ms=NOW_MS + 9_000
    )
    return Changes(update_payments=[payment], update_attempts=[attempt], insert_events=[an_event(n, n)])


def an_entry(n: int, **changes: Any) -> TrailEntry:
    """An operator disabled a channel."""
    entry = TrailEntry(
        audit_id=f"aud_{n}",
        merchant_id="m-1",
        at_ms=NOW_MS + n,
        operator_id="op-1",
        operator_kind=OperatorKind.KEY,
        role=None,
        address="203.0.113.7",
        action="disable",
        kind=TrailKind.CHANNEL,
        object_id="w",
        before={"state": "enabled"},
        after={"state": "disabled"},
        note="",
    )
    return msgspec.structs.replace(entry, **changes)
