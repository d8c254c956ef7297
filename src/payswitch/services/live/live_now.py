"""实时看板: how it goes just now, for one operator: what came in, what was saved, how each channel does.

Nothing is kept here: the board heard it, the router judges it, storage knows what is in doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from payswitch.domain.alert import Alert
from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.live_minute import LiveMinute
from payswitch.domain.managed_channel import ChannelRecord
from payswitch.domain.operator import Operator
from payswitch.domain.payment import AttemptState, RefundKind
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.logs import get_logger
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT
from payswitch.services.channels import channels, quality
from payswitch.services.channels.only_channels import OnlyFor, only_for
from payswitch.services.channels.quality import ChannelQuality, LineQuality
from payswitch.services.context import Context
from payswitch.services.decisions.usage import day_start_ms
from payswitch.services.live.live_board import LiveBoard, Moment
from payswitch.services.live.live_figures import KEPT_MINUTES, Figures, Stretch
from payswitch.services.live.live_lane import LaneTraffic

WINDOWS: Final = {"15m": 15, "1h": KEPT_MINUTES}
"""Name of each stretch of minutes; beside them the day in Beijing."""
TODAY: Final = "today"
log = get_logger(__name__)
_NO_TRAFFIC: Final = LaneTraffic(wanted=0.0, exposed=0, paid=0, trend=[])


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What happened since a moment."""

    name: str
    since_ms: int
    stretch: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChannel:
    """One channel: how it is set up, how it does, what goes through it."""

    record: ChannelRecord
    quality: ChannelQuality
    traffic: Sequence[LaneTraffic]
    """In the order of the quality's lines."""
    only_for: OnlyFor


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """Money that is not where it belongs, at one moment."""

    count: int = 0
    amount_fen: int = 0
    oldest_ms: int | None = None

    def and_also(self, count: int, amount_fen: int, oldest_ms: int) -> Heap:
        oldest = oldest_ms if self.oldest_ms is None else min(self.oldest_ms, oldest_ms)
        return Heap(count=self.count + count, amount_fen=self.amount_fen + amount_fen, oldest_ms=oldest)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """What is open in the books just now, out of storage."""

    in_doubt: Heap
    """Debits that were sent and that the channel has not answered for."""
    surplus: Heap
    """重复支付 on its way back."""
    alerts: Sequence[Alert]
    """Not resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNow:
    """Everything that the board shows."""

    now_ms: int
    started_ms: int
    """Of this process: times of answers are known since then."""
    windows: Sequence[Window]
    minutes: Sequence[Figures]
    """The last hour minute by minute, the oldest first."""
    open_items: OpenItems | None
    """None where nobody keeps alerts, and so nobody asks."""
    channels: Sequence[LiveChannel]
    moments: Sequence[Moment]
    policies: Sequence[tuple[str, Policy]]
    """Of each merchant: whose split the traffic is compared with."""


async def live_now(ctx: Context, operator: Operator) -> LiveNow:
    """The board of the operator's merchants: nothing of any other's. Looked at afresh at most twice a second."""
    now_ms = ctx.clock.now_ms()
    seen = ctx.live_seen.get(operator.merchant_ids, now_ms)
    return seen or ctx.live_seen.keep(operator.merchant_ids, await _look(ctx, operator, now_ms), now_ms)


async def _look(ctx: Context, operator: Operator, now_ms: int) -> LiveNow:
    board = ctx.board
    if board is None:
        raise PaySwitchError(NOT_FOUND, "nothing is counted here", "此处未启用实时统计")
    _recall(ctx, board, now_ms)
    records = await channels.list_channels(ctx, operator)
    merchants = sorted(operator.merchant_ids)
    return LiveNow(
        now_ms=now_ms,
        started_ms=board.started_ms,
        windows=_windows(board, merchants, now_ms),
        minutes=_minutes(board, merchants, now_ms),
        open_items=await _open_items(ctx, operator, {record.channel.channel_id for record in records}),
        channels=await _channels(ctx, board, records, now_ms),
        moments=board.moments({record.channel.channel_id for record in records}),
        policies=[(one, ctx.router.policy_for(one, WHOLE_MERCHANT)) for one in merchants],
    )


def _recall(ctx: Context, board: LiveBoard, now_ms: int) -> None:
    """Once after a start, when somebody looks, and beside the answer: what this day was before, so that an update of
    the service does not make the owner's day begin anew. Switches and times of answers are not in storage as such."""
    if board.recalled or board.started_ms < day_start_ms(now_ms):
        return
    board.recalled = True
    ctx.live_recalling.begin("day", _recall_day(ctx, board, now_ms))


