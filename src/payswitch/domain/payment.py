"""支付单, 支付尝试, 退款单, and the shop they belong to."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payswitch.domain.channel import Credential, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome


class PaymentState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    CLOSING = "closing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"


class AttemptState(StrEnum):
    CREATED = "created"
    SUBMITTED = "submitted"
    READY = "ready"
    EXPOSED = "exposed"
    CLOSING = "closing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DISCARDED = "discarded"
    CLOSED = "closed"


class RefundState(StrEnum):
    CREATED = "created"
    SUBMITTED = "submitted"
    PROCESSING = "processing"
    ABNORMAL = "abnormal"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class CloseReason(StrEnum):
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class RefundKind(StrEnum):
    MERCHANT = "merchant"
    """Asked for by the shop."""
    SURPLUS = "surplus"
    """Made by the switch: money that must not be kept (重复支付)."""


class RefundTrouble(StrEnum):
    """Why a refund is not through yet. All but `balance_short` make it abnormal: a person must look at it."""

    BALANCE_SHORT = "balance_short"
    """It waits for money on the merchant's account at the channel, and goes on by itself."""
    PAYEE_VOID = "payee_void"
    """The card or account that paid takes nothing any more."""
    CHANNEL_GONE = "channel_gone"
    """The channel is not configured any more."""
    REFUSED = "refused"
    """The channel will not do it until something on the merchant's side is mended."""
    UNTRUSTED = "untrusted"
    """What the channel says of it cannot be believed."""
    NOT_TAKEN = "not_taken"
    """Many tries, and the channel has not taken it."""
    SLOW = "slow"
    """Taken days ago and still in work."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """支付单: one thing to be paid for, whatever number of attempts it takes.

    Journey: created by the shop, pending while the customer can pay, succeeded once, or closed when it is
    certain that nobody can pay it any more. At most one attempt is its winner, for ever.
    """

    payment_id: str
    merchant_id: str
    shop_id: str
    out_trade_no: str
    amount_fen: int
    currency: str = "CNY"
    subject: str
    state: PaymentState
    version: int = 1
    """Counts every change of the payment or of anything that belongs to it; the guard of each commit."""
    methods: tuple[Method, ...] = ()
    """Allowed methods; empty means any."""
    products: tuple[Product, ...] = ()
    """Allowed products; empty means any."""
    environment: Environment | None = None
    user_agent: str = ""
    customer: Customer = Customer()
    instalments: int | None = None
    """Huabei instalments: 3, 6 or 12."""
    agreement_id: str | None = None
    """签约: the signed card that this payment may be debited from, for products that need one."""
    goods_tag: str | None = None
    notify_url: str | None = None
    return_url: str | None = None
    metadata: dict[str, str] = {}
    created_at_ms: int
    expires_at_ms: int
    succeeded_at_ms: int | None = None
    closed_at_ms: int | None = None
    close_reason: CloseReason | None = None
    late_until_ms: int | None = None
    """迟到成功: until when money that arrives after the expiry still makes this payment succeed, by its shop's wish;
    None: it goes back. The payment stays `closing` until then."""
    winner_attempt_id: str | None = None
    checkout_token: str
    """Unguessable name of the checkout page of this payment."""
    input_hash: str
    """SHA-256 of the shop's input: the same out_trade_no with other input is a conflict, not a repeat."""
    event_sequence: int = 0
    """Number of the last event told to the shop about this payment."""
    due_at_ms: int | None = None
    """When the sweeper must look at it next; None when terminal."""

    @property
    def late(self) -> bool:
        """迟到成功: its success became known only after it had expired."""
        return self.succeeded_at_ms is not None and self.succeeded_at_ms > self.expires_at_ms


