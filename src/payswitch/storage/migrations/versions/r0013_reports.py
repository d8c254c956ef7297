"""Weekly and daily reports. Revision 0013."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("report_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("date", TEXT, nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="pk_reports"),
        sa.UniqueConstraint("merchant_id", "kind", "date", name="uq_report"),
        sa.CheckConstraint("kind IN ('weekly', 'daily')", name="ck_report_kind"),
    )
    op.create_index("ix_reports_made", "reports", ["merchant_id", "made_at_ms", "report_id"])


def downgrade() -> None:
    op.drop_table("reports")
