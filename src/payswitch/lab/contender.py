"""What a router must be able to do to be compared: order the channels for one payment, and be told what happened.

All contenders are told exactly the same, at the same moments: nothing of the world's truth but what a shop's server
would see.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol


class Answer(StrEnum):
    """How a create call ended, as the caller sees it."""

    MADE = "made"
    TIMEOUT = "timeout"
    ERROR = "error"
    """An error code that is the channel's own."""


class Ask(NamedTuple):
    """One payment that needs a channel."""

    now_s: float
    payment: int
    """Its number in the world, from 0."""
    bank: int
    band: int
    device: int
    amount_fen: int
    tried: tuple[int, ...]
    """Channels that failed in this payment, in order."""
    closed: frozenset[int]
    """Channels in announced maintenance: not to be asked."""


class Pick(NamedTuple):
    """One channel of the order, and how long to wait for its create answer before the next is asked."""

    channel: int
    limit_ms: float
    beside: bool = False
    """A shadow probe: an order beside the customer's, made at once and shown to nobody. Only its answer is told."""


class Contender(Protocol):
    """A router in the lab: a published one, an oracle, or ours."""

    def order(self, ask: Ask) -> Sequence[Pick]:
        """The channels to ask, best first. Called once per round: at the beginning, and each time the customer comes
        back after a failure."""
        ...

    def saw_call(self, now_s: float, ask: Ask, channel: int, answer: Answer, latency_ms: float) -> None:
        """A create call ended (or was given up after its limit)."""
        ...

    def saw_exposed(self, now_s: float, ask: Ask, channel: int) -> None:
        """The customer was shown the credential."""
        ...

    def saw_final(self, now_s: float, ask: Ask, channel: int, *, paid: bool, payer_side: bool, waited_s: float) -> None:
        """An exposed attempt ended: paid, refused, or expired without a word. `payer_side`: for the customer's own
        reason, told by the code."""
        ...
