"""What every change of a channel has in common: the revision it was decided on, its audit, its keys, its commit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.errors import CHANNEL_STATE, NO_MASTER_KEY, REVISION_CONFLICT, PaySwitchError
from payswitch.domain.managed_channel import (
    ChannelChange,
    ChannelRecord,
    ChannelState,
    ManagedChannel,
    SealedCredential,
)
from payswitch.domain.operator import Operator
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.kit.sealing import KeyRing, SealBroken
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channels import managed_channel
from payswitch.services.channels.credentials import seal, unseal
from payswitch.services.context import Context
from payswitch.services.people.trail import deed

_HINTS: Mapping[str, tuple[str, str]] = {
    "retire": ("disable it first", "请先停用"),
    "disable": ("a draft takes no payment anyhow, and a retired channel is out for ever", "草稿与已退役渠道无需停用"),
    "enable": ("a retired channel never comes back; create a new one", "已退役的渠道不能恢复，请新建渠道"),
    "rotate": ("a retired channel takes no new keys; create a new one", "已退役的渠道不能更换密钥，请新建渠道"),
    "test": ("a retired channel takes no payment", "已退役的渠道不能收款"),
}


def wrong_state(state: ChannelState, action: str) -> PaySwitchError:
    english, chinese = _HINTS[action]
    return PaySwitchError(
        CHANNEL_STATE,
        f"the channel is {state.value}: {english}",
        f"渠道状态为 {state.value}：{chinese}",
        extra={"state": state.value},
    )


async def current(ctx: Context, operator: Operator, channel_id: str, revision: int) -> ManagedChannel:
    managed = await managed_channel(ctx, operator, channel_id)
    if managed.revision != revision:
        raise conflict(managed.revision)
    return managed


def conflict(revision: int | None) -> PaySwitchError:
    return PaySwitchError(REVISION_CONFLICT, extra={} if revision is None else {"revision": revision})


async def commit_change(
    ctx: Context,
    desk: ChannelDesk,
    managed: ManagedChannel,
    channel: Channel,
    clients: Mapping[int, ChannelClient],
    trail: TrailEntry,
    credential: SealedCredential | None = None,
) -> ChannelRecord:
    """Store the change, then let the running process see it."""
    after = replace(managed, channel=channel, revision=managed.revision + 1, updated_at_ms=ctx.clock.now_ms())
    try:
        await desk.store.commit_channel(ChannelChange(channel=after, credential=credential, trail=trail))
    except CommitConflict:
        raise conflict(None) from None
    desk.revisions[after.channel_id] = after.revision
    if channel.version in clients:
        desk.workshop.install(channel, clients)
    return after.record()


def channel_deed(
    ctx: Context,
    operator: Operator,
    channel: Channel,
    action: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> TrailEntry:
    """Who did what to the channel and why, for the same commit as the change itself."""
    return deed(
        ctx,
        operator,
        action,
        TrailKind.CHANNEL,
        channel.channel_id,
        channel.merchant_id,
        before=before,
        after=after,
        note=note,
    )


def seal_account(
    ring: KeyRing, operator: Operator, channel: Channel, account: Mapping[str, str], now_ms: int
) -> SealedCredential:
    return seal(
        ring,
        account,
        channel_id=channel.channel_id,
        version=channel.version,
        created_at_ms=now_ms,
        created_by=operator.operator_id,
    )


def ring_of(desk: ChannelDesk) -> KeyRing:
    if desk.key_ring is None:
        raise PaySwitchError(
            NO_MASTER_KEY,
            "set PAYSWITCH_MASTER_KEY or [service] master_key_file (`payswitch master-key` prints a key) and restart",
            "请设置 PAYSWITCH_MASTER_KEY 或 [service] master_key_file（可用 payswitch master-key 生成）并重启服务",
        )
    return desk.key_ring


async def newest_account(desk: ChannelDesk, channel_id: str) -> dict[str, str]:
    """The account in use. Raises `no_master_key` when it does not open."""
    sealed = await desk.store.credentials(channel_id)
    try:
        return unseal(ring_of(desk), sealed[-1])
    except SealBroken as broken:
        raise PaySwitchError(NO_MASTER_KEY, str(broken), str(broken)) from broken
