"""The schema: tables, indexes and the invariants that the database itself enforces. One source of truth.

Column names are the field names of the domain's structs (a test holds them together); what is no plain text, number
or truth value is JSON text. Amounts are fen, times are Unix milliseconds. Every constraint and index has a name: it is
what `UniqueViolation` and `InvariantViolation` report. The migrations must lead to exactly this (a test proves it).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    literal_column,
    not_,
)

from payswitch.domain.agreement import AgreementState
from payswitch.domain.events import DeliveryState
from payswitch.domain.managed_channel import ChannelState
from payswitch.domain.payment import AttemptState, PaymentState, RefundKind, RefundState
from payswitch.domain.policy_record import PolicyAction

metadata = MetaData()

LIVE_PAYMENT_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSING)
"""States that still want work; their partial index stays small however long the history grows."""
OPEN_REFUND_STATES = (RefundState.CREATED, RefundState.SUBMITTED, RefundState.PROCESSING, RefundState.ABNORMAL)
"""Refunds whose money may still go back: each has a due time."""
UNDELIVERED_STATES = (DeliveryState.PENDING, DeliveryState.RETRY)
"""Events that later events of the same payment must wait for."""


def literal(value: StrEnum) -> ColumnElement[str]:
    """An enum value as a literal in the statement's text: only so can SQLite match it to a partial index."""
    return literal_column(f"'{value.value}'", Text)


def literals(values: Iterable[StrEnum]) -> list[ColumnElement[str]]:
    return [literal(value) for value in values]


def _one_of(column: str, values: Iterable[StrEnum]) -> str:
    listed = ", ".join(f"'{value.value}'" for value in values)
    return f"{column} IN ({listed})"


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


payments = Table(
    "payments",
    metadata,
    _text("payment_id"),
    _text("merchant_id"),
    _text("shop_id"),
    _text("out_trade_no"),
    _number("amount_fen"),
    _text("currency"),
    _text("subject"),
    _text("state"),
    _number("version"),
    _text("methods"),
    _text("products"),
    _text("environment", optional=True),
    _text("user_agent"),
    _text("customer"),
    _number("instalments", optional=True),
    _text("agreement_id", optional=True),
    _text("goods_tag", optional=True),
    _text("notify_url", optional=True),
    _text("return_url", optional=True),
    _text("metadata"),
    _number("created_at_ms"),
    _number("expires_at_ms"),
    _number("succeeded_at_ms", optional=True),
    _number("closed_at_ms", optional=True),
    _text("close_reason", optional=True),
    _text("winner_attempt_id", optional=True),
    _text("checkout_token"),
    _text("input_hash"),
    _number("event_sequence"),
    _number("due_at_ms", optional=True),
    PrimaryKeyConstraint("payment_id", name="pk_payments"),
    UniqueConstraint("shop_id", "out_trade_no", name="uq_payment_shop_trade"),
    UniqueConstraint("checkout_token", name="uq_payment_checkout_token"),
    CheckConstraint("amount_fen > 0", name="ck_payment_amount"),
    CheckConstraint("version > 0", name="ck_payment_version"),
    CheckConstraint(_one_of("state", PaymentState), name="ck_payment_state"),
    CheckConstraint("(state = 'succeeded') = (winner_attempt_id IS NOT NULL)", name="ck_payment_winner"),
)
Index(
    "uq_payment_winner_attempt",
    payments.c.winner_attempt_id,
    unique=True,
    sqlite_where=payments.c.winner_attempt_id.is_not(None),
)
Index("ix_payments_due", payments.c.due_at_ms, sqlite_where=payments.c.due_at_ms.is_not(None))
Index("ix_payments_shop", payments.c.shop_id, payments.c.created_at_ms, payments.c.payment_id)
Index(
    "ix_payments_live",
    payments.c.shop_id,
    payments.c.state,
    payments.c.created_at_ms,
    payments.c.payment_id,
    sqlite_where=payments.c.state.in_(literals(LIVE_PAYMENT_STATES)),
)
CUSTOMER_ID = literal_column("json_extract(customer, '$.customer_id')", Text)
"""The shop's own id of the customer, inside the customer's JSON."""
Index(
    "ix_payments_customer",
    payments.c.shop_id,
    CUSTOMER_ID,
    sqlite_where=(payments.c.state == literal(PaymentState.SUCCEEDED)) & CUSTOMER_ID.is_not(None),
)

