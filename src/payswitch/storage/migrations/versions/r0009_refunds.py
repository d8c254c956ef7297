"""What stands in the way of a refund, refunds that an operator settled by hand, and the sweeper's claims.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("trouble", TEXT, nullable=True))
    op.add_column("refunds", sa.Column("settled_by", TEXT, nullable=True))
    op.add_column("refunds", sa.Column("settled_note", TEXT, nullable=True))
    op.create_table(
        "sweep_claims",
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name="pk_sweep_claims"),
    )
    op.create_index("ix_sweep_claims_until", "sweep_claims", ["until_ms"])


def downgrade() -> None:
    op.drop_table("sweep_claims")
    op.drop_column("refunds", "settled_note")
    op.drop_column("refunds", "settled_by")
    op.drop_column("refunds", "trouble")
