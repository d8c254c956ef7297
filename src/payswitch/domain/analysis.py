"""What is asked of the analytics store, and what it answers. Counts and sums only: rates and intervals are made of them
where they are shown. Amounts are fen, times Unix milliseconds."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose payments, created when: from `from_ms` up to, not including, `to_ms`."""

    merchant_ids: frozenset[str]
    from_ms: int
    to_ms: int
    shop_id: str | None = None


class By(StrEnum):
    """What figures can be split by."""

    CHANNEL = "channel"
    PRODUCT = "product"
    METHOD = "method"
    BANK = "bank"
    BAND = "band"
    HOUR = "hour"
    DAY = "day"
    DEVICE = "device"
    ENVIRONMENT = "environment"
    SHOP = "shop"


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """A window at a glance. Each payment is counted once."""

    payments: int = 0
    amount_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    closed: int = 0
    customers_own: int = 0
    """Closed for a reason of the customer's own: cancelled, refused on their side, or shown and not paid."""
    saved: int = 0
    """Paid although a channel had failed or was silent before in the same round."""
    saved_fen: int = 0
    switches: int = 0
    hedges: int = 0
    surplus: int = 0
    surplus_fen: int = 0
    surplus_refunded: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    fees_fen: int = 0
    """By the channels' contracts, on all money that arrived."""

    @property
    def ended(self) -> int:
        return self.paid + self.closed

    @property
    def payable(self) -> int:
        """Ended payments without those that the customer did not pay for a reason of their own."""
        return self.ended - self.customers_own


class RateCell(msgspec.Struct, frozen=True, kw_only=True):
    """First attempts of payments that have ended and were not cancelled, and how many of these attempts were paid.

    First attempts only: a later one meets customers whom something has failed before. What failover saved is not
    credited to the channel that failed.
    """

    key: tuple[str, ...]
    """One value for each dimension asked for."""
    tried: int
    paid: int
    amount_fen: int
    answer_p50_ms: float | None = None
    answer_p95_ms: float | None = None


class LossCell(msgspec.Struct, frozen=True, kw_only=True):
    """Lost payments of one cause."""

    key: str
    cause: str
    code: str
    """The most frequent error code among them."""
    payments: int
    amount_fen: int


class SwitchCell(msgspec.Struct, frozen=True, kw_only=True):
    """Switches from one channel to another, and what came of them."""

    from_channel: str
    to_channel: str
    switches: int
    paid: int
    """Payments that were paid after it."""
    paid_fen: int


class DaySums(msgspec.Struct, frozen=True, kw_only=True):
    """What pages show of a number of whole days."""

    totals: Totals
    losses: list[LossCell]
    """By channel."""
    losses_by: list[LossCell]
    """By the dimension that was asked for; so are the rates (without times)."""
    rates: list[RateCell]
    switches: list[SwitchCell]


class ChoiceCell(msgspec.Struct, frozen=True, kw_only=True):
    """First choices that were made alike, and what came of their payments, summed up for off-policy estimates.

    Alike: in the same two hours, with the same value of the dimension, among the same candidates with the same chances
    (to one part in a hundred), and with the same channel x product chosen. `p` is its exact chance.
    """

    block: int
    """Two hours, counted from 1970: what happens within them is not independent."""
    value: str
    choices: tuple[str, ...]
    """`channel|product`, highest score first."""
    chances: tuple[float, ...]
    chosen: int
    """Place in `choices`."""
    count: int
    paid: int
    amount_fen: int
    paid_fen: int
    fees_fen: int
    inverse: float
    """Sum of 1/p."""
    inverse_squared: float
    """Sum of 1/p squared."""
    amount_inverse: float
    """Sum of the amount/p."""
    paid_inverse: float
    """Sum of 1/p over the paid ones; the next ones likewise, in fen."""
    paid_fen_inverse: float
    fees_fen_inverse: float


class RefundTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long money took to go back, per channel."""

    channel_id: str
    surplus: int
    surplus_p50_ms: float | None
    surplus_worst_ms: float | None
    refunds: int
    refunds_p50_ms: float | None
    refunds_p95_ms: float | None


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Money that arrived over one channel, surplus included, and what the channel takes of it by its contract."""

    channel_id: str
    amount_fen: int
    fee_fen: int


class LakeState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the analytics store has been written. Lost or older than the files: they are written again."""

    version: int
    seen_ms: int = 0
    """Everything that changed before was looked at; 0: nothing was."""
    next_hour: int = 0
    """Hours (since 1970) before this one have been written at least once."""
    missing: frozenset[int] = frozenset()
    """Of those, the ones that are still to be written: a long history takes several rounds."""
    open_hours: frozenset[int] = frozenset()
    """Hours with payments or refunds that had not ended when they were written."""
    written_ms: int = 0
    """When the last round ended: how fresh the figures are."""
