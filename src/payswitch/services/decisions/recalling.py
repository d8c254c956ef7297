"""After a restart: the brain is told once more what happened lately, from the attempts in storage.

So it starts with the estimates, delays and breakers it had, not as a stranger who must fail payments to learn.
"""

from __future__ import annotations

from typing import Final

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState
from payswitch.kit.durations import HOUR_MS
from payswitch.kit.ids import lowest_id
from payswitch.routing.planner import Router
from payswitch.routing.request import CallObservation, ExposedObservation, FinalObservation
from payswitch.routing.segments import Segments
from payswitch.services.context import Context

RECALLED: Final = 4_000
"""Attempts: told in a few tenths of a second. A shop that makes more within the hour is sure with these."""
MEMORY_MS: Final = 3 * HOUR_MS
"""Older ones are hardly remembered by any estimate."""

Observation = CallObservation | ExposedObservation | FinalObservation
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)


async def recall(ctx: Context) -> int:
    """Tell the router of the last attempts, in the order of time. Gives how many there were."""
    since_id = lowest_id("att_", max(ctx.clock.now_ms() - MEMORY_MS, 0))
    newest_first = await ctx.store.recent_attempts(since_id, RECALLED)
    attempts = list(reversed(newest_first))
    seen = [one for attempt in attempts for one in observations_of(attempt, ctx.segments.of(attempt))]
    for one in sorted(seen, key=lambda one: one.at_ms):  # stable: of one moment, the older stays first
        tell(ctx.router, one)
    ctx.router.drain_moves()
    return len(attempts)


def tell(router: Router, one: Observation) -> None:
    """One observation, whatever it is of. The moves it makes are old news: nobody is told of them again."""
    if isinstance(one, CallObservation):
        router.observe_call(one)
    elif isinstance(one, ExposedObservation):
        router.observe_exposed(one)
    else:
        router.observe_final(one)


def observations_of(attempt: Attempt, segments: Segments, *, cancelled: bool | None = None) -> list[Observation]:
    """What was told of an attempt when it happened, as far as its row still shows it. `cancelled`: whether the shop
    gave the payment up, where that is known; else an attempt closed before its time is taken for that."""
    channel_id, product = attempt.channel_id, attempt.product
    found: list[Observation] = []
    outcome = _ACCEPTED if attempt.exposed_at_ms is not None else attempt.outcome
    answered_ms = attempt.answered_at_ms or attempt.exposed_at_ms
    if outcome is not None and answered_ms is not None:
        found.append(
            CallObservation(
                at_ms=answered_ms,
                channel_id=channel_id,
                product=product,
                outcome=outcome,
                latency_ms=float(max(answered_ms - attempt.started_at_ms, 0)),
                amount_fen=attempt.amount_fen,
                method=attempt.method,
                segments=segments,
            )
        )
    if attempt.exposed_at_ms is None:
        return found
    found.append(
        ExposedObservation(at_ms=attempt.exposed_at_ms, channel_id=channel_id, product=product, segments=segments)
    )
    paid = attempt.state is AttemptState.SUCCEEDED
    if cancelled is None:
        cancelled = attempt.finished_at_ms is not None and attempt.finished_at_ms < attempt.deadline_ms
    if attempt.finished_at_ms is not None and (paid or attempt.state is AttemptState.CLOSED):
        found.append(
            FinalObservation(
                at_ms=attempt.finished_at_ms,
                channel_id=channel_id,
                product=product,
                paid=paid,
                amount_fen=attempt.amount_fen,
                payer_side=not paid and cancelled,
                waited_ms=attempt.finished_at_ms - attempt.exposed_at_ms,
                segments=segments,
            )
        )
    return found
