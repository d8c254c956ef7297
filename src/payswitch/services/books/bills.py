"""What operators do with bills and breaks. Another merchant's do not exist for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict
from payswitch.domain.channel import Channel
from payswitch.domain.errors import NO_BILLS, NOT_FOUND, WRONG_STATE, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.reconciliation import BillRun, Break, BreakState
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.kit.clock import beijing_midnight_ms
from payswitch.services.books.book_ports import BookStore
from payswitch.services.books.reconciliation import bill_source, reconcile
from payswitch.services.context import Context
from payswitch.services.people.trail import deed, record

MOST_RUNS = 1_000


class ReconcileDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Please hold one day's bills against the books, now."""

    date: str
    channel_id: str | None = None
    """None: every channel that has bills."""


class ResolveBreak(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person looked into it: it is settled, and why."""

    note: str


class DayOfChannel(msgspec.Struct, frozen=True, kw_only=True):
    """How one channel's day went, with every break of that day, open or settled."""

    run: BillRun
    breaks: Sequence[Break]


async def reconcile_day(ctx: Context, operator: Operator | None, command: ReconcileDay) -> list[DayOfChannel]:
    """Of one channel or all, one after the other. `operator`: None for whoever sits at the machine itself."""
    _check_date(ctx, command.date)
    books = books_of(ctx)
    found = []
    for channel in _channels(ctx, operator, command.channel_id):
        source = bill_source(ctx, channel)
        if source is None:
            if command.channel_id is not None:
                raise _no_bills(f"connector {channel.connector} has no bills", f"连接器 {channel.connector} 没有对账单")
            continue
        if operator is not None:
            asked = {"channel_id": channel.channel_id}
            await record(
                ctx, deed(ctx, operator, "reconcile", TrailKind.BILL, command.date, channel.merchant_id, after=asked)
            )
        run = await reconcile(ctx, books, channel, source, command.date)
        breaks = await books.breaks_of_day(channel.channel_id, command.date)
        found.append(DayOfChannel(run=run, breaks=breaks))
    return found


def _check_date(ctx: Context, date: str) -> None:
    """Raises `no_bills` for a day from which none can be."""
    try:
        start_ms = beijing_midnight_ms(date)
    except (ValueError, OverflowError):
        raise _no_bills("the date must be a Beijing date, 2026-11-11", "日期须为北京日期，如 2026-11-11") from None
    if start_ms > ctx.clock.now_ms():
        raise _no_bills(f"{date} has not begun yet", f"{date} 尚未开始")
    if start_ms < 0:
        raise _no_bills(f"no channel has bills of {date}", f"没有任何渠道有 {date} 的对账单")


def _no_bills(why: str, why_zh: str) -> PaySwitchError:
    return PaySwitchError(NO_BILLS, why, why_zh)


def _channels(ctx: Context, operator: Operator | None, channel_id: str | None) -> list[Channel]:
    mine = [c for c in ctx.directory.all_channels() if operator is None or operator.manages(c.merchant_id)]
    if channel_id is None:
        return mine
    found = [channel for channel in mine if channel.channel_id == channel_id]
    if not found:
        raise PaySwitchError(
            NOT_FOUND, f"there is no channel {channel_id} that you manage", f"没有由您管理的渠道 {channel_id}"
        )
    return found


async def list_runs(ctx: Context, operator: Operator, from_day: str) -> list[BillRun]:
    """Newest day first."""
    runs = await books_of(ctx).runs_since(from_day, MOST_RUNS)
    return [run for run in runs if operator.manages(run.merchant_id)]


async def list_breaks(
    ctx: Context, operator: Operator, *, only_open: bool, before: str | None, limit: int
) -> list[Break]:
    """Newest first, of all merchants of the operator."""
    books = books_of(ctx)
    place: tuple[int, str] | None = None
    if before is not None:
        last = await get_break(ctx, operator, before)
        place = (last.found_at_ms, last.break_id)
    found: list[Break] = []
    for merchant_id in operator.merchant_ids:
        found += await books.list_breaks(merchant_id, only_open=only_open, place=place, limit=limit)
    found.sort(key=lambda one: (one.found_at_ms, one.break_id), reverse=True)
    return found[:limit]


async def get_break(ctx: Context, operator: Operator, break_id: str) -> Break:
    found = await books_of(ctx).break_of(break_id)
    if found is None or not operator.manages(found.merchant_id):
        raise PaySwitchError(NOT_FOUND, f"there is no break {break_id}", f"没有差异 {break_id}")
    return found


async def resolve_break(ctx: Context, operator: Operator, break_id: str, command: ResolveBreak) -> Break:
    """A person says that it is settled. It stays so, whatever later bills say. Raises `wrong_state` when it is settled
    already."""
    found = await get_break(ctx, operator, break_id)
    resolved = replace(
        found,
        state=BreakState.RESOLVED,
        resolved_at_ms=ctx.clock.now_ms(),
        resolved_by=operator.operator_id,
        note=command.note,
    )
    try:
        await books_of(ctx).resolve_break(resolved, _resolving(ctx, operator, found, command.note))
    except CommitConflict as conflict:
        raise PaySwitchError(
            WRONG_STATE,
            f"the break is settled already ({found.resolved_by}: {found.note})",
            f"该差异已处理（{found.resolved_by}：{found.note}）",
            extra={"break_id": break_id},
        ) from conflict
    return resolved


def _resolving(ctx: Context, operator: Operator, found: Break, note: str) -> TrailEntry:
    was, now = {"state": found.state.value}, {"state": BreakState.RESOLVED.value}
    return deed(
        ctx, operator, "resolve", TrailKind.BREAK, found.break_id, found.merchant_id, before=was, after=now, note=note
    )


def books_of(ctx: Context) -> BookStore:
    """Raises NOT_FOUND where the service keeps none."""
    if ctx.books is None:
        raise PaySwitchError(NOT_FOUND, "this service keeps no books", "本服务未启用账本")
    return ctx.books
