"""A channel with its life: configured in the file, or managed by operators over the admin API."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payswitch.domain.channel import Channel


class ChannelState(StrEnum):
    """`draft -> enabled <-> disabled -> retired`."""

    DRAFT = "draft"
    """Created and never used by a customer: may be tested."""
    ENABLED = "enabled"
    """Routing may choose it."""
    DISABLED = "disabled"
    """Takes no new payment; verifies, queries and refunds what it has taken."""
    RETIRED = "retired"
    """The same for ever: never comes back."""


class ChannelOrigin(StrEnum):
    FILE = "file"
    """Declared in the configuration file, changed there and by a restart."""
    ADMIN = "admin"
    """Lives in the database, changed over the admin API."""


class ChannelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator sees of a channel: its settings and where it stands in its life. No credentials."""

    channel: Channel
    origin: ChannelOrigin
    state: ChannelState
    revision: int | None = None
    """Counts every change of an admin-managed channel; None for one of the file."""
    created_at_ms: int | None = None
    updated_at_ms: int | None = None


def declared(channel: Channel) -> ChannelRecord:
    """The record of a channel of the configuration file."""
    state = ChannelState.ENABLED if channel.enabled else ChannelState.DISABLED
    return ChannelRecord(channel=channel, origin=ChannelOrigin.FILE, state=state)
