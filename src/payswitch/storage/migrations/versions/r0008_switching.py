"""Which attempt was begun beside which silent one, by when an unknown debit will be known, and how long after its
expiry a payment still takes money.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("hedge_of", TEXT, nullable=True))
    op.add_column("attempts", sa.Column("known_by_ms", sa.BigInteger(), nullable=True))
    op.add_column("payments", sa.Column("late_until_ms", sa.BigInteger(), nullable=True))
    op.add_column("shops", sa.Column("accept_late_s", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("shops", "accept_late_s")
    op.drop_column("payments", "late_until_ms")
    op.drop_column("attempts", "known_by_ms")
    op.drop_column("attempts", "hedge_of")
