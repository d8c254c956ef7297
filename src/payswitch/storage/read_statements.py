"""Every read of the store, built once with SQLAlchemy Core; `prepared.py` makes each database's text of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.storage import schema
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import (
    agreements,
    api_keys,
    attempts,
    channel_credentials,
    channels,
    decisions,
    disabled_channels,
    events,
    idempotency,
    incidents,
    literal,
    managed_channels,
    payments,
    policies,
    policy_activations,
    refunds,
    resolved_policies,
    shops,
)


def _all(table: Table, source: FromClause | None = None) -> Select[Any]:
    """All columns of `table`, in its order, which is the codec's order."""
    statement = select(*table.columns)
    return statement if source is None else statement.select_from(source)


# One payment, found by any of the names that somebody outside knows it by.
PAYMENT_BY_ID: Final = Prepared(_all(payments).where(payments.c.payment_id == bound_text("payment_id")))
PAYMENT_BY_TRADE_NO: Final = Prepared(
    _all(payments).where(
        payments.c.shop_id == bound_text("shop_id"), payments.c.out_trade_no == bound_text("out_trade_no")
    )
)
PAYMENT_BY_CHECKOUT_TOKEN: Final = Prepared(_all(payments).where(payments.c.checkout_token == bound_text("token")))
PAYMENT_BY_ORDER_NO: Final = Prepared(
    _all(payments, payments.join(attempts, attempts.c.payment_id == payments.c.payment_id)).where(
        attempts.c.channel_id == bound_text("channel_id"), attempts.c.channel_order_no == bound_text("channel_order_no")
    )
)
PAYMENT_BY_REFUND_NO: Final = Prepared(
    _all(
        payments,
        payments.join(refunds, refunds.c.payment_id == payments.c.payment_id).join(
            attempts, attempts.c.attempt_id == refunds.c.attempt_id
        ),
    ).where(refunds.c.out_refund_no == bound_text("out_refund_no"), attempts.c.channel_id == bound_text("channel_id"))
)

# What belongs to one payment, oldest first.
ATTEMPTS_OF: Final = Prepared(
    _all(attempts).where(attempts.c.payment_id == bound_text("payment_id")).order_by(attempts.c.ordinal)
)
REFUNDS_OF: Final = Prepared(
    _all(refunds)
    .where(refunds.c.payment_id == bound_text("payment_id"))
    .order_by(refunds.c.created_at_ms, refunds.c.refund_id)
)
REFUND_BY_ID: Final = Prepared(_all(refunds).where(refunds.c.refund_id == bound_text("refund_id")))


def _open_refunds() -> Prepared:
    """Through the partial index of what is due: only refunds that have not ended are in it."""
    is_abnormal = refunds.c.state == literal(RefundState.ABNORMAL)
    abnormal_first = case((is_abnormal, literal_column("0")), else_=literal_column("1"))
    return Prepared(
        _all(refunds, refunds.join(payments, payments.c.payment_id == refunds.c.payment_id))
        .where(
            refunds.c.due_at_ms.is_not(None),
            refunds.c.state.in_(schema.literals(schema.OPEN_REFUND_STATES)),
            payments.c.merchant_id == bound_text("merchant_id"),
        )
        .order_by(abnormal_first, refunds.c.created_at_ms, refunds.c.refund_id)
        .limit(LIMIT)
    )


OPEN_REFUNDS: Final = _open_refunds()
EVENT_BY_ID: Final = Prepared(_all(events).where(events.c.event_id == bound_text("event_id")))
DECISIONS_OF: Final = Prepared(
    _all(decisions)
    .where(decisions.c.payment_id == bound_text("payment_id"))
    .order_by(decisions.c.at_ms, decisions.c.decision_id)
)

# Signed cards (签约).
AGREEMENT_BY_ID: Final = Prepared(_all(agreements).where(agreements.c.agreement_id == bound_text("agreement_id")))
AGREEMENTS_OF: Final = Prepared(
    _all(agreements)
    .where(agreements.c.shop_id == bound_text("shop_id"), agreements.c.customer_id == bound_text("customer_id"))
    .order_by(agreements.c.created_at_ms.desc())
)
"""Newest first, by the index; nobody applies for two cards in one millisecond."""

