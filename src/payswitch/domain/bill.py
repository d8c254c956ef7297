"""对账单: a channel's own daily account of what it took and paid back, in one normal form.

Every channel writes it differently (GBK or UTF-8, yuan or fen, backticks, tabs, footers, fixed columns); a connector
turns it into these rows, which a reconciliation compares with our books.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from payswitch.domain.outcome import Outcome


class BillKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class BillLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row: money that came in, or went back."""

    kind: BillKind
    channel_order_no: str
    transaction_id: str
    amount_fen: int
    """What was paid or paid back; always positive."""
    fee_fen: int
    """What the channel kept for itself; negative when it gave a fee back with a refund."""
    at_ms: int
    """When it happened, by the channel's clock."""
    out_refund_no: str = ""
    channel_refund_id: str = ""


class BillAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`outcome.kind`: ACCEPTED with lines (possibly none), NOT_FOUND when the channel says that there is no bill for
    the day, PENDING when it is still being made, UNTRUSTED when hash, sums or format do not fit, and so on."""

    outcome: Outcome
    lines: tuple[BillLine, ...] = ()
    settles: bool = True
    """False: a list of payments, with neither fees nor refunds: enough to find a payment by, not to settle by."""


class BillTotals(msgspec.Struct, frozen=True, kw_only=True):
    """A bill's sums, in fen."""

    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    fees_fen: int
    """What the channel kept of all of them together."""

    @property
    def net_fen(self) -> int:
        """What is left for the merchant."""
        return self.paid_fen - self.refunded_fen - self.fees_fen


def totals_of(lines: Iterable[BillLine]) -> BillTotals:
    """Counted and summed."""
    rows = tuple(lines)
    paid = [line.amount_fen for line in rows if line.kind is BillKind.PAYMENT]
    refunded = [line.amount_fen for line in rows if line.kind is BillKind.REFUND]
    return BillTotals(
        payments=len(paid),
        paid_fen=sum(paid),
        refunds=len(refunded),
        refunded_fen=sum(refunded),
        fees_fen=sum(line.fee_fen for line in rows),
    )


@runtime_checkable
class BillSource(Protocol):
    """A channel client that can fetch its daily bill."""

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """`day` is a Beijing date, `2026-11-11`. Bills are ready at about 10:00 of the next day."""
        ...
