"""The tables of the books: the ledger's transfers, and what reconciliations and audits found."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Identity, Index, PrimaryKeyConstraint, Table

from payswitch.domain.bill import BillKind
from payswitch.domain.ledger import TransferKind
from payswitch.domain.payment import RefundState
from payswitch.domain.reconciliation import BreakKind, BreakState, RunState
from payswitch.storage.schema.columns import COUNTER, literal, metadata, number, one_of, partial_index, text
from payswitch.storage.schema.guards import never_changed
from payswitch.storage.schema.payments import refunds
from payswitch.storage.schema.records import incidents

transfers = Table(
    "transfers",
    metadata,
    text("transfer_id"),
    text("kind"),
    text("debit"),
    text("credit"),
    number("amount_fen"),
    text("channel_id"),
    text("payment_id"),
    text("attempt_id"),
    text("refund_id", optional=True),
    number("at_ms"),
    # The payment first: what belongs to one payment lies together, and new payments lie at the end.
    PrimaryKeyConstraint("payment_id", "transfer_id", name="uq_transfer"),
    ForeignKeyConstraint(["attempt_id"], ["attempts.attempt_id"], name="fk_transfer_attempt"),
    CheckConstraint("amount_fen > 0", name="ck_transfer_amount"),
    CheckConstraint("debit <> credit", name="ck_transfer_accounts"),
    CheckConstraint(one_of("kind", TransferKind), name="ck_transfer_kind"),
    sqlite_with_rowid=False,  # one tree instead of two: a paid payment writes two of these rows
)

ledger_balances = Table(
    "ledger_balances",
    metadata,
    text("account"),
    number("fen"),
    PrimaryKeyConstraint("account", name="pk_ledger_balances"),
)
"""Debits minus credits of each account, but for what still stands in `ledger_moves`."""

ledger_moves = Table(
    "ledger_moves",
    metadata,
    Column("move_id", COUNTER, Identity(), nullable=False),
    text("account"),
    number("fen"),
    PrimaryKeyConstraint("move_id", name="pk_ledger_moves"),
)
"""What each transaction that wrote transfers moved, by account; deleted when it is folded into `ledger_balances`."""

bill_marks = Table(
    "bill_marks",
    metadata,
    text("item_id"),
    text("kind"),
    text("channel_id"),
    text("day"),
    number("amount_fen"),
    number("fee_fen"),
    number("at_ms"),
    PrimaryKeyConstraint("item_id", name="uq_bill_mark"),
    CheckConstraint(one_of("kind", BillKind), name="ck_bill_mark_kind"),
    sqlite_with_rowid=False,
)

bill_runs = Table(
    "bill_runs",
    metadata,
    text("channel_id"),
    text("day"),
    text("merchant_id"),
    text("state"),
    text("code"),
    number("lines"),
    number("matched"),
    number("repaired"),
    number("elsewhere"),
    number("carried"),
    number("breaks"),
    number("paid_fen"),
    number("refunded_fen"),
    number("fees_fen"),
    number("tries"),
    number("first_try_ms"),
    number("finished_at_ms"),
    number("due_at_ms", optional=True),
    PrimaryKeyConstraint("channel_id", "day", name="uq_bill_run"),
    CheckConstraint(one_of("state", RunState), name="ck_bill_run_state"),
)
Index("ix_bill_runs_day", bill_runs.c.day)

breaks = Table(
    "breaks",
    metadata,
    text("break_id"),
    text("merchant_id"),
    text("channel_id"),
    text("day"),
    text("kind"),
    text("channel_order_no"),
    text("out_refund_no"),
    text("transaction_id"),
    text("payment_id", optional=True),
    text("attempt_id", optional=True),
    number("here_fen", optional=True),
    number("there_fen", optional=True),
    number("found_at_ms"),
    text("state"),
    number("resolved_at_ms", optional=True),
    text("resolved_by"),
    text("note"),
    PrimaryKeyConstraint("break_id", name="uq_break"),
    CheckConstraint(one_of("kind", BreakKind), name="ck_break_kind"),
    CheckConstraint(one_of("state", BreakState), name="ck_break_state"),
    CheckConstraint("(state = 'resolved') = (resolved_at_ms IS NOT NULL)", name="ck_break_resolved"),
)
Index("ix_breaks_found", breaks.c.merchant_id, breaks.c.found_at_ms, breaks.c.break_id)
partial_index(
    "ix_breaks_open",
    breaks.c.channel_id,
    breaks.c.day,
    where=breaks.c.state == literal(BreakState.OPEN),
)

partial_index(
    "ix_refunds_returned",
    refunds.c.finished_at_ms,
    where=refunds.c.state == literal(RefundState.SUCCEEDED),
)

partial_index(
    "ix_incidents_payment",
    incidents.c.payment_id,
    where=incidents.c.payment_id.is_not(None),
)

audits = Table(
    "audits",
    metadata,
    text("audit_id"),
    number("at_ms"),
    number("since_ms"),
    number("payments"),
    number("duration_ms"),
    text("violations"),
    PrimaryKeyConstraint("audit_id", name="pk_audits"),
)

never_changed(transfers, "ck_transfer_final")
