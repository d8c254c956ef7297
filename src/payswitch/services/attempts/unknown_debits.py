"""扣款结果未知: asking, reversing, asking again, until a debit that nobody knows the end of has one.

The sweeper's turn. Until `reverse_after_s` the debit is only asked about: the customer may be typing a password. Then
it is reversed. A "paid" that is heard after a reversal may have left proves nothing, because that money may be on its
way back: it counts only once the channel has refused to reverse it.
"""

from __future__ import annotations

from payswitch.domain.channel_client import DebitClient
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile
from payswitch.services.attempts.asking import client_of, order_ref
from payswitch.services.attempts.exchanges import heard, query_order
from payswitch.services.attempts.results import apply_to_attempt, query_attempt
from payswitch.services.attempts.troubles import tell_trouble
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.confirmations import reversal_due_ms, tell_confirming
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import attempt_died

NOT_REVERSED = frozenset(
    {
        OutcomeKind.DUPLICATE,
        OutcomeKind.REFUSED_CHANNEL,
        OutcomeKind.REFUSED_LIMIT,
        OutcomeKind.REFUSED_PAYER,
        OutcomeKind.REFUSED_RISK,
        OutcomeKind.REFUSED_CONFIG,
        OutcomeKind.REFUSED_ORDER,
    }
)
"""The channel's word that this reversal did nothing. With a "paid" after it, the money is there to stay."""

UNPAID = frozenset({OutcomeKind.CLOSED, OutcomeKind.NOT_FOUND})


async def work_on_unknown(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    """One turn: ask; when its time has come, reverse and ask again; and set the next turn."""
    if file.attempt(attempt_id).reverse_at_ms is None:
        file, _ = await query_attempt(ctx, file, attempt_id, ctx.timings.query_timeout_ms)
        attempt = file.attempt(attempt_id)
        if attempt.state is not AttemptState.UNKNOWN:
            return file
        if ctx.clock.now_ms() < reversal_due_ms(ctx, attempt):
            return await _look_again(ctx, file, attempt_id)
        file = await _begin_reversal(ctx, file, attempt_id)
    return await _reverse(ctx, file, attempt_id)


async def _begin_reversal(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    """Written before the call leaves: after a crash nobody may take a late "paid" at its word."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        if draft.attempt(attempt_id).state is AttemptState.UNKNOWN:
            draft.set_attempt(attempt_id, reverse_at_ms=now_ms)

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]


async def _reverse(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    attempt = file.attempt(attempt_id)
    if attempt.reverse_at_ms is None:
        return file  # settled meanwhile by somebody else
    client = client_of(ctx, attempt)
    if not isinstance(client, DebitClient):
        return await _look_again(ctx, file, attempt_id)
    reversal = client.reverse(order_ref(attempt), ctx.timings.reverse_timeout_ms)
    outcome = await heard(ctx, attempt, "reverse", reversal)
    fact = await query_order(ctx, attempt, ctx.timings.query_timeout_ms)
    if outcome.kind in NOT_REVERSED and fact.outcome.kind is OutcomeKind.PAID:
        return await _stands(ctx, file, attempt_id, fact)
    if fact.outcome.kind is OutcomeKind.CLOSED or (outcome.kind is OutcomeKind.CLOSED and fact.outcome.kind in UNPAID):
        return await _undone(ctx, file, attempt_id)
    await _tell_if_stuck(ctx, file, attempt, outcome, fact)
    return await _look_again(ctx, file, attempt_id)


async def _stands(ctx: Context, file: PaymentFile, attempt_id: str, fact: OrderFact) -> PaymentFile:
    """It is paid, and the channel does not take it back: an ordinary success, winner or surplus."""

    def decide(draft: Draft) -> None:
        draft.set_attempt(attempt_id, reverse_at_ms=None)

    file, _ = await change(ctx, file.payment.payment_id, decide, known=file)
    return await apply_to_attempt(ctx, file, attempt_id, fact)


async def _undone(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> Attempt:
        before = draft.attempt(attempt_id)
        if before.reverse_at_ms is not None:
            attempt_died(ctx, draft, attempt_id, now_ms)
        return before

    after, before = await change(ctx, file.payment.payment_id, decide, known=file)
    observing.tell_result(ctx, before, after)
    return after


async def _tell_if_stuck(ctx: Context, file: PaymentFile, attempt: Attempt, outcome: Outcome, fact: OrderFact) -> None:
    overdue = ctx.clock.now_ms() > reversal_due_ms(ctx, attempt) + ctx.timings.overdue_ms
    if overdue or outcome.kind in NOT_REVERSED:
        detail = (
            f"扣款结果仍未知，冲正未成功 / whether {attempt.channel_order_no} was debited is not known: "
            f"the reversal was answered {outcome.kind} {outcome.code}, the query {fact.outcome.kind} "
            f"{fact.outcome.code}; it is tried again, nothing else is begun for this payment; ask the channel"
        )
        await tell_trouble(ctx, file, attempt.attempt_id, "debit_unsettled", detail)


async def _look_again(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    """Soon, and in any case when the reversal begins."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        attempt = draft.attempt(attempt_id)
        if attempt.state is AttemptState.SUCCEEDED or (
            attempt.state is not AttemptState.UNKNOWN and attempt.reverse_at_ms is None
        ):
            return
        tell_confirming(ctx, draft, attempt_id, now_ms)
        tries = attempt.tries + 1
        due_ms, reversal_ms = ctx.timings.next_debit_ms(tries + 1, now_ms), reversal_due_ms(ctx, attempt)
        due_at_ms = min(due_ms, reversal_ms) if reversal_ms > now_ms else due_ms
        draft.set_attempt(attempt_id, tries=tries, due_at_ms=due_at_ms)

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]