IDEMPOTENCY: Final = Prepared(
    _all(idempotency).where(idempotency.c.shop_id == bound_text("shop_id"), idempotency.c.key == bound_text("key"))
)

# Lists, newest first. A page starts after the place of the last row seen (keyset), never at an offset.
_PAYMENT_PLACE: Final = (payments.c.created_at_ms, payments.c.payment_id)
PAYMENT_PLACE: Final = Prepared(
    select(*_PAYMENT_PLACE).where(
        payments.c.payment_id == bound_text("before"), payments.c.shop_id == bound_text("shop_id")
    )
)


def _payment_list(state: PaymentState | None, after_place: bool) -> Prepared:
    statement = _all(payments).where(payments.c.shop_id == bound_text("shop_id"))
    if state is not None:
        statement = statement.where(payments.c.state == schema.literal(state))
    if state in schema.LIVE_PAYMENT_STATES:
        # Says again what is true anyway, in the words of the partial index.
        statement = statement.where(payments.c.state.in_(schema.literals(schema.LIVE_PAYMENT_STATES)))
    if after_place:
        statement = statement.where(tuple_(*_PAYMENT_PLACE) < tuple_(bound_number("place_ms"), bound_text("place_id")))
    return Prepared(statement.order_by(*(column.desc() for column in _PAYMENT_PLACE)).limit(LIMIT))


LIST_PAYMENTS: Final = {
    (state, after_place): _payment_list(state, after_place)
    for state in (None, *PaymentState)
    for after_place in (False, True)
}

_EVENT_PLACE: Final = (events.c.created_at_ms, events.c.sequence, events.c.event_id)
EVENT_PLACE: Final = Prepared(
    select(*_EVENT_PLACE).where(events.c.event_id == bound_text("before"), events.c.shop_id == bound_text("shop_id"))
)


def _event_list(of_payment: bool, after_place: bool) -> Prepared:
    statement = _all(events).where(events.c.shop_id == bound_text("shop_id"))
    if of_payment:
        statement = statement.where(events.c.payment_id == bound_text("payment_id"))
        if after_place:
            statement = statement.where(events.c.sequence < bound_number("place_sequence"))
        return Prepared(statement.order_by(events.c.sequence.desc()).limit(LIMIT))
    if after_place:
        place = tuple_(bound_number("place_ms"), bound_number("place_sequence"), bound_text("place_id"))
        statement = statement.where(tuple_(*_EVENT_PLACE) < place)
    return Prepared(statement.order_by(*(column.desc() for column in _EVENT_PLACE)).limit(LIMIT))


LIST_EVENTS: Final = {
    (of_payment, after_place): _event_list(of_payment, after_place)
    for of_payment in (False, True)
    for after_place in (False, True)
}

LIST_INCIDENTS: Final = Prepared(
    _all(incidents).order_by(incidents.c.at_ms.desc(), incidents.c.incident_id.desc()).limit(LIMIT)
)


_CHANNEL: Final = attempts.c.channel_id.concat(literal_column("''", Text))
"""An expression, so that the planner takes the index of received money and not one that is sorted by channel."""
RECEIVED_SINCE: Final = Prepared(
    select(_CHANNEL, schema.fen_sum(attempts.c.amount_fen))
    .where(attempts.c.state == literal(AttemptState.SUCCEEDED), attempts.c.finished_at_ms >= bound_number("since_ms"))
    .group_by(_CHANNEL)
)

HAS_PAID: Final = Prepared(
    select(literal_column("1"))
    .select_from(payments)
    .where(
        payments.c.shop_id == bound_text("shop_id"),
        bound_text("customer_id") == schema.CUSTOMER_ID,
        payments.c.state == literal(PaymentState.SUCCEEDED),
        # Says again what is true anyway, in the words of the partial index.
        payments.c.state.in_(schema.literals(schema.ENDED_PAYMENT_STATES)),
    )
    .limit(literal_column("1", Integer))
)
RECENT_ATTEMPTS: Final = Prepared(
    _all(attempts)
    .where(attempts.c.attempt_id >= bound_text("since_id"))
    .order_by(attempts.c.attempt_id.desc())
    .limit(LIMIT)
)

