"""Who disabled a channel: of the file in a row of its own, admin-managed beside its state.

Revision 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disabled_channels",
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("operator_id", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="uq_disabled_channel"),
    )
    op.add_column("managed_channels", sa.Column("disabled", TEXT, nullable=True))


def downgrade() -> None:
    op.drop_column("managed_channels", "disabled")
    op.drop_table("disabled_channels")
