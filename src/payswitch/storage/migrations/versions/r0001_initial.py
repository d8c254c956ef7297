"""The first schema: payments with all that belongs to them, the outbox, shops, channels.

Revision 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import COUNTER, TEXT, guard, partial

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_payments()
    _create_attempts()
    _create_refunds()
    _create_events()
    _create_decisions()
    _create_incidents()
    _create_idempotency()
    _create_shops()
    _create_api_keys()
    _create_channels()
    _create_guards()


def downgrade() -> None:
    for table in (
        "channels",
        "api_keys",
        "shops",
        "idempotency",
        "incidents",
        "decisions",
        "events",
        "refunds",
        "attempts",
        "payments",
    ):
        op.drop_table(table)


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("out_trade_no", TEXT, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("methods", TEXT, nullable=False),
        sa.Column("products", TEXT, nullable=False),
        sa.Column("environment", TEXT, nullable=True),
        sa.Column("user_agent", TEXT, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("instalments", sa.BigInteger(), nullable=True),
        sa.Column("goods_tag", TEXT, nullable=True),
        sa.Column("notify_url", TEXT, nullable=True),
        sa.Column("return_url", TEXT, nullable=True),
        sa.Column("metadata", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("succeeded_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("close_reason", TEXT, nullable=True),
        sa.Column("winner_attempt_id", TEXT, nullable=True),
        sa.Column("checkout_token", TEXT, nullable=False),
        sa.Column("input_hash", TEXT, nullable=False),
        sa.Column("event_sequence", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'succeeded') = (winner_attempt_id IS NOT NULL)", name="ck_payment_winner"),
        sa.CheckConstraint(
            "state IN ('created', 'pending', 'closing', 'succeeded', 'closed')", name="ck_payment_state"
        ),
        sa.CheckConstraint("amount_fen > 0", name="ck_payment_amount"),
        sa.CheckConstraint("version > 0", name="ck_payment_version"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_payments"),
        sa.UniqueConstraint("checkout_token", name="uq_payment_checkout_token"),
        sa.UniqueConstraint("shop_id", "out_trade_no", name="uq_payment_shop_trade"),
    )
    op.create_index("ix_payments_due", "payments", ["due_at_ms"], unique=False, **partial("due_at_ms IS NOT NULL"))
    op.create_index(
        "ix_payments_live",
        "payments",
        ["shop_id", "state", "created_at_ms", "payment_id"],
        unique=False,
        **partial("state IN ('created', 'pending', 'closing')"),
    )
    op.create_index("ix_payments_shop", "payments", ["shop_id", "created_at_ms", "payment_id"], unique=False)
    op.create_index(
        "uq_payment_winner_attempt",
        "payments",
        ["winner_attempt_id"],
        unique=True,
        **partial("winner_attempt_id IS NOT NULL"),
    )


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("attempt_id", TEXT, nullable=False),
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("channel_version", sa.BigInteger(), nullable=False),
        sa.Column("product", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("channel_order_no", TEXT, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("credential", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("transaction_id", TEXT, nullable=True),
        sa.Column("surplus", sa.Boolean(), nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("exposed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("deadline_ms", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", TEXT, nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("NOT surplus OR state = 'succeeded'", name="ck_attempt_surplus"),
        sa.CheckConstraint(
            "state IN ('created', 'submitted', 'ready', 'exposed', 'closing', 'unknown', 'succeeded', 'failed', "
            "'discarded', 'closed')",
            name="ck_attempt_state",
        ),
        sa.CheckConstraint("amount_fen > 0", name="ck_attempt_amount"),
        sa.CheckConstraint("refunded_fen >= 0 AND refunded_fen <= amount_fen", name="ck_attempt_refunded"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_attempt_payment"),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_attempts"),
        sa.UniqueConstraint("channel_id", "channel_order_no", name="uq_attempt_order_no"),
        sa.UniqueConstraint("payment_id", "ordinal", name="uq_attempt_ordinal"),
    )
    op.create_index(
        "ix_attempts_due",
        "attempts",
        ["due_at_ms", "payment_id"],
        unique=False,
        **partial("due_at_ms IS NOT NULL"),
    )
    op.create_index(
        "ix_attempts_received",
        "attempts",
        ["finished_at_ms", "channel_id", "amount_fen"],
        unique=False,
        **partial("state = 'succeeded'"),
    )
    op.create_index(
        "uq_payment_winner",
        "attempts",
        ["payment_id"],
        unique=True,
        **partial("state = 'succeeded' AND surplus = 0", "state = 'succeeded' AND NOT surplus"),
    )


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("refund_id", TEXT, nullable=False),
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("attempt_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("out_refund_no", TEXT, nullable=False),
        sa.Column("shop_refund_no", TEXT, nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("channel_refund_id", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('merchant', 'surplus')", name="ck_refund_kind"),
        sa.CheckConstraint(
            "state IN ('created', 'submitted', 'processing', 'abnormal', 'succeeded', 'failed')", name="ck_refund_state"
        ),
        sa.CheckConstraint("amount_fen > 0", name="ck_refund_amount"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.attempt_id"], name="fk_refund_attempt"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_refund_payment"),
        sa.PrimaryKeyConstraint("refund_id", name="pk_refunds"),
        sa.UniqueConstraint("out_refund_no", name="uq_refund_out_no"),
    )
    op.create_index("ix_refunds_attempt", "refunds", ["attempt_id"], unique=False)
    op.create_index(
        "ix_refunds_due",
        "refunds",
        ["due_at_ms", "payment_id"],
        unique=False,
        **partial("due_at_ms IS NOT NULL"),
    )
    op.create_index("ix_refunds_payment", "refunds", ["payment_id"], unique=False)
    op.create_index(
        "uq_refund_shop_no",
        "refunds",
        ["shop_id", "shop_refund_no"],
        unique=True,
        **partial("shop_refund_no IS NOT NULL"),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_error", TEXT, nullable=False),
        sa.CheckConstraint("state IN ('pending', 'retry', 'delivered', 'dead')", name="ck_event_state"),
        sa.CheckConstraint("sequence > 0", name="ck_event_sequence"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_event_payment"),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
        sa.UniqueConstraint("payment_id", "sequence", name="uq_event_sequence"),
    )
    op.create_index("ix_events_due", "events", ["due_at_ms"], unique=False, **partial("state IN ('pending', 'retry')"))
    op.create_index("ix_events_shop", "events", ["shop_id", "created_at_ms", "sequence", "event_id"], unique=False)


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", TEXT, nullable=False),
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("policy_version", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("plan", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_decision_payment"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_payment", "decisions", ["payment_id"], unique=False)


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", TEXT, nullable=True),
        sa.Column("attempt_id", TEXT, nullable=True),
        sa.Column("channel_id", TEXT, nullable=True),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_at", "incidents", ["at_ms", "incident_id"], unique=False)


def _create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("input_hash", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "key", name="uq_idempotency"),
    )


def _create_shops() -> None:
    op.create_table(
        "shops",
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("notify_url", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("shop_id", name="pk_shops"),
    )


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.shop_id"], name="fk_api_key_shop"),
        sa.PrimaryKeyConstraint("fingerprint", name="uq_api_key"),
    )


def _create_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("version", COUNTER, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("connector", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("upstream", TEXT, nullable=False),
        sa.Column("settings", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "version", name="pk_channels"),
    )


def _create_guards() -> None:
    """Terminal states are never left, and a winner never changes: whatever the code above believes."""
    guard(
        "payments",
        "ck_payment_terminal",
        "state",
        "OLD.state IN ('succeeded', 'closed') AND NEW.state <> OLD.state",
    )
    guard(
        "payments",
        "ck_payment_winner_final",
        "winner_attempt_id",
        "OLD.winner_attempt_id IS NOT NULL AND NEW.winner_attempt_id IS NOT OLD.winner_attempt_id",
    )
    guard("attempts", "ck_attempt_succeeded_final", "state", "OLD.state = 'succeeded' AND NEW.state <> OLD.state")
