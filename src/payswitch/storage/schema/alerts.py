"""The tables of the alerts: what is wrong, who was told, who hears it, and what the tests have counted so far."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from payswitch.domain.alert import Family, GroupState, NoticeState, Severity
from payswitch.storage.schema.columns import literal, literals, metadata, number, one_of, partial_index, text

UNDELIVERED_NOTICES = (NoticeState.PENDING, NoticeState.RETRY)
RESOLVED_GROUP = GroupState.RESOLVED

alert_groups = Table(
    "alert_groups",
    metadata,
    text("group_id"),
    text("merchant_id"),
    text("family"),
    text("state"),
    text("severity"),
    number("opened_at_ms"),
    number("resolved_at_ms", optional=True),
    number("acknowledged_at_ms", optional=True),
    text("acknowledged_by"),
    text("note"),
    number("told_at_ms", optional=True),
    number("told_alerts"),
    text("told_severity"),
    number("level"),
    number("reopened"),
    PrimaryKeyConstraint("group_id", name="pk_alert_groups"),
    CheckConstraint(one_of("family", Family), name="ck_alert_group_family"),
    CheckConstraint(one_of("state", GroupState), name="ck_alert_group_state"),
    CheckConstraint(one_of("severity", Severity), name="ck_alert_group_severity"),
    CheckConstraint("(state = 'resolved') = (resolved_at_ms IS NOT NULL)", name="ck_alert_group_resolved"),
)
Index("ix_alert_groups_opened", alert_groups.c.merchant_id, alert_groups.c.opened_at_ms, alert_groups.c.group_id)
_live_group = alert_groups.c.state != literal(GroupState.RESOLVED)
partial_index("uq_alert_group", alert_groups.c.merchant_id, alert_groups.c.family, unique=True, where=_live_group)

alerts = Table(
    "alerts",
    metadata,
    text("alert_id"),
    text("group_id"),
    text("merchant_id"),
    text("rule"),
    text("subject"),
    text("severity"),
    number("since_ms"),
    number("raised_at_ms"),
    number("seen_at_ms"),
    number("resolved_at_ms", optional=True),
    text("facts"),
    PrimaryKeyConstraint("alert_id", name="pk_alerts"),
    ForeignKeyConstraint(["group_id"], ["alert_groups.group_id"], name="fk_alert_group"),
    CheckConstraint(one_of("severity", Severity), name="ck_alert_severity"),
)
Index("ix_alerts_group", alerts.c.group_id)
_open_alert = alerts.c.resolved_at_ms.is_(None)
partial_index("uq_alert_open", alerts.c.rule, alerts.c.merchant_id, alerts.c.subject, unique=True, where=_open_alert)
Index("ix_alerts_resolved", alerts.c.resolved_at_ms)

alert_notices = Table(
    "alert_notices",
    metadata,
    text("notice_id"),
    text("group_id"),
    text("receiver_id"),
    text("kind"),
    text("message"),
    text("state"),
    number("created_at_ms"),
    number("tries"),
    number("due_at_ms", optional=True),
    number("delivered_at_ms", optional=True),
    text("last_error"),
    PrimaryKeyConstraint("notice_id", name="pk_alert_notices"),
    CheckConstraint(one_of("state", NoticeState), name="ck_alert_notice_state"),
)
Index("ix_alert_notices_group", alert_notices.c.group_id)
Index("ix_alert_notices_receiver", alert_notices.c.receiver_id, alert_notices.c.notice_id)
partial_index(
    "ix_alert_notices_due",
    alert_notices.c.due_at_ms,
    where=alert_notices.c.state.in_(literals(UNDELIVERED_NOTICES)),
)

alert_silences = Table(
    "alert_silences",
    metadata,
    text("silence_id"),
    text("merchant_id"),
    text("rule", optional=True),
    text("subject"),
    number("from_ms"),
    number("until_ms"),
    text("created_by"),
    text("why"),
    PrimaryKeyConstraint("silence_id", name="pk_alert_silences"),
)
Index("ix_alert_silences_until", alert_silences.c.until_ms)

alert_receivers = Table(
    "alert_receivers",
    metadata,
    text("receiver_id"),
    text("merchant_id"),
    text("receiver"),
    Column("sealed", LargeBinary, nullable=False),
    text("key_id"),
    number("updated_at_ms"),
    text("updated_by"),
    PrimaryKeyConstraint("receiver_id", name="uq_alert_receiver"),
)

alert_rules = Table(
    "alert_rules",
    metadata,
    text("merchant_id"),
    text("rule"),
    Column("enabled", Boolean, nullable=False),
    text("thresholds"),
    number("updated_at_ms"),
    text("updated_by"),
    PrimaryKeyConstraint("merchant_id", "rule", name="uq_alert_rule"),
)

alert_nodes = Table(
    "alert_nodes",
    metadata,
    text("node_id"),
    number("at_ms"),
    text("findings"),
    PrimaryKeyConstraint("node_id", name="pk_alert_nodes"),
)

alert_hours = Table(
    "alert_hours",
    metadata,
    text("shop_id"),
    number("at_ms"),
    number("created"),
    number("paid"),
    number("ours"),
    number("silent"),
    number("payer"),
    number("created_fen"),
    number("ours_fen"),
    PrimaryKeyConstraint("shop_id", "at_ms", name="pk_alert_hours"),
)
Index("ix_alert_hours_at", alert_hours.c.at_ms)

alert_watches = Table(
    "alert_watches",
    metadata,
    text("watch_id"),
    number("through_ms"),
    text("state"),
    PrimaryKeyConstraint("watch_id", name="pk_alert_watches"),
)

alert_leases = Table(
    "alert_leases",
    metadata,
    text("name"),
    text("holder"),
    number("until_ms"),
    PrimaryKeyConstraint("name", name="pk_alert_leases"),
)
