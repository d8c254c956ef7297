"""The channels' own books. What really happened to the money is never random; what is random is what a channel says of
it, when, and whether anybody hears it (`channels.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from payswitch.domain.channel import Closing
from payswitch.domain.payment import Attempt
from tests.simulation.faults import Fault


@dataclass
class Payback:
    """One refund at the channel."""

    amount_fen: int
    state: str = "success"
    """processing, success, closed."""


@dataclass
class Order:
    """What the channel's ledger says about one number."""

    amount_fen: int
    state: str
    """`unborn` (nobody has scanned it), `applied` (an SMS is out), open, paid, closed."""
    expires_at_ms: int
    refunds: dict[str, Payback] = field(default_factory=dict)
    changed_at_ms: int = 0
    """Of `paid` and `closed`."""
    impossible: bool = False
    """Paid although the channel had said that it never would be."""
    endless: bool = False
    """The channel has forgotten the deadline that it was given."""
    version: int = 1
    """Of the keys it was made with: its notifications are signed for them."""

    def payable(self, now_ms: int) -> bool:
        return self.state in ("open", "unborn") and now_ms < self.expires_at_ms

    def becomes(self, state: str, now_ms: int) -> None:
        self.state, self.changed_at_ms = state, now_ms


@dataclass
class Account:
    """One account at one channel: its books, and what ails it just now."""

    channel_id: str
    closing: Closing
    orders: dict[str, Order] = field(default_factory=dict)
    ails: Fault | None = None
    balance_short: bool = False


class World(Protocol):
    """What a channel needs of the night around it."""

    def is_stored(self, channel_id: str, channel_order_no: str) -> bool:
        """Whether the switch has committed this number."""
        ...

    def attempt_of(self, channel_id: str, channel_order_no: str) -> Attempt | None:
        """As last committed."""
        ...

    async def channel_notifies(self, channel_id: str, news: str) -> None: ...


Books = Mapping[str, Account]
"""By channel id."""
