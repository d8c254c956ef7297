"""The moves of a payment and its attempts inside one draft: forward only, through `advance()` alone.

These functions do no I/O. They are the only code that says "winner", "surplus" or "closed"; everything that
learns something from a channel ends here.
"""

from __future__ import annotations

from collections.abc import Iterable

from payswitch.domain.events import EventType
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    HeardBy,
    Incident,
    Payment,
    PaymentState,
    Refund,
    RefundKind,
    RefundState,
)
from payswitch.domain.shop import tested_channel
from payswitch.domain.transitions import ATTEMPT, PAYMENT, AttemptEvent, PaymentEvent, advance
from payswitch.services.context import Context
from payswitch.services.payments.announcements import CAME_LATE, PAID_TOO_LATE, PAID_TWICE, announce
from payswitch.services.payments.draft import Draft

SURPLUS_REASON = "重复支付，原路退回 / paid twice, returned to where it came from"

TEST_REASON = "渠道测试，自动退回 / channel test, returned by itself"

DEAD = frozenset({AttemptState.FAILED, AttemptState.DISCARDED, AttemptState.CLOSED})
"""Only a verified success leads out of these."""

UNSEEN = frozenset({AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.READY})
"""No customer has a credential of these yet."""

MAY_BE_PAID = frozenset({AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.UNKNOWN})
"""While one of these is alive, a payment that is closing is not closed."""


def confirming_attempt(attempts: Iterable[Attempt]) -> Attempt | None:
    """The debit of a payment that nobody knows the end of, if there is one: nothing else may be begun or shown."""
    return next((attempt for attempt in attempts if attempt.state is AttemptState.UNKNOWN), None)


def attempt_succeeded(
    ctx: Context,
    draft: Draft,
    attempt_id: str,
    *,
    transaction_id: str | None,
    now_ms: int,
    heard_by: HeardBy | None = None,
) -> Attempt:
    """A verified success: the winner if the payment can still have one, surplus otherwise.

    Told twice, it changes nothing. Surplus money gets its refund in this very commit.
    """
    attempt = draft.attempt(attempt_id)
    if attempt.state is AttemptState.SUCCEEDED:
        return attempt
    was_dead = attempt.state in DEAD
    attempt = draft.set_attempt(
        attempt_id,
        state=advance(ATTEMPT, attempt.state, AttemptEvent.SUCCEED),
        transaction_id=transaction_id or attempt.transaction_id,
        heard_by=heard_by,
        finished_at_ms=now_ms,
        due_at_ms=None,
    )
    if was_dead:
        add_incident(ctx, draft, "success_of_dead_attempt", attempt, now_ms, _late_text(attempt))
    if draft.payment.state in (PaymentState.PENDING, PaymentState.CLOSING):
        _win(ctx, draft, attempt, now_ms)
        return attempt
    return _surplus(ctx, draft, attempt, now_ms)


def _late_text(attempt: Attempt) -> str:
    return (
        f"渠道在尝试结束后仍确认收款 / the channel confirmed money for {attempt.channel_order_no}, "
        "which had been given up; it counts as winner or is refunded as surplus"
    )


def _win(ctx: Context, draft: Draft, attempt: Attempt, now_ms: int) -> None:
    draft.set_payment(
        state=advance(PAYMENT, draft.payment.state, PaymentEvent.SUCCEED),
        winner_attempt_id=attempt.attempt_id,
        succeeded_at_ms=now_ms,
        close_reason=None,
        due_at_ms=None,
    )
    for other in draft.attempts:
        if other.attempt_id != attempt.attempt_id:
            retire(draft, other.attempt_id, now_ms)
    notice = CAME_LATE if draft.payment.late else None
    announce(ctx, draft, EventType.PAYMENT_SUCCEEDED, now_ms, attempt=attempt, notice=notice)
    if tested_channel(draft.payment.shop_id) is not None:
        # 0.01 yuan of the operator's own: back in the same commit, so that a crash loses none of it.
        _give_back(ctx, draft, attempt, RefundKind.MERCHANT, TEST_REASON, now_ms)


def _surplus(ctx: Context, draft: Draft, attempt: Attempt, now_ms: int) -> Attempt:
    attempt = draft.set_attempt(attempt.attempt_id, surplus=True)
    refund = _give_back(ctx, draft, attempt, RefundKind.SURPLUS, SURPLUS_REASON, now_ms)
    attempt = draft.attempt(attempt.attempt_id)
    notice = PAID_TWICE if draft.payment.winner_attempt_id is not None else PAID_TOO_LATE
    announce(ctx, draft, EventType.PAYMENT_SURPLUS, now_ms, attempt=attempt, refund=refund, notice=notice)
    return attempt


def _give_back(ctx: Context, draft: Draft, attempt: Attempt, kind: RefundKind, reason: str, now_ms: int) -> Refund:
    """All of an attempt's money goes back to where it came from; the sweeper sends it at once."""
    refund = Refund(
        refund_id=ctx.ids.new("ref_", now_ms),
        payment_id=attempt.payment_id,
        attempt_id=attempt.attempt_id,
        shop_id=draft.payment.shop_id,
        kind=kind,
        out_refund_no=surplus_refund_no(attempt),
        amount_fen=attempt.amount_fen,
        reason=reason,
        state=RefundState.CREATED,
        created_at_ms=now_ms,
        due_at_ms=now_ms,
    )
    draft.set_attempt(attempt.attempt_id, refunded_fen=attempt.amount_fen)
    draft.add_refund(refund)
    return refund


