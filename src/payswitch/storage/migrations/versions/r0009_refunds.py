"""What stands in the way of a refund, and refunds that an operator settled by hand.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("trouble", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("settled_by", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("settled_note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("refunds", "settled_note")
    op.drop_column("refunds", "settled_by")
    op.drop_column("refunds", "trouble")
