"""The statements of reconciliations."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    case,
    exists,
    func,
    not_,
    select,
    tuple_,
    update,
)

from payswitch.domain.ledger import AccountCode, TransferKind
from payswitch.domain.payment import AttemptState, RefundState
from payswitch.domain.reconciliation import BillMark, BillRun, Break, BreakState
from payswitch.storage.codec import RowCodec
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared, PreparedInsert, upsert
from payswitch.storage.schema import (
    attempts,
    bill_marks,
    bill_runs,
    breaks,
    literal,
    refunds,
    transfers,
)

MARK: Final = RowCodec(BillMark)
BREAK: Final = RowCodec(Break)
RUN: Final = RowCodec(BillRun)

INSERT_BREAK: Final = PreparedInsert(breaks)
INSERT_TRANSFER: Final = PreparedInsert(transfers)


SAVE_MARK: Final = upsert(bill_marks)
SAVE_RUN: Final = upsert(bill_runs)

# One line of a bill.
ATTEMPT_BY_ORDER_NO: Final = Prepared(
    select(*attempts.columns).where(
        attempts.c.channel_id == bound_text("channel_id"), attempts.c.channel_order_no == bound_text("channel_order_no")
    )
)
REFUND_BY_NO: Final = Prepared(
    select(*refunds.columns)
    .join(attempts, attempts.c.attempt_id == refunds.c.attempt_id)
    .where(refunds.c.out_refund_no == bound_text("out_refund_no"), attempts.c.channel_id == bound_text("channel_id"))
)
ATTEMPT_BY_ID: Final = Prepared(select(*attempts.columns).where(attempts.c.attempt_id == bound_text("attempt_id")))
MARK_OF: Final = Prepared(select(bill_marks.c.day).where(bill_marks.c.item_id == bound_text("item_id")))

_IS_FEE: Final = transfers.c.debit == literal(AccountCode.FEES).concat("/").concat(transfers.c.channel_id)
FEES_OF: Final = Prepared(
    select(
        transfers.c.kind,
        transfers.c.refund_id,
        transfers.c.attempt_id,
        case((_IS_FEE, transfers.c.amount_fen), else_=-transfers.c.amount_fen),
    ).where(
        transfers.c.payment_id == bound_text("payment_id"),
        transfers.c.kind.in_([literal(TransferKind.FEE), literal(TransferKind.FEE_BILLED)]),
    )
)
"""What the ledger has as fees of one payment: kind, refund, attempt, fen (negative: given back)."""


# Ours that no bill has.
def _unbilled(item: ColumnElement[str]) -> ColumnElement[bool]:
    return not_(exists().where(bill_marks.c.item_id == item))


_IN_DAY: Final = (bound_number("from_ms"), bound_number("to_ms"))


def _missing_payments() -> Select[Any]:
    return select(*attempts.columns).where(
        attempts.c.state == literal(AttemptState.SUCCEEDED),
        attempts.c.finished_at_ms >= _IN_DAY[0],
        attempts.c.finished_at_ms < _IN_DAY[1],
        attempts.c.channel_id == bound_text("channel_id"),
        attempts.c.created_at_ms >= bound_number("since_ms"),
        _unbilled(attempts.c.attempt_id),
    )


def _missing_refunds() -> Select[Any]:
    return (
        select(*refunds.columns, attempts.c.channel_order_no)
        .join(attempts, attempts.c.attempt_id == refunds.c.attempt_id)
        .where(
            refunds.c.state == literal(RefundState.SUCCEEDED),
            refunds.c.settled_by.is_(None),
            refunds.c.finished_at_ms >= _IN_DAY[0],
            refunds.c.finished_at_ms < _IN_DAY[1],
            attempts.c.channel_id == bound_text("channel_id"),
            refunds.c.created_at_ms >= bound_number("since_ms"),
            _unbilled(refunds.c.refund_id),
        )
    )


MISSING_PAYMENTS: Final = Prepared(_missing_payments())
MISSING_REFUNDS: Final = Prepared(_missing_refunds())

# Runs and breaks.
RUNS_OF: Final = Prepared(
    select(*bill_runs.columns)
    .where(bill_runs.c.channel_id == bound_text("channel_id"), bill_runs.c.day >= bound_text("from_day"))
    .order_by(bill_runs.c.day)
)
RUNS_SINCE: Final = Prepared(
    select(*bill_runs.columns)
    .where(bill_runs.c.day >= bound_text("from_day"))
    .order_by(bill_runs.c.day.desc(), bill_runs.c.channel_id)
    .limit(LIMIT)
)
BREAK_BY_ID: Final = Prepared(select(*breaks.columns).where(breaks.c.break_id == bound_text("break_id")))
OPEN_BREAKS_OF: Final = Prepared(
    select(*breaks.columns)
    .where(breaks.c.state == literal(BreakState.OPEN), breaks.c.channel_id == bound_text("channel_id"))
    .order_by(breaks.c.day, breaks.c.break_id)
)
_BREAK_FIELDS: Final = ("day", "here_fen", "there_fen", "state", "resolved_at_ms", "resolved_by", "note")
UPDATE_BREAK: Final = Prepared(
    update(breaks)
    .where(breaks.c.break_id == bindparam("key", type_=Text), breaks.c.state == bindparam("was", type_=Text))
    .values({name: bindparam(name, type_=breaks.c[name].type) for name in _BREAK_FIELDS})
)
BREAK_FIELDS: Final = _BREAK_FIELDS

_PLACE: Final = (breaks.c.found_at_ms, breaks.c.break_id)


def _break_list(only_open: bool, after_place: bool) -> Prepared:
    statement = select(*breaks.columns).where(breaks.c.merchant_id == bound_text("merchant_id"))
    if only_open:
        statement = statement.where(breaks.c.state == literal(BreakState.OPEN))
    if after_place:
        statement = statement.where(tuple_(*_PLACE) < tuple_(bound_number("place_ms"), bound_text("place_id")))
    return Prepared(statement.order_by(*(column.desc() for column in _PLACE)).limit(LIMIT))


LIST_BREAKS: Final = {
    (only_open, after_place): _break_list(only_open, after_place)
    for only_open in (False, True)
    for after_place in (False, True)
}
BREAKS_OF_DAY: Final = Prepared(
    select(*breaks.columns)
    .where(breaks.c.channel_id == bound_text("channel_id"), breaks.c.day == bound_text("day"))
    .order_by(breaks.c.kind, breaks.c.break_id)
)
OPEN_BY_KIND: Final = Prepared(
    select(breaks.c.merchant_id, breaks.c.channel_id, breaks.c.kind, func.count(), func.min(breaks.c.found_at_ms))
    .where(breaks.c.state == literal(BreakState.OPEN))
    .group_by(breaks.c.merchant_id, breaks.c.channel_id, breaks.c.kind)
)
