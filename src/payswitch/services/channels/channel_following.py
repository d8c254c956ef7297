"""Several nodes on one storage: what an operator changed at another one is in force here within about a second.

Each node asks storage what is disabled of the file and which revision each managed channel has, and takes over what it
does not have in force yet: state, settings, keys. Two small reads; nothing is written.
"""

from __future__ import annotations

import asyncio

from payswitch.kit.logs import get_logger
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channel_disabling import take_over_disabled
from payswitch.services.channels.channel_loading import install_managed, open_versions
from payswitch.services.context import Context

log = get_logger(__name__)


async def follow_channels(ctx: Context) -> int:
    """One look. Gives how many channels moved; none where nobody else writes."""
    desk = ctx.desk
    if desk is None or not ctx.store.shared:
        return 0
    async with desk.lock:
        return await _follow_managed(desk) + await take_over_disabled(ctx, desk)


async def _follow_managed(desk: ChannelDesk) -> int:
    stored = await desk.store.channel_revisions()
    changed = [channel_id for channel_id, revision in stored.items() if desk.revisions.get(channel_id) != revision]
    for channel_id in changed:
        await _take_over(desk, channel_id)
    return len(changed)


async def _take_over(desk: ChannelDesk, channel_id: str) -> None:
    managed = await desk.store.managed_channel(channel_id)
    if managed is None:
        return
    credentials = await desk.store.credentials(channel_id)
    # Parsing keys takes tens of milliseconds: on a thread, so that no customer waits for it.
    opened = await asyncio.to_thread(open_versions, desk, managed, credentials)
    install_managed(desk, managed, opened)
    if opened.problems:  # sealed with a master key that this node does not have; told once for each revision
        log.error("managed_channel_not_followed", channel_id=channel_id, problems=opened.problems)
