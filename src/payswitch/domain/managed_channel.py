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


class Disabling(msgspec.Struct, frozen=True, kw_only=True):
    """停用: who took a channel out, when and why."""

    operator_id: str
    at_ms: int
    reason: str
    """As the operator wrote it; empty where none was given."""


class DisabledChannel(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the database: an operator has disabled a channel that the configuration file declares.

    The file goes on saying what it says; this stands above it until an operator enables the channel again, over
    restarts, on every node. Harmless where the file does not declare the channel any more, or disables it itself.
    """

    channel_id: str
    operator_id: str
    at_ms: int
    reason: str

    def disabling(self) -> Disabling:
        return Disabling(operator_id=self.operator_id, at_ms=self.at_ms, reason=self.reason)


class ChannelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator sees of a channel: its settings and where it stands in its life. No credentials."""

    channel: Channel
    origin: ChannelOrigin
    state: ChannelState
    revision: int | None = None
    """Counts every change of an admin-managed channel; None for one of the file."""
    created_at_ms: int | None = None
    updated_at_ms: int | None = None
    disabled: Disabling | None = None
    """Who disabled it. None for a channel that is not disabled, or that is by `enabled = false` in the file."""

    @property
    def disabled_in_file(self) -> bool:
        """Whether only the file can enable it."""
        here = self.origin is ChannelOrigin.FILE and self.state is ChannelState.DISABLED
        return here and self.disabled is None


def declared(channel: Channel, disabled: DisabledChannel | None = None) -> ChannelRecord:
    """The record of a channel of the configuration file, which `disabled` has taken out."""
    state = ChannelState.ENABLED if channel.enabled else ChannelState.DISABLED
    return ChannelRecord(
        channel=channel,
        origin=ChannelOrigin.FILE,
        state=state,
        disabled=None if disabled is None else disabled.disabling(),
    )


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
    disabled: Disabling | None = None
    """Who disabled it last. None for a channel in use, a draft, and one that was disabled before this was kept."""

    def record(self) -> ChannelRecord:
        return ChannelRecord(
            channel=self.channel,
            origin=ChannelOrigin.ADMIN,
            state=self.state,
            revision=self.revision,
            created_at_ms=self.created_at_ms,
            updated_at_ms=self.updated_at_ms,
            disabled=self.disabled,
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
    """A unit of work on one channel, all or nothing. `channel.revision` is already moved by one: it applies only if the
    stored revision is exactly one less (or, for revision 1, if there is no such channel)."""

    channel: ManagedChannel | None = None
    """None: nothing of a managed channel changes (a test, or a channel of the file)."""
    credential: SealedCredential | None = None
    disable: DisabledChannel | None = None
    """A channel of the file is taken out: applies only if it is not out already."""
    enable: DisabledChannel | None = None
    """A channel of the file is brought back: applies only if this very row still stands."""
    trail: TrailEntry


class StoredChannels(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about channels that a starting service must know before it listens."""

    managed: list[ManagedChannel] = []
    credentials: list[SealedCredential] = []
    """All versions of the keys of all managed channels."""
    disabled: list[DisabledChannel] = []
    """Channels of the file that operators have taken out."""
