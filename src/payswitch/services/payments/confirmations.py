"""扣款确认中: by when an unknown debit will be known, and telling the shop so, once per debit."""

from __future__ import annotations

from payswitch.domain.events import EventType
from payswitch.domain.payment import Attempt, AttemptState
from payswitch.services.attempts.asking import capability_of
from payswitch.services.context import Context
from payswitch.services.payments.announcements import BEING_CONFIRMED, announce
from payswitch.services.payments.draft import Draft

REVERSE_AFTER_S = 45
"""For an attempt whose channel is gone from the configuration."""


def reversal_due_ms(ctx: Context, attempt: Attempt) -> int:
    """When this debit begins to be reversed, if nothing was learnt before."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    wait_s = capability.reverse_after_s if capability is not None else REVERSE_AFTER_S
    return (attempt.debit_at_ms or attempt.created_at_ms) + wait_s * 1_000


def settled_by_ms(ctx: Context, attempt: Attempt) -> int:
    """By when it will be known, as the customer and the shop are told: what was told once stays, unless its time is
    over and the channel still does not say; then the end of the next turn."""
    told_ms = attempt.known_by_ms or reversal_due_ms(ctx, attempt) + _turn_ms(ctx)
    if attempt.due_at_ms is not None and told_ms < ctx.clock.now_ms():
        return max(told_ms, attempt.due_at_ms + _turn_ms(ctx))
    return told_ms


def _turn_ms(ctx: Context) -> int:
    """The longest that one turn takes: a query, a reversal, a query."""
    return 2 * ctx.timings.query_timeout_ms + ctx.timings.reverse_timeout_ms


def tell_confirming(ctx: Context, draft: Draft, attempt_id: str, now_ms: int) -> None:
    """The debit's own answer left it open, or its process died: tell the shop once, with the time by which it will be
    known. Nothing is told of a debit that is settled already."""
    attempt = draft.attempt(attempt_id)
    if attempt.state is not AttemptState.UNKNOWN or attempt.known_by_ms is not None:
        return
    attempt = draft.set_attempt(attempt_id, known_by_ms=settled_by_ms(ctx, attempt))
    announce(ctx, draft, EventType.PAYMENT_CONFIRMING, now_ms, attempt=attempt, notice=BEING_CONFIRMED)
