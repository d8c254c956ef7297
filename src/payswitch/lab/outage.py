"""One illness of a world: who has it, for whom it shows, and what it does."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What fell ill, for the counts in the report."""

    TIMEOUTS = "timeouts"
    CODES = "codes"
    SOFT_DEAD = "soft_dead"
    """Orders are made, payments are refused."""
    BLACK_HOLE = "black_hole"
    """Orders are made, nothing is ever heard of them."""
    PARTIAL = "partial"
    BROWNOUT = "brownout"
    LATENCY = "latency"
    ISSUER = "issuer"
    ACQUIRER = "acquirer"
    FLAPPING = "flapping"
    MAINTENANCE = "maintenance"


DEAD = frozenset({Kind.TIMEOUTS, Kind.CODES, Kind.SOFT_DEAD, Kind.BLACK_HOLE, Kind.ACQUIRER})
"""Nothing gets through for as long as it lasts: the outages at which leaving and coming back are timed."""


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """On one channel from `start_s` until `end_s`. What strikes several channels is one of these on each."""

    kind: Kind
    channel: int
    start_s: float
    end_s: float
    creation_fails: float = 0.0
    """Probability that the create call fails because of it."""
    by_timeout: bool = False
    """The failing calls get no answer at all; otherwise an error code comes quickly."""
    completion: float = 1.0
    """Times the chance that the customer can pay."""
    latency: float = 1.0
    """Times the latency of the create call."""
    swallows: bool = False
    """Payments that fail because of it are never heard of."""
    banks: frozenset[int] = frozenset()
    """Only customers of these banks; empty: of all."""
    band: int | None = None
    device: int | None = None

    def strikes(self, bank: int, band: int, device: int) -> bool:
        """Whether this customer meets it."""
        return (
            (not self.banks or bank in self.banks)
            and (self.band is None or band == self.band)
            and (self.device is None or device == self.device)
        )
