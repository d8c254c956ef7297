"""When which bill is fetched: yesterday's from the channel's bill hour on, what is still missing again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from payswitch.domain.channel import Channel
from payswitch.domain.reconciliation import BillRun, RunState
from payswitch.kit.clock import beijing_date
from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.kit.logs import get_logger
from payswitch.services.books.bill_missing import shifted
from payswitch.services.books.reconciliation import bill_source, reconcile
from payswitch.services.context import Context

MOST_DAYS: Final = 31
"""After a long stop, so many days are caught up by themselves; older ones by `payswitch reconcile --date`. Channels
keep their bills for three months."""
LAST_RUN_WITHIN_DAYS: Final = 92
"""A channel whose last bill is older than that begins anew."""

log = get_logger(__name__)


async def reconcile_due(ctx: Context) -> int:
    """One round over all channels; how many bills were asked for. One channel's trouble does not stop the others."""
    if ctx.books is None:
        return 0
    asked = 0
    for channel in ctx.directory.all_channels():
        source = bill_source(ctx, channel)
        if source is None:
            continue
        now_ms = ctx.clock.now_ms()
        newest = newest_day(now_ms, ctx.timings.bill_hour)
        runs = await ctx.books.runs_of(channel.channel_id, shifted(newest, -LAST_RUN_WITHIN_DAYS))
        for day in due_days(runs, newest, now_ms):
            asked += 1
            await _guarded(ctx, channel, day)
    return asked


async def _guarded(ctx: Context, channel: Channel, day: str) -> None:
    source = bill_source(ctx, channel)
    if ctx.books is None or source is None:
        return
    try:
        await reconcile(ctx, ctx.books, channel, source, day)
    except Exception:  # the next round tries it again; other channels' bills must not wait for this one
        log.exception("reconciliation_failed", channel_id=channel.channel_id, day=day)


def newest_day(now_ms: int, bill_hour: int) -> str:
    """The newest day whose bills should be there."""
    return beijing_date(now_ms - DAY_MS - bill_hour * HOUR_MS)


def due_days(runs: Sequence[BillRun], newest: str, now_ms: int) -> list[str]:
    """Which days' bills to ask for now, oldest first: days between the first run and the newest that have none, and
    those whose time has come again. A channel that was never reconciled begins with the newest day."""
    known = {run.day: run for run in runs}
    first = min(known, default=newest)
    return [day for day in _days(first, newest) if _is_due(known.get(day), now_ms)]


def _days(first: str, last: str) -> Iterator[str]:
    day = max(first, shifted(last, 1 - MOST_DAYS))
    while day <= last:
        yield day
        day = shifted(day, 1)


def _is_due(run: BillRun | None, now_ms: int) -> bool:
    if run is None:
        return True
    return run.state is not RunState.DONE and run.due_at_ms is not None and run.due_at_ms <= now_ms
