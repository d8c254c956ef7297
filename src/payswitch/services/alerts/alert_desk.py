"""What alerts need beside the rest of the context: their store, who carries messages, and what rounds remember."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from payswitch.alerting.catalog import Settings
from payswitch.alerting.small_shop import Charted, Charts, Past
from payswitch.domain.alert import Finding, ShopTally
from payswitch.domain.alert_delivery import OpenReceiver
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.kit.sealing import KeyRing
from payswitch.services.alerts.alert_ears import AlertEars
from payswitch.services.alerts.alert_ports import AlertSender, AlertStore
from payswitch.services.side_work import SideWork


@dataclass(slots=True)
class ShopMemory:
    """One shop between two rounds."""

    minutes: list[ShopTally] = field(default_factory=list)
    """The last two hours, as far as they are judged, oldest first."""
    hours: list[ShopTally] = field(default_factory=list)
    """The last four weeks, oldest first."""
    charted: Charted = field(default_factory=Charted)
    past: Past | None = None
    charts: Charts | None = None


@dataclass(slots=True)
class RoundMemory:
    """What the rounds of this process remember. All of it can be read again from storage."""

    begun: bool = False
    through_ms: int = 0
    """Payments made before this are in `minutes`."""
    hours_through_ms: int = 0
    shops: dict[str, ShopMemory] = field(default_factory=dict)
    slow_at_ms: int = 0
    slow: Sequence[Finding] = ()
    """What the rules say that are looked at seldom."""
    leading: bool = False
    """Whether this node was the one that tells people, in its last round."""
    last_round_ms: int = 0
    causes: dict[tuple[str, str], tuple[int, tuple[str, str]]] = field(default_factory=dict)
    """Since when, and why, a channel's product is out: its breaker itself only knows of its last move, a probe."""
    mended_ms: dict[tuple[str, str], int] = field(default_factory=dict)
    """When a channel's product was let in again: calls from before say nothing about it now."""
    unreadable: frozenset[str] = frozenset()
    """Stored receivers whose address does not open with the master keys at hand."""


@dataclass(slots=True, kw_only=True)
class AlertDesk:
    """Wired once by `app.py`."""

    store: AlertStore
    sender: AlertSender
    key_ring: KeyRing | None = field(default=None, repr=False)
    """None: receivers can only stand in the configuration file."""
    file_receivers: Sequence[OpenReceiver] = field(default=(), repr=False)
    ears: AlertEars = field(default_factory=AlertEars)
    settings: Settings = field(default_factory=Settings)
    """As of the last round."""
    memory: RoundMemory = field(default_factory=RoundMemory)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """A round and a person must not write the same group at once: what the person said would be lost."""
    sending: SideWork = field(default_factory=SideWork)


def alert_desk_of(desk: AlertDesk | None) -> AlertDesk:
    if desk is None:
        raise PaySwitchError(NOT_FOUND, "there are no alerts here", "此处没有告警功能")
    return desk
