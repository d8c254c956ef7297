"""自动切换: one round of launching, from a route plan to a credential in the customer's hand.

The whole round has one deadline. Nothing here can take money twice: until a credential is exposed nobody can
pay, so every failed or silent channel is simply left, and whatever it may have created is closed later.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

import msgspec
from msgspec.structs import replace

from payswitch.domain.changes import IdempotencyRecord
from payswitch.domain.channel import Environment
from payswitch.domain.exchange import CreateAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, Decision, PaymentFile, PaymentState
from payswitch.domain.transitions import ATTEMPT, PAYMENT, AttemptEvent, PaymentEvent, advance
from payswitch.routing.request import Candidate, RoutePlan
from payswitch.services import observing
from payswitch.services.asking import client_of, create_order
from payswitch.services.context import Context
from payswitch.services.draft import Draft, change, commit
from payswitch.services.lives import deadline_of


class Next(Enum):
    """What to do after the answer of one create call."""

    SHOW = auto()
    """Expose the credential."""
    AGAIN = auto()
    """Once more on the same channel with the same number."""
    SWITCH = auto()
    """The next candidate."""
    OTHER_METHOD = auto()
    """The next candidate of another method, once; never another account of the same method."""
    STOP = auto()
    """The customer must choose: nothing is switched silently."""


SHOW_KINDS = frozenset({OutcomeKind.ACCEPTED})
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


def next_step(outcome: Outcome, *, tries: int) -> Next:
    """The table of design.md, section 2, for a push order that nobody has seen."""
    if outcome.kind in SHOW_KINDS:
        return Next.SHOW
    if outcome.kind is OutcomeKind.REFUSED_PAYER:
        return Next.STOP
    if outcome.kind is OutcomeKind.REFUSED_RISK:
        return Next.OTHER_METHOD
    if outcome.kind is OutcomeKind.NOT_SENT or outcome.transient:
        return Next.AGAIN if tries == 1 and outcome.code not in TIMED_OUT else Next.SWITCH
    return Next.SWITCH


TIMED_OUT = frozenset({"timeout", "connect_timeout", "pool_timeout"})
"""A channel that was silent for its whole soft limit is not asked again while the customer waits."""


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
    since_ms: int
    """Wall time of the failed answer (or the start) that the next attempt begins from."""
    lost: Attempt | None = None
    """The attempt given up last, not committed yet: its row is saved together with its successor's."""
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
) -> Round:
    """Start a round. Its deadline counts from `since`, when the request (or the customer's switch) came in: what it
    took to leave an old attempt is part of what the customer waits."""
    return Round(
        file=file,
        is_new=is_new,
        plan=plan,
        decision=decision,
        idempotency=idempotency,
        environment=environment,
        started_ms=since.at_ms,
        deadline_ms=since.monotonic_ms + ctx.timings.launch_deadline_ms,
        candidates=deque(plan.candidates),
        since_ms=since.at_ms,
    )


async def launch(ctx: Context, work: Round) -> Launched:
    """Try candidates in order until one gives a credential, the deadline is near, or the customer must choose."""
    while work.candidates and work.remaining_ms(ctx) >= ctx.timings.least_try_ms:
        candidate = work.candidates.popleft()
        attempt = await _commit_attempt(ctx, work, candidate)
        if attempt is None:
            return Launched(file=work.file)
        answer, step, left_behind = await _ask(ctx, work, candidate, attempt)
        if step is Next.SHOW:
            return await _expose(ctx, work, attempt, answer)
        _give_up(ctx, work, attempt, answer.outcome, left_behind=left_behind)
        if not _may_go_on(work, attempt, step):
            break
    if work.lost is not None:
        work.file, _ = await change(
            ctx, work.lost.payment_id, lambda draft: _save_lost(draft, work.lost), known=work.file
        )
    return Launched(file=work.file, refused=work.refused)


