"""支付检索: which payments an operator looks for, and what a list shows of each."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payswitch.domain.channel import Method, Product
from payswitch.domain.payment import AttemptState, Payment, PaymentState

MOST_LOOKED_AT = 5_000
"""Payments that one read looks at, at most, however few of them fit the filter: a page is quick in any history. Where
it ends early it says how far it came, and the next read goes on from there."""
MOST_APART_LOOKED_AT = 1_000
"""The same for payments that lie far apart in the history (surplus, switched, in doubt): each has pages of its own to
be fetched from the disk, about 0.4 ms where nobody has asked for it lately."""


class PaymentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """All of it must hold; None and False: it does not matter. Hashable: a statement is built once for each shape."""

    shop_id: str | None = None
    state: PaymentState | None = None
    method: Method | None = None
    """Of any of its attempts, shadow probes apart; with a channel: of one at that channel."""
    channel_id: str | None = None
    min_fen: int | None = None
    max_fen: int | None = None
    from_ms: int | None = None
    """Created at this moment or later; with a channel: the attempt there was begun then."""
    to_ms: int | None = None
    """The same, before this moment."""
    surplus: bool = False
    """重复支付: money came beside the winner, or after the closing."""
    switched: bool = False
    """More than one attempt was made: another channel or another way."""
    in_doubt: bool = False
    """扣款结果未知: a debit may have happened and nobody knows yet."""


class AttemptBrief(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of one attempt."""

    payment_id: str
    ordinal: int
    channel_id: str
    method: Method
    product: Product
    channel_order_no: str
    state: AttemptState
    transaction_id: str | None
    surplus: bool
    amount_fen: int
    refunded_fen: int
    shadow: bool


class FoundPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a list."""

    payment: Payment
    attempts: tuple[AttemptBrief, ...]

    @property
    def tries(self) -> int:
        """How many attempts were made for the customer: all but shadow probes."""
        return sum(not attempt.shadow for attempt in self.attempts)

    @property
    def told(self) -> AttemptBrief | None:
        """The attempt that a list names: the winner, else the last one that was begun."""
        winner = next((a for a in self.attempts if a.state is AttemptState.SUCCEEDED and not a.surplus), None)
        return winner or (self.attempts[-1] if self.attempts else None)


class PaymentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some payments, newest first, and where the next page begins."""

    found: tuple[FoundPayment, ...]
    next: str | None
    """None: there are no more. Else they may go on after this place, even when this page is not full."""
    searched_to_ms: int | None
    """The page ended early, because it had looked at enough: it is complete back to this moment. None: it is full, or
    everything was looked at."""


class NumberKind(StrEnum):
    """Which number of a payment was given."""

    PAYMENT_ID = "payment_id"
    OUT_TRADE_NO = "out_trade_no"
    CHANNEL_ORDER_NO = "channel_order_no"
    TRANSACTION_ID = "transaction_id"
    REFUND_ID = "refund_id"
    OUT_REFUND_NO = "out_refund_no"
    SHOP_REFUND_NO = "refund_no"
    CHANNEL_REFUND_ID = "channel_refund_id"
    CUSTOMER_ID = "customer_id"


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that has the number, and as what."""

    kind: NumberKind
    found: FoundPayment
