"""渠道质量: how well each product of each channel does, what it may still take, and what will soon be in its way.

Nothing is counted here. The numbers come from where they are kept anyway: the live page's lanes (create calls of the
last ten minutes), the router (completions, breakers), the day's usage, the watch (last probe), the directory
(certificates).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from payswitch.domain.channel import Capability, Channel, Method, Product
from payswitch.domain.operator import Operator
from payswitch.kit.certificates import CertificateEnd
from payswitch.routing.call_window import wilson_lower
from payswitch.routing.snapshot import ChannelHealth
from payswitch.services.channels import channels
from payswitch.services.channels.watch_memory import Probed
from payswitch.services.context import Context
from payswitch.services.live.live_lane import LaneCounts, LastError

SURE_Z: Final = 1.96
"""The interval that holds the true rate with 95 %."""


_NOTHING_HEARD: Final = LaneCounts(calls=0, good=0, bad=0, p50_ms=None, p95_ms=None, last_error=None)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share with what it rests on: three of three is not yet a hundred per cent."""

    good: float
    of: float
    share: float | None
    """None: nothing to divide by."""
    low: float
    high: float
    """Wilson's interval; 0 to 1 where nothing is known."""


def rate(good: float, of: float) -> Rate:
    if of <= 0:
        return Rate(good=0.0, of=0.0, share=None, low=0.0, high=1.0)
    low, high = wilson_lower(good, of, SURE_Z), 1.0 - wilson_lower(of - good, of, SURE_Z)
    return Rate(good=good, of=of, share=good / of, low=low, high=high)


class LineQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One product of one channel."""

    product: Product
    method: Method
    server_created: bool
    """False: orders are signed here, so that no create call can fail: only completions tell of this product."""
    state: str
    """The breaker's: `healthy`, `degraded`, `open`, `probing`."""
    since_ms: int
    reason: str
    """Why the breaker moved last, see routing/reasons.py; empty: it never did."""
    next_probe_at_ms: int | None
    calls: int
    """Create calls of the last ten minutes, those included that prove nothing about the channel."""
    creates: Rate
    """Of those that prove something, how many the channel took."""
    completions: Rate
    """Of the exposures that ended, how many were paid; older ones count less. Without the customer's own reasons."""
    p50_ms: float | None
    p95_ms: float | None
    last_error: LastError | None
    min_fen: int
    max_fen: int | None
    probe: Probed | None


class ChannelQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One channel with its lines and what they share."""

    channel: Channel
    lines: tuple[LineQuality, ...]
    used_today_fen: int
    remaining_today_fen: int | None
    """None: no daily cap."""
    certificates: tuple[CertificateEnd, ...]
    probe: Probed | None
    """The newest that failed; else the newest of all products."""


async def quality_of(ctx: Context, operator: Operator) -> list[ChannelQuality]:
    """Every channel of the operator's merchants, by id."""
    return look_at(ctx, [record.channel for record in await channels.list_channels(ctx, operator)])


async def quality_of_channel(ctx: Context, operator: Operator, channel_id: str) -> ChannelQuality:
    """One channel. Raises `not_found` for one that this operator does not manage."""
    record = await channels.get_channel(ctx, operator, channel_id)
    return look_at(ctx, [record.channel])[0]


def look_at(ctx: Context, which: Iterable[Channel]) -> list[ChannelQuality]:
    """The quality of these channels just now."""
    now_ms = ctx.clock.now_ms()
    health = {(line.channel_id, line.product): line for line in ctx.router.health_snapshot(now_ms)}
    used_fen = ctx.usage.today(now_ms)
    return [
        ChannelQuality(
            channel=channel,
            lines=tuple(
                _line(
                    channel,
                    capability,
                    health.get((channel.channel_id, product)),
                    _counts(ctx, channel, product),
                    ctx.watch.probes(channel.channel_id).get(product),
                )
                for product, capability in ctx.directory.capabilities(channel.connector).items()
                if product in channel.products
            ),
            used_today_fen=used_fen.get(channel.channel_id, 0),
            remaining_today_fen=_remaining_fen(channel, used_fen.get(channel.channel_id, 0)),
            certificates=tuple(ctx.directory.certificates(channel.channel_id)),
            probe=ctx.watch.last(channel.channel_id),
        )
        for channel in which
    ]


def _remaining_fen(channel: Channel, used_fen: int) -> int | None:
    return None if channel.daily_cap_fen is None else max(0, channel.daily_cap_fen - used_fen)


def _counts(ctx: Context, channel: Channel, product: Product) -> LaneCounts:
    lane = None if ctx.board is None else ctx.board.lane(channel.channel_id, product.value)
    return _NOTHING_HEARD if lane is None else lane.counts(ctx.clock.now_ms())


def _line(
    channel: Channel, capability: Capability, health: ChannelHealth | None, counts: LaneCounts, probe: Probed | None
) -> LineQuality:
    paid, ended = (health.paid, health.ended) if health is not None else (0.0, 0.0)
    limits = [limit for limit in (channel.max_fen, capability.max_fen) if limit is not None]
    return LineQuality(
        product=capability.product,
        method=capability.method,
        server_created=capability.server_created,
        state=health.state if health is not None else "healthy",
        since_ms=health.since_ms if health is not None else 0,
        reason=health.reason if health is not None else "",
        next_probe_at_ms=health.next_probe_at_ms if health is not None else None,
        calls=counts.calls,
        creates=rate(counts.good, counts.good + counts.bad),
        completions=rate(paid, ended),
        p50_ms=counts.p50_ms,
        p95_ms=counts.p95_ms,
        last_error=counts.last_error,
        min_fen=max(channel.min_fen, capability.min_fen),
        max_fen=min(limits) if limits else None,
        probe=probe,
    )
