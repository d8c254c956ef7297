"""Users, their sessions and sign-in links, and the trail of what operators changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Table
from sqlalchemy import UniqueConstraint as Unique

from payswitch.domain.roles import Role
from payswitch.domain.user import UserState
from payswitch.storage.schema.columns import metadata, number, one_of, text
from payswitch.storage.schema.guards import ALWAYS, guard, never_changed, never_deleted

users = Table(
    "users",
    metadata,
    text("user_id"),
    text("name"),
    text("role"),
    text("merchant_ids"),
    text("state"),
    number("revision"),
    text("password_hash", optional=True),
    Column("totp_sealed", LargeBinary, nullable=True),
    Column("totp_pending", LargeBinary, nullable=True),
    number("totp_step"),
    text("recovery_hashes"),
    number("created_at_ms"),
    text("created_by"),
    number("updated_at_ms"),
    PrimaryKeyConstraint("user_id", name="uq_user"),
    CheckConstraint("revision > 0", name="ck_user_revision"),
    CheckConstraint(one_of("role", Role), name="ck_user_role"),
    CheckConstraint(one_of("state", UserState), name="ck_user_state"),
)

sessions = Table(
    "sessions",
    metadata,
    text("session_id"),
    text("token_sha256"),
    text("user_id"),
    number("created_at_ms"),
    number("seen_at_ms"),
    number("ends_at_ms"),
    number("ended_at_ms", optional=True),
    text("address"),
    text("user_agent"),
    PrimaryKeyConstraint("session_id", name="pk_sessions"),
    Unique("token_sha256", name="uq_session_token"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_session_user"),
)
Index("ix_sessions_user", sessions.c.user_id, sessions.c.session_id)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    text("token_sha256"),
    text("user_id"),
    number("created_at_ms"),
    number("ends_at_ms"),
    number("used_at_ms", optional=True),
    PrimaryKeyConstraint("token_sha256", name="pk_sign_in_links"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_link_user"),
)
Index("ix_sign_in_links_user", sign_in_links.c.user_id)

audit_trail = Table(
    "audit_trail",
    metadata,
    text("audit_id"),
    text("merchant_id"),
    number("at_ms"),
    text("operator_id"),
    text("operator_kind"),
    text("role", optional=True),
    text("address"),
    text("action"),
    text("kind"),
    text("object_id"),
    text("before"),
    text("after"),
    text("note"),
    PrimaryKeyConstraint("merchant_id", "audit_id", name="pk_audit_trail"),
)
Index(
    "ix_audit_trail_object",
    audit_trail.c.merchant_id,
    audit_trail.c.kind,
    audit_trail.c.object_id,
    audit_trail.c.audit_id,
)

guard(users, "ck_user_fixed", "user_id, created_at_ms, created_by", ALWAYS)
guard(sessions, "ck_session_ended", "ended_at_ms", "OLD.ended_at_ms IS NOT NULL")
guard(sign_in_links, "ck_link_used", "used_at_ms", "OLD.used_at_ms IS NOT NULL")
never_changed(audit_trail, "ck_audit_trail_final")
never_deleted(audit_trail, "ck_audit_trail_kept")
