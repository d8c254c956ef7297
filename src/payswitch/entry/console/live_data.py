"""The live page's data: what the board heard, what the router thinks, how the channels are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from payswitch.domain.channel import Channel
from payswitch.routing.reasons import explain
from payswitch.services.checkup import DAY_MS
from payswitch.services.context import Context
from payswitch.services.live_board import LiveBoard
from payswitch.services.watch_memory import Probed

_CHANNELS_KEPT_MS = 30_000


class LiveData:
    """Made when somebody looks; the expensive part at most twice a second however many look."""

    def __init__(self, ctx: Context, board: LiveBoard) -> None:
        self._ctx = ctx
        self._board = board
        self._channels: list[Channel] = []
        self._read_at_ms: int | None = None

    async def now(self) -> dict[str, Any]:
        """Everything the page shows, as plain data."""
        now_ms = self._ctx.clock.now_ms()
        await self._read_channels(now_ms)
        shown: dict[str, Any] = dict(self._board.snapshot(now_ms))
        health = {
            (line.channel_id, line.product.value): msgspec.to_builtins(line)
            for line in self._ctx.router.health_snapshot(now_ms)
        }
        shown["lanes"] = [
            _with_health(lane, health.get((lane["channel_id"], lane["product"]))) for lane in shown["lanes"]
        ]
        shown["channels"] = [{**_channel(channel), **self._standing(channel, now_ms)} for channel in self._channels]
        shown["moments"] = [_explained(moment) for moment in shown["moments"]]
        shown["hedging"] = self._hedging()
        shown["policy_version"] = self._ctx.router.policy_version
        return shown

    def _hedging(self) -> list[dict[str, Any]]:
        """Each merchant's hedges of the last minute, and how many were allowed."""
        monotonic_ms = self._ctx.clock.monotonic_ms()
        merchants = sorted({channel.merchant_id for channel in self._channels})
        return [msgspec.to_builtins(self._ctx.router.hedge_standing(one, monotonic_ms)) for one in merchants]

    def _standing(self, channel: Channel, now_ms: int) -> dict[str, Any]:
        """What concerns the channel as a whole: the day's money, the certificate that ends first, the last probe."""
        ends = [end.ends_at_ms for end in self._ctx.directory.certificates(channel.channel_id)]
        probed = self._ctx.watch.last(channel.channel_id)
        return {
            "used_today_fen": self._ctx.usage.today(now_ms).get(channel.channel_id, 0),
            "daily_cap_fen": channel.daily_cap_fen,
            "certificate_days": (min(ends) - now_ms) // DAY_MS if ends else None,
            "probe": None if probed is None else _probe(probed),
        }

    async def _read_channels(self, now_ms: int) -> None:
        if self._read_at_ms is not None and now_ms - self._read_at_ms < _CHANNELS_KEPT_MS:
            return
        merchants = sorted({shop.merchant_id for shop in await self._ctx.store.shops()})
        found = [channel for merchant in merchants for channel in self._ctx.directory.channels(merchant)]
        self._channels = sorted(found, key=lambda channel: (channel.tier, channel.channel_id))
        self._read_at_ms = now_ms


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "channel_id": channel.channel_id,
        "name": channel.name,
        "upstream": channel.upstream,
        "tier": channel.tier,
        "fee_bp": channel.fee_bp,
        "enabled": channel.enabled,
    }


def _probe(probed: Probed) -> dict[str, Any]:
    return {
        "at_ms": probed.at_ms,
        "severity": probed.finding.severity.value,
        "latency_ms": probed.latency_ms,
        "what": probed.finding.what,
    }


def _with_health(lane: Mapping[str, Any], health: Mapping[str, Any] | None) -> dict[str, Any]:
    """The router's own word about the lane's state counts: the board only heard of moves."""
    if health is None:
        return dict(lane)
    zh, en = _texts(health["reason"])
    return {
        **lane,
        "state": health["state"],
        "since_ms": health["since_ms"],
        "reason_zh": zh,
        "reason_en": en,
        "estimate": health["estimate"],
        "soft_limit_ms": health["soft_limit_ms"],
        "next_probe_at_ms": health["next_probe_at_ms"],
    }


def _explained(moment: Mapping[str, Any]) -> dict[str, Any]:
    if moment["kind"] != "breaker":
        return dict(moment)
    zh, en = _texts(str(moment["reason"]))
    return {**moment, "reason_zh": zh, "reason_en": en}


def _texts(code: str) -> tuple[str, str]:
    """A reason in words; the code itself where nobody described it."""
    try:
        return explain(code) if code else ("", "")
    except KeyError:
        return code, code
