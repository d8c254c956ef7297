"""对账: one channel's bill of one day against our books. Repeating it is harmless, and closes what has become right."""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.domain.bill import BillAnswer, BillSource, totals_of
from payswitch.domain.channel import Channel
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.reconciliation import BillRun, RunState
from payswitch.kit.clock import beijing_midnight_ms
from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.kit.logs import get_logger
from payswitch.services.books.bill_missing import count_unbilled, note_missing, shifted
from payswitch.services.books.bill_reading import BillReader
from payswitch.services.books.book_ports import BookStore
from payswitch.services.channels.channel_incidents import tell_once
from payswitch.services.context import Context

log = get_logger(__name__)

NO_TRADE_AFTER_MS: Final = 3 * DAY_MS
"""A channel that says "no bill" for a day on which we heard of payments is asked again for so long: its bill may be
late. Then the word is taken as said, and the payments are missing there."""

_REFUSED: Final = frozenset({OutcomeKind.UNTRUSTED, OutcomeKind.REFUSED_CONFIG})


def bill_source(ctx: Context, channel: Channel) -> BillSource | None:
    """Whom to ask for the channel's bills; None when its connector has none."""
    try:
        client = ctx.directory.client(channel.channel_id, channel.version)
    except LookupError:
        return None
    return client if isinstance(client, BillSource) else None


async def reconcile(ctx: Context, books: BookStore, channel: Channel, source: BillSource, day: str) -> BillRun:
    """Fetch, compare, learn, write down. Never raises for anything the channel does; the run says how it went."""
    answer = await source.download_bill(day, ctx.timings.bill_timeout_ms)
    before = await _earlier_run(books, channel, day)
    now_ms = ctx.clock.now_ms()
    run = BillRun(
        channel_id=channel.channel_id,
        day=day,
        merchant_id=channel.merchant_id,
        state=RunState.DONE,
        tries=1 if before is None else before.tries + 1,
        first_try_ms=now_ms if before is None else before.first_try_ms,
        finished_at_ms=now_ms,
    )
    if answer.outcome.kind is OutcomeKind.ACCEPTED or await _is_no_trade(books, run, answer, now_ms):
        return await _read(ctx, books, channel, run, answer)
    return await _wait(ctx, books, channel, run, answer)


async def _earlier_run(books: BookStore, channel: Channel, day: str) -> BillRun | None:
    return next((run for run in await books.runs_of(channel.channel_id, day) if run.day == day), None)


async def _is_no_trade(books: BookStore, run: BillRun, answer: BillAnswer, now_ms: int) -> bool:
    """Whether "there is no bill" means that nothing happened on that day."""
    if answer.outcome.kind is not OutcomeKind.NOT_FOUND:
        return False
    if now_ms >= beijing_midnight_ms(run.day) + DAY_MS + NO_TRADE_AFTER_MS:
        return True
    return await count_unbilled(books, run.channel_id, run.day) == 0


async def _read(ctx: Context, books: BookStore, channel: Channel, run: BillRun, answer: BillAnswer) -> BillRun:
    open_before = await books.open_breaks(channel.channel_id)
    reader = BillReader(ctx, books, channel, run.day, run.finished_at_ms, settles=answer.settles)
    await reader.read(answer.lines)
    await reader.end(open_before)
    totals = totals_of(answer.lines)
    run = msgspec.structs.replace(
        run,
        lines=len(answer.lines),
        matched=reader.matched,
        repaired=reader.repaired,
        elsewhere=reader.elsewhere,
        carried=await count_unbilled(books, channel.channel_id, run.day),
        breaks=reader.breaks,
        paid_fen=totals.paid_fen,
        refunded_fen=totals.refunded_fen,
        fees_fen=totals.fees_fen,
    )
    await books.save_run(run)
    missing = await note_missing(books, channel, run.day, run.finished_at_ms, refunds=answer.settles)
    await _tell_breaks(ctx, books, channel, run)
    log.info("reconciled", channel_id=channel.channel_id, day=run.day, lines=run.lines, missing=len(missing))
    return run


async def _tell_breaks(ctx: Context, books: BookStore, channel: Channel, run: BillRun) -> None:
    count = len(await books.open_breaks(channel.channel_id))
    if count:
        text = (
            f"对账有 {count} 笔差异待处理 / {count} breaks are open after the bill of {run.day}; see them with "
            f"`payswitch reconcile --date {run.day} --channel {channel.channel_id}`"
        )
        await tell_once(ctx, "bill_breaks", channel, f"{run.day} {count}", text)


async def _wait(ctx: Context, books: BookStore, channel: Channel, run: BillRun, answer: BillAnswer) -> BillRun:
    """No bill, or none that can be believed: again later, and a person is told when it takes too long."""
    refused = answer.outcome.kind in _REFUSED
    run = msgspec.structs.replace(
        run,
        state=RunState.REFUSED if refused else RunState.WAITING,
        code=answer.outcome.code or answer.outcome.kind.value,
        due_at_ms=run.finished_at_ms + int(ctx.timings.bill_gap_s * 1_000),
    )
    await books.save_run(run)
    if refused:
        text = (
            f"{run.day} 的对账单不可信或无权下载 / the bill of {run.day} cannot be believed, or may not be fetched "
            f"({run.code}); check the account's rights, then run `payswitch bills fetch`"
        )
        await tell_once(ctx, "bill_refused", channel, f"{run.day} {run.code}", text)
    elif run.finished_at_ms >= missing_from_ms(ctx, run.day):
        text = (
            f"{run.day} 的对账单仍未取得 / the bill of {run.day} is still missing ({run.code}); it is asked for "
            "again; look in the channel's console whether it is there"
        )
        await tell_once(ctx, "bill_missing", channel, run.day, text)
    return run


def missing_from_ms(ctx: Context, day: str) -> int:
    """From when on a bill that is not there is an incident."""
    ready_ms = beijing_midnight_ms(shifted(day, 1)) + ctx.timings.bill_hour * HOUR_MS
    return ready_ms + int(ctx.timings.bill_missing_after_s * 1_000)
