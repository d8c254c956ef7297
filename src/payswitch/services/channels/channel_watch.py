"""渠道探测: asking channels that nobody pays through just now whether they would answer.

A probe is one question about a number that never existed: it moves no money, makes no order, and is no payment traffic:
neither success rates nor breakers hear of it. It shows in the channel's quality, and what a person must mend (a refused
configuration, an answer that is not believed, a certificate that ends) becomes an incident.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable

from payswitch.domain.channel import Channel, Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.logs import get_logger
from payswitch.services.channels.channel_incidents import tell_certificates, tell_probe
from payswitch.services.channels.checkup import ask, judge
from payswitch.services.channels.watch_memory import Probed, Watched
from payswitch.services.context import Context

PLACES = 8
"""Channels asked side by side: enough that hanging ones do not hold up the others, few enough to go unnoticed."""

log = get_logger(__name__)


async def watch_channels(ctx: Context) -> int:
    """One round: probe what is due, tell of certificates. Gives how many channels were asked."""
    enabled = [channel for channel in ctx.directory.all_channels() if channel.enabled]
    await tell_certificates(ctx, enabled)
    due = _due(ctx, enabled)
    places = asyncio.Semaphore(PLACES)
    await asyncio.gather(*(_probe_guarded(ctx, channel, product, places) for channel, product in due))
    return len(due)


def _due(ctx: Context, enabled: Iterable[Channel]) -> list[tuple[Channel, Product]]:
    """Which channels are asked now, and about which product."""
    if not ctx.timings.probe_idle_s:
        return []
    sick = _cut_off(ctx)
    due = []
    for channel in enabled:
        products = _probeable(ctx, channel)
        watched = _look(ctx, channel, products)
        in_trouble = channel.channel_id in sick or bool(watched.failed(products))
        if products and _is_due(ctx, watched, in_trouble=in_trouble):
            due.append((channel, watched.next_product(products)))
    return due


def _cut_off(ctx: Context) -> Collection[str]:
    lines = ctx.router.health_snapshot(ctx.clock.now_ms())
    return {line.channel_id for line in lines if line.state in ("open", "probing")}


def _probeable(ctx: Context, channel: Channel) -> list[Product]:
    table = ctx.directory.capabilities(channel.connector)
    return [product for product, capability in table.items() if product in channel.products and capability.probe]


def _look(ctx: Context, channel: Channel, products: Iterable[Product]) -> Watched:
    """Notice whether the channel had payments since the last look."""
    now_ms = ctx.clock.monotonic_ms()
    watched = ctx.watch.channels.setdefault(channel.channel_id, Watched(quiet_since_ms=now_ms))
    last_call_ms = _last_call_ms(ctx, channel, products)
    if last_call_ms != watched.last_call_ms:
        watched.last_call_ms = last_call_ms
        watched.quiet_since_ms = now_ms
    return watched


def _last_call_ms(ctx: Context, channel: Channel, products: Iterable[Product]) -> int | None:
    """Of the products that really are a call: a locally signed order says nothing of the channel."""
    if ctx.board is None:
        return None
    table = ctx.directory.capabilities(channel.connector)
    lanes = (ctx.board.lane(channel.channel_id, p.value) for p in products if table[p].server_created)
    return max((lane.last_call_ms for lane in lanes if lane is not None and lane.last_call_ms), default=None)


def _is_due(ctx: Context, watched: Watched, *, in_trouble: bool) -> bool:
    now_ms, asked_at_ms = ctx.clock.monotonic_ms(), watched.asked_at_ms
    if in_trouble:
        gaps_s = ctx.timings.probe_gaps_s
        gap_ms = gaps_s[min(watched.in_trouble, len(gaps_s) - 1)] * 1_000
        return asked_at_ms is None or now_ms - asked_at_ms >= gap_ms
    watched.in_trouble = 0
    quiet_since_ms = max(watched.quiet_since_ms, asked_at_ms or 0.0)
    return now_ms - quiet_since_ms >= ctx.timings.probe_idle_s * 1_000


async def probe_now(ctx: Context, channel: Channel) -> list[Probed]:
    """Ask about every product that can be asked about, without waiting for the turn of any."""
    products = _probeable(ctx, channel)
    watched = _look(ctx, channel, products)
    for product in products:
        await _probe(ctx, watched, channel, product)
    return [watched.probes[product] for product in products]


async def _probe_guarded(ctx: Context, channel: Channel, product: Product, places: asyncio.Semaphore) -> None:
    async with places:
        try:
            await _probe(ctx, ctx.watch.channels[channel.channel_id], channel, product)
        except Exception:  # one channel's connector, or the disk, must not keep the others from being asked
            log.exception("probe_failed", channel_id=channel.channel_id)


async def _probe(ctx: Context, watched: Watched, channel: Channel, product: Product) -> None:
    watched.asked_at_ms = ctx.clock.monotonic_ms()
    watched.turn += 1
    watched.in_trouble += 1
    client = ctx.directory.client(channel.channel_id, channel.version)
    asked = await ask(channel, product, client, ctx.clock, ctx.ids, ctx.timings.query_timeout_ms)
    probed = watched.probes[product] = Probed(
        at_ms=ctx.clock.now_ms(),
        product=product,
        outcome=asked.outcome,
        latency_ms=asked.latency_ms,
        finding=judge(channel.channel_id, asked.outcome, asked.latency_ms),
    )
    if asked.outcome.kind in (OutcomeKind.REFUSED_CONFIG, OutcomeKind.UNTRUSTED):
        await tell_probe(ctx, channel, asked.outcome, probed.finding)
