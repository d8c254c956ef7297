"""The legs of a tour: where it stops, and what became of each stop."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import CredentialKind, Environment, Method, Product
from payswitch.drill.books import Difference


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One product of one channel, and where its customer's screen is."""

    channel_id: str
    connector: str
    product: Product
    method: Method
    environment: Environment
    credential: CredentialKind

    @property
    def name(self) -> str:
        return f"{self.channel_id}-{self.product.value}".replace("_", "-")


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one stop. `problem` is empty when it was paid and given back."""

    stop: Stop
    payment_id: str | None = None
    begun_ms: float | None = None
    """From the order to the credential, or to the answer of a debit."""
    paid_ms: float | None = None
    """From the customer's confirmation until the service knew."""
    refunded_fen: int = 0
    problem: str = ""


class TourResult(msgspec.Struct, frozen=True, kw_only=True):
    """What `payswitch drill all-channels --json` writes."""

    drill: str
    channels: int
    connectors: int
    stops: int
    paid: int
    refunded: int
    books_equal: bool
    legs: Sequence[Leg]
    differences: Sequence[Difference]

    @property
    def sound(self) -> bool:
        return self.books_equal and not any(leg.problem for leg in self.legs)
