"""对冲: the create calls of one round that are out at the same time, before anybody has seen a credential.

A channel that is silent past its soft limit is not given up: the next one is asked beside it, and the first usable
credential wins. What is still out when the round ends goes on by itself, is told to the brain like any call, and its
order is closed in the background. A hedge costs the merchant's budget; where that is spent, the next candidate waits
until it would come too late for the customer (the hard limit). Never beside a pull product, whose call may take money.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec.structs import replace

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.payment import Attempt, AttemptState
from payswitch.domain.transitions import ATTEMPT, AttemptEvent, advance
from payswitch.kit.logs import get_logger
from payswitch.routing.request import Candidate
from payswitch.services.attempts.asking import is_push
from payswitch.services.attempts.creating import Asked, ask, ask_once
from payswitch.services.attempts.rounds import Round, commit_attempt
from payswitch.services.attempts.shadow_probes import shadow_of
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import UNSEEN

LAST_CHOICES: Final = frozenset({"last_resort", "retry_failed"})
"""Candidates that are known to be ill, or failed in this payment already: no hedge is worth a call to them."""

log = get_logger(__name__)


@dataclass(eq=False, slots=True)
class Call:
    """One attempt of the round and its create call."""

    attempt: Attempt
    candidate: Candidate
    begun_ms: float
    """Monotonic."""
    answer: asyncio.Future[Asked]
    silence_told: bool = False

    @property
    def soft_limit_ms(self) -> float:
        """When it has been silent for too long; monotonic."""
        return self.begun_ms + self.candidate.soft_limit_ms


@dataclass(slots=True)
class Race:
    """What is out in one round. `next_answer()` is asked again and again; `leave()` in any case at the end."""

    ctx: Context
    work: Round
    ended: bool = False
    """The payment has ended meanwhile (paid by an older attempt, cancelled): nothing more may be begun."""
    may_hedge: bool = True
    """False once no hedge was allowed: then the next candidate waits for the hard limit."""
    calls: list[Call] = field(default_factory=list)
    """Not answered yet, the oldest first."""
    shadow: tuple[Attempt, asyncio.Future[Asked]] | None = None
    """影子探测: out beside the others, and never one of them: nobody waits for its answer."""

    async def next_answer(self) -> Call | None:
        """The next call that was answered, having begun others where it is time for that. None: nothing is out, and
        nothing more can be begun."""
        while not self.ended:
            answered = next(self._answered(), None)
            if answered is not None:
                self.calls.remove(answered)
                return answered
            if self.calls:
                self._tell_silence()
                wake_ms = self._go_on_ms()
                if wake_ms is None or wake_ms > self.ctx.clock.monotonic_ms():
                    await self._wait(self._first_silence_ms(wake_ms))
                else:
                    await self._begin_beside()
            elif not await self._begin_alone():
                return None
        return None

    def losers(self) -> list[Attempt]:
        """What nobody needs any more, once one of the round is shown."""
        return [call.attempt for call in self.calls]

    def drop(self, unwanted: list[Call]) -> None:
        """These may not be shown any more, whatever they are answered."""
        now_ms = self.ctx.clock.now_ms()
        for call in unwanted:
            self.work.lost.append(_discarded(self.ctx, call.attempt, now_ms))
            self._hear_later(call)
            self.calls.remove(call)

    def leave(self) -> None:
        """The round is over: what is still out is heard in the background. The shadow probe's answer is noted only now,
        even if it came long ago: no commit of its own may stand in the way of the one that shows the customer's."""
        for call in self.calls:
            self._hear_later(call)
        if self.shadow is not None:
            attempt, answer = self.shadow
            self.ctx.losers.begin(attempt.attempt_id, _hear_loser(self.ctx, attempt, answer))

    def _tell_silence(self) -> None:
        """The brain hears at the soft limit that a call is silent, not when it is given up a quarter of a second later:
        at the peak that is a few payments more for a channel that is down."""
        now_ms = self.ctx.clock.monotonic_ms()
        for call in self.calls:
            if not call.silence_told and call.soft_limit_ms <= now_ms:
                call.silence_told = True
                observing.tell_silence(self.ctx, call.attempt)

    def _first_silence_ms(self, wake_ms: float | None) -> float | None:
        waited_for = [call.soft_limit_ms for call in self.calls if not call.silence_told]
        return min([*waited_for, *([] if wake_ms is None else [wake_ms])], default=None)

    def _answered(self) -> Iterator[Call]:
        return (call for call in self.calls if call.answer.done())

    async def _begin_alone(self) -> bool:
        """The next candidate in order, with nothing beside it yet. False: there is none, or no time for one."""
        work = self.work
        if not work.candidates or work.remaining_ms(self.ctx) < self.ctx.timings.least_try_ms:
            return False
        await self._begin(work.candidates.popleft(), hedge_of=None)
        return True

    def _hedge(self, now_ms: float) -> Candidate | None:
        """Who may be begun at the soft limit already, paid for out of the budget. Asked once in vain, never again."""
        payment = self.work.file.payment
        beside = self._next_beside(hedge=True) if self.may_hedge else None
        if beside is not None and not self.ctx.router.may_hedge(payment.merchant_id, payment.shop_id, now_ms):
            observing.tell_hedge_denied(self.ctx)
            beside = None
        self.may_hedge = beside is not None
        return beside

    async def _begin_beside(self) -> None:
        """The newest call was silent for its soft limit: another candidate, if the budget allows; or in any case at the
        hard limit."""
        silent, now_ms = self.calls[-1], self.ctx.clock.monotonic_ms()
        beside = self._hedge(now_ms)
        hedge_of = None if beside is None else silent.attempt.attempt_id
        beside = beside or self._next_beside()
        if beside is None or (hedge_of is None and now_ms < self._hard_limit_ms(beside)):
            return
        self.work.candidates.remove(beside)
        self.work.since_ms = self.ctx.clock.now_ms()
        call = await self._begin(beside, hedge_of=hedge_of)
        if call is not None and hedge_of is not None:
            observing.tell_hedged(self.ctx, silent.attempt, call.attempt, now_ms - silent.begun_ms)

    async def _begin(self, candidate: Candidate, *, hedge_of: str | None) -> Call | None:
        """Commit the attempt, then send. Where nothing is or could be begun beside it, its answer is awaited right
        here."""
        ctx, work = self.ctx, self.work
        shadow = shadow_of(ctx, work, candidate)
        attempt = await commit_attempt(ctx, work, candidate, hedge_of=hedge_of, shadow=shadow)
        if attempt is None:
            self.ended = True
            return None
        if hedge_of is None:
            ctx.router.note_create(work.file.payment.merchant_id, ctx.clock.monotonic_ms())
        begun_ms = ctx.clock.monotonic_ms()
        alone = not self.calls and self._next_beside(candidate) is None
        asking = ask(ctx, work, candidate, attempt, cut_off=alone and bool(work.candidates))
        answer = _done(await asking) if alone and shadow is None else asyncio.create_task(asking)
        self._send_shadow(shadow)
        call = Call(attempt, candidate, begun_ms, answer)
        self.calls.append(call)
        return call

    def _send_shadow(self, shadow: Attempt | None) -> None:
        """If it was committed. After the customer's own call: what is made ready for a call takes its moment, too."""
        if shadow is not None and shadow in self.work.file.attempts:
            self.shadow = shadow, asyncio.create_task(ask_once(self.ctx, self.work, shadow))

    def _next_beside(self, *more: Candidate, hedge: bool = False) -> Candidate | None:
        """Who may be asked beside what is out (and `more`): a push product, of another failure domain than all of it if
        there is one; nobody where a pull product is out. `hedge`: nor one that is the last choice."""
        out = [*(call.candidate for call in self.calls), *more]
        if not all(is_push(self.ctx, candidate) for candidate in out):
            return None
        silent = {candidate.upstream for candidate in out}
        may = (c for c in self.work.candidates if is_push(self.ctx, c))
        free = [c for c in may if not (hedge and LAST_CHOICES & set(c.reasons))]
        return next((c for c in free if c.upstream not in silent), free[0] if free else None)

    def _go_on_ms(self) -> float | None:
        """When another candidate is to be begun beside what is out (monotonic); None: never."""
        beside = self._next_beside()
        if beside is None or self.work.remaining_ms(self.ctx) < self.ctx.timings.least_try_ms:
            return None
        return self.calls[-1].soft_limit_ms if self.may_hedge else self._hard_limit_ms(beside)

    def _hard_limit_ms(self, beside: Candidate) -> float:
        """The last moment at which the other one may still answer before the customer's time is over."""
        timings = self.ctx.timings
        needed_ms = min(beside.soft_limit_ms, timings.last_call_ms)
        return max(self.calls[-1].soft_limit_ms, self.work.deadline_ms - timings.launch_reserve_ms - needed_ms)

    async def _wait(self, wake_ms: float | None) -> None:
        """Until one is answered, or until `wake_ms`."""
        out: set[asyncio.Future[Any]] = {call.answer for call in self.calls}
        if wake_ms is None:
            await asyncio.wait(out, return_when=asyncio.FIRST_COMPLETED)
            return
        timer = asyncio.create_task(self.ctx.clock.sleep((wake_ms - self.ctx.clock.monotonic_ms()) / 1_000))
        try:
            await asyncio.wait({*out, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()

    def _hear_later(self, call: Call) -> None:
        self.ctx.losers.begin(call.attempt.attempt_id, _hear_loser(self.ctx, call.attempt, call.answer))


def _done(asked: Asked) -> asyncio.Future[Asked]:
    future: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()
    future.set_result(asked)
    return future


def _discarded(ctx: Context, attempt: Attempt, now_ms: int) -> Attempt:
    return replace(
        attempt,
        state=advance(ATTEMPT, attempt.state, AttemptEvent.DISCARD),
        finished_at_ms=now_ms,
        due_at_ms=ctx.timings.next_dispose_ms(1, now_ms),
    )


def discard_losers(ctx: Context, draft: Draft, losers: list[Attempt], now_ms: int) -> None:
    """In the commit that shows another one: nobody will ever see these. The sweeper closes what they may have left at
    their channels, also after a crash."""
    for loser in losers:
        current = draft.attempt(loser.attempt_id)
        if current.state in UNSEEN:
            gone = _discarded(ctx, current, now_ms)
            draft.set_attempt(
                gone.attempt_id, state=gone.state, finished_at_ms=gone.finished_at_ms, due_at_ms=gone.due_at_ms
            )


async def _hear_loser(ctx: Context, attempt: Attempt, answer: asyncio.Future[Asked]) -> None:
    """A loser's answer, however late: noted, and its order closed at once if there may be one."""
    try:
        asked = await answer
        await change(ctx, attempt.payment_id, lambda draft: _note_answer(ctx, draft, attempt.attempt_id, asked))
    except StorageUnavailable as error:
        log.error("loser_not_stored", attempt_id=attempt.attempt_id, reason=str(error))
    except Exception:  # nobody waits for it: the sweeper closes the order without its answer
        log.exception("loser_failed", attempt_id=attempt.attempt_id)


def _note_answer(ctx: Context, draft: Draft, attempt_id: str, asked: Asked) -> None:
    current = draft.attempt(attempt_id)
    if current.state is AttemptState.DISCARDED and current.answered_at_ms is None:
        draft.set_attempt(
            attempt_id,
            outcome=asked.answer.outcome,
            answered_at_ms=asked.at_ms,
            due_at_ms=ctx.clock.now_ms() if asked.left_behind else None,
        )