class HeardBy(StrEnum):
    """How the end of an attempt became known."""

    NOTIFY = "notify"
    """The channel told us by itself."""
    QUERY = "query"
    """We asked."""
    ANSWER = "answer"
    """The debit's own answer."""
    BILL = "bill"
    """Only the daily bill said so (补单)."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """支付尝试: one number at one channel. Committed before the channel hears of it; never reused."""

    attempt_id: str
    payment_id: str
    ordinal: int
    """1 for the payment's first attempt, then 2, 3 ...; 0 for its shadow probe, which is no try of the customer's."""
    channel_id: str
    channel_version: int
    product: Product
    method: Method
    channel_order_no: str
    """渠道侧商户单号: ours, unique for ever."""
    amount_fen: int
    state: AttemptState
    credential: Credential | None = None
    outcome: Outcome | None = None
    """The last answer of the channel, classified."""
    transaction_id: str | None = None
    """渠道流水号, known once paid."""
    surplus: bool = False
    """Paid, but not the winner: this money goes back."""
    refunded_fen: int = 0
    """Sum of the refunds of this attempt that are not failed; never above amount_fen."""
    created_at_ms: int
    started_at_ms: int
    """When the work on this attempt began: the failed answer (or request) before it."""
    answered_at_ms: int | None = None
    exposed_at_ms: int | None = None
    """When the credential was committed to be shown: the exposure boundary."""
    debit_at_ms: int | None = None
    """Pull: when the call that may take the money was committed to leave; None: never, or refused for a wrong code."""
    reverse_at_ms: int | None = None
    """Pull: when the reversal was committed to leave. From then on a "paid" proves nothing, because the money may be on
    its way back: this attempt wins only after the channel has said that it does not reverse it."""
    finished_at_ms: int | None = None
    deadline_ms: int
    """The last moment a payment can arrive, as told to the channel (time_expire)."""
    decision_id: str
    hedge_of: str | None = None
    """对冲: the attempt that was still silent at its soft limit when this one was begun beside it."""
    shadow: bool = False
    """影子探测: made beside the payment's first attempt to see whether a suspect channel is back. Discarded from birth:
    never shown, closed at its channel, and no attempt of the customer's in any count."""
    known_by_ms: int | None = None
    """扣款确认中: by when the customer and the shop were told that the end of this debit would be known."""
    heard_by: HeardBy | None = None
    """How its end became known; None while it has none, when it ended without the channel, or before this was kept."""
    tries: int = 0
    """Queries and closes made so far by the sweeper."""
    due_at_ms: int | None = None


SETTLED_BY_HAND = "settled_by_hand"
"""Outcome code of a refund that an operator has declared done."""


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """退款单: money going back through the attempt it came by. One out_refund_no for life."""

    refund_id: str
    payment_id: str
    attempt_id: str
    shop_id: str
    kind: RefundKind
    out_refund_no: str
    """Sent to the channel. A retry keeps it; a surplus refund derives it from the attempt id."""
    shop_refund_no: str | None = None
    """The shop's own number for idempotency; None for surplus refunds."""
    amount_fen: int
    reason: str = ""
    state: RefundState
    channel_refund_id: str | None = None
    outcome: Outcome | None = None
    created_at_ms: int
    finished_at_ms: int | None = None
    trouble: RefundTrouble | None = None
    """What stood in the way when it was last tried; None while waiting is nothing unusual, and once it has ended."""
    settled_by: str | None = None
    """The operator who declared that this money was given back by hand: the channel did not move it."""
    settled_note: str | None = None
    """In the operator's words: how, and where the proof is."""
    tries: int = 0
    due_at_ms: int | None = None

    @property
    def by_hand(self) -> bool:
        """Given back outside of the channel, by an operator's word; false once the channel has paid as well."""
        return self.outcome is not None and self.outcome.code == SETTLED_BY_HAND

    @property
    def paid_twice(self) -> bool:
        """Given back by hand, and then by the channel after all."""
        return self.settled_by is not None and not self.by_hand and self.state is RefundState.SUCCEEDED


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded routing decision: enough to explain it and to replay it."""

    decision_id: str
    payment_id: str
    policy_version: str
    at_ms: int
    duration_us: int
    plan: msgspec.Raw
    """The route plan as JSON: candidates with reasons, scores and propensities; exclusions; rules fired."""
    facts: msgspec.Raw | None = None
    """What routing was asked, as JSON, without what identifies the customer; None for decisions of older versions."""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person must look at: an untrusted answer, an abnormal refund, a success after closing."""

    incident_id: str
    kind: str
    at_ms: int
    payment_id: str | None = None
    attempt_id: str | None = None
    channel_id: str | None = None
    detail: str = ""
    """One sentence, without secrets: what was seen, what was done, what to do."""


class PaymentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A payment with everything that belongs to it: what use cases read and decide on."""

    payment: Payment
    attempts: tuple[Attempt, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @property
    def for_customer(self) -> tuple[Attempt, ...]:
        """The attempts that were made for the customer, in order: all but shadow probes."""
        return tuple(attempt for attempt in self.attempts if not attempt.shadow)

    def attempt(self, attempt_id: str) -> Attempt:
        """The attempt with this id; KeyError if it is not one of this payment's."""
        for attempt in self.attempts:
            if attempt.attempt_id == attempt_id:
                return attempt
        raise KeyError(attempt_id)

    def by_order_no(self, channel_order_no: str) -> Attempt:
        """The attempt with this number at its channel; KeyError if it is not one of this payment's."""
        for attempt in self.attempts:
            if attempt.channel_order_no == channel_order_no:
                return attempt
        raise KeyError(channel_order_no)
