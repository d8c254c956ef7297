"""What one line of a bill says, held against what we know: agreed, or the one way in which it differs. Pure."""

from __future__ import annotations

import msgspec

from payswitch.domain.bill import BillKind, BillLine
from payswitch.domain.ledger import Transfer, fee_correction
from payswitch.domain.payment import Attempt, AttemptState, Refund, RefundState
from payswitch.domain.reconciliation import BreakKind

ROUNDING_FEN = 1
"""Channels round a fee up, down or half up: a fen more or less is no difference. The ledger takes the bill's figure."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Everything our books have about one line of a bill."""

    attempt: Attempt | None = None
    """With the line's order number at this channel."""
    refund: Refund | None = None
    """With the line's refund number at this channel."""
    billed_on: str | None = None
    """The day of the bill in which this payment or refund was seen before."""
    fee_expected_fen: int = 0
    """Of the payment: as configured when it was paid."""
    fee_kept_fen: int = 0
    """Of the payment: as the ledger has it now, corrected by bills."""
    fee_booked_fen: int = 0
    """Of this very line's payment or refund, as the ledger has it now."""
    fee_corrections: int = 0
    """How often a bill has corrected it."""

    def item_id(self, line: BillLine) -> str | None:
        """The id of our payment's attempt or our refund that the line is about; None: it is about nothing of ours."""
        if line.kind is BillKind.PAYMENT:
            return None if self.attempt is None else self.attempt.attempt_id
        if self.refund is not None:
            return self.refund.refund_id
        return f"reversal:{self.attempt.attempt_id}" if self.attempt and is_reversal(line, self.attempt) else None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How a line differs."""

    kind: BreakKind
    here_fen: int | None
    there_fen: int | None


def judge(line: BillLine, known: Known, day: str, *, has_fees: bool = True) -> Difference | None:
    """The first thing about the line that is not as our books have it; None: it agrees."""
    if line.kind is BillKind.PAYMENT:
        difference, judge_fee = _judge_payment(line, known, day), _judge_fee
    else:
        difference, judge_fee = _judge_refund(line, known, day), _judge_returned_fee
    return judge_fee(line, known) if difference is None and has_fees else difference


def _judge_payment(line: BillLine, known: Known, day: str) -> Difference | None:
    attempt = known.attempt
    if attempt is None:
        return Difference(kind=BreakKind.UNKNOWN_PAYMENT, here_fen=None, there_fen=line.amount_fen)
    if attempt.amount_fen != line.amount_fen:
        return Difference(kind=BreakKind.AMOUNT_DIFFERS, here_fen=attempt.amount_fen, there_fen=line.amount_fen)
    if attempt.state is not AttemptState.SUCCEEDED:
        kind = BreakKind.UNPAID_HERE if attempt.reverse_at_ms is None else BreakKind.REVERSED_HERE
        return Difference(kind=kind, here_fen=None, there_fen=line.amount_fen)
    if known.billed_on not in (None, day):
        return Difference(kind=BreakKind.BILLED_TWICE, here_fen=attempt.amount_fen, there_fen=2 * line.amount_fen)
    return None


def _judge_fee(line: BillLine, known: Known) -> Difference | None:
    if abs(line.fee_fen - known.fee_expected_fen) > ROUNDING_FEN:
        return Difference(kind=BreakKind.FEE_DIFFERS, here_fen=known.fee_expected_fen, there_fen=line.fee_fen)
    return None


def _judge_refund(line: BillLine, known: Known, day: str) -> Difference | None:
    refund, attempt = known.refund, known.attempt
    if refund is None:
        if attempt is not None and is_reversal(line, attempt):
            return None
        return Difference(kind=BreakKind.UNKNOWN_REFUND, here_fen=None, there_fen=line.amount_fen)
    if refund.amount_fen != line.amount_fen:
        return Difference(kind=BreakKind.REFUND_AMOUNT_DIFFERS, here_fen=refund.amount_fen, there_fen=line.amount_fen)
    # A refund stands in the bill of the day it was accepted; its money may still be on the way to the customer.
    if refund.state not in (RefundState.SUCCEEDED, RefundState.PROCESSING):
        return Difference(kind=BreakKind.REFUND_UNPAID_HERE, here_fen=None, there_fen=line.amount_fen)
    if known.billed_on not in (None, day):
        return Difference(kind=BreakKind.BILLED_TWICE, here_fen=refund.amount_fen, there_fen=2 * line.amount_fen)
    return None


def _judge_returned_fee(line: BillLine, known: Known) -> Difference | None:
    """Some channels give the fee of what goes back back too, some keep it: from nothing to its share is right."""
    if known.attempt is None or known.refund is None:
        return None
    back_fen = -line.fee_fen
    kept_fen = max(known.fee_expected_fen, known.fee_kept_fen)
    share_fen = -(-kept_fen * line.amount_fen // known.attempt.amount_fen)
    if -ROUNDING_FEN <= back_fen <= share_fen + ROUNDING_FEN:
        return None
    return Difference(kind=BreakKind.REFUND_FEE_DIFFERS, here_fen=-share_fen, there_fen=line.fee_fen)


def is_reversal(line: BillLine, attempt: Attempt) -> bool:
    """Whether the line is the way back of a payment that was reversed here (撤销/冲正): it has no refund of ours."""
    return attempt.reverse_at_ms is not None and line.amount_fen == attempt.amount_fen


def fee_booking(line: BillLine, known: Known) -> Transfer | None:
    """What makes the ledger's fee the bill's; None where it is so already, or where the ledger has no such payment."""
    attempt = known.attempt
    if attempt is None or attempt.state is not AttemptState.SUCCEEDED:
        return None
    if line.kind is BillKind.REFUND and known.refund is None:
        return None
    return fee_correction(
        attempt,
        known.refund if line.kind is BillKind.REFUND else None,
        more_fen=line.fee_fen - known.fee_booked_fen,
        number=known.fee_corrections + 1,
        at_ms=line.at_ms,
    )
