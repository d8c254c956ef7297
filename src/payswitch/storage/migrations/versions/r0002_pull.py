"""Pull products: when a debit left, which signed card it is over, and the signed cards themselves.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import COUNTER, TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("agreement_id", TEXT, nullable=True))
    op.add_column("attempts", sa.Column("debit_at_ms", sa.BigInteger(), nullable=True))
    op.add_column("attempts", sa.Column("reverse_at_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "agreements",
        sa.Column("agreement_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("channel_version", COUNTER, nullable=False),
        sa.Column("bank", TEXT, nullable=False),
        sa.Column("card_tail", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("agreement_no", TEXT, nullable=False),
        sa.Column("handle", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("activated_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("agreement_id", name="pk_agreements"),
        sa.CheckConstraint("state IN ('applied', 'active', 'ended')", name="ck_agreement_state"),
        sa.CheckConstraint("state <> 'active' OR agreement_no <> ''", name="ck_agreement_no"),
    )
    op.create_index("ix_agreements_customer", "agreements", ["shop_id", "customer_id", "created_at_ms"])


def downgrade() -> None:
    op.drop_table("agreements")
    op.drop_column("attempts", "reverse_at_ms")
    op.drop_column("attempts", "debit_at_ms")
    op.drop_column("payments", "agreement_id")
