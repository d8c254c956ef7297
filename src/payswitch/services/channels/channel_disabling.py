"""停用与启用 of channels that the configuration file declares: the file says what a channel is, an operator whether it
is used just now.

What an operator says is committed as a row of its own, together with the trail, and stands above the file until
somebody enables the channel again: over restarts, and on every node. A disabled channel gets no new attempt; what it
has taken is verified, queried, closed, refunded and reconciled as before.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.errors import DECLARED_IN_FILE, PaySwitchError
from payswitch.domain.managed_channel import (
    ChannelChange,
    ChannelEvent,
    ChannelRecord,
    ChannelState,
    DisabledChannel,
)
from payswitch.domain.operator import Operator
from payswitch.services.channels.channel_commits import channel_deed
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channels import get_channel, in_file
from payswitch.services.channels.only_channels import state_told
from payswitch.services.context import Context
from payswitch.services.ports import ChannelDirectory


async def move_declared(
    ctx: Context, desk: ChannelDesk, operator: Operator, channel_id: str, event: ChannelEvent, reason: str
) -> ChannelRecord:
    """Disable a channel of the file, or enable it again; asked for twice, it is done once. The caller holds the lock.

    Raises `declared_in_file` for what only the file can do: retire it, or enable what the file itself disables.
    """
    await take_over_disabled(ctx, desk)  # another node may have been faster
    record = await get_channel(ctx, operator, channel_id)
    if event is ChannelEvent.RETIRE:
        raise in_file(channel_id)
    if event is ChannelEvent.ENABLE and record.disabled_in_file:
        raise _disabled_there(channel_id)
    wanted = ChannelState.ENABLED if event is ChannelEvent.ENABLE else ChannelState.DISABLED
    if record.state is wanted:
        return record
    try:
        await _commit(ctx, desk, operator, record, wanted, reason)
    except (CommitConflict, UniqueViolation):  # another node did the same in this moment
        await take_over_disabled(ctx, desk)
    return await get_channel(ctx, operator, channel_id)


async def _commit(
    ctx: Context, desk: ChannelDesk, operator: Operator, record: ChannelRecord, wanted: ChannelState, reason: str
) -> None:
    """On disk first, then in force."""
    channel_id = record.channel.channel_id
    action = "enable" if wanted is ChannelState.ENABLED else "disable"
    was, now = {"state": record.state.value}, await state_told(ctx, record.channel, wanted)
    trail = channel_deed(ctx, operator, record.channel, action, before=was, after=now, note=reason)
    rows = dict(desk.disabled)
    before = rows.pop(channel_id, None)
    if wanted is ChannelState.DISABLED:
        row = rows[channel_id] = DisabledChannel(
            channel_id=channel_id, operator_id=operator.operator_id, at_ms=trail.at_ms, reason=reason
        )
        await desk.store.commit_channel(ChannelChange(disable=row, trail=trail))
    else:
        await desk.store.commit_channel(ChannelChange(enable=before, trail=trail))
    put_in_force(ctx.directory, desk, rows.values())


def _disabled_there(channel_id: str) -> PaySwitchError:
    return PaySwitchError(
        DECLARED_IN_FILE,
        f"{channel_id} has enabled = false in payswitch.toml; take that line out there and restart",
        f"{channel_id} 在 payswitch.toml 中设置了 enabled = false；请在文件中去掉该行并重启",
    )


async def take_over_disabled(ctx: Context, desk: ChannelDesk) -> int:
    """Bring into force what stands in storage, whichever node wrote it. How many channels moved."""
    return put_in_force(ctx.directory, desk, await desk.store.disabled_channels())


def put_in_force(directory: ChannelDirectory, desk: ChannelDesk, rows: Iterable[DisabledChannel]) -> int:
    """From now on routing sees exactly these channels of the file as disabled by operators. How many moved.

    A row does nothing where the file does not declare its channel (any more), or disables it itself.
    """
    wanted = {row.channel_id: row for row in rows}
    moved = 0
    for channel_id in wanted.keys() | desk.disabled.keys():
        channel = directory.channel(channel_id)
        if channel is None or channel_id in desk.revisions:
            continue
        row, was_out = wanted.get(channel_id), channel_id in desk.disabled
        if row is None:
            del desk.disabled[channel_id]
        elif was_out or channel.enabled:
            desk.disabled[channel_id] = row
        if (channel_id in desk.disabled) is not was_out:
            desk.workshop.install(replace(channel, enabled=was_out), desk.workshop.clients_of(channel_id))
            moved += 1
    return moved
