"""One round of work on a payment: its plan, its deadline, and its attempts, committed before a channel hears of one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from payswitch.domain.changes import IdempotencyRecord
from payswitch.domain.channel import Environment
from payswitch.domain.exchange import CreateOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, Decision, PaymentFile, PaymentState
from payswitch.domain.transitions import ATTEMPT, PAYMENT, AttemptEvent, PaymentEvent, advance
from payswitch.routing.request import Candidate, RoutePlan
from payswitch.services.attempts.asking import create_order
from payswitch.services.attempts.lives import deadline_of
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change, commit
from payswitch.services.payments.lifecycle import confirming_attempt


class Since(msgspec.Struct, frozen=True):
    """The moment from which somebody waits for a credential: wall time for the records, monotonic time for the half
    second, which a machine's clock that is just being set right must neither shorten nor stretch."""

    at_ms: int
    monotonic_ms: float

    @classmethod
    def now(cls, ctx: Context) -> Since:
        return cls(ctx.clock.now_ms(), ctx.clock.monotonic_ms())


class Round(msgspec.Struct, kw_only=True):
    """One round of launching, while it runs."""

    file: PaymentFile
    """The payment as stored; or as it shall be inserted, while `is_new`."""
    is_new: bool
    plan: RoutePlan
    decision: Decision
    idempotency: IdempotencyRecord | None = None
    environment: Environment
    started_ms: int
    """Wall time at which the customer began to wait."""
    deadline_ms: float
    """Monotonic time at which a credential must be out."""
    candidates: deque[Candidate]
    agreements: Mapping[str, str] = {}
    """The channels' own numbers of the customer's signed cards, by channel id."""
    since_ms: int
    """Wall time of the failed answer (or the start) that the next attempt begins from."""
    decided: bool = False
    """Whether the decision is on disk: it is written with the round's first attempt."""
    lost: list[Attempt] = []
    """Attempts given up and not committed yet: their rows are saved with the next commit of this round."""
    refused: Outcome | None = None
    """The last answer that was no."""

    def remaining_ms(self, ctx: Context) -> int:
        return int(self.deadline_ms - ctx.clock.monotonic_ms()) - ctx.timings.launch_reserve_ms


class Launched(msgspec.Struct, frozen=True, kw_only=True):
    """How a round ended: with an attempt to show, or with the last refusal (None: no time, no candidate)."""

    file: PaymentFile
    attempt_id: str | None = None
    refused: Outcome | None = None


def begin_round(
    ctx: Context,
    file: PaymentFile,
    plan: RoutePlan,
    decision: Decision,
    environment: Environment,
    *,
    since: Since,
    is_new: bool = False,
    idempotency: IdempotencyRecord | None = None,
    agreements: Mapping[str, str] | None = None,
    allowed_ms: int | None = None,
) -> Round:
    """Start a round. Its deadline counts from `since`, when the request (or the customer's switch) came in: what it
    took to leave an old attempt is part of what the customer waits. `allowed_ms`: another limit than a launch has."""
    ctx.feed.tell(
        "decided",
        {
            "payment_id": decision.payment_id,
            "decision_id": decision.decision_id,
            "policy_version": decision.policy_version,
            "at_ms": decision.at_ms,
            "duration_us": decision.duration_us,
            "channel_id": plan.candidates[0].channel_id,
            "candidates": len(plan.candidates),
            "excluded": len(plan.excluded),
            "chances": [(one.channel_id, one.product.value, one.propensity) for one in plan.candidates],
        },
    )
    return Round(
        file=file,
        is_new=is_new,
        plan=plan,
        decision=decision,
        idempotency=idempotency,
        environment=environment,
        started_ms=since.at_ms,
        deadline_ms=since.monotonic_ms + (allowed_ms or ctx.timings.launch_deadline_ms),
        candidates=deque(plan.candidates),
        agreements=agreements or {},
        since_ms=since.at_ms,
    )


async def commit_attempt(
    ctx: Context,
    work: Round,
    candidate: Candidate,
    *,
    debit: bool = False,
    hedge_of: str | None = None,
    shadow: Attempt | None = None,
) -> Attempt | None:
    """Write-ahead: the channel never sees a number that is not on our disk. None if the payment has ended, or if
    another process has begun a debit meanwhile that nobody knows the end of.

    `debit`: the call that follows takes the money, so the attempt is `unknown` before it leaves. `hedge_of`: the silent
    attempt that this one is begun beside. `shadow`: the shadow probe to be committed with the payment's first attempt;
    where another process has begun one meanwhile, it is not.
    """
    attempt = new_attempt(ctx, work, candidate, hedge_of)
    if debit:
        attempt = as_debit(ctx, attempt)

    def decide(draft: Draft) -> bool:
        save_lost(draft, work)
        if draft.payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
            return False
        if confirming_attempt(draft.attempts) is not None:
            return False
        if shadow is not None and not draft.attempts:
            draft.add_attempt(shadow)
        draft.add_attempt(
            replace(
                attempt,
                ordinal=len(draft.file.for_customer) + 1,
                created_at_ms=max(attempt.created_at_ms, _debits_ended_ms(draft.attempts)),
            )
        )
        draft.set_payment(state=advance(PAYMENT, draft.payment.state, PaymentEvent.LAUNCH))
        if not work.decided:
            draft.decisions.append(work.decision)
        return True

    if work.is_new:
        draft = Draft(work.file, is_new=True)
        decide(draft)
        await _keep(ctx, work, draft)
        return work.file.attempt(attempt.attempt_id)
    work.file, launched = await change(ctx, attempt.payment_id, decide, known=work.file)
    work.lost = []
    work.decided = work.decided or launched
    return work.file.attempt(attempt.attempt_id) if launched else None