async def _commit_attempt(ctx: Context, work: Round, candidate: Candidate) -> Attempt | None:
    """Write-ahead: the channel never sees a number that is not on our disk. None if the payment has ended."""
    attempt = _new_attempt(ctx, work, candidate)

    def decide(draft: Draft) -> bool:
        _save_lost(draft, work.lost)
        if draft.payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
            return False
        draft.add_attempt(replace(attempt, ordinal=len(draft.attempts) + 1))
        draft.set_payment(state=advance(PAYMENT, draft.payment.state, PaymentEvent.LAUNCH))
        if work.lost is None:
            draft.decisions.append(work.decision)
        return True

    if work.is_new:
        draft = Draft(work.file, is_new=True)
        decide(draft)
        if work.idempotency is not None:
            draft.idempotency.append(work.idempotency)
        work.file = await commit(ctx, draft)
        work.is_new = False
        return work.file.attempt(attempt.attempt_id)
    work.file, launched = await change(ctx, attempt.payment_id, decide, known=work.file)
    work.lost = None if launched else work.lost
    return work.file.attempt(attempt.attempt_id) if launched else None


def _new_attempt(ctx: Context, work: Round, candidate: Candidate) -> Attempt:
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
        due_at_ms=now_ms + ctx.timings.leftover_after_ms,
    )


async def _ask(ctx: Context, work: Round, candidate: Candidate, attempt: Attempt) -> tuple[CreateAnswer, Next, bool]:
    """The create call, and once more with the same number if the first answer was a passing trouble.

    Gives the last answer, what to do next, and whether any of the calls may have left an order at the channel.
    """
    client = client_of(ctx, attempt)
    order = create_order(ctx, work.file.payment, attempt, work.environment)
    tries, left_behind = 0, False
    while True:
        tries += 1
        timeout_ms = work.remaining_ms(ctx)
        if work.candidates:
            timeout_ms = min(candidate.soft_limit_ms, timeout_ms)
        begun = ctx.clock.monotonic_ms()
        answer = await client.create(order, max(timeout_ms, 1))
        took_ms = ctx.clock.monotonic_ms() - begun
        observing.tell_call(ctx, attempt, answer.outcome, took_ms)
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
    observing.tell_exposed(ctx, work.file, work.file.attempt(attempt.attempt_id), work.started_ms)
    return Launched(file=work.file, attempt_id=attempt.attempt_id)


def _give_up(ctx: Context, work: Round, attempt: Attempt, outcome: Outcome, *, left_behind: bool) -> None:
    """Nobody saw this attempt: leave it. The row is committed with the next attempt, or at the round's end."""
    now_ms = ctx.clock.now_ms()
    event = AttemptEvent.DISCARD if left_behind else AttemptEvent.REFUSE
    work.since_ms = now_ms
    work.refused = outcome
    work.lost = replace(
        attempt,
        state=advance(ATTEMPT, attempt.state, event),
        outcome=outcome,
        answered_at_ms=now_ms,
        finished_at_ms=now_ms,
        due_at_ms=ctx.timings.next_dispose_ms(1, now_ms) if left_behind else None,
    )


def _save_lost(draft: Draft, lost: Attempt | None) -> None:
    """Write the given-up attempt into the draft, unless somebody (a notification, the sweeper) was faster."""
    if lost is None or draft.attempt(lost.attempt_id).state is not AttemptState.CREATED:
        return
    draft.set_attempt(
        lost.attempt_id,
        state=lost.state,
        outcome=lost.outcome,
        answered_at_ms=lost.answered_at_ms,
        finished_at_ms=lost.finished_at_ms,
        due_at_ms=lost.due_at_ms,
    )


def _may_go_on(work: Round, attempt: Attempt, step: Next) -> bool:
    if step is Next.STOP:
        return False
    if step is Next.OTHER_METHOD:
        others = [c for c in work.candidates if c.method is not attempt.method]
        work.candidates = deque(others[:1])
    return True
