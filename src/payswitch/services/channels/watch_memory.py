"""What the watch over the channels remembers: the last probe of each, and when the next one is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome
from payswitch.services.channels.checkup import Finding, Severity


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
    probes: dict[Product, Probed] = field(default_factory=dict)
    """The last probe of each product."""
    asked_at_ms: float | None = None
    in_trouble: int = 0
    """Probes made since its trouble began."""
    turn: int = 0
    """Which of its products is asked next: in turn they cost no more than one, and each has its own way of asking."""

    def failed(self, products: Iterable[Product]) -> list[Product]:
        """Those whose last probe failed."""
        return [product for product in products if product in self.probes and self.probes[product].failed]

    def next_product(self, products: Sequence[Product]) -> Product:
        """What failed is asked again until it works; otherwise each in turn."""
        failed = self.failed(products)
        return failed[0] if failed else products[self.turn % len(products)]


@dataclass(slots=True)
class ChannelWatch:
    """The memory of the watch: lives in the process, starts empty."""

    channels: dict[str, Watched] = field(default_factory=dict)

    def probes(self, channel_id: str) -> Mapping[Product, Probed]:
        """The last probe of each product; of those not asked yet, none."""
        watched = self.channels.get(channel_id)
        return {} if watched is None else watched.probes

    def last(self, channel_id: str) -> Probed | None:
        """What the last probes say of the channel: the newest that failed, else the newest; None before the first."""
        probes = self.probes(channel_id).values()
        return max(probes, key=lambda probed: (probed.failed, probed.at_ms), default=None)
