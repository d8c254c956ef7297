"""Shops against their own past: minutes are read once, as soon as their payments are old enough to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from payswitch.alerting.pattern import expected_payments
from payswitch.alerting.small_shop import Charted, Past, chart, charts_of
from payswitch.alerting.view import ShopView
from payswitch.domain.alert import AlertRule, ShopTally, Watch
from payswitch.domain.shop import Shop
from payswitch.kit.durations import DAY_MS, HOUR_MS, MINUTE_MS
from payswitch.services.alerts.alert_desk import AlertDesk, ShopMemory
from payswitch.services.context import Context

SLACK_MS: Final = 5_000
"""After the age at which payments are judged: what is being committed at that moment."""
MINUTES_KEPT: Final = 150
CATCH_UP_MS: Final = 2 * HOUR_MS
"""After a stop: what is older was another day's trouble."""
PAST_DAYS: Final = 28
BACKFILL_DAYS: Final = 14
"""Hours of payments that were there before the alerts were: read one each round, when nothing else is due."""
_WATCH: Final = "success:"
_HOURS: Final = "hours"


async def begin(ctx: Context, desk: AlertDesk) -> None:
    """Take up where the last round of whichever node left off."""
    now_ms = ctx.clock.now_ms()
    memory = desk.memory
    memory.shops = {shop.shop_id: ShopMemory() for shop in await ctx.store.shops()}
    for hour in await desk.store.shop_hours(now_ms - PAST_DAYS * DAY_MS):
        _shop(desk, hour.shop_id).hours.append(hour)
    wanted = await _months(ctx, desk)
    memory.through_ms = _minute(now_ms - CATCH_UP_MS)
    memory.hours_through_ms = (now_ms - BACKFILL_DAYS * DAY_MS) // HOUR_MS * HOUR_MS
    charted: dict[str, tuple[int, Charted]] = {}
    for watch in await desk.store.watches():
        if watch.watch_id == _HOURS:
            memory.hours_through_ms = max(memory.hours_through_ms, watch.through_ms)
        elif watch.watch_id.startswith(_WATCH):
            state = msgspec.json.decode(watch.state, type=Charted)
            charted[watch.watch_id.removeprefix(_WATCH)] = (watch.through_ms, state)
    await _read_minutes(ctx, desk, memory.through_ms, _judged_until(ctx))
    for shop_id, shop in memory.shops.items():
        _learn(shop, now_ms, wanted.get(shop_id, 1.0))
        through_ms, shop.charted = charted.get(shop_id, (0, Charted()))
        if shop.charts is not None:
            news = (minute for minute in shop.minutes if minute.at_ms >= max(through_ms, memory.through_ms))
            shop.charted = chart(shop.charts, shop.charted, news)
    memory.through_ms = _judged_until(ctx)
    memory.begun = True


async def look_on(ctx: Context, desk: AlertDesk) -> list[Watch]:
    """Read the minutes that can be judged by now, and go on with the tests. What must be kept, for the next commit."""
    memory, now_ms = desk.memory, ctx.clock.now_ms()
    until_ms = _judged_until(ctx)
    if until_ms <= memory.through_ms:
        return await _one_more_hour(ctx, desk)
    news = await _read_minutes(ctx, desk, memory.through_ms, until_ms)
    wanted = await _months(ctx, desk)
    watches = []
    for shop_id, shop in memory.shops.items():
        if shop.charts is None:
            _learn(shop, now_ms, wanted.get(shop_id, 1.0))
        if shop.charts is not None:
            shop.charted = chart(shop.charts, shop.charted, (one for one in news if one.shop_id == shop_id))
            state = msgspec.Raw(msgspec.json.encode(shop.charted))
            watches.append(Watch(watch_id=_WATCH + shop_id, through_ms=until_ms, state=state))
    memory.through_ms = until_ms
    return watches


async def _months(ctx: Context, desk: AlertDesk) -> dict[str, float]:
    """How far apart false alarms shall be, by shop."""
    rule = AlertRule.SUCCESS_FALLEN
    return {one.shop_id: desk.settings.value(one.merchant_id, rule, "months") for one in await ctx.store.shops()}


async def _read_minutes(ctx: Context, desk: AlertDesk, from_ms: int, until_ms: int) -> Sequence[ShopTally]:
    age_ms = int(ctx.timings.alert_age_s * 1_000)
    news = await desk.store.shop_tallies(from_ms, until_ms, age_ms=age_ms, step_ms=MINUTE_MS)
    for minute in news:
        minutes = _shop(desk, minute.shop_id).minutes
        minutes.append(minute)
        del minutes[:-MINUTES_KEPT]
    return news


