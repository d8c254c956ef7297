"""The ledger's transfers, opened with all that was paid and paid back before; bills' marks, runs and breaks; audits.

Revision 0007.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import ALWAYS, TEXT, guard, partial

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

_TRANSFER_KINDS = (
    "'received', 'surplus', 'surplus_accepted', 'fee', 'fee_billed', 'refund_asked', 'refund_overpaid', "
    "'refund_dropped', 'refund_relieved', 'refund_revived', 'refund_paid', 'refund_settled', 'refund_paid_twice'"
)
_BREAK_KINDS = (
    "'unpaid_here', 'reversed_here', 'unknown_payment', 'payment_missing_there', 'amount_differs', 'fee_differs', "
    "'billed_twice', 'unknown_refund', 'refund_unpaid_here', 'refund_missing_there', 'refund_amount_differs', "
    "'refund_fee_differs'"
)
_TRANSFER_COLUMNS = "transfer_id, kind, debit, credit, amount_fen, channel_id, payment_id, attempt_id, refund_id, at_ms"
_AT_ONCE = 5_000
"""Rows read and written at a time: a long history is not held in memory."""


def upgrade() -> None:
    op.create_table(
        "transfers",
        _text("transfer_id"),
        _text("kind"),
        _text("debit"),
        _text("credit"),
        _number("amount_fen"),
        _text("channel_id"),
        _text("payment_id"),
        _text("attempt_id"),
        _text("refund_id", optional=True),
        _number("at_ms"),
        sa.PrimaryKeyConstraint("payment_id", "transfer_id", name="uq_transfer"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.attempt_id"], name="fk_transfer_attempt"),
        sa.CheckConstraint("amount_fen > 0", name="ck_transfer_amount"),
        sa.CheckConstraint("debit <> credit", name="ck_transfer_accounts"),
        sa.CheckConstraint(f"kind IN ({_TRANSFER_KINDS})", name="ck_transfer_kind"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bill_marks",
        _text("item_id"),
        _text("kind"),
        _text("channel_id"),
        _text("day"),
        _number("amount_fen"),
        _number("fee_fen"),
        _number("at_ms"),
        sa.PrimaryKeyConstraint("item_id", name="uq_bill_mark"),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name="ck_bill_mark_kind"),
        sqlite_with_rowid=False,
    )
    _create_bill_runs()
    _create_breaks()
    op.create_table(
        "audits",
        _text("audit_id"),
        _number("at_ms"),
        _number("since_ms"),
        _number("payments"),
        _number("duration_ms"),
        _text("violations"),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audits"),
    )
    op.create_index("ix_refunds_returned", "refunds", ["finished_at_ms"], **partial("state = 'succeeded'"))
    op.create_index("ix_incidents_payment", "incidents", ["payment_id"], **partial("payment_id IS NOT NULL"))
    _open_ledger()
    guard("transfers", "ck_transfer_final", _TRANSFER_COLUMNS, ALWAYS)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=optional)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def _create_bill_runs() -> None:
    counted = (
        *("lines", "matched", "repaired", "elsewhere", "carried", "breaks"),
        *("paid_fen", "refunded_fen", "fees_fen", "tries", "first_try_ms", "finished_at_ms"),
    )
    op.create_table(
        "bill_runs",
        *(_text(name) for name in ("channel_id", "day", "merchant_id", "state", "code")),
        *(_number(name) for name in counted),
        _number("due_at_ms", optional=True),
        sa.PrimaryKeyConstraint("channel_id", "day", name="uq_bill_run"),
        sa.CheckConstraint("state IN ('done', 'waiting', 'refused')", name="ck_bill_run_state"),
    )
    op.create_index("ix_bill_runs_day", "bill_runs", ["day"])


def _create_breaks() -> None:
    op.create_table(
        "breaks",
        *(_text(name) for name in ("break_id", "merchant_id", "channel_id", "day", "kind")),
        *(_text(name) for name in ("channel_order_no", "out_refund_no", "transaction_id")),
        *(_text(name, optional=True) for name in ("payment_id", "attempt_id")),
        *(_number(name, optional=True) for name in ("here_fen", "there_fen")),
        _number("found_at_ms"),
        _text("state"),
        _number("resolved_at_ms", optional=True),
        _text("resolved_by"),
        _text("note"),
        sa.PrimaryKeyConstraint("break_id", name="uq_break"),
        sa.CheckConstraint(f"kind IN ({_BREAK_KINDS})", name="ck_break_kind"),
        sa.CheckConstraint("state IN ('open', 'resolved')", name="ck_break_state"),
        sa.CheckConstraint("(state = 'resolved') = (resolved_at_ms IS NOT NULL)", name="ck_break_resolved"),
    )
    op.create_index("ix_breaks_found", "breaks", ["merchant_id", "found_at_ms", "break_id"])
    op.create_index("ix_breaks_open", "breaks", ["channel_id", "day"], **partial("state = 'open'"))


def _open_ledger() -> None:
    """The transfers that would stand here if the ledger had been kept from the first day. Written by its own rules, as
    they were at this revision: a migration must not change when the code does."""
    bind = op.get_bind()
    fee_bp = _fee_rates(bind)
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in _TRANSFER_COLUMNS.split(", ")]
    insert = sa.insert(sa.table("transfers", *columns))
    for rows in _batches(bind, _PAID):
        bind.execute(insert, [transfer for row in rows for transfer in _of_paid(row, fee_bp.get(row.channel_id, 0))])
    for rows in _batches(bind, _REFUNDED):
        found = [transfer for row in rows for transfer in _of_refund(row)]
        if found:
            bind.execute(insert, found)


_PAID = sa.text(
    "SELECT a.attempt_id AS id, a.channel_id, a.payment_id, a.amount_fen, a.surplus, p.shop_id, "
    "COALESCE(a.finished_at_ms, a.created_at_ms) AS at_ms "
    "FROM attempts a JOIN payments p ON p.payment_id = a.payment_id "
    "WHERE a.state = 'succeeded' AND a.attempt_id > :after ORDER BY a.attempt_id LIMIT :most"
)
_REFUNDED = sa.text(
    "SELECT r.refund_id AS id, r.attempt_id, r.payment_id, r.amount_fen, r.state, a.channel_id, a.surplus, p.shop_id, "
    "COALESCE(r.finished_at_ms, r.created_at_ms) AS at_ms, r.created_at_ms, "
    "COALESCE((SELECT SUM(e.amount_fen) FROM refunds e WHERE e.attempt_id = r.attempt_id AND e.refund_id < r.refund_id "
    "AND e.state <> 'failed' AND (e.state = 'succeeded' OR NOT a.surplus)), 0) AS earlier_fen, "
    "a.amount_fen AS paid_fen "
    "FROM refunds r JOIN attempts a ON a.attempt_id = r.attempt_id JOIN payments p ON p.payment_id = r.payment_id "
    "WHERE r.refund_id > :after ORDER BY r.refund_id LIMIT :most"
)


def _batches(bind: sa.Connection, statement: sa.TextClause) -> Iterator[list[Any]]:
    after = ""
    while rows := list(bind.execute(statement, {"after": after, "most": _AT_ONCE}).all()):
        yield rows
        after = rows[-1].id


def _fee_rates(bind: sa.Connection) -> dict[str, int]:
    """As last configured. What a channel really kept, its bills say."""
    rows = bind.execute(sa.text("SELECT channel_id, settings FROM channels ORDER BY version")).all()
    return {row.channel_id: int(json.loads(row.settings).get("fee_bp", 60)) for row in rows}


def _of_paid(row: Any, fee_bp: int) -> Iterator[dict[str, Any]]:
    clearing = f"clearing/{row.channel_id}"
    if row.surplus:
        yield _transfer(row, row.id, "surplus", clearing, f"surplus/{row.channel_id}", row.amount_fen)
    else:
        yield _transfer(row, row.id, "received", clearing, f"shop/{row.shop_id}", row.amount_fen)
    fee_fen = (row.amount_fen * fee_bp + 5_000) // 10_000
    if fee_fen:
        yield _transfer(row, row.id, "fee", f"fees/{row.channel_id}", clearing, fee_fen)


def _of_refund(row: Any) -> Iterator[dict[str, Any]]:
    """A refund that failed left nothing behind: it was asked for and dropped."""
    if row.state == "failed":
        return
    owed = f"{'surplus' if row.surplus else 'refunds'}/{row.channel_id}"
    receivable = f"receivable/{row.channel_id}"
    # Beyond what the payment brought: only after a refund that had been given up went through after all.
    over_fen = min(row.amount_fen, max(0, row.earlier_fen + row.amount_fen - row.paid_fen))
    if not row.surplus and row.amount_fen > over_fen:
        asked_fen = row.amount_fen - over_fen
        yield _transfer(row, row.attempt_id, "refund_asked", f"shop/{row.shop_id}", owed, asked_fen, refund_id=row.id)
    if over_fen and (not row.surplus or row.state == "succeeded"):
        yield _transfer(row, row.attempt_id, "refund_overpaid", receivable, owed, over_fen, refund_id=row.id)
    if row.state == "succeeded":
        clearing = f"clearing/{row.channel_id}"
        yield _transfer(row, row.attempt_id, "refund_paid", owed, clearing, row.amount_fen, refund_id=row.id)


def _transfer(
    row: Any, attempt_id: str, kind: str, debit: str, credit: str, amount_fen: int, refund_id: str | None = None
) -> dict[str, Any]:
    return {
        "transfer_id": f"{kind}:{refund_id or attempt_id}",
        "kind": kind,
        "debit": debit,
        "credit": credit,
        "amount_fen": amount_fen,
        "channel_id": row.channel_id,
        "payment_id": row.payment_id,
        "attempt_id": attempt_id,
        "refund_id": refund_id,
        "at_ms": row.at_ms,
    }


def downgrade() -> None:
    op.drop_index("ix_refunds_returned", "refunds")
    op.drop_index("ix_incidents_payment", "incidents")
    for table in ("audits", "breaks", "bill_runs", "bill_marks", "transfers"):
        op.drop_table(table)
