"""Alerts, their groups, what was told of them to whom, silences, receivers, rule settings, and what the tests counted.

Revision 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import TEXT, partial

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

_SEVERITY = "severity IN ('info', 'warning', 'critical')"
_TABLES = (
    "alert_leases",
    "alert_watches",
    "alert_hours",
    "alert_nodes",
    "alert_rules",
    "alert_receivers",
    "alert_silences",
    "alert_notices",
    "alerts",
    "alert_groups",
)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=optional)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def upgrade() -> None:
    _make_groups()
    _make_alerts()
    _make_notices()
    _make_settings()
    _make_counts()


def _make_groups() -> None:
    op.create_table(
        "alert_groups",
        _text("group_id"),
        _text("merchant_id"),
        _text("family"),
        _text("state"),
        _text("severity"),
        _number("opened_at_ms"),
        _number("resolved_at_ms", optional=True),
        _number("acknowledged_at_ms", optional=True),
        _text("acknowledged_by"),
        _text("note"),
        _number("told_at_ms", optional=True),
        _number("told_alerts"),
        _text("told_severity"),
        _number("level"),
        _number("reopened"),
        sa.PrimaryKeyConstraint("group_id", name="pk_alert_groups"),
        sa.CheckConstraint(
            "family IN ('payments', 'money', 'events', 'contracts', 'books', 'receivers')", name="ck_alert_group_family"
        ),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'resolved')", name="ck_alert_group_state"),
        sa.CheckConstraint(_SEVERITY, name="ck_alert_group_severity"),
        sa.CheckConstraint("(state = 'resolved') = (resolved_at_ms IS NOT NULL)", name="ck_alert_group_resolved"),
    )
    op.create_index("ix_alert_groups_opened", "alert_groups", ["merchant_id", "opened_at_ms", "group_id"])
    live = partial("state != 'resolved'")
    op.create_index("uq_alert_group", "alert_groups", ["merchant_id", "family"], unique=True, **live)


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        _text("alert_id"),
        _text("group_id"),
        _text("merchant_id"),
        _text("rule"),
        _text("subject"),
        _text("severity"),
        _number("since_ms"),
        _number("raised_at_ms"),
        _number("seen_at_ms"),
        _number("resolved_at_ms", optional=True),
        _text("facts"),
        sa.PrimaryKeyConstraint("alert_id", name="pk_alerts"),
        sa.ForeignKeyConstraint(["group_id"], ["alert_groups.group_id"], name="fk_alert_group"),
        sa.CheckConstraint(_SEVERITY, name="ck_alert_severity"),
    )
    op.create_index("ix_alerts_group", "alerts", ["group_id"])
    op.create_index("ix_alerts_resolved", "alerts", ["resolved_at_ms"])
    still = partial("resolved_at_ms IS NULL")
    op.create_index("uq_alert_open", "alerts", ["rule", "merchant_id", "subject"], unique=True, **still)


def _make_notices() -> None:
    op.create_table(
        "alert_notices",
        _text("notice_id"),
        _text("group_id"),
        _text("receiver_id"),
        _text("kind"),
        _text("message"),
        _text("state"),
        _number("created_at_ms"),
        _number("tries"),
        _number("due_at_ms", optional=True),
        _number("delivered_at_ms", optional=True),
        _text("last_error"),
        sa.PrimaryKeyConstraint("notice_id", name="pk_alert_notices"),
        sa.CheckConstraint("state IN ('pending', 'retry', 'delivered', 'dead')", name="ck_alert_notice_state"),
    )
    op.create_index("ix_alert_notices_group", "alert_notices", ["group_id"])
    op.create_index("ix_alert_notices_receiver", "alert_notices", ["receiver_id", "notice_id"])
    waiting = partial("state IN ('pending', 'retry')", "state = ANY (ARRAY['pending'::text, 'retry'::text])")
    op.create_index("ix_alert_notices_due", "alert_notices", ["due_at_ms"], **waiting)


def _make_settings() -> None:
    op.create_table(
        "alert_silences",
        _text("silence_id"),
        _text("merchant_id"),
        _text("rule", optional=True),
        _text("subject"),
        _number("from_ms"),
        _number("until_ms"),
        _text("created_by"),
        _text("why"),
        sa.PrimaryKeyConstraint("silence_id", name="pk_alert_silences"),
    )
    op.create_index("ix_alert_silences_until", "alert_silences", ["until_ms"])
    op.create_table(
        "alert_receivers",
        _text("receiver_id"),
        _text("merchant_id"),
        _text("receiver"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("key_id"),
        _number("updated_at_ms"),
        _text("updated_by"),
        sa.PrimaryKeyConstraint("receiver_id", name="uq_alert_receiver"),
    )
    op.create_table(
        "alert_rules",
        _text("merchant_id"),
        _text("rule"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        _text("thresholds"),
        _number("updated_at_ms"),
        _text("updated_by"),
        sa.PrimaryKeyConstraint("merchant_id", "rule", name="uq_alert_rule"),
    )


def _make_counts() -> None:
    op.create_table(
        "alert_nodes",
        _text("node_id"),
        _number("at_ms"),
        _text("findings"),
        sa.PrimaryKeyConstraint("node_id", name="pk_alert_nodes"),
    )
    op.create_table(
        "alert_hours",
        _text("shop_id"),
        *(_number(name) for name in ("at_ms", "created", "paid", "ours", "silent", "payer")),
        *(_number(name) for name in ("created_fen", "ours_fen")),
        sa.PrimaryKeyConstraint("shop_id", "at_ms", name="pk_alert_hours"),
    )
    op.create_index("ix_alert_hours_at", "alert_hours", ["at_ms"])
    op.create_table(
        "alert_watches",
        _text("watch_id"),
        _number("through_ms"),
        _text("state"),
        sa.PrimaryKeyConstraint("watch_id", name="pk_alert_watches"),
    )
    op.create_table(
        "alert_leases",
        _text("name"),
        _text("holder"),
        _number("until_ms"),
        sa.PrimaryKeyConstraint("name", name="pk_alert_leases"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
