"""Users, sessions, sign-in links, and one trail of what operators changed, with what was written down before.

Revision 0010. Until now channels had an audit of their own, and who activated a policy, settled a refund or a break
stood only beside those. All of it becomes entries of the trail; the channels' own table goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from payswitch.kit.ids import lowest_id
from payswitch.storage.migrations.both import ALWAYS, TEXT, guard, keeper

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TRAIL_COLUMNS = (
    "audit_id, merchant_id, at_ms, operator_id, operator_kind, role, address, action, kind, object_id, before, after, "
    "note"
)
_ROWS_AT_ONCE = 500


def upgrade() -> None:
    _people()
    _trail()
    _carry_over()
    op.drop_index("ix_channel_audit", "channel_audit")
    op.drop_table("channel_audit")


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("merchant_ids", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_pending", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery_hashes", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("updated_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="uq_user"),
        sa.CheckConstraint("revision > 0", name="ck_user_revision"),
        sa.CheckConstraint("role IN ('owner', 'operator', 'finance', 'developer', 'read_only')", name="ck_user_role"),
        sa.CheckConstraint("state IN ('active', 'disabled')", name="ck_user_state"),
    )
    op.create_table(
        "sessions",
        sa.Column("session_id", TEXT, nullable=False),
        sa.Column("token_sha256", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("user_agent", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
        sa.UniqueConstraint("token_sha256", name="uq_session_token"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_session_user"),
    )
    op.create_index("ix_sessions_user", "sessions", ["user_id", "session_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("token_sha256", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sign_in_links"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_link_user"),
    )
    op.create_index("ix_sign_in_links_user", "sign_in_links", ["user_id"])
    guard("users", "ck_user_fixed", "user_id, created_at_ms, created_by", ALWAYS)
    guard("sessions", "ck_session_ended", "ended_at_ms", "OLD.ended_at_ms IS NOT NULL")
    guard("sign_in_links", "ck_link_used", "used_at_ms", "OLD.used_at_ms IS NOT NULL")


def _trail() -> None:
    op.create_table(
        "audit_trail",
        sa.Column("audit_id", TEXT, nullable=False),
        sa.Column("merchant_id", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", TEXT, nullable=False),
        sa.Column("operator_kind", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=True),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "audit_id", name="pk_audit_trail"),
    )
    op.create_index("ix_audit_trail_object", "audit_trail", ["merchant_id", "kind", "object_id", "audit_id"])
    guard("audit_trail", "ck_audit_trail_final", _TRAIL_COLUMNS, ALWAYS)
    keeper("audit_trail", "ck_audit_trail_kept")


def _carry_over() -> None:
    """In the order of time, under ids that sort as they happened. Operators had keys only, and nobody wrote down
    where from."""
    entries = [*_of_channels(), *_of_drafts(), *_of_activations(), *_of_refunds(), *_of_breaks()]
    entries.sort(key=lambda entry: entry["at_ms"])
    for number, entry in enumerate(entries):
        entry |= {
            "audit_id": f"{lowest_id('aud_', entry['at_ms'])}{number:012d}",
            "operator_kind": "key",
            "role": None,
            "address": "",
            "before": json.dumps(entry["before"], ensure_ascii=False, sort_keys=True),
            "after": json.dumps(entry["after"], ensure_ascii=False, sort_keys=True),
        }
    names = [name.strip() for name in _TRAIL_COLUMNS.split(",")]
    table = sa.table("audit_trail", *(sa.column(name) for name in names))
    for start in range(0, len(entries), _ROWS_AT_ONCE):
        op.bulk_insert(table, entries[start : start + _ROWS_AT_ONCE])


def _rows(query: str) -> Iterator[dict[str, Any]]:
    for row in op.get_bind().execute(sa.text(query)):
        yield dict(row._mapping)


def _entry(row: dict[str, Any], action: str, kind: str, object_id: str, **more: Any) -> dict[str, Any]:
    same = {name: row[name] for name in ("merchant_id", "at_ms", "operator_id")}
    return {
        "before": {},
        "after": {},
        "note": "",
        **same,
        "action": action,
        "kind": kind,
        "object_id": object_id,
    } | more


def _of_channels() -> Iterator[dict[str, Any]]:
    for row in _rows("SELECT at_ms, operator_id, merchant_id, channel_id, action, detail FROM channel_audit"):
        before, after = {}, {}
        for name, value in json.loads(row["detail"]).items():
            was, arrow, now = value.partition(" -> ")
            after[name] = now if arrow else value
            if arrow:
                before[name] = was
        yield _entry(row, row["action"], "channel", row["channel_id"], before=before, after=after)


def _of_drafts() -> Iterator[dict[str, Any]]:
    query = (
        "SELECT created_at_ms AS at_ms, created_by AS operator_id, merchant_id, shop_id, number, policy_id, note "
        "FROM policies"
    )
    for row in _rows(query):
        after = {"version": f"{_scope(row)}@{row['number']}"}
        yield _entry(row, "create", "policy", row["policy_id"], after=after, note=row["note"])


def _of_activations() -> Iterator[dict[str, Any]]:
    query = (
        "SELECT a.at_ms, a.operator_id, a.merchant_id, a.shop_id, a.action, a.policy_version, a.note, p.policy_id "
        "FROM policy_activations a LEFT JOIN policies p "
        "ON p.merchant_id = a.merchant_id AND p.shop_id = a.shop_id AND p.number = a.number"
    )
    for row in _rows(query):
        after = {"in_force": row["policy_version"]}
        object_id = row["policy_id"] or _scope(row)
        yield _entry(row, row["action"], "policy", object_id, after=after, note=row["note"])


def _of_refunds() -> Iterator[dict[str, Any]]:
    query = (
        "SELECT r.finished_at_ms AS at_ms, r.settled_by AS operator_id, p.merchant_id, r.refund_id, r.settled_note "
        "FROM refunds r JOIN payments p ON p.payment_id = r.payment_id "
        "WHERE r.settled_by IS NOT NULL AND r.finished_at_ms IS NOT NULL"
    )
    for row in _rows(query):
        after = {"state": "succeeded"}
        yield _entry(row, "settle", "refund", row["refund_id"], after=after, note=row["settled_note"] or "")


def _of_breaks() -> Iterator[dict[str, Any]]:
    query = (
        "SELECT resolved_at_ms AS at_ms, resolved_by AS operator_id, merchant_id, break_id, note FROM breaks "
        "WHERE resolved_at_ms IS NOT NULL AND resolved_by <> 'payswitch'"
    )
    for row in _rows(query):
        change = {"before": {"state": "open"}, "after": {"state": "resolved"}}
        yield _entry(row, "resolve", "break", row["break_id"], **change, note=row["note"])


def _scope(row: dict[str, Any]) -> str:
    return f"{row['merchant_id']}/{row['shop_id']}" if row["shop_id"] else str(row["merchant_id"])


def downgrade() -> None:
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
    op.execute(
        sa.text(
            "INSERT INTO channel_audit SELECT audit_id, at_ms, operator_id, merchant_id, object_id, action, after "
            "FROM audit_trail WHERE kind = 'channel'"
        )
    )
    guard(
        "channel_audit",
        "ck_channel_audit_final",
        "audit_id, at_ms, operator_id, merchant_id, channel_id, action, detail",
        ALWAYS,
    )
    for table in ("audit_trail", "sign_in_links", "sessions", "users"):
        op.drop_table(table)
