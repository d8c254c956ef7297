"""渠道管理: what operators see of channels. Another merchant's channel does not exist for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import Channel
from payswitch.domain.errors import DECLARED_IN_FILE, NOT_FOUND, PaySwitchError
from payswitch.domain.managed_channel import ChannelRecord, ManagedChannel, SealedCredential, declared
from payswitch.domain.operator import Operator
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.kit.sealing import SealBroken
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.credentials import AccountEntry, describe, unseal
from payswitch.services.context import Context
from payswitch.services.people.people_desk import desk_or_absent


class CredentialVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a channel's keys as an operator may see it."""

    version: int
    created_at_ms: int
    created_by: str
    key_id: str
    """The master key that seals it."""
    entries: tuple[AccountEntry, ...] | None
    """None: it does not open with the master keys at hand."""


async def list_channels(ctx: Context, operator: Operator) -> list[ChannelRecord]:
    """Every channel of the operator's merchants, by id."""
    managed = [] if ctx.desk is None else [one.record() for one in await ctx.desk.store.managed_channels()]
    known = {record.channel.channel_id for record in managed}
    found = [record for record in managed if operator.manages(record.channel.merchant_id)]
    for merchant_id in operator.merchant_ids:
        found += [_declared(ctx, c) for c in ctx.directory.channels(merchant_id) if c.channel_id not in known]
    return sorted(found, key=lambda record: record.channel.channel_id)


async def get_channel(ctx: Context, operator: Operator, channel_id: str) -> ChannelRecord:
    """One channel that this operator manages. Raises `not_found` for any other."""
    managed = None if ctx.desk is None else await ctx.desk.store.managed_channel(channel_id)
    if managed is not None:
        record = managed.record()
    else:
        channel = ctx.directory.channel(channel_id)
        if channel is None:
            raise _unknown(channel_id)
        record = _declared(ctx, channel)
    if not operator.manages(record.channel.merchant_id):
        raise _unknown(channel_id)
    return record


def _declared(ctx: Context, channel: Channel) -> ChannelRecord:
    return declared(channel, None if ctx.desk is None else ctx.desk.disabled.get(channel.channel_id))


def _unknown(channel_id: str) -> PaySwitchError:
    return PaySwitchError(
        NOT_FOUND, f"there is no channel {channel_id} that you manage", f"没有由您管理的渠道 {channel_id}"
    )


def desk_of(ctx: Context) -> ChannelDesk:
    if ctx.desk is None:
        raise PaySwitchError(NOT_FOUND, "channels cannot be changed here", "此处不能修改渠道")
    return ctx.desk


async def managed_channel(ctx: Context, operator: Operator, channel_id: str) -> ManagedChannel:
    """A channel that can be changed here. Raises `not_found`, or `declared_in_file` for one of the file."""
    managed = await desk_of(ctx).store.managed_channel(channel_id)
    if managed is None:
        await get_channel(ctx, operator, channel_id)
        raise in_file(channel_id)
    if not operator.manages(managed.merchant_id):
        raise _unknown(channel_id)
    return managed


def in_file(channel_id: str) -> PaySwitchError:
    return PaySwitchError(
        DECLARED_IN_FILE,
        f"{channel_id} stands in payswitch.toml; change it there and restart, or create a channel with another id",
        f"{channel_id} 在 payswitch.toml 中声明；请修改该文件并重启，或以新编号创建渠道",
    )


async def credential_versions(ctx: Context, operator: Operator, channel_id: str) -> list[CredentialVersion]:
    """Every version of a managed channel's keys, newest first; none for a channel of the file."""
    record = await get_channel(ctx, operator, channel_id)
    if record.revision is None:
        return []
    desk = desk_of(ctx)
    sealed = await desk.store.credentials(channel_id)
    shown = desk.workshop.shown_keys(record.channel.connector)

    def look() -> list[CredentialVersion]:
        return [
            CredentialVersion(
                version=one.version,
                created_at_ms=one.created_at_ms,
                created_by=one.created_by,
                key_id=one.key_id,
                entries=_entries(desk, one, shown),
            )
            for one in reversed(sealed)
        ]

    return await asyncio.to_thread(look)


def _entries(desk: ChannelDesk, one: SealedCredential, shown: frozenset[str]) -> tuple[AccountEntry, ...] | None:
    ring = desk.key_ring
    if ring is None:
        return None
    try:
        return describe(unseal(ring, one), shown, ring)
    except SealBroken:
        return None


async def channel_trail(ctx: Context, operator: Operator, channel_id: str, *, limit: int) -> Sequence[TrailEntry]:
    """Who changed this channel when, newest first."""
    record = await get_channel(ctx, operator, channel_id)
    merchant_id = record.channel.merchant_id
    return await desk_or_absent(ctx.people).store.trail(
        merchant_id, kind=TrailKind.CHANNEL, object_id=channel_id, limit=limit
    )
