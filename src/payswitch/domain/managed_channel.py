"""A channel with its life: declared in the configuration file, or managed by operators over the admin API.

Managed channels live in the database. Their credentials are versions that are never changed: rotating keys adds one,
and attempts made with an older one are queried, refunded and verified with that one's keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.channel import Channel
from payswitch.domain.trail import TrailEntry
from payswitch.domain.transitions import FORBIDDEN, STAYS, Machine


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


class ChannelEvent(StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"
    RETIRE = "retire"


_S, _E = ChannelState, ChannelEvent

CHANNEL: Final = Machine[ChannelState, ChannelEvent](
    "channel",
    {
        _S.DRAFT: {_E.ENABLE: _S.ENABLED, _E.DISABLE: FORBIDDEN, _E.RETIRE: _S.RETIRED},
        # Not from enabled to retired in one step: first no new payments, then, when all is quiet, for ever.
        _S.ENABLED: {_E.ENABLE: STAYS, _E.DISABLE: _S.DISABLED, _E.RETIRE: FORBIDDEN},
        _S.DISABLED: {_E.ENABLE: _S.ENABLED, _E.DISABLE: STAYS, _E.RETIRE: _S.RETIRED},
        _S.RETIRED: {_E.ENABLE: FORBIDDEN, _E.DISABLE: FORBIDDEN, _E.RETIRE: STAYS},
    },
    frozenset({_S.RETIRED}),
)


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


class ManagedChannel(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the database: a channel that operators manage."""

    channel_id: str
    merchant_id: str
    channel: Channel
    """Its settings; `enabled` follows from the state, `version` is the newest version of its credentials."""
    state: ChannelState
    revision: int
    """1 when created; every change moves it by one. Two operators cannot overwrite each other."""
    created_at_ms: int
    updated_at_ms: int

    def record(self) -> ChannelRecord:
        return ChannelRecord(
            channel=self.channel,
            origin=ChannelOrigin.ADMIN,
            state=self.state,
            revision=self.revision,
            created_at_ms=self.created_at_ms,
            updated_at_ms=self.updated_at_ms,
        )


class SealedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a channel's account table, encrypted. Never changed; only a new master key seals it anew."""

    channel_id: str
    version: int
    key_id: str
    """Which master key opens it."""
    sealed: bytes
    created_at_ms: int
    created_by: str
    """The operator's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChange:
    """A unit of work on one managed channel, all or nothing. `channel.revision` is already moved by one: it applies
    only if the stored revision is exactly one less (or, for revision 1, if there is no such channel)."""

    channel: ManagedChannel | None = None
    """None: nothing of the channel itself changes (a test)."""
    credential: SealedCredential | None = None
    trail: TrailEntry