SHOPS: Final = Prepared(_all(shops).order_by(shops.c.shop_id))
LIVE_KEYS: Final = Prepared(
    select(api_keys.c.fingerprint, api_keys.c.shop_id).where(api_keys.c.revoked_at_ms.is_(None))
)
SHOP_KEYS: Final = Prepared(_all(api_keys).order_by(api_keys.c.created_at_ms.desc(), api_keys.c.fingerprint))
CHANNEL_SETTINGS: Final = Prepared(select(channels.c.settings).order_by(channels.c.channel_id, channels.c.version))

MANAGED_CHANNELS: Final = Prepared(_all(managed_channels).order_by(managed_channels.c.channel_id))
MANAGED_CHANNEL_BY_ID: Final = Prepared(
    _all(managed_channels).where(managed_channels.c.channel_id == bound_text("channel_id"))
)
MANAGED_REVISIONS: Final = Prepared(select(managed_channels.c.channel_id, managed_channels.c.revision))
DISABLED_CHANNELS: Final = Prepared(_all(disabled_channels).order_by(disabled_channels.c.channel_id))
ALL_CREDENTIALS: Final = Prepared(
    _all(channel_credentials).order_by(channel_credentials.c.channel_id, channel_credentials.c.version)
)
CREDENTIALS_OF: Final = Prepared(
    _all(channel_credentials)
    .where(channel_credentials.c.channel_id == bound_text("channel_id"))
    .order_by(channel_credentials.c.version)
)

POLICY_BY_ID: Final = Prepared(_all(policies).where(policies.c.policy_id == bound_text("policy_id")))
POLICIES_OF: Final = Prepared(
    _all(policies)
    .where(policies.c.merchant_id == bound_text("merchant_id"))
    .order_by(policies.c.merchant_id, policies.c.shop_id, policies.c.number)
)
ACTIVATIONS_OF: Final = Prepared(
    _all(policy_activations)
    .where(policy_activations.c.merchant_id == bound_text("merchant_id"))
    .order_by(policy_activations.c.merchant_id, policy_activations.c.shop_id, policy_activations.c.revision)
)
RESOLVED_POLICY: Final = Prepared(
    _all(resolved_policies).where(resolved_policies.c.policy_version == bound_text("policy_version"))
)

_DECISION_PLACE: Final = (decisions.c.at_ms, decisions.c.decision_id)


def _recorded() -> Prepared:
    """A page of all decisions, oldest first, from a place on; of tests of a channel, too."""
    place = tuple_(bound_number("place_ms"), bound_text("place_id"))
    statement = _all(decisions).where(tuple_(*_DECISION_PLACE) > place)
    return Prepared(statement.order_by(*_DECISION_PLACE).limit(LIMIT))


RECORDED_DECISIONS: Final = _recorded()
DECISIONS_SINCE: Final = Prepared(
    select(func.count()).select_from(decisions).where(decisions.c.at_ms >= bound_number("since_ms"))
)
SKIP_DECISIONS: Final = Prepared(
    select(*_DECISION_PLACE)
    .where(decisions.c.at_ms >= bound_number("since_ms"))
    .order_by(*_DECISION_PLACE)
    .limit(1)
    .offset(bindparam("skipped", type_=Integer))
)


def _count(table: Table, columns: Iterable[str]) -> Prepared:
    by = [table.c[name] for name in columns]
    return Prepared(select(*by, func.count()).group_by(*by).order_by(*by))


PAYMENTS_BY_STATE: Final = _count(payments, ["state"])
ATTEMPTS_BY_STATE: Final = _count(attempts, ["state"])
REFUNDS_BY_STATE: Final = _count(refunds, ["state"])
EVENTS_BY_STATE: Final = _count(events, ["state"])
INCIDENTS_COUNT: Final = Prepared(select(func.count()).select_from(incidents))
