"""What the admin API shows of payments that were found. Built field by field, as everything that leaves here.

Never shown: credentials, the checkout's address, openids and other particulars of the customer.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState
from payswitch.domain.payment_search import FoundPayment, Match, NumberKind, PaymentPage
from payswitch.domain.shop import tested_channel
from payswitch.entry.api import refund_views, views
from payswitch.entry.api.explanation_views import SentenceView
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.desk.payment_actions import Asked
from payswitch.services.desk.timeline import Moment, MomentKind, Records, Tone
from payswitch.services.desk.timeline_lines import timeline


class PaymentRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One payment in a list: its own facts, and those of the attempt that matters (the winner, else the last)."""

    payment_id: str
    shop_id: str
    out_trade_no: str
    subject: str
    amount_fen: int
    state: PaymentState
    created_at: str
    ended_at: str | None
    """When it succeeded or was closed."""
    late: bool
    attempts: int
    method: Method | None
    product: Product | None
    channel_id: str | None
    channel_order_no: str | None
    transaction_id: str | None
    in_doubt: bool
    """A debit of it may have happened and nobody knows yet."""
    surplus_fen: int
    """Money beside the winner: it goes back by itself."""
    refunded_fen: int
    """Of the winner's money."""


class PaymentRowList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[PaymentRowView]
    next: str | None
    """Give it as `after` to look further back; null at the end."""
    searched_to: str | None
    """Not null: few payments fit, and so far back was looked; older ones may follow with `next`."""


class MatchView(msgspec.Struct, frozen=True, kw_only=True):
    matched: NumberKind
    """Which of the payment's numbers it is."""
    payment: PaymentRowView


class MatchList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[MatchView]


class MomentView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline; `zh` and `en` say the same."""

    at: str
    kind: MomentKind
    tone: Tone
    zh: str
    en: str
    details: Sequence[SentenceView]
    attempt_id: str | None
    refund_id: str | None
    event_id: str | None
    channel_id: str | None
    amount_fen: int | None
    took_ms: int | None
    code: str


class HeardView(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel said just now, and whether that changed anything."""

    attempt_id: str
    channel_id: str
    channel_order_no: str
    outcome: OutcomeKind
    code: str
    message: str
    state: AttemptState
    changed: bool


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: str
    state: PaymentState
    heard: Sequence[HeardView]


def row_view(found: FoundPayment) -> PaymentRowView:
    payment, told = found.payment, found.told
    return PaymentRowView(
        payment_id=payment.payment_id,
        shop_id=payment.shop_id,
        out_trade_no=payment.out_trade_no,
        subject=payment.subject,
        amount_fen=payment.amount_fen,
        state=payment.state,
        created_at=iso_utc(payment.created_at_ms),
        ended_at=iso_or_none(payment.succeeded_at_ms or payment.closed_at_ms),
        late=payment.late,
        attempts=found.tries,
        method=told.method if told else None,
        product=told.product if told else None,
        channel_id=told.channel_id if told else None,
        channel_order_no=told.channel_order_no if told else None,
        transaction_id=told.transaction_id if told else None,
        in_doubt=any(attempt.state is AttemptState.UNKNOWN for attempt in found.attempts),
        surplus_fen=sum(attempt.amount_fen for attempt in found.attempts if attempt.surplus),
        refunded_fen=sum(attempt.refunded_fen for attempt in found.attempts if not attempt.surplus),
    )


def page_view(page: PaymentPage) -> PaymentRowList:
    return PaymentRowList(
        data=[row_view(found) for found in page.found], next=page.next, searched_to=iso_or_none(page.searched_to_ms)
    )


def match_list(found: Sequence[Match]) -> MatchList:
    return MatchList(data=[MatchView(matched=one.kind, payment=row_view(one.found)) for one in found])


def moment_view(moment: Moment) -> MomentView:
    zh, en = moment.said
    return MomentView(
        at=iso_utc(moment.at_ms),
        kind=moment.kind,
        tone=moment.tone,
        zh=zh,
        en=en,
        details=[SentenceView(zh=said_zh, en=said) for said_zh, said in moment.details],
        attempt_id=moment.attempt_id,
        refund_id=moment.refund_id,
        event_id=moment.event_id,
        channel_id=moment.channel_id,
        amount_fen=moment.amount_fen,
        took_ms=moment.took_ms,
        code=moment.code,
    )


def asked_view(asked: Asked) -> AskedView:
    return AskedView(
        payment_id=asked.file.payment.payment_id,
        state=asked.file.payment.state,
        heard=[
            HeardView(
                attempt_id=one.attempt.attempt_id,
                channel_id=one.attempt.channel_id,
                channel_order_no=one.attempt.channel_order_no,
                outcome=one.outcome.kind,
                code=one.outcome.code,
                message=one.outcome.message,
                state=one.attempt.state,
                changed=one.changed,
            )
            for one in asked.heard
        ],
    )


class PaymentDetailView(msgspec.Struct, frozen=True, kw_only=True):
    """One payment with its whole story. `may_...`: what its state allows; who may do it is another matter."""

    payment_id: str
    merchant_id: str
    shop_id: str
    out_trade_no: str
    subject: str
    amount_fen: int
    state: PaymentState
    close_reason: CloseReason | None
    environment: Environment | None
    customer_id: str | None
    """The shop's own id of the customer."""
    metadata: dict[str, str]
    created_at: str
    expires_at: str
    succeeded_at: str | None
    closed_at: str | None
    late: bool
    winner_attempt_id: str | None
    refunded_fen: int
    refundable_fen: int
    """What is left of the winner's money to refund."""
    surplus_fen: int
    in_doubt: bool
    may_query: bool
    may_close: bool
    may_refund: bool
    attempts: Sequence[views.AttemptView]
    refunds: Sequence[refund_views.RefundView]
    timeline: Sequence[MomentView]


def detail_view(records: Records) -> PaymentDetailView:
    payment, attempts = records.file.payment, records.file.attempts
    winner = next((a for a in attempts if a.attempt_id == payment.winner_attempt_id), None)
    refundable_fen = winner.amount_fen - winner.refunded_fen if winner is not None else 0
    return PaymentDetailView(
        payment_id=payment.payment_id,
        merchant_id=payment.merchant_id,
        shop_id=payment.shop_id,
        out_trade_no=payment.out_trade_no,
        subject=payment.subject,
        amount_fen=payment.amount_fen,
        state=payment.state,
        close_reason=payment.close_reason,
        environment=payment.environment,
        customer_id=payment.customer.customer_id,
        metadata=payment.metadata,
        created_at=iso_utc(payment.created_at_ms),
        expires_at=iso_utc(payment.expires_at_ms),
        succeeded_at=iso_or_none(payment.succeeded_at_ms),
        closed_at=iso_or_none(payment.closed_at_ms),
        late=payment.late,
        winner_attempt_id=payment.winner_attempt_id,
        refunded_fen=winner.refunded_fen if winner is not None else 0,
        refundable_fen=refundable_fen,
        surplus_fen=sum(attempt.amount_fen for attempt in attempts if attempt.surplus),
        in_doubt=any(attempt.state is AttemptState.UNKNOWN for attempt in attempts),
        may_query=bool(attempts),
        may_close=payment.state in (PaymentState.CREATED, PaymentState.PENDING),
        may_refund=refundable_fen > 0 and tested_channel(payment.shop_id) is None,
        attempts=[views.attempt_view(attempt) for attempt in attempts],
        refunds=[refund_views.refund_view(refund) for refund in records.file.refunds],
        timeline=[moment_view(moment) for moment in timeline(records)],
    )