def surplus_refund_no(attempt: Attempt) -> str:
    """Derived from the attempt: however often the surplus is discovered, it is paid back once."""
    return "S" + attempt.attempt_id.removeprefix("att_")


def retire(draft: Draft, attempt_id: str, now_ms: int) -> None:
    """This attempt is not wanted any more: exposed ones begin to close, unexposed ones are discarded."""
    attempt = draft.attempt(attempt_id)
    if attempt.state is AttemptState.EXPOSED:
        draft.set_attempt(
            attempt_id,
            state=advance(ATTEMPT, attempt.state, AttemptEvent.BEGIN_CLOSE),
            tries=0,
            due_at_ms=now_ms,
        )
    elif attempt.state in UNSEEN:
        draft.set_attempt(
            attempt_id,
            state=advance(ATTEMPT, attempt.state, AttemptEvent.DISCARD),
            finished_at_ms=now_ms,
            tries=0,
            due_at_ms=now_ms,
        )


def attempt_died(ctx: Context, draft: Draft, attempt_id: str, now_ms: int, *, heard_by: HeardBy | None = None) -> None:
    """Confirmed: nobody can pay this number any more (or its deadline and the final query are past)."""
    attempt = draft.attempt(attempt_id)
    state = attempt.state
    if state is AttemptState.EXPOSED:
        state = advance(ATTEMPT, state, AttemptEvent.BEGIN_CLOSE)
    if state in UNSEEN:
        state = advance(ATTEMPT, state, AttemptEvent.DISCARD)
    else:
        state = advance(ATTEMPT, state, AttemptEvent.CONFIRM_CLOSED)
    if state is not attempt.state or attempt.due_at_ms is not None:
        draft.set_attempt(
            attempt_id,
            state=state,
            finished_at_ms=attempt.finished_at_ms or now_ms,
            heard_by=attempt.heard_by if state is attempt.state else heard_by,
            due_at_ms=None,
        )
    finish_closing(ctx, draft, now_ms)


def begin_close(ctx: Context, draft: Draft, reason: CloseReason, now_ms: int) -> None:
    """Expired or cancelled: no new attempts, the live ones are retired; closed at once if none can be paid.

    A shop that cancels while late money would still be accepted does not want the order any more: the window ends.
    """
    payment = draft.payment
    if payment.state is PaymentState.CLOSING and awaits_late(payment, now_ms) and reason is CloseReason.CANCELLED:
        draft.set_payment(close_reason=reason, due_at_ms=None)
        finish_closing(ctx, draft, now_ms)
        return
    state = advance(PAYMENT, payment.state, PaymentEvent.BEGIN_CLOSE)
    if state is payment.state:
        return
    draft.set_payment(state=state, close_reason=reason, due_at_ms=None)
    for attempt in draft.attempts:
        retire(draft, attempt.attempt_id, now_ms)
    finish_closing(ctx, draft, now_ms)


def awaits_late(payment: Payment, now_ms: int) -> bool:
    """迟到成功: whether money that arrives now still makes this expired payment succeed, by its shop's wish."""
    expired = payment.close_reason is CloseReason.EXPIRED
    return expired and payment.late_until_ms is not None and now_ms < payment.late_until_ms


def finish_closing(ctx: Context, draft: Draft, now_ms: int) -> None:
    """Close the payment if it is closing, no attempt of it can be paid any more, and no late money is waited for: there
    can be none for a payment that no customer was ever shown.

    While late money is waited for, the payment itself is due when the wait is over; attempts that may still be paid
    have due times of their own. Nobody else sets it: whoever ends a wait takes the due time away and calls this, and
    after a clock was set back the wait simply begins anew."""
    if draft.payment.state is not PaymentState.CLOSING:
        return
    waits = awaits_late(draft.payment, now_ms)
    if waits and draft.payment.due_at_ms is None:
        draft.set_payment(due_at_ms=draft.payment.late_until_ms)
    if any(attempt.state in MAY_BE_PAID for attempt in draft.attempts):
        return
    shown = any(attempt.exposed_at_ms is not None or attempt.debit_at_ms is not None for attempt in draft.attempts)
    if shown and waits:
        return
    closed = advance(PAYMENT, draft.payment.state, PaymentEvent.CONFIRM_CLOSED)
    draft.set_payment(state=closed, closed_at_ms=now_ms, due_at_ms=None)
    announce(ctx, draft, EventType.PAYMENT_CLOSED, now_ms)


def add_incident(ctx: Context, draft: Draft, kind: str, attempt: Attempt, now_ms: int, detail: str) -> None:
    """Something a person should look at, in the same commit as what caused it."""
    draft.incidents.append(
        Incident(
            incident_id=ctx.ids.new("inc_", now_ms),
            kind=kind,
            at_ms=now_ms,
            payment_id=attempt.payment_id,
            attempt_id=attempt.attempt_id,
            channel_id=attempt.channel_id,
            detail=detail,
        )
    )