def _debits_ended_ms(attempts: Iterable[Attempt]) -> int:
    """When the last debit of the payment was known to be over; 0: there was none. Nothing is begun before that, and no
    clock that was set back in between may make it look so, to the audit or to a court."""
    return max((a.finished_at_ms or 0 for a in attempts if a.debit_at_ms is not None), default=0)


async def _keep(ctx: Context, work: Round, draft: Draft) -> None:
    """The first commit of a new payment: with it, what its idempotency key stands for, and the decision."""
    if work.idempotency is not None:
        draft.idempotency.append(work.idempotency)
    work.file = await commit(ctx, draft)
    work.is_new, work.decided = False, True


def new_attempt(ctx: Context, work: Round, candidate: Candidate, hedge_of: str | None = None) -> Attempt:
    """An attempt of this round as it is before it is committed. Raises LookupError when its channel is gone."""
    now_ms = ctx.clock.now_ms()
    attempt_id = ctx.ids.new("att_", now_ms)
    channel = ctx.directory.channel(candidate.channel_id)
    if channel is None:
        raise LookupError(f"the plan names channel {candidate.channel_id}, which is not configured")
    payment = work.file.payment
    return Attempt(
        attempt_id=attempt_id,
        payment_id=payment.payment_id,
        ordinal=1,
        channel_id=candidate.channel_id,
        channel_version=channel.version,
        product=candidate.product,
        method=candidate.method,
        channel_order_no="P" + attempt_id.removeprefix("att_"),
        amount_fen=payment.amount_fen,
        state=AttemptState.CREATED,
        created_at_ms=now_ms,
        started_at_ms=work.since_ms,
        deadline_ms=deadline_of(ctx, candidate, payment.expires_at_ms, now_ms),
        decision_id=work.decision.decision_id,
        hedge_of=hedge_of,
        due_at_ms=now_ms + ctx.timings.leftover_after_ms,
    )


def as_debit(ctx: Context, attempt: Attempt) -> Attempt:
    """The attempt as it is written before a call that may take the money leaves. The sweeper asks about it when that
    call must have ended."""
    now_ms = ctx.clock.now_ms()
    return replace(
        attempt,
        state=advance(ATTEMPT, attempt.state, AttemptEvent.DEBIT),
        debit_at_ms=now_ms,
        tries=0,
        due_at_ms=now_ms + ctx.timings.debit_timeout_ms + ctx.timings.leftover_after_ms,
    )


def order_of(ctx: Context, work: Round, attempt: Attempt) -> CreateOrder:
    """What the channel is asked for, for one attempt of this round."""
    agreement_no = work.agreements.get(attempt.channel_id, "")
    return create_order(ctx, work.file.payment, attempt, work.environment, agreement_no)


def give_up(ctx: Context, work: Round, attempt: Attempt, outcome: Outcome, *, left_behind: bool) -> None:
    """Nobody saw this attempt: leave it. The row is committed with the next attempt, or at the round's end."""
    now_ms = ctx.clock.now_ms()
    event = AttemptEvent.DISCARD if left_behind else AttemptEvent.REFUSE
    work.since_ms = now_ms
    observing.tell_given_up(ctx, attempt, outcome)
    if work.refused is None or work.refused.kind is not OutcomeKind.REFUSED_PAYER:
        work.refused = outcome  # a payer's no is the last word, even if an older call ends otherwise after it
    work.lost.append(
        replace(
            attempt,
            state=advance(ATTEMPT, attempt.state, event),
            outcome=outcome,
            answered_at_ms=now_ms,
            finished_at_ms=now_ms,
            due_at_ms=ctx.timings.next_dispose_ms(1, now_ms) if left_behind else None,
        )
    )


def save_lost(draft: Draft, work: Round) -> None:
    """Write the given-up attempts into the draft, unless somebody (a notification, the sweeper) was faster."""
    for lost in work.lost:
        if draft.attempt(lost.attempt_id).state in (AttemptState.CREATED, AttemptState.UNKNOWN):
            draft.set_attempt(
                lost.attempt_id,
                state=lost.state,
                outcome=lost.outcome,
                answered_at_ms=lost.answered_at_ms,
                finished_at_ms=lost.finished_at_ms,
                due_at_ms=lost.due_at_ms,
            )


async def end_round(ctx: Context, work: Round) -> Launched:
    """Nothing to show: save the attempts that were given up last. A new payment is kept even when its time was over
    before anything could be begun (a process that is too busy): the shop is told its number."""
    if work.is_new:
        draft = Draft(work.file, is_new=True)
        draft.decisions.append(work.decision)
        await _keep(ctx, work, draft)
    if work.lost:
        payment_id = work.file.payment.payment_id
        work.file, _ = await change(ctx, payment_id, lambda draft: save_lost(draft, work), known=work.file)
        work.lost = []
    return Launched(file=work.file, refused=work.refused)
