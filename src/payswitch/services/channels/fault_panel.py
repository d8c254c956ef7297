"""故障演练: makes channels of the sandbox ill and well again, at an operator's wish.

Only a service that is told where its sandbox is can do it, and that is asked about nothing but faults: no real channel
is ever touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Channel
from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, PaySwitchError
from payswitch.domain.illness import FaultSeen, IllnessKind
from payswitch.domain.operator import Operator
from payswitch.services.channels.channel_commits import channel_deed
from payswitch.services.channels.channels import get_channel
from payswitch.services.context import Context

EDGE_STATUS: Final = 502
BUSY_CODES: Final[Mapping[str, tuple[str, int]]] = {
    "wechatpay": ("SYSTEM_ERROR", 500),
    "alipay": ("ACQ.SYSTEM_ERROR", 0),
}
"""In whose words a channel says that it is busy: code and HTTP status (0: the usual one)."""


class MakeIll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one channel shall suffer from."""

    kind: IllnessKind
    share_percent: int = 100
    """The part of its calls (or, of `wallet_error`, of its customers) that is struck."""
    ms: int = 0
    """How late the answers of `latency` are."""


class SandboxControl(Protocol):
    """The sandbox's own interface for faults. Raises PaySwitchError `sandbox_away` when it does not answer."""

    async def faults(self) -> Sequence[FaultSeen]: ...

    async def raw_faults(self) -> list[dict[str, object]]:
        """As they were set, to be set again."""
        ...

    async def set_faults(self, faults: Sequence[Mapping[str, object]]) -> None:
        """Instead of all that were set before."""
        ...


async def illnesses(ctx: Context) -> Sequence[FaultSeen]:
    """What the sandbox plays just now; nothing where there is none."""
    return [] if ctx.sandbox is None else await ctx.sandbox.faults()


def kinds_of(channel: Channel) -> list[IllnessKind]:
    """What this channel can be made to suffer from."""
    return [kind for kind in IllnessKind if kind is not IllnessKind.BUSY or channel.connector in BUSY_CODES]


async def make_ill(ctx: Context, operator: Operator, channel_id: str, command: MakeIll) -> None:
    """From now on this channel suffers from this, and from nothing else."""
    channel = (await get_channel(ctx, operator, channel_id)).channel
    fault = _fault(channel, command)
    await _sandbox(ctx).set_faults([*await _others(ctx, channel_id), fault])
    after = {"kind": command.kind.value, "share_percent": command.share_percent, "ms": command.ms}
    trail = channel_deed(ctx, operator, channel, "make_ill", after=after)
    await ctx.store.commit(Changes(insert_trail=[trail]))


async def make_well(ctx: Context, operator: Operator, channel_id: str) -> None:
    """Nothing is wrong with this channel any more."""
    channel = (await get_channel(ctx, operator, channel_id)).channel
    await _sandbox(ctx).set_faults(await _others(ctx, channel_id))
    await ctx.store.commit(Changes(insert_trail=[channel_deed(ctx, operator, channel, "make_well")]))


async def _others(ctx: Context, channel_id: str) -> list[dict[str, object]]:
    return [fault for fault in await _sandbox(ctx).raw_faults() if fault["account"] != channel_id]


def _sandbox(ctx: Context) -> SandboxControl:
    if ctx.sandbox is None:
        raise PaySwitchError(
            NOT_FOUND,
            "this service knows no sandbox ([service] sandbox_url): real channels are never made ill",
            "本服务未配置沙箱（[service] sandbox_url）；真实渠道不能演练故障",
        )
    return ctx.sandbox


def _fault(channel: Channel, wish: MakeIll) -> dict[str, object]:
    """In the sandbox's own terms."""
    kind = wish.kind
    if kind not in kinds_of(channel):
        raise _wrong("kind", f"is not played for {channel.connector}", f"{channel.connector} 暂不支持此故障")
    if kind is IllnessKind.LATENCY and not wish.ms:
        raise _wrong("ms", "is needed for latency", "latency 需填写毫秒数")
    code, status = BUSY_CODES.get(channel.connector, ("", 0))
    particulars: dict[IllnessKind, dict[str, object]] = {
        IllnessKind.LATENCY: {"ms": wish.ms, "operations": ["create"]},
        IllnessKind.HANG: {"operations": ["create"]},
        IllnessKind.HTTP_5XX: {"status": EDGE_STATUS, "operations": ["create"]},
        IllnessKind.BUSY: {"code": code, "status": status, "message": "系统繁忙", "operations": ["create"]},
    }
    usual = {"account": channel.channel_id, "kind": kind.value, "share": wish.share_percent / 100}
    return {**usual, **particulars.get(kind, {})}


def _wrong(field: str, english: str, chinese: str) -> PaySwitchError:
    return PaySwitchError(
        INVALID_REQUEST,
        f"{field} {english}",
        chinese,
        errors=[{"field": field, "message": f"{english} / {chinese}"}],
    )
