"""A refund that is not settled: taken and in work, refused for now, or unknown. It waits for its next try."""

from __future__ import annotations

from typing import Final

from payswitch.domain.events import EventType
from payswitch.domain.exchange import RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Refund, RefundState, RefundTrouble
from payswitch.domain.transitions import REFUND, RefundEvent, advance
from payswitch.services.context import Context
from payswitch.services.payments.announcements import announce
from payswitch.services.payments.draft import Draft
from payswitch.services.payments.lifecycle import add_incident
from payswitch.services.refunds.refund_troubles import ADVICE, trouble_of

BALANCE_SHORT: Final = "refund_balance_short"
"""The kind of the incident about an empty account: one for all refunds that wait for it."""


def keep_waiting(
    ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int, *, asked: bool, tell_balance: bool
) -> None:
    """Look again later, under the same number. Whatever a person should know is told once, in the same commit.

    A refund that waits for the merchant's money keeps its state: nothing is wrong with it. One that needs a person
    becomes abnormal, and the shop hears so; it leaves that state by itself when the channel takes it after all.
    """
    outcome = fact.outcome
    tries = refund.tries + 1 if asked else refund.tries
    trouble = trouble_of(refund, outcome, tries, now_ms)
    waiting = draft.set_refund(
        refund.refund_id,
        state=_next_state(refund, outcome, trouble),
        outcome=outcome,
        trouble=trouble,
        channel_refund_id=fact.channel_refund_id or refund.channel_refund_id,
        tries=tries,
        due_at_ms=ctx.timings.next_refund_ms(max(tries, 1), now_ms),
    )
    if trouble is RefundTrouble.BALANCE_SHORT:
        if tell_balance and refund.trouble is not RefundTrouble.BALANCE_SHORT:
            _tell_balance_short(ctx, draft, refund, outcome, now_ms)
    elif waiting.state is RefundState.ABNORMAL and refund.state is not RefundState.ABNORMAL and trouble is not None:
        attempt = draft.attempt(refund.attempt_id)
        add_incident(ctx, draft, "refund_abnormal", attempt, now_ms, _abnormal_text(refund, outcome, trouble))
        announce(ctx, draft, EventType.REFUND_ABNORMAL, now_ms, attempt=attempt, refund=waiting)


def _next_state(refund: Refund, outcome: Outcome, trouble: RefundTrouble | None) -> RefundState:
    state = advance(REFUND, refund.state, RefundEvent.SEND) if refund.state is RefundState.CREATED else refund.state
    if outcome.kind is OutcomeKind.PENDING:
        state = advance(REFUND, state, RefundEvent.ACCEPT)
    if trouble is None or trouble is RefundTrouble.BALANCE_SHORT:
        return state
    return advance(REFUND, state, RefundEvent.BECOME_ABNORMAL)


def balance_tellable(ctx: Context, channel_id: str) -> bool:
    """Whether an empty account of this channel is news: it stops every refund there, and is told once an hour."""
    return ctx.troubles_told.is_due(f"{BALANCE_SHORT} {channel_id}", ctx.clock.monotonic_ms())


def note_balance_told(ctx: Context, channel_id: str, before: Refund, after: Refund) -> None:
    """After the commit that told of it: one that met a competitor has told nobody."""
    if after.trouble is RefundTrouble.BALANCE_SHORT and before.trouble is not RefundTrouble.BALANCE_SHORT:
        ctx.troubles_told.note(f"{BALANCE_SHORT} {channel_id}", ctx.clock.monotonic_ms())


def _tell_balance_short(ctx: Context, draft: Draft, refund: Refund, outcome: Outcome, now_ms: int) -> None:
    detail = (
        f"渠道商户余额不足，退款 {refund.out_refund_no} 等排队中 / the merchant's balance at the channel is too low, "
        f"refunds wait ({outcome.code} {outcome.message}); {ADVICE[RefundTrouble.BALANCE_SHORT]}"
    )
    add_incident(ctx, draft, BALANCE_SHORT, draft.attempt(refund.attempt_id), now_ms, detail)


def _abnormal_text(refund: Refund, outcome: Outcome, trouble: RefundTrouble) -> str:
    return (
        f"退款 {refund.out_refund_no} 异常，仍在重试 / not through at the channel yet ({outcome.code} "
        f"{outcome.message}); it is tried again under the same number. {ADVICE[trouble]}"
    )
