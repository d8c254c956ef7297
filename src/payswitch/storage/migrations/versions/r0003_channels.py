"""Admin-managed channels: settings with their life, sealed credentials by version, and the audit of every change.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import ALWAYS, TEXT, guard

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AUDIT_COLUMNS = "audit_id, at_ms, operator_id, merchant_id, channel_id, action, detail"


def upgrade() -> None:
    op.create_table(
        "managed_channels",
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="uq_managed_channel"),
        sa.CheckConstraint("revision > 0", name="ck_managed_channel_revision"),
        sa.CheckConstraint("state IN ('draft', 'enabled', 'disabled', 'retired')", name="ck_managed_channel_state"),
    )
    op.create_table(
        "channel_credentials",
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "version", name="uq_channel_credential"),
        sa.ForeignKeyConstraint(["channel_id"], ["managed_channels.channel_id"], name="fk_credential_channel"),
        sa.CheckConstraint("version > 0", name="ck_credential_version"),
    )
    op.create_table(
        "channel_audit",
        sa.Column("audit_id", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_channel_audit"),
    )
    op.create_index("ix_channel_audit", "channel_audit", ["channel_id", "at_ms", "audit_id"])
    guard("managed_channels", "ck_managed_channel_retired", "state", "OLD.state = 'retired' AND NEW.state <> OLD.state")
    guard("channel_audit", "ck_channel_audit_final", _AUDIT_COLUMNS, ALWAYS)


def downgrade() -> None:
    op.drop_table("channel_audit")
    op.drop_table("channel_credentials")
    op.drop_table("managed_channels")
