"""渠道变更: creating a channel, changing its settings and its keys, and moving it through its life.

Each change is validated in full, committed with its entry in the trail, and in force in the running process at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET
from msgspec.structs import replace

from payswitch.domain.changes import UniqueViolation
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.errors import CHANNEL_EXISTS, CHANNEL_STATE, PaySwitchError
from payswitch.domain.managed_channel import (
    CHANNEL,
    ChannelChange,
    ChannelEvent,
    ChannelOrigin,
    ChannelRecord,
    ChannelState,
    Disabling,
    ManagedChannel,
)
from payswitch.domain.operator import Operator
from payswitch.domain.transitions import FORBIDDEN, advance
from payswitch.services.channels.channel_commands import CreateChannel, RotateCredentials, UpdateChannel
from payswitch.services.channels.channel_commits import (
    channel_deed,
    commit_change,
    current,
    newest_account,
    ring_of,
    seal_account,
    wrong_state,
)
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channel_disabling import move_declared
from payswitch.services.channels.channel_validation import invalid, opened, settings_errors
from payswitch.services.channels.channels import desk_of, get_channel, managed_channel
from payswitch.services.channels.credentials import changed_keys
from payswitch.services.channels.only_channels import state_told
from payswitch.services.context import Context
from payswitch.services.people.trail import differences


async def create_channel(ctx: Context, operator: Operator, command: CreateChannel) -> ChannelRecord:
    """A new channel, as a draft: no customer gets it before it is enabled."""
    desk = desk_of(ctx)
    ring = ring_of(desk)
    now_ms = ctx.clock.now_ms()
    channel = _channel(command)
    errors = settings_errors(channel)
    if not operator.manages(command.merchant_id):
        errors.insert(0, {"field": "merchant_id", "message": "is not a merchant that you manage / 不是您管理的商户"})
        raise invalid(errors)
    async with desk.lock:
        await _require_unused(ctx, desk, command.channel_id)
        client = await opened(desk, channel, command.account, now_ms, errors=errors)
        managed = ManagedChannel(
            channel_id=channel.channel_id,
            merchant_id=channel.merchant_id,
            channel=channel,
            state=ChannelState.DRAFT,
            revision=1,
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
        )
        detail = {"connector": channel.connector, "account": ", ".join(sorted(command.account))}
        trail = channel_deed(ctx, operator, channel, "create", after=detail)
        credential = seal_account(ring, operator, channel, command.account, now_ms)
        try:
            await desk.store.commit_channel(ChannelChange(channel=managed, credential=credential, trail=trail))
        except UniqueViolation:
            raise _taken(command.channel_id) from None
        desk.revisions[channel.channel_id] = managed.revision
        desk.workshop.install(channel, {channel.version: client})
    return managed.record()


def _channel(command: CreateChannel) -> Channel:
    return Channel(
        channel_id=command.channel_id,
        merchant_id=command.merchant_id,
        connector=command.connector,
        name=command.name,
        products=frozenset(command.products),
        upstream=command.upstream,
        upstreams=command.upstreams,
        enabled=False,
        tier=command.tier,
        fee_bp=command.fee_bp,
        min_fen=command.min_fen,
        max_fen=command.max_fen,
        daily_cap_fen=command.daily_cap_fen,
        monthly_cap_fen=command.monthly_cap_fen,
        refund_days=command.refund_days,
        refund_parts=command.refund_parts,
        shops=frozenset(command.shops),
        tags=frozenset(command.tags),
        maintenance=command.maintenance,
    )


async def _require_unused(ctx: Context, desk: ChannelDesk, channel_id: str) -> None:
    """An id is used once for ever: attempts of a channel that is gone must never be asked about at another account."""
    used = ctx.directory.channel(channel_id) is not None
    if used or any(channel.channel_id == channel_id for channel in await desk.store.channels()):
        raise _taken(channel_id)


def _taken(channel_id: str) -> PaySwitchError:
    return PaySwitchError(
        CHANNEL_EXISTS,
        f"{channel_id} names a channel already, or named one before",
        f"{channel_id} 已是或曾是渠道编号",
        errors=[{"field": "channel_id", "message": "is used already / 已被使用"}],
    )


async def update_channel(ctx: Context, operator: Operator, channel_id: str, command: UpdateChannel) -> ChannelRecord:
    """New settings. The keys stay."""
    desk = desk_of(ctx)
    async with desk.lock:
        managed = await current(ctx, operator, channel_id, command.revision)
        channel = _with(managed.channel, command)
        before, after = differences(managed.channel, channel, channel.__struct_fields__)
        if not after:
            return managed.record()
        errors = settings_errors(channel)
        clients = desk.workshop.clients_of(channel_id)
        if channel.products != managed.channel.products:
            clients = await _reopened(ctx, desk, channel, errors, clients)
        elif errors:
            raise invalid(errors)
        trail = channel_deed(ctx, operator, channel, "update", before=before, after=after)
        return await commit_change(ctx, desk, managed, channel, clients, trail)


def _with(channel: Channel, command: UpdateChannel) -> Channel:
    given = {name: getattr(command, name) for name in command.__struct_fields__ if name != "revision"}
    given = {name: value for name, value in given.items() if value is not UNSET}
    for name in ("products", "shops", "tags"):
        if name in given:
            given[name] = frozenset(given[name])
    return replace(channel, **given)


async def _reopened(
    ctx: Context,
    desk: ChannelDesk,
    channel: Channel,
    errors: list[dict[str, str]],
    clients: Mapping[int, ChannelClient],
) -> dict[int, ChannelClient]:
    """A connector may need more of an account for another product: the newest keys are opened again for the new set.
    Older versions keep their clients: nothing new is created with them."""
    account = await newest_account(desk, channel.channel_id)
    client = await opened(desk, channel, account, ctx.clock.now_ms(), errors=errors)
    return {**clients, channel.version: client}


async def rotate_credentials(
    ctx: Context, operator: Operator, channel_id: str, command: RotateCredentials
) -> ChannelRecord:
    """New keys for attempts from now on. Older attempts are queried, refunded and verified with their own."""
    desk = desk_of(ctx)
    ring = ring_of(desk)
    now_ms = ctx.clock.now_ms()
    async with desk.lock:
        managed = await current(ctx, operator, channel_id, command.revision)
        if managed.state is ChannelState.RETIRED:
            raise wrong_state(managed.state, "rotate")
        channel = replace(managed.channel, version=managed.channel.version + 1)
        client = await opened(desk, channel, command.account, now_ms)
        before = await newest_account(desk, channel_id)
        changed = ", ".join(changed_keys(before, command.account))
        after = {"version": channel.version, "changed": changed}
        trail = channel_deed(ctx, operator, channel, "rotate", before={"version": managed.channel.version}, after=after)
        clients = {**desk.workshop.clients_of(channel_id), channel.version: client}
        credential = seal_account(ring, operator, channel, command.account, now_ms)
        return await commit_change(ctx, desk, managed, channel, clients, trail, credential)


async def move_channel(
    ctx: Context, operator: Operator, channel_id: str, event: ChannelEvent, reason: str = ""
) -> ChannelRecord:
    """Enable, disable or retire. Asked for twice, it is done once. The reason goes into the trail. A channel of the
    file is disabled and enabled the same way, and retired by taking it out of the file."""
    desk = desk_of(ctx)
    async with desk.lock:
        if (await get_channel(ctx, operator, channel_id)).origin is ChannelOrigin.FILE:
            return await move_declared(ctx, desk, operator, channel_id, event, reason)
        managed = await managed_channel(ctx, operator, channel_id)
        if CHANNEL.table[managed.state][event] is FORBIDDEN:
            raise wrong_state(managed.state, event.value)
        state = advance(CHANNEL, managed.state, event)
        if state is managed.state:
            return managed.record()
        clients = desk.workshop.clients_of(channel_id)
        if state is ChannelState.ENABLED and managed.channel.version not in clients:
            raise PaySwitchError(
                CHANNEL_STATE,
                "its keys could not be opened; look at its check-up, then rotate the keys",
                "渠道密钥无法打开，请先体检并更换密钥",
            )
        channel = replace(managed.channel, enabled=state is ChannelState.ENABLED)
        was, now = {"state": managed.state.value}, await state_told(ctx, channel, state)
        trail = channel_deed(ctx, operator, channel, event.value, before=was, after=now, note=reason)
        disabled = _disabling(managed, state, operator, trail.at_ms, reason)
        return await commit_change(ctx, desk, replace(managed, state=state, disabled=disabled), channel, clients, trail)


def _disabling(
    managed: ManagedChannel, state: ChannelState, operator: Operator, at_ms: int, reason: str
) -> Disabling | None:
    """Who has taken it out, for whoever looks at it; retired, it says who did so first."""
    if state is ChannelState.DISABLED:
        return Disabling(operator_id=operator.operator_id, at_ms=at_ms, reason=reason)
    return managed.disabled if state is ChannelState.RETIRED else None
