"""Going through a bill line by line: what agrees is marked, what is news is learned, what differs is a break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from payswitch.domain.bill import BillKind, BillLine
from payswitch.domain.bill_matching import Difference, Known, fee_booking, is_reversal, judge
from payswitch.domain.channel import Channel
from payswitch.domain.payment import AttemptState, RefundState
from payswitch.domain.reconciliation import (
    RESOLVED_BY_US,
    Billed,
    BillMark,
    Break,
    BreakKind,
    BreakState,
    break_id_of,
)
from payswitch.services.books.bill_repairs import learn_payment, learn_refund
from payswitch.services.books.book_ports import BookStore
from payswitch.services.context import Context

LINES_AT_ONCE: Final = 500
"""Read, judged and committed together: a large bill neither fills the memory nor holds the database up."""

_LEARNABLE: Final = frozenset({BreakKind.UNPAID_HERE, BreakKind.REFUND_UNPAID_HERE})
_UNKNOWN: Final = frozenset({BreakKind.UNKNOWN_PAYMENT, BreakKind.UNKNOWN_REFUND})
_NOT_TO_MARK: Final = frozenset({BreakKind.BILLED_TWICE, *_LEARNABLE, *_UNKNOWN, BreakKind.REVERSED_HERE})
"""The line is not (or not yet, or not again) the place where the payment or refund stands in the bills."""


class BillReader:
    """One channel's bill of one day. `read()` every line of it, then `end()`; then the counts are right."""

    def __init__(
        self, ctx: Context, books: BookStore, channel: Channel, day: str, now_ms: int, *, settles: bool
    ) -> None:
        """`settles`: the bill has fees and refunds."""
        self._settles = settles
        self._ctx, self._books, self._channel, self._day, self._now_ms = ctx, books, channel, day, now_ms
        self._siblings = [
            other.channel_id
            for other in ctx.directory.channels(channel.merchant_id)
            if other.connector == channel.connector and other.channel_id != channel.channel_id
        ]
        self._seen: set[str] = set()
        """What stands in this bill already, by item id."""
        self._agreed: set[tuple[str, str]] = set()
        """Order and refund numbers of lines that were not a break."""
        self._reversed: set[str] = set()
        """Orders whose reversal stands in this bill."""
        self.found: dict[str, Break] = {}
        self.matched = self.repaired = self.elsewhere = 0

    async def read(self, lines: Sequence[BillLine]) -> None:
        """So many lines at a time, each time with one commit."""
        for start in range(0, len(lines), LINES_AT_ONCE):
            chunk = lines[start : start + LINES_AT_ONCE]
            billed = Billed()
            for line, known in zip(chunk, await self._books.known_of(self._channel.channel_id, chunk), strict=True):
                await self._line(line, known, billed)
            await self._books.save_billed(billed)

    async def end(self, open_before: Sequence[Break]) -> None:
        """Breaks that were open and are none any more: their line agrees now, or is gone from this day's bill."""
        over = [found for found in open_before if found.break_id not in self.found and self._is_over(found)]
        over += [
            found
            for found in self.found.values()
            if found.kind is BreakKind.REVERSED_HERE and found.channel_order_no in self._reversed
        ]
        for found in over:
            self.found.pop(found.break_id, None)
        await self._books.save_billed(Billed(settled=[self._settled(found) for found in over]))

    @property
    def breaks(self) -> int:
        """Lines that differ and still need somebody."""
        return sum(found.state is BreakState.OPEN for found in self.found.values())

    def _is_over(self, was: Break) -> bool:
        if was.kind is BreakKind.REVERSED_HERE and was.channel_order_no in self._reversed:
            return True
        if (was.channel_order_no, was.out_refund_no) in self._agreed:
            return True
        of_a_line = was.kind not in (BreakKind.PAYMENT_MISSING_THERE, BreakKind.REFUND_MISSING_THERE)
        return of_a_line and was.day == self._day

    def _settled(self, was: Break) -> Break:
        note = f"与 {self._day} 的对账单一致 / agrees with the bill of {self._day}"
        return replace(
            was, state=BreakState.RESOLVED, resolved_at_ms=self._now_ms, resolved_by=RESOLVED_BY_US, note=note
        )

    async def _line(self, line: BillLine, known: Known, billed: Billed) -> None:
        difference = judge(line, known, self._day, has_fees=self._settles)
        if difference is not None and difference.kind in _LEARNABLE:
            learned = await self._learn(line, known)
            still = judge(line, learned, self._day, has_fees=self._settles)
            if _is_learned(line, learned):
                self.repaired += 1
                self._note(billed, line, known, difference, repaired=True)
            known, difference = learned, still
        if difference is not None and difference.kind in _UNKNOWN and await self._is_elsewhere(line):
            self.elsewhere += 1
            return
        item_id = known.item_id(line)
        if item_id is not None and item_id in self._seen:
            difference = _twice(line)
        if item_id is not None:
            self._seen.add(item_id)
        self._enter(line, known, difference, billed)

    def _enter(self, line: BillLine, known: Known, difference: Difference | None, billed: Billed) -> None:
        """The line's place in the books."""
        item_id = known.item_id(line)
        if item_id is not None and (difference is None or difference.kind not in _NOT_TO_MARK):
            billed.marks.append(self._mark(line, item_id))
            correction = fee_booking(line, known) if self._settles else None
            if correction is not None:
                billed.transfers.append(correction)
        if _reversed_here(line, known):
            self._reversed.add(line.channel_order_no)
        if difference is None:
            self.matched += 1
            self._agreed.add((line.channel_order_no, line.out_refund_no))
        else:
            self._note(billed, line, known, difference)

    async def _learn(self, line: BillLine, known: Known) -> Known:
        channel_id = self._channel.channel_id
        if line.kind is BillKind.PAYMENT:
            await learn_payment(self._ctx, channel_id, line)
        elif known.refund is not None:
            await learn_refund(self._ctx, channel_id, known.refund)
        return (await self._books.known_of(channel_id, [line]))[0]

    async def _is_elsewhere(self, line: BillLine) -> bool:
        """Two channels of a merchant may share one account at the channel, and so one bill."""
        for channel_id in self._siblings:
            known = (await self._books.known_of(channel_id, [line]))[0]
            if known.item_id(line) is not None:
                return True
        return False

    def _mark(self, line: BillLine, item_id: str) -> BillMark:
        return BillMark(
            item_id=item_id,
            kind=line.kind,
            channel_id=self._channel.channel_id,
            day=self._day,
            amount_fen=line.amount_fen,
            fee_fen=line.fee_fen,
            at_ms=line.at_ms,
        )

    def _note(
        self, billed: Billed, line: BillLine, known: Known, difference: Difference, *, repaired: bool = False
    ) -> None:
        channel_id, attempt = self._channel.channel_id, known.attempt
        found = Break(
            break_id=break_id_of(channel_id, difference.kind, line.channel_order_no, line.out_refund_no),
            merchant_id=self._channel.merchant_id,
            channel_id=channel_id,
            day=self._day,
            kind=difference.kind,
            channel_order_no=line.channel_order_no,
            out_refund_no=line.out_refund_no,
            transaction_id=line.transaction_id,
            payment_id=None if attempt is None else attempt.payment_id,
            attempt_id=None if attempt is None else attempt.attempt_id,
            here_fen=difference.here_fen,
            there_fen=difference.there_fen,
            found_at_ms=self._now_ms,
        )
        if repaired:
            note = f"补单：已按 {self._day} 的对账单入账 / learned from the bill of {self._day}"
            found = replace(
                found, state=BreakState.RESOLVED, resolved_at_ms=self._now_ms, resolved_by=RESOLVED_BY_US, note=note
            )
        self.found[found.break_id] = found
        billed.breaks.append(found)


def _reversed_here(line: BillLine, known: Known) -> bool:
    """Whether it is the way back of a payment that was reversed here."""
    if line.kind is BillKind.PAYMENT or known.refund is not None or known.attempt is None:
        return False
    return is_reversal(line, known.attempt)


def _is_learned(line: BillLine, known: Known) -> bool:
    if line.kind is BillKind.PAYMENT:
        return known.attempt is not None and known.attempt.state is AttemptState.SUCCEEDED
    return known.refund is not None and known.refund.state in (RefundState.SUCCEEDED, RefundState.PROCESSING)


def _twice(line: BillLine) -> Difference:
    return Difference(kind=BreakKind.BILLED_TWICE, here_fen=line.amount_fen, there_fen=2 * line.amount_fen)
