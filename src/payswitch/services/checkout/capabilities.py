"""What a merchant's enabled channels can do, per environment: what a shop may offer before it creates a payment."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import Capability, Channel, Environment, Product
from payswitch.domain.matrix import ROWS
from payswitch.services.context import Context


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One product in one environment, over all channels that have signed it."""

    capability: Capability
    """Of the channel that stands first in the configuration; the limits below are over all of them."""
    channel_ids: tuple[str, ...]
    min_fen: int
    max_fen: int | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One environment with everything that works there; nothing may work there at all."""

    environment: Environment
    offers: tuple[Offer, ...]


def places_of(ctx: Context, merchant_id: str) -> list[Place]:
    """Every environment in the order of the matrix. Says what is possible by contract: not what is healthy just now,
    nor what a policy prefers."""
    channels = [channel for channel in ctx.directory.channels(merchant_id) if channel.enabled]
    return [Place(environment=place, offers=_offers(ctx, channels, place)) for place in ROWS]


def _offers(ctx: Context, channels: Sequence[Channel], place: Environment) -> tuple[Offer, ...]:
    found: dict[Product, list[tuple[Channel, Capability]]] = {}
    for channel in channels:
        for product, capability in ctx.directory.capabilities(channel.connector).items():
            if product in channel.products and place in capability.environments:
                found.setdefault(product, []).append((channel, capability))
    return tuple(_offer(ways) for ways in found.values())


def _offer(ways: Sequence[tuple[Channel, Capability]]) -> Offer:
    most = [limit for pair in ways if (limit := _most(*pair)) is not None]
    return Offer(
        capability=ways[0][1],
        channel_ids=tuple(channel.channel_id for channel, _ in ways),
        min_fen=min(max(channel.min_fen, capability.min_fen) for channel, capability in ways),
        max_fen=max(most) if len(most) == len(ways) else None,
    )


def _most(channel: Channel, capability: Capability) -> int | None:
    limits = [limit for limit in (channel.max_fen, capability.max_fen) if limit is not None]
    return min(limits) if limits else None
