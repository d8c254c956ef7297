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
from payswitch.routing.next_steps import Next, next_step
from payswitch.routing.request import Candidate
from payswitch.services import observing
from payswitch.services.asking import capability_of, client_of
from payswitch.services.context import Context
from payswitch.services.draft import Draft, change
from payswitch.services.rounds import Launched, Round, as_debit, commit_attempt, end_round, give_up, order_of

NOTHING_MADE = frozenset(
    {
        OutcomeKind.NOT_SENT,
        OutcomeKind.REFUSED_CHANNEL,
        OutcomeKind.REFUSED_LIMIT,
        OutcomeKind.REFUSED_PAYER,
        OutcomeKind.REFUSED_RISK,
        OutcomeKind.REFUSED_CONFIG,
        OutcomeKind.REFUSED_ORDER,
    }
)
"""After any other answer the channel may hold an order that nobody will ever see: it is closed in the background."""


async def launch(ctx: Context, work: Round) -> Launched:
    """Try candidates in order until one gives a credential, the deadline is near, or the customer must choose."""
    while work.candidates and work.remaining_ms(ctx) >= ctx.timings.least_try_ms:
        candidate = work.candidates.popleft()
        attempt = await commit_attempt(ctx, work, candidate)
        if attempt is None:
            return Launched(file=work.file)
        answer, step, left_behind = await _ask(ctx, work, candidate, attempt)
        if step is Next.SHOW:
            return await _expose(ctx, work, attempt, answer)
        if answer.outcome.kind in _DEBITED and _is_pull(ctx, attempt):
            return await _debited_at_once(ctx, work, attempt, answer.outcome)
        give_up(ctx, work, attempt, answer.outcome, left_behind=left_behind)
        if not _may_go_on(work, attempt, step):
            break
    return await end_round(ctx, work)


async def _ask(ctx: Context, work: Round, candidate: Candidate, attempt: Attempt) -> tuple[CreateAnswer, Next, bool]:
    """The create call, and once more with the same number if the first answer was a passing trouble.

    Gives the last answer, what to do next, and whether any of the calls may have left an order at the channel.
    """
    client = client_of(ctx, attempt)
    order = order_of(ctx, work, attempt)
    tries, left_behind = 0, False
    while True:
        tries += 1
        timeout_ms = work.remaining_ms(ctx)
        if work.candidates:
            timeout_ms = min(candidate.soft_limit_ms, timeout_ms)
        begun = ctx.clock.monotonic_ms()
        answer = await client.create(order, max(timeout_ms, 1))
        took_ms = ctx.clock.monotonic_ms() - begun
        observing.tell_call(ctx, attempt, answer.outcome, took_ms, observing.customer_key(work.file.payment))
        left_behind = left_behind or answer.outcome.kind not in NOTHING_MADE
        step = next_step(answer.outcome, tries=tries)
        if step is not Next.AGAIN:
            return answer, step, left_behind
        if not _time_for_another(ctx, work, took_ms):
            return answer, Next.SWITCH, left_behind


def _time_for_another(ctx: Context, work: Round, took_ms: float) -> bool:
    """Whether a second call, as slow as the first, leaves the next candidate the time it may need: a channel that is
    slow to say "busy" must not eat the customer's half second alone."""
    needed = work.candidates[0].soft_limit_ms if work.candidates else ctx.timings.least_try_ms
    return work.remaining_ms(ctx) - took_ms >= needed


async def _expose(ctx: Context, work: Round, attempt: Attempt, answer: CreateAnswer) -> Launched:
    """Commit `exposed` before the credential leaves; nothing is shown if the payment has ended meanwhile."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> bool:
        current = draft.attempt(attempt.attempt_id)
        if draft.payment.state is not PaymentState.PENDING or current.state is not AttemptState.CREATED:
            # Paid by an older attempt, cancelled, or given up by the sweeper while the call was out.
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


def _may_go_on(work: Round, attempt: Attempt, step: Next) -> bool:
    if step is Next.STOP:
        return False
    if step is Next.OTHER_METHOD:
        others = [c for c in work.candidates if c.method is not attempt.method]
        work.candidates = deque(others[:1])
    return True
