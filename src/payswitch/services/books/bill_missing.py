"""What is paid here and stands in no bill. A channel's day is its own: what we heard of at 23:59:59 may stand in the
bill of the next day, and what we heard of late, in that of an earlier one. So a payment is called missing when the
bills of every day from its making to the day after its end are there, and none has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from payswitch.domain.channel import Channel
from payswitch.domain.payment import Attempt, Refund
from payswitch.domain.reconciliation import Billed, Break, BreakKind, RunState, break_id_of
from payswitch.kit.clock import beijing_date, beijing_midnight_ms
from payswitch.kit.durations import DAY_MS
from payswitch.services.books.book_ports import BookStore

LOOK_BACK_DAYS = 400
"""A refund may be made a year after its payment."""


def shifted(day: str, days: int) -> str:
    return beijing_date(beijing_midnight_ms(day) + days * DAY_MS)


async def count_unbilled(books: BookStore, channel_id: str, day: str) -> int:
    """How much of what ended on this day stands in no bill yet."""
    start_ms = beijing_midnight_ms(day)
    paid, back = await books.missing_in_bills(channel_id, start_ms, start_ms + DAY_MS, 0)
    return len(paid) + len(back)


async def note_missing(books: BookStore, channel: Channel, day: str, now_ms: int, *, refunds: bool) -> list[Break]:
    """After the bill of `day` was read: what is missing for certain now. The breaks, which are written. `refunds`:
    whether the channel's bills have refunds at all."""
    runs = await books.runs_of(channel.channel_id, shifted(day, -LOOK_BACK_DAYS))
    done = {run.day for run in runs if run.state is RunState.DONE}
    found: list[Break] = []
    # A day can be judged by its own bill and the next one, whichever of them was read last.
    for judged in (shifted(day, -1), day):
        if judged in done and shifted(judged, 1) in done:
            found += await _missing_of(books, channel, judged, _unbroken_since(done, judged), now_ms)
    if not refunds:
        found = [one for one in found if one.kind is BreakKind.PAYMENT_MISSING_THERE]
    if found:
        await books.save_billed(Billed(breaks=found))
    return found


def _unbroken_since(done: set[str], day: str) -> str:
    """The first of the days up to this one of which every bill was read."""
    while shifted(day, -1) in done:
        day = shifted(day, -1)
    return day


async def _missing_of(books: BookStore, channel: Channel, day: str, since_day: str, now_ms: int) -> list[Break]:
    start_ms = beijing_midnight_ms(day)
    paid, back = await books.missing_in_bills(
        channel.channel_id, start_ms, start_ms + DAY_MS, beijing_midnight_ms(since_day)
    )
    return [*_payments(channel, day, paid, now_ms), *_refunds(channel, day, back, now_ms)]


def _payments(channel: Channel, day: str, paid: Iterable[Attempt], now_ms: int) -> Iterator[Break]:
    kind = BreakKind.PAYMENT_MISSING_THERE
    for attempt in paid:
        yield Break(
            break_id=break_id_of(channel.channel_id, kind, attempt.channel_order_no, ""),
            merchant_id=channel.merchant_id,
            channel_id=channel.channel_id,
            day=day,
            kind=kind,
            channel_order_no=attempt.channel_order_no,
            transaction_id=attempt.transaction_id or "",
            payment_id=attempt.payment_id,
            attempt_id=attempt.attempt_id,
            here_fen=attempt.amount_fen,
            found_at_ms=now_ms,
        )


def _refunds(channel: Channel, day: str, back: Iterable[tuple[Refund, str]], now_ms: int) -> Iterator[Break]:
    kind = BreakKind.REFUND_MISSING_THERE
    for refund, channel_order_no in back:
        yield Break(
            break_id=break_id_of(channel.channel_id, kind, channel_order_no, refund.out_refund_no),
            merchant_id=channel.merchant_id,
            channel_id=channel.channel_id,
            day=day,
            kind=kind,
            channel_order_no=channel_order_no,
            out_refund_no=refund.out_refund_no,
            payment_id=refund.payment_id,
            attempt_id=refund.attempt_id,
            here_fen=refund.amount_fen,
            found_at_ms=now_ms,
        )
