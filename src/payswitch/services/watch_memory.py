"""What the watch over the channels remembers: the last probe of each, and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome
from payswitch.services.checkup import Finding, Severity


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """How the last probe of a channel went."""

    at_ms: int
    product: Product
    outcome: Outcome
    latency_ms: float
    finding: Finding

    @property
    def failed(self) -> bool:
        return self.finding.severity is Severity.PROBLEM


@dataclass(slots=True)
class Watched:
    """What is remembered of one channel. Measured with the monotonic clock."""

    quiet_since_ms: float
    last_call_ms: int | None = None
    probed: Probed | None = None
    asked_at_ms: float | None = None
    in_trouble: int = 0
    """Probes made since its trouble began."""
    turn: int = 0
    """Which of its products is asked next: in turn they cost no more than one, and each has its own way of asking."""


@dataclass(slots=True)
class ChannelWatch:
    """The memory of the watch: lives in the process, starts empty."""

    channels: dict[str, Watched] = field(default_factory=dict)

    def last(self, channel_id: str) -> Probed | None:
        """The last probe; None before the first one."""
        watched = self.channels.get(channel_id)
        return None if watched is None else watched.probed