async def _one_more_hour(ctx: Context, desk: AlertDesk) -> list[Watch]:
    """The next whole hour, if there is one: it becomes part of what is usual."""
    memory, now_ms = desk.memory, ctx.clock.now_ms()
    start_ms = memory.hours_through_ms
    if start_ms + HOUR_MS > _judged_until(ctx):
        return []
    age_ms = int(ctx.timings.alert_age_s * 1_000)
    hours = await desk.store.shop_tallies(start_ms, start_ms + HOUR_MS, age_ms=age_ms, step_ms=HOUR_MS)
    wanted = await _months(ctx, desk)
    await desk.store.save_shop_hours(hours, now_ms - PAST_DAYS * DAY_MS)
    for hour in hours:
        shop = _shop(desk, hour.shop_id)
        shop.hours.append(hour)
        _learn(shop, now_ms, wanted.get(hour.shop_id, 1.0))
    memory.hours_through_ms = start_ms + HOUR_MS
    return [Watch(watch_id=_HOURS, through_ms=memory.hours_through_ms, state=msgspec.Raw(b"null"))]


def _learn(shop: ShopMemory, now_ms: int, months: float = 1.0) -> None:
    """What is usual. An alarm that goes on keeps the charts it was raised by."""
    shop.hours = [hour for hour in shop.hours if hour.at_ms >= now_ms - PAST_DAYS * DAY_MS]
    if shop.charted.alarm and shop.charts is not None:
        return
    first_ms = min((hour.at_ms for hour in shop.hours), default=now_ms)
    shop.past = Past.of(shop.hours, (now_ms - first_ms) / DAY_MS)
    shop.charts = charts_of(shop.past, months)


async def shop_views(ctx: Context, desk: AlertDesk) -> list[ShopView]:
    """Every shop in its window, and against its past."""
    now_ms = ctx.clock.now_ms()
    return [await _view(ctx, desk, shop, now_ms) for shop in await ctx.store.shops()]


async def _view(ctx: Context, desk: AlertDesk, shop: Shop, now_ms: int) -> ShopView:
    memory = _shop(desk, shop.shop_id)
    minutes = desk.settings.value(shop.merchant_id, AlertRule.SUCCESS_LOW, "minutes")
    from_ms = desk.memory.through_ms - int(minutes) * MINUTE_MS
    window = _sum(shop.shop_id, (one for one in memory.minutes if one.at_ms >= from_ms))
    last_ms = await desk.store.last_payment_ms(shop.shop_id)
    view = ShopView(
        merchant_id=shop.merchant_id,
        shop_id=shop.shop_id,
        name=shop.name,
        paid=window.paid,
        ours=window.ours,
        silent=window.silent,
        payer=window.payer,
        ours_fen=window.ours_fen,
        window_from_ms=from_ms,
        last_created_ms=last_ms,
        expected=expected_payments(memory.hours, last_ms, now_ms) if last_ms else 0.0,
    )
    return _with_fall(view, memory) if memory.charted.alarm else view


def _with_fall(view: ShopView, memory: ShopMemory) -> ShopView:
    """What the sequential test says, with what was lost since the trouble began."""
    since_ms = memory.charted.since_ms
    lately = _sum(view.shop_id, (one for one in memory.minutes if one.at_ms >= since_ms))
    only_ours = memory.charted.ours.alarm
    failed = lately.ours if only_ours else lately.ours + lately.silent
    judged = lately.paid + lately.ours + lately.silent
    past = memory.past
    unusual = 0 if past is None else past.ours if only_ours else past.unpaid
    mean_fen = lately.created_fen // max(lately.created, 1)
    return msgspec.structs.replace(
        view,
        fallen="ours" if only_ours else "unpaid",
        fallen_since_ms=since_ms,
        usual=1 - unusual / past.judged if past is not None and past.judged else 1.0,
        recent=1 - failed / judged if judged else 0.0,
        failed=failed,
        failed_fen=lately.ours_fen if only_ours else mean_fen * failed,
    )


def _sum(shop_id: str, minutes: Iterable[ShopTally]) -> ShopTally:
    total = {name: 0 for name in ShopTally.__struct_fields__ if name not in ("shop_id", "at_ms")}
    for minute in minutes:
        for name in total:
            total[name] += getattr(minute, name)
    return ShopTally(shop_id=shop_id, at_ms=0, **total)


def _shop(desk: AlertDesk, shop_id: str) -> ShopMemory:
    return desk.memory.shops.setdefault(shop_id, ShopMemory())


def _minute(ms: int) -> int:
    return ms // MINUTE_MS * MINUTE_MS


def _judged_until(ctx: Context) -> int:
    """The last full minute whose payments are all old enough."""
    return _minute(ctx.clock.now_ms() - int(ctx.timings.alert_age_s * 1_000) - SLACK_MS)
