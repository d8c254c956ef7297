"""分析库写入: the worker brings the columnar store up to date, hour by hour of creation.

An hour is written as a whole, whenever something in it may have changed: it is recent, something in it has not ended,
or money came or went back in it since. So a row is never updated in place, writing again does no harm, and after a
crash at any point the next round simply goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from payswitch.domain.analysis import LakeState, Scope
from payswitch.domain.attempt_fact import AttemptFact
from payswitch.domain.shop import tested_channel
from payswitch.kit.clock import beijing_date, beijing_midnight_ms
from payswitch.kit.durations import HOUR_MS
from payswitch.kit.logs import get_logger
from payswitch.services.context import Context
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.services.reports.attempt_facts import facts_of_payment, is_settled

PAGE: Final = 500
_BREATH: Final = 25
"""Payments between two breaths in which customers are served: a millisecond of work."""
OVERLAP_MS: Final = 600_000
"""Looked at twice: rows whose times lie before their commit, clocks that were set back."""
MOST_DAYS: Final = 8
"""In one round: a long history is caught up with over several, the newest days first."""
WARM_DAYS: Final = 90
"""What the failures page can show."""
WARMED_AT_ONCE: Final = 5
OLD_HOURS: Final = 24
"""An hour older than that with something unended in it is written again once an hour, and when money moves in it."""

log = get_logger(__name__)


async def write_due(ctx: Context) -> int:
    """One round; how many rows were written."""
    if ctx.analytics is None:
        return 0
    return await Writing(ctx, ctx.analytics).round()


class Writing:
    """One round of writing."""

    def __init__(self, ctx: Context, analytics: Analytics) -> None:
        self._ctx, self._history, self._lake = ctx, analytics.history, analytics.lake
        self._keep_hours = analytics.keep_days * 24
        self._fees_bp: Mapping[str, int] = {one.channel_id: one.fee_bp for one in ctx.directory.all_channels()}
        self._unsettled: set[int] = set()

    async def round(self) -> int:
        """Bring everything up to date that is due, newest days first. The state is saved after each day: what is lost
        with a crash is written again."""
        now_ms = self._ctx.clock.now_ms()
        state = await self._lake.state()
        changed, never = await self._due(state, now_ms)
        due = changed | never
        days = [list(hours) for _, hours in groupby(sorted(due, reverse=True), key=_date_of)]
        days.sort(key=changed.isdisjoint)  # what has changed before what was never written; stable
        later = frozenset(hour for hours in days[MOST_DAYS:] for hour in hours)
        written = 0
        for hours in days[:MOST_DAYS]:
            written += await self._lake.write_hours(sorted(hours), self._facts(sorted(hours)))
            still_open = (state.open_hours - set(hours)) | self._unsettled
            state = replace(state, open_hours=still_open, missing=(state.missing | due) - set(hours))
            await self._lake.save_state(state)
        done = replace(state, missing=later, seen_ms=now_ms, next_hour=now_ms // HOUR_MS, written_ms=now_ms)
        await self._lake.save_state(done)
        await self._lake.prune(_date_of(now_ms // HOUR_MS - self._keep_hours))
        await self._warm(now_ms)
        return written

    async def _warm(self, now_ms: int) -> None:
        """Count past days before somebody asks, a few a round: after an upgrade a page should not wait for months."""
        merchants = frozenset(channel.merchant_id for channel in self._ctx.directory.all_channels())
        if merchants:
            until_ms = beijing_midnight_ms(beijing_date(now_ms))
            scope = Scope(merchant_ids=merchants, from_ms=until_ms - WARM_DAYS * 24 * HOUR_MS, to_ms=until_ms)
            await self._lake.warm(scope, WARMED_AT_ONCE)

    async def _due(self, state: LakeState, now_ms: int) -> tuple[set[int], set[int]]:
        """The hours in which something may have changed since the last round, and those never written."""
        this_hour = now_ms // HOUR_MS
        oldest_ms = await self._history.oldest_payment_ms()
        first = this_hour if oldest_ms is None else max(oldest_ms // HOUR_MS, this_hour - self._keep_hours)
        never = {*range(state.next_hour or first, this_hour + 1), *state.missing}
        new_hour = this_hour != state.next_hour
        open_ones = {hour for hour in state.open_hours if new_hour or this_hour - hour <= OLD_HOURS}
        touched: set[int] = set()
        if state.seen_ms:
            touched = await self._history.touched_hours(state.seen_ms - OVERLAP_MS)
        changed = {this_hour, *open_ones, *touched}
        return {hour for hour in changed if hour >= first}, {hour for hour in never if hour >= first}

    async def _facts(self, hours: Sequence[int]) -> AsyncIterator[Sequence[AttemptFact]]:
        for hour in hours:
            after = ""
            self._unsettled.discard(hour)
            while page := await self._history.history_page(hour * HOUR_MS, (hour + 1) * HOUR_MS, after, PAGE):
                after = page[-1][0].payment.payment_id
                rows: list[AttemptFact] = []
                for number, (file, decisions) in enumerate(page):
                    if tested_channel(file.payment.shop_id) is None:
                        rows += facts_of_payment(file, decisions, self._fees_bp)
                        if not is_settled(file):
                            self._unsettled.add(hour)
                    if number % _BREATH == 0:
                        await asyncio.sleep(0)
                yield rows


def _date_of(hour: int) -> str:
    return beijing_date(hour * HOUR_MS)
