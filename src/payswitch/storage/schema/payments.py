"""A payment with everything that can carry money: its attempts and refunds."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
    literal_column,
    not_,
)

from payswitch.domain.payment import AttemptState, PaymentState, RefundKind, RefundState
from payswitch.storage.schema.columns import JsonText, literal, literals, metadata, number, one_of, partial_index, text
from payswitch.storage.schema.guards import guard

OPEN_REFUND_STATES = (RefundState.CREATED, RefundState.SUBMITTED, RefundState.PROCESSING, RefundState.ABNORMAL)
"""Refunds whose money may still go back: each has a due time."""
LIVE_PAYMENT_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSING)
"""States that still want work; their partial index stays small however long the history grows."""

ENDED_PAYMENT_STATES = (PaymentState.SUCCEEDED, PaymentState.CLOSED)
"""The index of customers has only these: it costs nothing while a payment is created, and one write when it ends."""

payments = Table(
    "payments",
    metadata,
    text("payment_id"),
    text("merchant_id"),
    text("shop_id"),
    text("out_trade_no"),
    number("amount_fen"),
    text("currency"),
    text("subject"),
    text("state"),
    number("version"),
    text("methods"),
    text("products"),
    text("environment", optional=True),
    text("user_agent"),
    text("customer"),
    number("instalments", optional=True),
    text("agreement_id", optional=True),
    text("goods_tag", optional=True),
    text("notify_url", optional=True),
    text("return_url", optional=True),
    text("metadata"),
    number("created_at_ms"),
    number("expires_at_ms"),
    number("succeeded_at_ms", optional=True),
    number("closed_at_ms", optional=True),
    text("close_reason", optional=True),
    number("late_until_ms", optional=True),
    text("winner_attempt_id", optional=True),
    text("checkout_token"),
    text("input_hash"),
    number("event_sequence"),
    number("due_at_ms", optional=True),
    PrimaryKeyConstraint("payment_id", name="pk_payments"),
    UniqueConstraint("shop_id", "out_trade_no", name="uq_payment_shop_trade"),
    UniqueConstraint("checkout_token", name="uq_payment_checkout_token"),
    CheckConstraint("amount_fen > 0", name="ck_payment_amount"),
    CheckConstraint("version > 0", name="ck_payment_version"),
    CheckConstraint(one_of("state", PaymentState), name="ck_payment_state"),
    CheckConstraint("(state = 'succeeded') = (winner_attempt_id IS NOT NULL)", name="ck_payment_winner"),
)
partial_index(
    "uq_payment_winner_attempt",
    payments.c.winner_attempt_id,
    unique=True,
    where=payments.c.winner_attempt_id.is_not(None),
)
partial_index("ix_payments_due", payments.c.due_at_ms, where=payments.c.due_at_ms.is_not(None))
Index("ix_payments_shop", payments.c.shop_id, payments.c.created_at_ms, payments.c.payment_id)
partial_index(
    "ix_payments_live",
    payments.c.shop_id,
    payments.c.state,
    payments.c.created_at_ms,
    payments.c.payment_id,
    where=payments.c.state.in_(literals(LIVE_PAYMENT_STATES)),
)
CUSTOMER_ID = JsonText("customer", "customer_id")
"""The shop's own id of the customer, inside the customer's JSON."""
partial_index(
    "ix_payments_customer",
    payments.c.shop_id,
    CUSTOMER_ID,
    payments.c.state,
    payments.c.payment_id,
    where=payments.c.state.in_(literals(ENDED_PAYMENT_STATES)) & CUSTOMER_ID.is_not(None),
)

attempts = Table(
    "attempts",
    metadata,
    text("attempt_id"),
    text("payment_id"),
    number("ordinal"),
    text("channel_id"),
    number("channel_version"),
    text("product"),
    text("method"),
    text("channel_order_no"),
    number("amount_fen"),
    text("state"),
    text("credential", optional=True),
    text("outcome", optional=True),
    text("transaction_id", optional=True),
    Column("surplus", Boolean, nullable=False),
    number("refunded_fen"),
    number("created_at_ms"),
    number("started_at_ms"),
    number("answered_at_ms", optional=True),
    number("exposed_at_ms", optional=True),
    number("debit_at_ms", optional=True),
    number("reverse_at_ms", optional=True),
    number("finished_at_ms", optional=True),
    number("deadline_ms"),
    text("decision_id"),
    text("hedge_of", optional=True),
    Column("shadow", Boolean, nullable=False, server_default=false()),
    number("known_by_ms", optional=True),
    text("heard_by", optional=True),
    number("tries"),
    number("due_at_ms", optional=True),
    PrimaryKeyConstraint("attempt_id", name="pk_attempts"),
    UniqueConstraint("payment_id", "ordinal", name="uq_attempt_ordinal"),
    UniqueConstraint("channel_id", "channel_order_no", name="uq_attempt_order_no"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_attempt_payment"),
    CheckConstraint("amount_fen > 0", name="ck_attempt_amount"),
    CheckConstraint("refunded_fen >= 0 AND refunded_fen <= amount_fen", name="ck_attempt_refunded"),
    CheckConstraint(one_of("state", AttemptState), name="ck_attempt_state"),
    CheckConstraint("NOT surplus OR state = 'succeeded'", name="ck_attempt_surplus"),
)
partial_index(
    "uq_payment_winner",
    attempts.c.payment_id,
    unique=True,
    where=(attempts.c.state == literal(AttemptState.SUCCEEDED)) & not_(attempts.c.surplus),
)
partial_index(
    "ix_attempts_due",
    attempts.c.due_at_ms,
    attempts.c.payment_id,
    where=attempts.c.due_at_ms.is_not(None),
)
partial_index(
    "ix_attempts_received",
    attempts.c.finished_at_ms,
    attempts.c.channel_id,
    attempts.c.amount_fen,
    where=attempts.c.state == literal(AttemptState.SUCCEEDED),
)
partial_index("ix_attempts_transaction", attempts.c.transaction_id, where=attempts.c.transaction_id.is_not(None))
partial_index(
    "ix_attempts_second",
    attempts.c.ordinal,
    attempts.c.payment_id,
    where=attempts.c.ordinal == literal_column("2"),
)
partial_index("ix_attempts_surplus", attempts.c.payment_id, where=literal_column("surplus"))
partial_index("ix_attempts_unknown", attempts.c.payment_id, where=attempts.c.state == literal(AttemptState.UNKNOWN))

refunds = Table(
    "refunds",
    metadata,
    text("refund_id"),
    text("payment_id"),
    text("attempt_id"),
    text("shop_id"),
    text("kind"),
    text("out_refund_no"),
    text("shop_refund_no", optional=True),
    number("amount_fen"),
    text("reason"),
    text("state"),
    text("channel_refund_id", optional=True),
    text("outcome", optional=True),
    number("created_at_ms"),
    number("finished_at_ms", optional=True),
    text("trouble", optional=True),
    text("settled_by", optional=True),
    text("settled_note", optional=True),
    number("tries"),
    number("due_at_ms", optional=True),
    PrimaryKeyConstraint("refund_id", name="pk_refunds"),
    UniqueConstraint("out_refund_no", name="uq_refund_out_no"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_refund_payment"),
    ForeignKeyConstraint(["attempt_id"], ["attempts.attempt_id"], name="fk_refund_attempt"),
    CheckConstraint("amount_fen > 0", name="ck_refund_amount"),
    CheckConstraint(one_of("state", RefundState), name="ck_refund_state"),
    CheckConstraint(one_of("kind", RefundKind), name="ck_refund_kind"),
)
partial_index(
    "uq_refund_shop_no",
    refunds.c.shop_id,
    refunds.c.shop_refund_no,
    unique=True,
    where=refunds.c.shop_refund_no.is_not(None),
)
Index("ix_refunds_payment", refunds.c.payment_id)
partial_index("ix_refunds_channel_no", refunds.c.channel_refund_id, where=refunds.c.channel_refund_id.is_not(None))
Index("ix_refunds_attempt", refunds.c.attempt_id)
partial_index(
    "ix_refunds_due",
    refunds.c.due_at_ms,
    refunds.c.payment_id,
    where=refunds.c.due_at_ms.is_not(None),
)

guard(
    payments,
    "ck_payment_terminal",
    "state",
    "OLD.state IN ('succeeded', 'closed') AND NEW.state <> OLD.state",
)
guard(
    payments,
    "ck_payment_winner_final",
    "winner_attempt_id",
    "OLD.winner_attempt_id IS NOT NULL AND NEW.winner_attempt_id IS NOT OLD.winner_attempt_id",
)
guard(attempts, "ck_attempt_succeeded_final", "state", "OLD.state = 'succeeded' AND NEW.state <> OLD.state")
