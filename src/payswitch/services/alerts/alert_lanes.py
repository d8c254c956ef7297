"""What one node can see for itself: its breakers and its calls of the last minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from payswitch.alerting.rules import LANE_RULES, OPEN_STATES, PAYMENT_RULES
from payswitch.alerting.rules_of_books import evaluate
from payswitch.alerting.view import LaneView, OpenMoney, View
from payswitch.domain.alert import Finding
from payswitch.domain.channel import Channel, Product
from payswitch.domain.payment import AttemptState
from payswitch.routing.reasons import MOVES
from payswitch.routing.snapshot import ChannelHealth
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.context import Context

LOOK_BACK_S: Final = 180
"""Calls that rates and latencies are taken from: long enough for a quiet channel, short enough to be over soon."""
LATELY_S: Final = 60
MOVED_LOOK_BACK_MS: Final = 60_000
"""Payments were moved before the breaker opened: they are what opened it."""
_RULES: Final = {name: rule for name, rule in PAYMENT_RULES.items() if name in LANE_RULES}
_SHOWN: Final = frozenset({AttemptState.EXPOSED.value, AttemptState.CLOSING.value})


def lane_findings(ctx: Context, desk: AlertDesk, money: Sequence[OpenMoney]) -> list[Finding]:
    """What the rules say about the lanes of this node."""
    now_ms = ctx.clock.now_ms()
    health = {(line.channel_id, line.product): line for line in ctx.router.health_snapshot(now_ms)}
    lanes = [
        _lane(ctx, desk, channel, product, health, now_ms)
        for channel in ctx.directory.all_channels()
        if channel.enabled
        for product in sorted(channel.products)
    ]
    return evaluate(View(now_ms=now_ms, lanes=lanes, money=money), desk.settings, _RULES)


async def open_money(ctx: Context, desk: AlertDesk) -> list[OpenMoney]:
    """Attempts that have not ended, by channel and product."""
    found: dict[tuple[str, str], OpenMoney] = {}
    for sums in await desk.store.open_attempt_sums():
        channel = ctx.directory.channel(sums.channel_id)
        if channel is None:
            continue
        key = (sums.channel_id, sums.product)
        before = found.get(key) or OpenMoney(
            merchant_id=channel.merchant_id, channel_id=sums.channel_id, name=channel.name, product=sums.product
        )
        found[key] = _with(before, sums.state, sums.count, sums.amount_fen, sums.oldest_ms)
    return list(found.values())


def _with(before: OpenMoney, state: str, count: int, amount_fen: int, oldest_ms: int) -> OpenMoney:
    if state == AttemptState.UNKNOWN.value:
        return replace(before, unknown=count, unknown_fen=amount_fen, unknown_since_ms=oldest_ms)
    if state in _SHOWN:
        return replace(before, shown=before.shown + count, shown_fen=before.shown_fen + amount_fen)
    return before


def _lane(
    ctx: Context,
    desk: AlertDesk,
    channel: Channel,
    product: Product,
    health: Mapping[tuple[str, Product], ChannelHealth],
    now_ms: int,
) -> LaneView:
    line = health.get((channel.channel_id, product))
    state = "healthy" if line is None else line.state
    since_ms, reason = _cause(desk, channel.channel_id, product, line, now_ms)
    in_trouble_ms = since_ms if state in OPEN_STATES else now_ms
    moved, saved, saved_fen = desk.ears.moved_from(channel.channel_id, in_trouble_ms - MOVED_LOOK_BACK_MS)
    lane = None if ctx.board is None else ctx.board.lane(channel.channel_id, product.value)
    whole_s = min(LOOK_BACK_S, _since_mended_s(desk, channel.channel_id, product, now_ms))
    counts = None if lane is None else lane.counts(now_ms, whole_s)
    lately = None if lane is None else lane.counts(now_ms, min(LATELY_S, whole_s))
    error = "" if counts is None or counts.last_error is None else counts.last_error.code
    return LaneView(
        merchant_id=channel.merchant_id,
        channel_id=channel.channel_id,
        name=channel.name,
        product=product.value,
        state=state,
        state_since_ms=since_ms,
        reason=reason,
        good=counts.good if counts else 0,
        bad=counts.bad if counts else 0,
        calls=counts.calls if counts else 0,
        p95_ms=counts.p95_ms if counts else None,
        lately_good=lately.good if lately else 0,
        lately_bad=lately.bad if lately else 0,
        lately_p95_ms=lately.p95_ms if lately else None,
        error=error,
        moved=moved,
        saved=saved,
        saved_fen=saved_fen,
    )


def _cause(
    desk: AlertDesk, channel_id: str, product: Product, line: ChannelHealth | None, now_ms: int
) -> tuple[int, tuple[str, str]]:
    """Since when this state lasts, and why. While a breaker is out it is that of its opening, not of the last probe."""
    key = (channel_id, product.value)
    if line is None:
        return 0, ("", "")
    found = (line.since_ms or now_ms, MOVES.get(line.reason, ("", "")))
    if line.state not in OPEN_STATES:
        if desk.memory.causes.pop(key, None) is not None:
            desk.memory.mended_ms[key] = now_ms
        return found
    return desk.memory.causes.setdefault(key, found)


def _since_mended_s(desk: AlertDesk, channel_id: str, product: Product, now_ms: int) -> int:
    """At least one second; very long where it was never out."""
    mended_ms = desk.memory.mended_ms.get((channel_id, product.value), 0)
    return max(1, (now_ms - mended_ms) // 1_000)
