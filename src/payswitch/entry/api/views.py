"""What the API shows of a payment. Built field by field: nothing becomes visible because a table grew a column.

Never shown: the customer's openid and other particulars, the input hash, keys. Times are RFC 3339 in UTC, except
the attempts' `..._ms`, which are Unix milliseconds, because programs measure with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from payswitch.domain.channel import CredentialKind, Environment, Method, Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    Decision,
    Payment,
    PaymentFile,
    PaymentState,
)
from payswitch.entry.api.refund_views import RefundView, refund_view
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.payments.launching import shown_attempt
from payswitch.services.payments.lifecycle import confirming_attempt

SettledBy = Callable[[Attempt], int]
"""By when an unknown debit will be known, Unix ms."""


class CredentialView(msgspec.Struct, frozen=True, kw_only=True):
    """支付凭证: show it to the customer and nobody else."""

    attempt_id: str
    channel_id: str
    method: Method
    product: Product
    kind: CredentialKind
    content: str
    params: dict[str, str]
    expires_at: str


class ConfirmingView(msgspec.Struct, frozen=True, kw_only=True):
    """A debit that may have happened: nothing else may be begun for this payment until it is known."""

    attempt_id: str
    channel_id: str
    method: Method
    since: str
    settled_by: str
    """By when it will be known in all likelihood, a reversal included."""


class ApplePaySessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Apple's merchant session: opaque. Pass it to `completeMerchantValidation` as it is, once, within minutes."""


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The channel's last answer: our word for it, and its own."""

    kind: OutcomeKind
    code: str
    message: str


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """支付尝试: one number at one channel."""

    attempt_id: str
    ordinal: int
    channel_id: str
    channel_version: int
    method: Method
    product: Product
    channel_order_no: str
    state: AttemptState
    outcome: OutcomeView | None
    transaction_id: str | None
    surplus: bool
    amount_fen: int
    refunded_fen: int
    created_at_ms: int
    started_at_ms: int
    answered_at_ms: int | None
    exposed_at_ms: int | None
    debit_at_ms: int | None
    reverse_at_ms: int | None
    finished_at_ms: int | None
    deadline_ms: int
    hedge_of: str | None
    """对冲: the attempt that was still silent when this one was begun beside it. At most one of them is ever shown."""
    shadow: bool
    """影子探测: made to see whether a channel is back, shown to nobody and closed. Its `ordinal` is 0."""


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """路由方案: why this channel, and why not the others."""

    decision_id: str
    policy_version: str
    at_ms: int
    duration_us: int
    plan: msgspec.Raw


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """支付单. In lists the members after `metadata` are left out."""

    payment_id: str
    shop_id: str
    out_trade_no: str
    amount_fen: int
    currency: str
    subject: str
    state: PaymentState
    environment: Environment | None
    methods: Sequence[Method]
    products: Sequence[Product]
    created_at: str
    expires_at: str
    succeeded_at: str | None
    closed_at: str | None
    close_reason: CloseReason | None
    late_until: str | None
    """迟到成功: until when money that arrives after the expiry still makes it succeed, where the shop wishes so."""
    late: bool
    """Its success became known only after it had expired."""
    winner_attempt_id: str | None
    paid_fen: int
    """The winner's amount, or 0. Surplus money is not in it: that is on its way back."""
    checkout_url: str
    metadata: dict[str, str]
    refunded_fen: int | UnsetType = UNSET
    """Of the winner's money: refunds asked for by the shop that have not failed."""
    credential: CredentialView | UnsetType | None = UNSET
    confirming: ConfirmingView | UnsetType | None = UNSET
    """扣款确认中: not null while a debit is unknown. Tell the customer not to pay again."""
    attempts: Sequence[AttemptView] | UnsetType = UNSET
    refunds: Sequence[RefundView] | UnsetType = UNSET
    decisions: Sequence[DecisionView] | UnsetType = UNSET


class PaymentList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[PaymentView]
    next: str | None
    """Give it as `before` to get the page after this one; null at the end."""


class Health(msgspec.Struct, frozen=True):
    ok: bool = True


def credential_view(attempt: Attempt | None) -> CredentialView | None:
    """What the customer needs in order to pay this attempt, if it has that."""
    if attempt is None or attempt.credential is None:
        return None
    credential = attempt.credential
    return CredentialView(
        attempt_id=attempt.attempt_id,
        channel_id=attempt.channel_id,
        method=attempt.method,
        product=attempt.product,
        kind=credential.kind,
        content=credential.content,
        params=credential.params,
        expires_at=iso_utc(credential.expires_at_ms),
    )


