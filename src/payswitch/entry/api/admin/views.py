"""What the admin API shows of a channel. Built field by field; a credential is never among the fields."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.managed_channel import ChannelOrigin, ChannelRecord, ChannelState
from payswitch.kit.clock import iso_utc


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel: its settings and where it stands in its life."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    origin: ChannelOrigin
    state: ChannelState
    revision: int | None
    """Counts the changes of an admin-managed channel; send it with a change."""
    version: int
    """Of the credentials in use; attempts keep the one they were made with."""
    products: list[Product]
    upstream: str
    tier: int
    fee_bp: int
    min_fen: int
    max_fen: int | None
    daily_cap_fen: int | None
    tags: list[str]
    notify_url: str
    """Where the channel must send its notifications: enter it at the channel if it asks for one."""
    created_at: str | None
    updated_at: str | None


class ChannelList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[ChannelView]


def channel_view(record: ChannelRecord, notify_url: str) -> ChannelView:
    channel = record.channel
    return ChannelView(
        channel_id=channel.channel_id,
        merchant_id=channel.merchant_id,
        connector=channel.connector,
        name=channel.name,
        origin=record.origin,
        state=record.state,
        revision=record.revision,
        version=channel.version,
        products=sorted(channel.products),
        upstream=channel.upstream,
        tier=channel.tier,
        fee_bp=channel.fee_bp,
        min_fen=channel.min_fen,
        max_fen=channel.max_fen,
        daily_cap_fen=channel.daily_cap_fen,
        tags=sorted(channel.tags),
        notify_url=notify_url,
        created_at=None if record.created_at_ms is None else iso_utc(record.created_at_ms),
        updated_at=None if record.updated_at_ms is None else iso_utc(record.updated_at_ms),
    )


def list_view(views: Sequence[ChannelView]) -> ChannelList:
    return ChannelList(data=list(views))
