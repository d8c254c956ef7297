"""Reconciliations in SQL: what is known about a bill's lines, what no bill has, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.bill import BillKind, BillLine
from payswitch.domain.bill_matching import Known
from payswitch.domain.changes import CommitConflict
from payswitch.domain.ledger import TransferKind
from payswitch.domain.payment import Attempt, Refund
from payswitch.domain.reconciliation import RESOLVED_BY_US, Billed, BillRun, Break, BreakState
from payswitch.domain.trail import TrailEntry
from payswitch.storage import bill_statements as sql
from payswitch.storage import ledger
from payswitch.storage.people import add_trail
from payswitch.storage.scripts import Script, decoded, first, row_or_none, rows, write
from payswitch.storage.write_statements import ATTEMPT, REFUND, TRANSFER


def known_of(channel_id: str, lines: Sequence[BillLine]) -> Script[list[Known]]:
    """What our books have about each of these lines of one channel's bill."""
    found = []
    for line in lines:
        found.append((yield from _known(channel_id, line)))  # noqa: PERF401 (a comprehension cannot yield)
    return found


def _known(channel_id: str, line: BillLine) -> Script[Known]:
    refund: Refund | None = None
    if line.kind is BillKind.REFUND and line.out_refund_no:
        refund = yield from row_or_none(
            REFUND, sql.REFUND_BY_NO, channel_id=channel_id, out_refund_no=line.out_refund_no
        )
    if refund is not None:
        attempt = yield from row_or_none(ATTEMPT, sql.ATTEMPT_BY_ID, attempt_id=refund.attempt_id)
    else:
        attempt = yield from row_or_none(
            ATTEMPT, sql.ATTEMPT_BY_ORDER_NO, channel_id=channel_id, channel_order_no=line.channel_order_no
        )
    return (yield from _with_books(line, attempt, refund))


def _with_books(line: BillLine, attempt: Attempt | None, refund: Refund | None) -> Script[Known]:
    bare = Known(attempt=attempt, refund=refund)
    item_id = bare.item_id(line)
    if attempt is None or item_id is None:
        return bare
    billed = yield from first(sql.MARK_OF, item_id=item_id)
    expected_fen = kept_fen = booked_fen = corrections = 0
    for kind, refund_id, attempt_id, fen in (yield from rows(sql.FEES_OF, payment_id=attempt.payment_id)):
        if attempt_id != attempt.attempt_id:
            continue
        of_payment = refund_id is None
        of_line = refund_id == refund.refund_id if refund is not None else of_payment
        expected_fen += fen if kind == TransferKind.FEE else 0
        kept_fen += fen if of_payment else 0
        booked_fen += fen if of_line else 0
        corrections += int(of_line and kind == TransferKind.FEE_BILLED)
    return Known(
        attempt=attempt,
        refund=refund,
        billed_on=None if billed is None else billed[0],
        fee_expected_fen=expected_fen,
        fee_kept_fen=kept_fen,
        fee_booked_fen=booked_fen,
        fee_corrections=corrections,
    )


def save(billed: Billed) -> Script[None]:
    """All that one step of a reconciliation found. Said again, it changes nothing."""
    for mark in billed.marks:
        yield from write(sql.SAVE_MARK, dict(zip(sql.MARK.fields, sql.MARK.encode(mark), strict=True)))
    for transfer in billed.transfers:
        yield from write(sql.INSERT_TRANSFER, TRANSFER.encode(transfer))
    yield from ledger.note(ledger.moved_by(billed.transfers))
    for found in billed.breaks:
        yield from _save_break(found)
    for settled in billed.settled:
        yield from _update(settled, was=BreakState.OPEN)


def _save_break(found: Break) -> Script[None]:
    """A new break is written; an open one gets today's figures; one that we ourselves took for settled is opened again;
    what a person settled stays settled."""
    stored = yield from row_or_none(sql.BREAK, sql.BREAK_BY_ID, break_id=found.break_id)
    if stored is None:
        yield from write(sql.INSERT_BREAK, sql.BREAK.encode(found))
    elif stored.state is BreakState.OPEN or stored.resolved_by == RESOLVED_BY_US:
        yield from _update(found, was=stored.state)


def _update(wanted: Break, *, was: BreakState) -> Script[int]:
    encoded = dict(zip(sql.BREAK.fields, sql.BREAK.encode(wanted), strict=True))
    values = {name: encoded[name] for name in sql.BREAK_FIELDS}
    return (yield from write(sql.UPDATE_BREAK, {"key": wanted.break_id, "was": was.value, **values}))


def resolve(wanted: Break, trail: TrailEntry | None) -> Script[None]:
    """Raises CommitConflict when it is not open any more."""
    if (yield from _update(wanted, was=BreakState.OPEN)) != 1:
        raise CommitConflict(wanted.break_id)
    yield from add_trail(() if trail is None else (trail,))


def save_run(run: BillRun) -> Script[None]:
    yield from write(sql.SAVE_RUN, dict(zip(sql.RUN.fields, sql.RUN.encode(run), strict=True)))


def missing(
    channel_id: str, from_ms: int, to_ms: int, since_ms: int
) -> Script[tuple[list[Attempt], list[tuple[Refund, str]]]]:
    """What was paid, and paid back, between these moments and stands in no bill; of what was begun since `since_ms`.
    Refunds come with the number of the order they are of."""
    values = {"channel_id": channel_id, "from_ms": from_ms, "to_ms": to_ms, "since_ms": since_ms}
    paid = [ATTEMPT.decode(row) for row in (yield from rows(sql.MISSING_PAYMENTS, **values))]
    back = [(REFUND.decode(row[:-1]), str(row[-1])) for row in (yield from rows(sql.MISSING_REFUNDS, **values))]
    return paid, back


def break_page(merchant_id: str, only_open: bool, place: tuple[int, str] | None, limit: int) -> Script[list[Break]]:
    """Newest first; `place`: when and what was found last of the page before."""
    given: dict[str, object] = {"merchant_id": merchant_id, "limit": limit}
    if place is not None:
        given |= {"place_ms": place[0], "place_id": place[1]}
    return (yield from decoded(sql.BREAK, sql.LIST_BREAKS[only_open, place is not None], **given))
