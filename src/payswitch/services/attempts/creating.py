"""下单: one attempt's create call, and once more with the same number if the first answer was a passing trouble."""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.domain.exchange import CreateAnswer, CreateOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt
from payswitch.routing.next_steps import Next, next_step
from payswitch.routing.request import Candidate
from payswitch.services.attempts.asking import client_of
from payswitch.services.attempts.rounds import Round, order_of
from payswitch.services.context import Context
from payswitch.services.decisions import observing

NOTHING_MADE: Final = frozenset(
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


class Asked(msgspec.Struct, frozen=True):
    """How asking ended."""

    answer: CreateAnswer
    """The last one."""
    step: Next
    """What it allows."""
    left_behind: bool
    """Whether any of the calls may have left an order at the channel."""
    at_ms: int
    """Wall time of the answer."""


async def ask(ctx: Context, work: Round, candidate: Candidate, attempt: Attempt, *, cut_off: bool) -> Asked:
    """Ask the channel for this attempt's credential; every answer is told to the brain.

    It may answer until the round's time is over: others are begun beside it meanwhile. `cut_off`: only within its soft
    limit, because nothing can be begun beside it (a pull product), and others want their turn.
    """
    order = order_of(ctx, work, attempt)
    tries, left_behind = 0, False
    while True:
        tries += 1
        timeout_ms = work.remaining_ms(ctx)
        if cut_off:
            timeout_ms = min(candidate.soft_limit_ms, timeout_ms)
        answer, took_ms = await _create(ctx, work, attempt, order, timeout_ms)
        left_behind = left_behind or answer.outcome.kind not in NOTHING_MADE
        step = next_step(answer.outcome, tries=tries)
        if step is Next.AGAIN and not _time_for_another(ctx, work, took_ms):
            step = Next.SWITCH
        if step is not Next.AGAIN:
            return Asked(answer, step, left_behind, ctx.clock.now_ms())


async def ask_once(ctx: Context, work: Round, attempt: Attempt) -> Asked:
    """The one create call of a shadow probe: whatever is answered, there is no second. The brain hears it like any
    other call; nobody is ever shown what it made."""
    order = order_of(ctx, work, attempt)
    answer, _ = await _create(ctx, work, attempt, order, work.remaining_ms(ctx), call="shadow")
    return Asked(answer, Next.STOP, answer.outcome.kind not in NOTHING_MADE, ctx.clock.now_ms())


async def _create(
    ctx: Context, work: Round, attempt: Attempt, order: CreateOrder, timeout_ms: int, *, call: str = "create"
) -> tuple[CreateAnswer, float]:
    """One create call, told to the brain; with the milliseconds that it took."""
    client, begun = client_of(ctx, attempt), ctx.clock.monotonic_ms()
    answer = await client.create(order, max(timeout_ms, 1))
    took_ms = ctx.clock.monotonic_ms() - begun
    observing.tell_call(ctx, attempt, answer.outcome, took_ms, observing.customer_key(work.file.payment), call=call)
    return answer, took_ms


def _time_for_another(ctx: Context, work: Round, took_ms: float) -> bool:
    """Whether a second call, as slow as the first, leaves the next candidate the time it may need: a channel that is
    slow to say "busy" must not eat the customer's half second alone."""
    needed = work.candidates[0].soft_limit_ms if work.candidates else ctx.timings.least_try_ms
    return work.remaining_ms(ctx) - took_ms >= needed
