"""对账: what a day's bill and our books say about each other, and what is to be done where they differ."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256

import msgspec

from payswitch.domain.bill import BillKind
from payswitch.domain.ledger import Transfer


class BreakKind(StrEnum):
    """差异: one way in which the bill and the books can differ. Cause, action and owner: `break_texts.py`."""

    UNPAID_HERE = "unpaid_here"
    """The channel took money for an attempt that is not paid here, and the funnel did not believe it."""
    REVERSED_HERE = "reversed_here"
    """The attempt was reversed (撤销/冲正); the bill has the payment but not its way back."""
    UNKNOWN_PAYMENT = "unknown_payment"
    """The channel took money for a number that was never given out here."""
    PAYMENT_MISSING_THERE = "payment_missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    FEE_DIFFERS = "fee_differs"
    BILLED_TWICE = "billed_twice"
    """One number stands in the bills more than once."""
    UNKNOWN_REFUND = "unknown_refund"
    """The channel paid back under a number that was never given out here."""
    REFUND_UNPAID_HERE = "refund_unpaid_here"
    """The channel paid back, and here the refund is failed or stuck."""
    REFUND_MISSING_THERE = "refund_missing_there"
    REFUND_AMOUNT_DIFFERS = "refund_amount_differs"
    REFUND_FEE_DIFFERS = "refund_fee_differs"


MISSING_THERE = frozenset({BreakKind.PAYMENT_MISSING_THERE, BreakKind.REFUND_MISSING_THERE})
"""Found by looking at our books; all others are found at a line of the bill."""


class BreakState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


RESOLVED_BY_US = "payswitch"
"""In `resolved_by`, where no person did it: what comes back is opened again. What a person settled stays settled."""


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """差异: one difference about one payment or refund."""

    break_id: str
    """Derived from channel, kind and numbers: however often a day is reconciled, it is one break."""
    merchant_id: str
    channel_id: str
    day: str
    """Of the bill in which it stands, or in which it should."""
    kind: BreakKind
    channel_order_no: str
    out_refund_no: str = ""
    transaction_id: str = ""
    payment_id: str | None = None
    attempt_id: str | None = None
    here_fen: int | None = None
    """What our books say: an amount, or for the fee kinds a fee; None: nothing."""
    there_fen: int | None = None
    """What the bill says."""
    found_at_ms: int
    state: BreakState = BreakState.OPEN
    resolved_at_ms: int | None = None
    resolved_by: str = ""
    note: str = ""
    """Why it is resolved."""


def break_id_of(channel_id: str, kind: BreakKind, channel_order_no: str, out_refund_no: str) -> str:
    digest = sha256("\n".join((channel_id, kind.value, channel_order_no, out_refund_no)).encode()).hexdigest()
    return f"brk_{digest[:24]}"


class BillMark(msgspec.Struct, frozen=True, kw_only=True):
    """One payment or refund of ours that stands in a bill."""

    item_id: str
    """The attempt's or the refund's id: unique, so that nothing is in two bills unnoticed."""
    kind: BillKind
    channel_id: str
    day: str
    amount_fen: int
    fee_fen: int
    at_ms: int
    """When it happened, by the channel's clock."""


class RunState(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    """The bill is not ready, or could not be fetched: it is tried again."""
    REFUSED = "refused"
    """The bill cannot be believed, or the account may not fetch it: a person must look. It is tried again all the
    same."""


class BillRun(msgspec.Struct, frozen=True, kw_only=True):
    """One channel's reconciliation of one day, as it went the last time."""

    channel_id: str
    day: str
    merchant_id: str
    state: RunState
    code: str = ""
    """Of the answer that was no bill."""
    lines: int = 0
    matched: int = 0
    """Lines that say what we say (a fee that differs does not count as matched)."""
    repaired: int = 0
    """补单: lines that taught us something: paid or paid back, which we had not heard."""
    elsewhere: int = 0
    """Lines about another channel of the merchant on the same account: they are that channel's."""
    carried: int = 0
    """Ours of that day that are not in this bill: they may be in the next one."""
    breaks: int = 0
    """Lines that differ."""
    paid_fen: int = 0
    refunded_fen: int = 0
    fees_fen: int = 0
    tries: int = 0
    first_try_ms: int
    finished_at_ms: int
    due_at_ms: int | None = None
    """When to try again; None: done."""


class Billed(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit of a reconciliation writes: lines that were understood, with all that follows from them."""

    marks: list[BillMark] = []
    breaks: list[Break] = []
    transfers: list[Transfer] = []
    """Fees, corrected by the bill."""
    settled: list[Break] = []
    """Breaks that are over: resolved, as they shall stand."""
