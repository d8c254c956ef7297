"""What the drill reads of the service's and the sandbox's answers. Members that it does not need are passed over."""

from __future__ import annotations

from datetime import datetime

import msgspec

from payswitch.domain.channel import CredentialKind, Method
from payswitch.domain.payment import AttemptState, PaymentState, RefundState


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    """支付凭证, as the shop hands it to the shopper."""

    attempt_id: str
    channel_id: str
    method: Method
    kind: CredentialKind
    content: str = ""
    params: dict[str, str] = {}


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    attempt_id: str
    ordinal: int
    channel_id: str
    channel_order_no: str
    state: AttemptState
    surplus: bool
    amount_fen: int
    refunded_fen: int
    created_at_ms: int
    started_at_ms: int
    exposed_at_ms: int | None = None
    finished_at_ms: int | None = None
    hedge_of: str | None = None
    shadow: bool = False


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    refund_id: str
    attempt_id: str
    out_refund_no: str
    amount_fen: int
    state: RefundState
    finished_at: datetime | None = None


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    decision_id: str
    duration_us: int


class ConfirmingView(msgspec.Struct, frozen=True, kw_only=True):
    """A debit that nobody knows the end of yet."""

    attempt_id: str


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """`attempts`, `refunds` and `decisions` come only with single-payment answers."""

    payment_id: str
    out_trade_no: str
    amount_fen: int
    state: PaymentState
    checkout_url: str = ""
    winner_attempt_id: str | None = None
    credential: CodeView | None = None
    confirming: ConfirmingView | None = None
    attempts: tuple[AttemptView, ...] = ()
    refunds: tuple[RefundView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()

    @property
    def for_customer(self) -> tuple[AttemptView, ...]:
        """All attempts but shadow probes."""
        return tuple(attempt for attempt in self.attempts if not attempt.shadow)

    @property
    def terminal(self) -> bool:
        return self.state in (PaymentState.SUCCEEDED, PaymentState.CLOSED)


class PaymentPage(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[PaymentView, ...]
    next: str | None = None


class LedgerRefund(msgspec.Struct, frozen=True, kw_only=True):
    out_refund_no: str
    amount_fen: int
    state: str


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One order in the channel's own book."""

    n: int
    account: str
    channel_order_no: str
    amount_fen: int
    state: str
    refunds: tuple[LedgerRefund, ...] = ()

    @property
    def paid(self) -> bool:
        """Money arrived for it at some time, whether or not it went back since."""
        return self.state in ("paid", "refunded", "partly_refunded")


class LedgerPage(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[LedgerEntry, ...]
    next: int


class EventData(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: str
    out_trade_no: str
    amount_fen: int


class EventBody(msgspec.Struct, frozen=True, kw_only=True):
    """A shop event (Standard Webhooks)."""

    type: str
    sequence: int
    data: EventData


class WalletAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the wallet told its owner."""

    result: str
    message: str = ""
