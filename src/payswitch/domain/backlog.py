"""What is unfinished at one moment: how many, how much money, since when. For metrics and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class Unfinished(StrEnum):
    """Of what there is a pile."""

    PAYMENTS = "payments"
    """Neither paid nor closed."""
    ATTEMPTS = "attempts"
    """Somebody will still ask their channel about them."""
    REFUNDS = "refunds"
    """Not at the customer's yet, and not given up; abnormal ones wait for a person."""
    EVENTS = "events"
    """Not delivered to the shop yet, and not dead."""
    BREAKS = "breaks"
    """差异: open findings of reconciliations."""
    DUE = "due"
    """补单: work whose time has come, by its table in `kind`; a payment may lie here more than once."""


class Pile(msgspec.Struct, frozen=True, kw_only=True):
    """Unfinished things of one sort."""

    what: Unfinished
    kind: str = ""
    """Of refunds and breaks: their kind. Of due work: `payment`, `attempt` or `refund`."""
    state: str = ""
    count: int
    amount_fen: int = 0
    """0 where the things have no amount."""
    oldest_ms: int
    """When the oldest was made; of due work: since when it has been due."""


class OpenAttempts(msgspec.Struct, frozen=True):
    """Attempts that have not ended, of one channel, product and state."""

    channel_id: str
    product: str
    state: str
    count: int
    amount_fen: int
    oldest_ms: int


class OpenRefunds(msgspec.Struct, frozen=True):
    """Refunds that have not ended, of one merchant, kind and state."""

    merchant_id: str
    kind: str
    state: str
    count: int
    amount_fen: int
    oldest_ms: int


class Backlog(msgspec.Struct, frozen=True):
    """All piles at one moment; where nothing lies, there is none."""

    at_ms: int
    piles: tuple[Pile, ...]

    def of(self, what: Unfinished, *, kind: str | None = None, state: str | None = None) -> Sequence[Pile]:
        """The piles of this sort; None: of any kind, in any state."""
        return [
            pile
            for pile in self.piles
            if pile.what is what and kind in (None, pile.kind) and state in (None, pile.state)
        ]

    def count(self, what: Unfinished, *, kind: str | None = None, state: str | None = None) -> int:
        return sum(pile.count for pile in self.of(what, kind=kind, state=state))

    def amount_fen(self, what: Unfinished, *, kind: str | None = None, state: str | None = None) -> int:
        return sum(pile.amount_fen for pile in self.of(what, kind=kind, state=state))

    def oldest_age_ms(self, what: Unfinished, *, kind: str | None = None, state: str | None = None) -> int:
        """How long the oldest has been waiting; 0 when there is none, or a clock was set back."""
        oldest = [pile.oldest_ms for pile in self.of(what, kind=kind, state=state)]
        return max(self.at_ms - min(oldest), 0) if oldest else 0
