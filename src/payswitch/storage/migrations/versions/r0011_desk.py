"""What the payments desk searches by, how the end of an attempt became known, and saved views.

Revision 0011. Every index is partial, and none is written while a payment is created. That of customers, until now of
paid payments only, holds the closed ones, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT, is_postgres, partial

revision = "0011"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQLITE = "json_extract(customer, '$.customer_id')"
_POSTGRES = "((customer::json) ->> 'customer_id')"
_CUSTOMER = "ix_payments_customer"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("heard_by", TEXT, nullable=True))
    _replace_customers(["state", "payment_id"], "state IN ('succeeded', 'closed')")
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, **partial(where))
    op.create_table(
        "saved_views",
        sa.Column("view_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("page", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.Column("saved_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_views"),
        sa.UniqueConstraint("merchant_id", "owner", "page", "name", name="uq_saved_view"),
        sa.CheckConstraint("page IN ('payments', 'events', 'breaks')", name="ck_saved_view_page"),
    )


def _replace_customers(further: list[str], states: str) -> None:
    customer = _POSTGRES if is_postgres() else _SQLITE
    where = partial(f"{states} AND {_SQLITE} IS NOT NULL", f"{states} AND {_POSTGRES} IS NOT NULL")
    op.drop_index(_CUSTOMER, "payments")
    op.create_index(_CUSTOMER, "payments", ["shop_id", sa.text(customer), *further], **where)


_INDEXES = (
    ("ix_attempts_transaction", "attempts", ["transaction_id"], "transaction_id IS NOT NULL"),
    ("ix_attempts_second", "attempts", ["ordinal", "payment_id"], "ordinal = 2"),
    ("ix_attempts_surplus", "attempts", ["payment_id"], "surplus"),
    ("ix_attempts_unknown", "attempts", ["payment_id"], "state = 'unknown'"),
    ("ix_refunds_channel_no", "refunds", ["channel_refund_id"], "channel_refund_id IS NOT NULL"),
    (
        "ix_events_troubled",
        "events",
        ["shop_id", "state", "created_at_ms", "sequence", "event_id"],
        "state IN ('retry', 'dead')",
    ),
)


def downgrade() -> None:
    op.drop_table("saved_views")
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table)
    _replace_customers([], "state = 'succeeded'")
    op.drop_column("attempts", "heard_by")
