"""Whom risk control has refused today: never asked again at the same upstream, nor over another account of the method.

Going on to the next account until one does not look is how a channel's risk control is escaped, and how a shop loses
its contracts. So a refusal holds for this customer for the rest of the Beijing day, whatever payment they come back
with. Only customers whom the shop names (`customer_id`) can be recognised.

It lives in memory: bounded, and forgotten at a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from payswitch.domain.channel import Method
from payswitch.routing.beijing import day_at

MOST_CUSTOMERS: Final = 10_000
"""Refused customers that are remembered; the one refused longest ago is forgotten first."""

CustomerKey = tuple[str, str]
"""(shop_id, customer_id): the id is the shop's own."""


@dataclass(slots=True, frozen=True)
class Refused:
    """Where one customer must not be sent again today."""

    upstreams: frozenset[str]
    methods: frozenset[Method]

    def covers(self, upstream: str, method: Method) -> bool:
        return upstream in self.upstreams or method in self.methods


class RiskMemory:
    """Today's refusals by customer."""

    def __init__(self, most: int = MOST_CUSTOMERS) -> None:
        self._most = most
        self._day = 0
        self._refused: dict[CustomerKey, Refused] = {}

    def note(self, customer: CustomerKey, upstream: str, method: Method, at_ms: int) -> None:
        """Risk control has refused this customer there."""
        self._roll(at_ms)
        known = self._refused.pop(customer, None)
        if known is None and len(self._refused) >= self._most:
            del self._refused[next(iter(self._refused))]
        upstreams, methods = frozenset({upstream}), frozenset({method})
        self._refused[customer] = (
            Refused(upstreams, methods)
            if known is None
            else Refused(known.upstreams | upstreams, known.methods | methods)
        )

    def of(self, shop_id: str, customer_id: str | None, now_ms: int) -> Refused | None:
        """None for nearly everybody."""
        if not self._refused or not customer_id:
            return None
        self._roll(now_ms)
        return self._refused.get((shop_id, customer_id))

    def _roll(self, now_ms: int) -> None:
        """A new day begins with a clean sheet; an observation that comes late does not bring the old one back."""
        day = day_at(now_ms)
        if day > self._day:
            self._day = day
            self._refused.clear()