def _outcome_view(outcome: Outcome | None) -> OutcomeView | None:
    if outcome is None:
        return None
    return OutcomeView(kind=outcome.kind, code=outcome.code, message=outcome.message)


def attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        attempt_id=attempt.attempt_id,
        ordinal=attempt.ordinal,
        channel_id=attempt.channel_id,
        channel_version=attempt.channel_version,
        method=attempt.method,
        product=attempt.product,
        channel_order_no=attempt.channel_order_no,
        state=attempt.state,
        outcome=_outcome_view(attempt.outcome),
        transaction_id=attempt.transaction_id,
        surplus=attempt.surplus,
        amount_fen=attempt.amount_fen,
        refunded_fen=attempt.refunded_fen,
        created_at_ms=attempt.created_at_ms,
        started_at_ms=attempt.started_at_ms,
        answered_at_ms=attempt.answered_at_ms,
        exposed_at_ms=attempt.exposed_at_ms,
        debit_at_ms=attempt.debit_at_ms,
        reverse_at_ms=attempt.reverse_at_ms,
        finished_at_ms=attempt.finished_at_ms,
        deadline_ms=attempt.deadline_ms,
        hedge_of=attempt.hedge_of,
        shadow=attempt.shadow,
    )


def decision_view(decision: Decision) -> DecisionView:
    return DecisionView(
        decision_id=decision.decision_id,
        policy_version=decision.policy_version,
        at_ms=decision.at_ms,
        duration_us=decision.duration_us,
        plan=decision.plan,
    )


def payment_view(payment: Payment, checkout_url: str) -> PaymentView:
    """A payment in a list: without what belongs to its attempts."""
    return PaymentView(
        payment_id=payment.payment_id,
        shop_id=payment.shop_id,
        out_trade_no=payment.out_trade_no,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        subject=payment.subject,
        state=payment.state,
        environment=payment.environment,
        methods=payment.methods,
        products=payment.products,
        created_at=iso_utc(payment.created_at_ms),
        expires_at=iso_utc(payment.expires_at_ms),
        succeeded_at=iso_or_none(payment.succeeded_at_ms),
        closed_at=iso_or_none(payment.closed_at_ms),
        close_reason=payment.close_reason,
        late_until=iso_or_none(payment.late_until_ms),
        late=payment.late,
        winner_attempt_id=payment.winner_attempt_id,
        paid_fen=payment.amount_fen if payment.winner_attempt_id is not None else 0,
        checkout_url=checkout_url,
        metadata=payment.metadata,
    )


def _confirming_view(file: PaymentFile, settled_by: SettledBy) -> ConfirmingView | None:
    attempt = confirming_attempt(file.attempts)
    if attempt is None:
        return None
    return ConfirmingView(
        attempt_id=attempt.attempt_id,
        channel_id=attempt.channel_id,
        method=attempt.method,
        since=iso_utc(attempt.debit_at_ms or attempt.created_at_ms),
        settled_by=iso_utc(settled_by(attempt)),
    )


def file_view(
    file: PaymentFile,
    checkout_url: str,
    now_ms: int,
    *,
    settled_by: SettledBy,
    attempt_id: str | None = None,
    decisions: Sequence[Decision] | None = None,
) -> PaymentView:
    """A single payment with everything. `attempt_id` is the attempt a use case just named as the one to show.

    Once the payment is decided no credential is given any more: whoever pays it then pays twice.
    """
    shown = None
    if file.payment.state is PaymentState.PENDING:
        shown = file.attempt(attempt_id) if attempt_id is not None else shown_attempt(file, now_ms)
    winner_id = file.payment.winner_attempt_id
    view = payment_view(file.payment, checkout_url)
    return msgspec.structs.replace(
        view,
        refunded_fen=file.attempt(winner_id).refunded_fen if winner_id is not None else 0,
        credential=credential_view(shown),
        confirming=_confirming_view(file, settled_by),
        # The customer's own come first: a shop's program that reads the first one reads what its customer was shown.
        attempts=[attempt_view(attempt) for attempt in sorted(file.attempts, key=lambda attempt: attempt.shadow)],
        refunds=[refund_view(refund) for refund in file.refunds],
        decisions=UNSET if decisions is None else [decision_view(decision) for decision in decisions],
    )
