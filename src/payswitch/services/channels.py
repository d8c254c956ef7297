"""渠道管理: what operators see of channels. Another merchant's channel does not exist for them."""

from __future__ import annotations

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.managed_channel import ChannelRecord, declared
from payswitch.domain.operator import Operator
from payswitch.services.context import Context


async def list_channels(ctx: Context, operator: Operator) -> list[ChannelRecord]:
    """Every channel of the operator's merchants, by id."""
    found = [channel for merchant in operator.merchant_ids for channel in ctx.directory.channels(merchant)]
    return [declared(channel) for channel in sorted(found, key=lambda channel: channel.channel_id)]


async def get_channel(ctx: Context, operator: Operator, channel_id: str) -> ChannelRecord:
    """One channel that this operator manages. Raises `not_found` for any other."""
    channel = ctx.directory.channel(channel_id)
    if channel is None or not operator.manages(channel.merchant_id):
        raise PaySwitchError(
            NOT_FOUND, f"there is no channel {channel_id} that you manage", f"没有由您管理的渠道 {channel_id}"
        )
    return declared(channel)