async def _recall_day(ctx: Context, board: LiveBoard, now_ms: int) -> None:
    since_ms = min(day_start_ms(now_ms), board.started_ms - KEPT_MINUTES * MINUTE_MS)
    try:
        minutes = await ctx.store.live_minutes(since_ms, board.started_ms)
    except StorageUnavailable as error:
        board.recalled = False  # the next look asks again
        log.warning("live_day_not_recalled", reason=str(error))
        return
    for minute in minutes:
        names = (name for name in LiveMinute.__struct_fields__ if name not in ("merchant_id", "at_ms"))
        counts = Figures(**{name: getattr(minute, name) for name in names})
        board.merchant(minute.merchant_id).restore(minute.at_ms, counts, now_ms)


async def _open_items(ctx: Context, operator: Operator, channel_ids: Collection[str]) -> OpenItems | None:
    if ctx.alerts is None:
        return None
    store = ctx.alerts.store
    in_doubt = surplus = Heap()
    for attempts in await store.open_attempt_sums():
        if attempts.channel_id in channel_ids and attempts.state == AttemptState.UNKNOWN.value:
            in_doubt = in_doubt.and_also(attempts.count, attempts.amount_fen, attempts.oldest_ms)
    for refunds in await store.open_refund_sums():
        if operator.manages(refunds.merchant_id) and refunds.kind == RefundKind.SURPLUS.value:
            surplus = surplus.and_also(refunds.count, refunds.amount_fen, refunds.oldest_ms)
    alerts = [one for one in await store.open_alerts() if not one.merchant_id or operator.manages(one.merchant_id)]
    return OpenItems(in_doubt=in_doubt, surplus=surplus, alerts=alerts)


def _windows(board: LiveBoard, merchants: Sequence[str], now_ms: int) -> list[Window]:
    found = []
    for name, minutes in WINDOWS.items():
        since_ms = (now_ms // MINUTE_MS - minutes + 1) * MINUTE_MS
        stretch = _together([board.merchant(one).last(minutes, now_ms) for one in merchants])
        found.append(Window(name=name, since_ms=since_ms, stretch=stretch))
    today = _together([board.merchant(one).today(now_ms) for one in merchants])
    return [*found, Window(name=TODAY, since_ms=day_start_ms(now_ms), stretch=today)]


def _together(stretches: Sequence[Stretch]) -> Stretch:
    found = Stretch()
    for one in stretches:
        found.take_in(one)
    return found


def _minutes(board: LiveBoard, merchants: Sequence[str], now_ms: int) -> list[Figures]:
    found = [Figures() for _ in range(KEPT_MINUTES)]
    for merchant_id in merchants:
        for mine, minute in zip(found, board.merchant(merchant_id).by_minute(now_ms), strict=True):
            mine.take_in(minute)
    return found


async def _channels(ctx: Context, board: LiveBoard, records: Sequence[ChannelRecord], now_ms: int) -> list[LiveChannel]:
    which = [record.channel for record in records]
    looked, alone = quality.look_at(ctx, which), await only_for(ctx, which)
    return [
        LiveChannel(
            record=record,
            quality=one,
            traffic=[_traffic(board, one, line, now_ms) for line in one.lines],
            only_for=alone[record.channel.channel_id],
        )
        for record, one in zip(records, looked, strict=True)
    ]


def _traffic(board: LiveBoard, one: ChannelQuality, line: LineQuality, now_ms: int) -> LaneTraffic:
    lane = board.lane(one.channel.channel_id, line.product.value)
    return _NO_TRAFFIC if lane is None else lane.traffic(now_ms)
