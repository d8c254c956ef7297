"""Leaving an attempt that the customer has seen: query, close, query. Whatever the channel does not confirm stays
`closing` and is watched until its deadline."""

from __future__ import annotations

from payswitch.domain.channel import Closing, Consent
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile
from payswitch.services.attempts.asking import capability_of
from payswitch.services.attempts.exchanges import close_order
from payswitch.services.attempts.lives import verdict_ms, watched_until_ms
from payswitch.services.attempts.results import query_attempt
from payswitch.services.attempts.rounds import Since
from payswitch.services.attempts.troubles import tell_trouble
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import add_incident, attempt_died, retire

LEAST_CALL_MS = 20


def budget_ms(ctx: Context, since: Since) -> int:
    """What is left, of the customer's half second, for leaving what they were shown before: the launch needs the
    rest. 0: it is left without asking anybody, and the sweeper closes it."""
    spent_ms = ctx.clock.monotonic_ms() - since.monotonic_ms
    return max(int(ctx.timings.retire_deadline_ms - spent_ms), 0)


async def retire_all(ctx: Context, file: PaymentFile, *, budget_ms: int) -> PaymentFile:
    """Query, close and query every attempt that could still be paid, within `budget_ms` altogether.

    For a customer who waits: what does not answer in time is left to the sweeper. The newest comes first: it is what
    the customer has most likely just paid, and an older one's silent channel must not eat the time to see it.
    """
    until = ctx.clock.monotonic_ms() + budget_ms
    for attempt in reversed(file.attempts):
        if attempt.state in (AttemptState.EXPOSED, AttemptState.CLOSING):
            file = await retire_one(ctx, file, attempt.attempt_id, until)
    return file


async def retire_one(ctx: Context, file: PaymentFile, attempt_id: str, until: float) -> PaymentFile:
    """One attempt: begin to close it, then query -> close -> query as far as the time (monotonic ms) reaches."""
    now_ms = ctx.clock.now_ms()
    if file.attempt(attempt_id).state is AttemptState.EXPOSED:
        file, _ = await change(
            ctx, file.payment.payment_id, lambda draft: retire(draft, attempt_id, now_ms), known=file
        )
    if not _time_left(ctx, until):
        return file
    file, fact = await query_attempt(ctx, file, attempt_id, _time_left(ctx, until))
    if file.attempt(attempt_id).state is not AttemptState.CLOSING or not _time_left(ctx, until):
        return file
    return await _close_and_query(ctx, file, attempt_id, until, fact)


def _time_left(ctx: Context, until: float) -> int:
    """Whole milliseconds until the deadline; 0 when too few for a call."""
    left = int(until - ctx.clock.monotonic_ms())
    return left if left >= LEAST_CALL_MS else 0


async def _close_and_query(
    ctx: Context, file: PaymentFile, attempt_id: str, until: float, fact: OrderFact
) -> PaymentFile:
    attempt = file.attempt(attempt_id)
    if fact.outcome.kind is OutcomeKind.NOT_FOUND and not _closes_at_once(ctx, attempt):
        # Alipay before the scan: closing is tried all the same, but its answer proves nothing.
        await _close(ctx, attempt, until)
        return file
    outcome_kind = await _close(ctx, attempt, until)
    if outcome_kind is None or not _time_left(ctx, until):
        return file
    file, fact = await query_attempt(ctx, file, attempt_id, _time_left(ctx, until))
    if outcome_kind is OutcomeKind.CLOSED and fact.outcome.kind in _UNPAID and lapses(ctx, attempt):
        return await _bury(ctx, file, attempt, ctx.clock.now_ms(), incident=False)
    return file


_UNPAID = frozenset({OutcomeKind.PENDING, OutcomeKind.NOT_FOUND})


def lapses(ctx: Context, attempt: Attempt) -> bool:
    """Whether nobody but ourselves could still take the money: an SMS order whose code was never sent to the bank."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    return capability is not None and capability.consent is Consent.SMS_CODE and attempt.debit_at_ms is None


async def _close(ctx: Context, attempt: Attempt, until: float) -> OutcomeKind | None:
    left = _time_left(ctx, until)
    if not left:
        return None
    return (await close_order(ctx, attempt, left)).kind


def _closes_at_once(ctx: Context, attempt: Attempt) -> bool:
    """Whether a close of this attempt's product is final even before the customer has done anything."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    return capability is not None and capability.closing is Closing.YES