attempts = Table(
    "attempts",
    metadata,
    _text("attempt_id"),
    _text("payment_id"),
    _number("ordinal"),
    _text("channel_id"),
    _number("channel_version"),
    _text("product"),
    _text("method"),
    _text("channel_order_no"),
    _number("amount_fen"),
    _text("state"),
    _text("credential", optional=True),
    _text("outcome", optional=True),
    _text("transaction_id", optional=True),
    Column("surplus", Boolean, nullable=False),
    _number("refunded_fen"),
    _number("created_at_ms"),
    _number("started_at_ms"),
    _number("answered_at_ms", optional=True),
    _number("exposed_at_ms", optional=True),
    _number("debit_at_ms", optional=True),
    _number("reverse_at_ms", optional=True),
    _number("finished_at_ms", optional=True),
    _number("deadline_ms"),
    _text("decision_id"),
    _number("tries"),
    _number("due_at_ms", optional=True),
    PrimaryKeyConstraint("attempt_id", name="pk_attempts"),
    UniqueConstraint("payment_id", "ordinal", name="uq_attempt_ordinal"),
    UniqueConstraint("channel_id", "channel_order_no", name="uq_attempt_order_no"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_attempt_payment"),
    CheckConstraint("amount_fen > 0", name="ck_attempt_amount"),
    CheckConstraint("refunded_fen >= 0 AND refunded_fen <= amount_fen", name="ck_attempt_refunded"),
    CheckConstraint(_one_of("state", AttemptState), name="ck_attempt_state"),
    CheckConstraint("NOT surplus OR state = 'succeeded'", name="ck_attempt_surplus"),
)
Index(
    "uq_payment_winner",
    attempts.c.payment_id,
    unique=True,
    sqlite_where=(attempts.c.state == literal(AttemptState.SUCCEEDED)) & not_(attempts.c.surplus),
)
Index(
    "ix_attempts_due",
    attempts.c.due_at_ms,
    attempts.c.payment_id,
    sqlite_where=attempts.c.due_at_ms.is_not(None),
)
Index(
    "ix_attempts_received",
    attempts.c.finished_at_ms,
    attempts.c.channel_id,
    attempts.c.amount_fen,
    sqlite_where=attempts.c.state == literal(AttemptState.SUCCEEDED),
)

refunds = Table(
    "refunds",
    metadata,
    _text("refund_id"),
    _text("payment_id"),
    _text("attempt_id"),
    _text("shop_id"),
    _text("kind"),
    _text("out_refund_no"),
    _text("shop_refund_no", optional=True),
    _number("amount_fen"),
    _text("reason"),
    _text("state"),
    _text("channel_refund_id", optional=True),
    _text("outcome", optional=True),
    _number("created_at_ms"),
    _number("finished_at_ms", optional=True),
    _text("trouble", optional=True),
    _text("settled_by", optional=True),
    _text("settled_note", optional=True),
    _number("tries"),
    _number("due_at_ms", optional=True),
    PrimaryKeyConstraint("refund_id", name="pk_refunds"),
    UniqueConstraint("out_refund_no", name="uq_refund_out_no"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_refund_payment"),
    ForeignKeyConstraint(["attempt_id"], ["attempts.attempt_id"], name="fk_refund_attempt"),
    CheckConstraint("amount_fen > 0", name="ck_refund_amount"),
    CheckConstraint(_one_of("state", RefundState), name="ck_refund_state"),
    CheckConstraint(_one_of("kind", RefundKind), name="ck_refund_kind"),
)
Index(
    "uq_refund_shop_no",
    refunds.c.shop_id,
    refunds.c.shop_refund_no,
    unique=True,
    sqlite_where=refunds.c.shop_refund_no.is_not(None),
)
Index("ix_refunds_payment", refunds.c.payment_id)
Index("ix_refunds_attempt", refunds.c.attempt_id)
Index(
    "ix_refunds_due",
    refunds.c.due_at_ms,
    refunds.c.payment_id,
    sqlite_where=refunds.c.due_at_ms.is_not(None),
)

events = Table(
    "events",
    metadata,
    _text("event_id"),
    _text("shop_id"),
    _text("payment_id"),
    _text("type"),
    _number("sequence"),
    Column("body", LargeBinary, nullable=False),
    _text("url", optional=True),
    _text("state"),
    _number("created_at_ms"),
    _number("tries"),
    _number("due_at_ms", optional=True),
    _number("delivered_at_ms", optional=True),
    _text("last_error"),
    PrimaryKeyConstraint("event_id", name="pk_events"),
    UniqueConstraint("payment_id", "sequence", name="uq_event_sequence"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_event_payment"),
    CheckConstraint("sequence > 0", name="ck_event_sequence"),
    CheckConstraint(_one_of("state", DeliveryState), name="ck_event_state"),
)
Index("ix_events_shop", events.c.shop_id, events.c.created_at_ms, events.c.sequence, events.c.event_id)
Index("ix_events_due", events.c.due_at_ms, sqlite_where=events.c.state.in_(literals(UNDELIVERED_STATES)))

decisions = Table(
    "decisions",
    metadata,
    _text("decision_id"),
    _text("payment_id"),
    _text("policy_version"),
    _number("at_ms"),
    _number("duration_us"),
    _text("plan"),
    _text("facts", optional=True),
    PrimaryKeyConstraint("decision_id", name="pk_decisions"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_decision_payment"),
)
Index("ix_decisions_payment", decisions.c.payment_id)
Index("ix_decisions_at", decisions.c.at_ms, decisions.c.decision_id)

incidents = Table(
    "incidents",
    metadata,
    _text("incident_id"),
    _text("kind"),
    _number("at_ms"),
    _text("payment_id", optional=True),
    _text("attempt_id", optional=True),
    _text("channel_id", optional=True),
    _text("detail"),
    PrimaryKeyConstraint("incident_id", name="pk_incidents"),
)
Index("ix_incidents_at", incidents.c.at_ms, incidents.c.incident_id)

sweep_claims = Table(
    "sweep_claims",
    metadata,
    _text("payment_id"),
    _number("until_ms"),
    _text("holder"),
    PrimaryKeyConstraint("payment_id", name="pk_sweep_claims"),
)
Index("ix_sweep_claims_until", sweep_claims.c.until_ms)

idempotency = Table(
    "idempotency",
    metadata,
    _text("shop_id"),
    _text("key"),
    _text("input_hash"),
    _text("resource_id"),
    _number("created_at_ms"),
    PrimaryKeyConstraint("shop_id", "key", name="uq_idempotency"),
)

shops = Table(
    "shops",
    metadata,
    _text("shop_id"),
    _text("merchant_id"),
    _text("name"),
    _text("notify_url", optional=True),
    PrimaryKeyConstraint("shop_id", name="pk_shops"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _text("fingerprint"),
    _text("shop_id"),
    _number("created_at_ms"),
    _number("revoked_at_ms", optional=True),
    PrimaryKeyConstraint("fingerprint", name="uq_api_key"),
    ForeignKeyConstraint(["shop_id"], ["shops.shop_id"], name="fk_api_key_shop"),
)

channels = Table(
    "channels",
    metadata,
    _text("channel_id"),
    Column("version", Integer, nullable=False),
    _text("merchant_id"),
    _text("connector"),
    _text("name"),
    _text("upstream"),
    _text("settings"),
    PrimaryKeyConstraint("channel_id", "version", name="pk_channels"),
)

agreements = Table(
    "agreements",
    metadata,
    _text("agreement_id"),
    _text("merchant_id"),
    _text("shop_id"),
    _text("customer_id"),
    _text("channel_id"),
    Column("channel_version", Integer, nullable=False),
    _text("bank"),
    _text("card_tail"),
    _text("state"),
    _text("agreement_no"),
    _text("handle"),
    _number("created_at_ms"),
    _number("activated_at_ms", optional=True),
    _number("ended_at_ms", optional=True),
    PrimaryKeyConstraint("agreement_id", name="pk_agreements"),
    CheckConstraint(_one_of("state", AgreementState), name="ck_agreement_state"),
    CheckConstraint("state <> 'active' OR agreement_no <> ''", name="ck_agreement_no"),
)
Index("ix_agreements_customer", agreements.c.shop_id, agreements.c.customer_id, agreements.c.created_at_ms)

managed_channels = Table(
    "managed_channels",
    metadata,
    _text("channel_id"),
    _text("merchant_id"),
    _text("channel"),
    _text("state"),
    _number("revision"),
    _number("created_at_ms"),
    _number("updated_at_ms"),
    PrimaryKeyConstraint("channel_id", name="uq_managed_channel"),
    CheckConstraint("revision > 0", name="ck_managed_channel_revision"),
    CheckConstraint(_one_of("state", ChannelState), name="ck_managed_channel_state"),
)

channel_credentials = Table(
    "channel_credentials",
    metadata,
    _text("channel_id"),
    _number("version"),
    _text("key_id"),
    Column("sealed", LargeBinary, nullable=False),
    _number("created_at_ms"),
    _text("created_by"),
    PrimaryKeyConstraint("channel_id", "version", name="uq_channel_credential"),
    ForeignKeyConstraint(["channel_id"], ["managed_channels.channel_id"], name="fk_credential_channel"),
    CheckConstraint("version > 0", name="ck_credential_version"),
)

channel_audit = Table(
    "channel_audit",
    metadata,
    _text("audit_id"),
    _number("at_ms"),
    _text("operator_id"),
    _text("merchant_id"),
    _text("channel_id"),
    _text("action"),
    _text("detail"),
    PrimaryKeyConstraint("audit_id", name="pk_channel_audit"),
)
Index("ix_channel_audit", channel_audit.c.channel_id, channel_audit.c.at_ms, channel_audit.c.audit_id)

policies = Table(
    "policies",
    metadata,
    _text("policy_id"),
    _text("merchant_id"),
    _text("shop_id"),
    _number("number"),
    _text("document"),
    _text("note"),
    _number("created_at_ms"),
    _text("created_by"),
    PrimaryKeyConstraint("policy_id", name="pk_policies"),
    UniqueConstraint("merchant_id", "shop_id", "number", name="uq_policy_number"),
    CheckConstraint("number > 0", name="ck_policy_number"),
)

policy_activations = Table(
    "policy_activations",
    metadata,
    _text("merchant_id"),
    _text("shop_id"),
    _number("revision"),
    _number("number"),
    _text("action"),
    _text("policy_version"),
    _text("note"),
    _number("at_ms"),
    _text("operator_id"),
    PrimaryKeyConstraint("merchant_id", "shop_id", "revision", name="uq_policy_activation"),
    CheckConstraint("revision > 0", name="ck_policy_activation_revision"),
    CheckConstraint(_one_of("action", PolicyAction), name="ck_policy_activation_action"),
)

resolved_policies = Table(
    "resolved_policies",
    metadata,
    _text("policy_version"),
    _text("document"),
    _number("at_ms"),
    PrimaryKeyConstraint("policy_version", name="uq_resolved_policy"),
)


def _guard(table: Table, name: str, columns: str, broken: str) -> str:
    """A trigger that aborts an update which would break an invariant; its message is the invariant's name."""
    trigger = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy has left this constructor without annotations
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table.name} WHEN {broken} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )
    event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))
    return name


_TERMINAL_PAYMENT = "OLD.state IN ('succeeded', 'closed') AND NEW.state <> OLD.state"
_OTHER_WINNER = "OLD.winner_attempt_id IS NOT NULL AND NEW.winner_attempt_id IS NOT OLD.winner_attempt_id"
_TERMINAL_CHANNEL = "OLD.state = 'retired' AND NEW.state <> OLD.state"
_TERMINAL_ATTEMPT = "OLD.state = 'succeeded' AND NEW.state <> OLD.state"


def _all_of(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


TRIGGERS: tuple[str, ...] = (
    _guard(payments, "ck_payment_terminal", "state", _TERMINAL_PAYMENT),
    _guard(payments, "ck_payment_winner_final", "winner_attempt_id", _OTHER_WINNER),
    _guard(attempts, "ck_attempt_succeeded_final", "state", _TERMINAL_ATTEMPT),
    _guard(managed_channels, "ck_managed_channel_retired", "state", _TERMINAL_CHANNEL),
    _guard(channel_audit, "ck_channel_audit_final", _all_of(channel_audit), "1"),
    _guard(policies, "ck_policy_final", _all_of(policies), "1"),
    _guard(policy_activations, "ck_policy_activation_final", _all_of(policy_activations), "1"),
    _guard(resolved_policies, "ck_resolved_policy_final", _all_of(resolved_policies), "1"),
)


def unique_columns() -> dict[frozenset[str], str]:
    """`{"payments.shop_id", "payments.out_trade_no"}` -> `uq_payment_shop_trade`, for every unique constraint
    and index: SQLite reports the columns, not the name."""
    found: dict[frozenset[str], str] = {}
    for table in metadata.sorted_tables:
        unique: list[Any] = [c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)]
        unique += [index for index in table.indexes if index.unique]
        for item in unique:
            found[frozenset(f"{table.name}.{column.name}" for column in item.columns)] = str(item.name)
    return found
