"""自动切换: one round of launching, from a route plan to a credential in the customer's hand.

The whole round has one deadline. Nothing here can take money twice: until a credential is exposed nobody can
pay, so every failed or silent channel is simply left, and whatever it may have created is closed later.
"""

from __future__ import annotations

from collections import deque

from payswitch.domain.channel import CredentialKind
from payswitch.domain.exchange import CreateAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentState
from payswitch.domain.transitions import ATTEMPT, AttemptEvent, advance
from payswitch.routing.next_steps import Next
from payswitch.services.attempts.asking import capability_of
from payswitch.services.attempts.racing import Call, Race, discard_losers
from payswitch.services.attempts.rounds import Launched, Round, as_debit, end_round, give_up, save_lost
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import confirming_attempt


async def launch(ctx: Context, work: Round) -> Launched:
    """Try candidates in order, and beside each other where one is silent, until one gives a credential, the deadline is
    near, or the customer must choose."""
    race = Race(ctx, work)
    try:
        while (call := await race.next_answer()) is not None:
            launched = await _judge(ctx, race, call)
            if launched is not None:
                return launched
        return Launched(file=work.file) if race.ended else await end_round(ctx, work)
    finally:
        race.leave()


async def _judge(ctx: Context, race: Race, call: Call) -> Launched | None:
    """What one answer means for the round; None: it goes on."""
    work, attempt = race.work, call.attempt
    asked = call.answer.result()
    if asked.step is Next.SHOW:
        return await _expose(ctx, work, attempt, asked.answer, race.losers())
    if asked.answer.outcome.kind in _DEBITED and _is_pull(ctx, attempt):
        return await _debited_at_once(ctx, work, attempt, asked.answer.outcome)
    give_up(ctx, work, attempt, asked.answer.outcome, left_behind=asked.left_behind)
    _narrow(race, attempt, asked.step)
    return None


async def _expose(ctx: Context, work: Round, attempt: Attempt, answer: CreateAnswer, losers: list[Attempt]) -> Launched:
    """Commit `exposed` before the credential leaves, and in the same commit give up the losers of the race: exactly one
    is shown. Nothing is shown if the payment has ended meanwhile."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> bool:
        save_lost(draft, work)
        discard_losers(ctx, draft, losers, now_ms)
        current = draft.attempt(attempt.attempt_id)
        unwanted = draft.payment.state is not PaymentState.PENDING or current.state is not AttemptState.CREATED
        if unwanted or confirming_attempt(draft.attempts) is not None:
            # Paid by an older attempt, cancelled, or given up by the sweeper while the call was out; or another node
            # has begun a debit meanwhile that nobody knows the end of: who saw a code now might pay twice.
            draft.set_attempt(
                current.attempt_id,
                state=advance(ATTEMPT, current.state, AttemptEvent.DISCARD),
                outcome=answer.outcome,
                answered_at_ms=now_ms,
                due_at_ms=None if current.state is AttemptState.SUCCEEDED else now_ms,
            )
            return False
        state = advance(ATTEMPT, current.state, AttemptEvent.SEND)
        state = advance(ATTEMPT, state, AttemptEvent.ACCEPT)
        draft.set_attempt(
            current.attempt_id,
            state=advance(ATTEMPT, state, AttemptEvent.EXPOSE),
            credential=answer.credential,
            outcome=answer.outcome,
            answered_at_ms=now_ms,
            exposed_at_ms=now_ms,
            tries=0,
            due_at_ms=ctx.timings.next_query_ms(1, now_ms),
        )
        return True

    work.file, shown = await change(ctx, attempt.payment_id, decide, known=work.file)
    if not shown:
        return Launched(file=work.file)
    if answer.credential is not None and answer.credential.kind is CredentialKind.SMS:
        ctx.sms_sent.note(attempt.attempt_id, ctx.clock.monotonic_ms())
    observing.tell_exposed(ctx, work.file, work.file.attempt(attempt.attempt_id), work.started_ms)
    return Launched(file=work.file, attempt_id=attempt.attempt_id)


_DEBITED = frozenset({OutcomeKind.PAID, OutcomeKind.PENDING})


def _is_pull(ctx: Context, attempt: Attempt) -> bool:
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    return capability is not None and not capability.push


async def _debited_at_once(ctx: Context, work: Round, attempt: Attempt, outcome: Outcome) -> Launched:
    """A quick-pay contract that sends no SMS debits when the payment is applied for: ask, and begin nothing else."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        current = draft.attempt(attempt.attempt_id)
        if current.state is not AttemptState.CREATED:
            return
        taken = as_debit(ctx, current)
        draft.set_attempt(
            current.attempt_id,
            state=taken.state,
            debit_at_ms=taken.debit_at_ms,
            outcome=outcome,
            answered_at_ms=now_ms,
            due_at_ms=now_ms,
        )

    work.file, _ = await change(ctx, attempt.payment_id, decide, known=work.file)
    return Launched(file=work.file)


def _narrow(race: Race, attempt: Attempt, step: Next) -> None:
    """After a payer's no nothing is switched silently; after risk control's no one other method may be tried, never
    another account of the same method. What was begun after it and is still out follows the same rule."""
    if step not in (Next.STOP, Next.OTHER_METHOD):
        return
    work, later = race.work, [call for call in race.calls if call.attempt.ordinal > attempt.ordinal]
    others = [call for call in later if step is Next.OTHER_METHOD and call.attempt.method is not attempt.method]
    race.drop([call for call in later if call not in others[:1]])
    free = [c for c in work.candidates if step is Next.OTHER_METHOD and c.method is not attempt.method]
    work.candidates = deque(() if others else free[:1])
