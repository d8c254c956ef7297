"""What hangs on one channel alone: an operator who disables it must be told before, and may do it all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from payswitch.domain.channel import Channel, Method
from payswitch.domain.managed_channel import ChannelState
from payswitch.domain.shop import Shop
from payswitch.services.context import Context

_Ways: TypeAlias = tuple[Channel, frozenset[Method]]
"""A channel, and the methods that it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyFor:
    """What no other enabled channel serves: while this one is disabled, nobody can pay there, or in that way."""

    shops: tuple[Shop, ...] = ()
    """Shops without any other enabled channel."""
    methods: tuple[Method, ...] = ()
    """Methods that some shop can take at no other enabled channel."""

    def __bool__(self) -> bool:
        return bool(self.shops or self.methods)


async def only_for(ctx: Context, which: Iterable[Channel]) -> dict[str, OnlyFor]:
    """Of each of these channels, by id. Looks at the configuration, not at anybody's health.

    Each shop's ways to pay are counted once, however many channels are asked about: the live board asks about all of
    them at every look.
    """
    enabled = {
        channel.channel_id: (channel, _methods(ctx, channel))
        for channel in ctx.directory.all_channels()
        if channel.enabled
    }
    counted = [
        (shop, Counter(method for channel, ways in enabled.values() if _serves(channel, shop) for method in ways))
        for shop in await ctx.store.shops()
    ]
    return {
        channel.channel_id: _only_for(channel, _methods(ctx, channel), enabled.get(channel.channel_id), counted)
        for channel in which
    }


async def state_told(ctx: Context, channel: Channel, state: ChannelState) -> dict[str, object]:
    """What the trail says of a channel's new state: also which shops it leaves without any channel."""
    told: dict[str, object] = {"state": state.value}
    if state is ChannelState.DISABLED:
        shops = (await only_for(ctx, [channel]))[channel.channel_id].shops
        if shops:
            told["shops_without_channel"] = [shop.shop_id for shop in shops]
    return told


def _only_for(
    channel: Channel, mine: frozenset[Method], in_use: _Ways | None, counted: Iterable[tuple[Shop, Counter[Method]]]
) -> OnlyFor:
    """`in_use`: the channel as it is counted; None while it is disabled."""
    alone: list[Shop] = []
    missing: set[Method] = set()
    for shop, channels_of in counted:
        if mine and _serves(channel, shop):
            own = in_use[1] if in_use is not None and _serves(in_use[0], shop) else frozenset[Method]()
            left = {method for method, channels in channels_of.items() if channels > (method in own)}
            missing |= mine - left
            if not left:
                alone.append(shop)
    return OnlyFor(shops=tuple(alone), methods=tuple(sorted(missing)))


def _serves(channel: Channel, shop: Shop) -> bool:
    mine = channel.merchant_id == shop.merchant_id
    return mine and (not channel.shops or shop.shop_id in channel.shops)


def _methods(ctx: Context, channel: Channel) -> frozenset[Method]:
    """None of a channel whose keys do not open: it serves nobody."""
    if ctx.directory.channel(channel.channel_id) is None:
        return frozenset()
    table = ctx.directory.capabilities(channel.connector)
    return frozenset(table[product].method for product in channel.products if product in table)