async def work_on_closing(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    """The sweeper's turn on a closing attempt: query -> close -> query, and the verdict past its deadline."""
    until = ctx.clock.monotonic_ms() + ctx.timings.query_timeout_ms + ctx.timings.close_timeout_ms
    now_ms = ctx.clock.now_ms()
    file, fact = await query_attempt(ctx, file, attempt_id, ctx.timings.query_timeout_ms)
    attempt = file.attempt(attempt_id)
    if attempt.state is not AttemptState.CLOSING:
        return file
    if now_ms < verdict_ms(ctx, attempt):
        file = await _close_and_query(ctx, file, attempt_id, until, fact)
    else:
        file = await _judge_overdue(ctx, file, attempt, fact, now_ms)
    if file.attempt(attempt_id).state is AttemptState.CLOSING:
        file = await _look_again(ctx, file, attempt_id)
    return file


async def _judge_overdue(
    ctx: Context, file: PaymentFile, attempt: Attempt, fact: OrderFact, now_ms: int
) -> PaymentFile:
    """Past the last moment at which money could arrive, with a final query made: what that query means.

    NOT_FOUND now means "never": the trade was never begun and cannot be any more. "Waiting" means that the
    channel's own clock has not closed it yet: close it ourselves, and after `overdue_ms` believe the deadline,
    with an incident (a success would still be found by its notification and refunded). Any other answer says nothing:
    the attempt stays open, is asked about again, and after `overdue_ms` a person is told.
    """
    if fact.outcome.kind is OutcomeKind.NOT_FOUND or _waits_for_ever(ctx, attempt, fact):
        return await _bury(ctx, file, attempt, now_ms, incident=False)
    overdue = now_ms > watched_until_ms(ctx, attempt) + ctx.timings.overdue_ms
    if fact.outcome.kind is OutcomeKind.PENDING:
        if overdue:
            return await _bury(ctx, file, attempt, now_ms, incident=True)
        until = ctx.clock.monotonic_ms() + ctx.timings.close_timeout_ms
        return await _close_and_query(ctx, file, attempt.attempt_id, until, fact)
    if overdue:
        await tell_trouble(ctx, file, attempt.attempt_id, "unanswered_past_deadline", _unanswered_text(fact))
    return file


def _waits_for_ever(ctx: Context, attempt: Attempt, fact: OrderFact) -> bool:
    """Whether "still waiting" is all that this channel can ever say of an unpaid order."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    return fact.outcome.kind is OutcomeKind.PENDING and capability is not None and not capability.ends_by_itself


def _unanswered_text(fact: OrderFact) -> str:
    return (
        f"渠道在截止时间后仍无有效答复 / past its deadline the channel gives no usable answer ({fact.outcome.code}); "
        "whether it was paid is not known, so it stays open and is asked again; check the channel's configuration"
    )


async def _bury(ctx: Context, file: PaymentFile, attempt: Attempt, now_ms: int, *, incident: bool) -> PaymentFile:
    def decide(draft: Draft) -> Attempt:
        before = draft.attempt(attempt.attempt_id)
        if incident and before.state is AttemptState.CLOSING:
            add_incident(
                ctx,
                draft,
                "overdue_at_channel",
                attempt,
                now_ms,
                "渠道超过截止时间仍未关单 / the channel still waits for money past the deadline it was given; "
                "the attempt was closed here, a late success will be refunded",
            )
        attempt_died(ctx, draft, attempt.attempt_id, now_ms)
        return before

    after, before = await change(ctx, file.payment.payment_id, decide, known=file)
    observing.tell_result(ctx, before, after)
    return after


async def _look_again(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    """Set the next due time: soon at first, seldom once only late money could still arrive, and in any case at the
    moment of the deadline and of the final verdict."""
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        attempt = draft.attempt(attempt_id)
        if attempt.state is not AttemptState.CLOSING:
            return
        tries = attempt.tries + 1
        grace_ms, final_ms = ctx.timings.final_grace_ms, verdict_ms(ctx, attempt)
        only_late = attempt.deadline_ms + grace_ms <= now_ms < final_ms
        due_ms = (ctx.timings.next_query_ms if only_late else ctx.timings.next_close_ms)(tries, now_ms)
        marks = [mark for mark in (attempt.deadline_ms + grace_ms, final_ms) if mark > now_ms]
        draft.set_attempt(attempt_id, tries=tries, due_at_ms=min([due_ms, *marks]))

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]
