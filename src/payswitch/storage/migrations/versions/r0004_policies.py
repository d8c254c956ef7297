"""Policy documents with the log of which is in force, whole policies by name, and the facts of each decision.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import ALWAYS, TEXT, guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FINAL = {
    "policies": (
        "ck_policy_final",
        "policy_id, merchant_id, shop_id, number, document, note, created_at_ms, created_by",
    ),
    "policy_activations": (
        "ck_policy_activation_final",
        "merchant_id, shop_id, revision, number, action, policy_version, note, at_ms, operator_id",
    ),
    "resolved_policies": ("ck_resolved_policy_final", "policy_version, document, at_ms"),
}


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("policy_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("policy_id", name="pk_policies"),
        sa.UniqueConstraint("merchant_id", "shop_id", "number", name="uq_policy_number"),
        sa.CheckConstraint("number > 0", name="ck_policy_number"),
    )
    op.create_table(
        "policy_activations",
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("shop_id", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("policy_version", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "shop_id", "revision", name="uq_policy_activation"),
        sa.CheckConstraint("revision > 0", name="ck_policy_activation_revision"),
        sa.CheckConstraint("action IN ('activate', 'rollback')", name="ck_policy_activation_action"),
    )
    op.create_table(
        "resolved_policies",
        sa.Column("policy_version", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("policy_version", name="uq_resolved_policy"),
    )
    for table, (name, columns) in _FINAL.items():
        guard(table, name, columns, ALWAYS)
    op.add_column("decisions", sa.Column("facts", TEXT, nullable=True))
    op.create_index("ix_decisions_at", "decisions", ["at_ms", "decision_id"])


def downgrade() -> None:
    op.drop_index("ix_decisions_at", "decisions")
    op.drop_column("decisions", "facts")
    for table in _FINAL:
        op.drop_table(table)
