"""影子探测: an order made at a suspect channel beside the customer's first one, to see whether the channel is back.

Nobody is ever shown it: it is discarded from birth, in the commit of the first attempt, so that its order is closed
like that of any loser of a race, after a crash too. It is paid for out of the hedge budget, because it loads the
channels as a hedge does.
"""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.channel import Closing
from payswitch.domain.payment import Attempt
from payswitch.domain.transitions import ATTEMPT, AttemptEvent, advance
from payswitch.routing.request import Candidate
from payswitch.services.attempts.asking import capability_of, is_push
from payswitch.services.attempts.rounds import Round, new_attempt
from payswitch.services.context import Context


def shadow_of(ctx: Context, work: Round, first: Candidate) -> Attempt | None:
    """The shadow probe to be committed with the first attempt of this payment; None if its plan names none, its channel
    was changed or taken away since, nothing may be begun beside the first attempt (it is `first`), or the merchant's
    hedges of this minute are used up. The brain is told of one that is not sent, and lends it a payment instead."""
    candidate, payment = work.plan.shadow, work.file.payment
    if candidate is None or work.file.attempts:
        return None
    if (
        not is_push(ctx, first)
        or not _is_harmless(ctx, candidate)
        or not ctx.router.may_hedge(payment.merchant_id, payment.shop_id, ctx.clock.monotonic_ms())
    ):
        ctx.router.leave_shadow(candidate, ctx.clock.now_ms())
        return None
    attempt = new_attempt(ctx, work, candidate)
    return replace(
        attempt,
        ordinal=0,
        shadow=True,
        state=advance(ATTEMPT, attempt.state, AttemptEvent.DISCARD),
        started_at_ms=attempt.created_at_ms,
        finished_at_ms=attempt.created_at_ms,
        due_at_ms=ctx.timings.next_dispose_ms(1, attempt.created_at_ms),
    )


def _is_harmless(ctx: Context, candidate: Candidate) -> bool:
    """An order that takes no money by itself and can be closed, made by a call that proves something. Routing asks for
    no other; but it is money, so it is asked again."""
    capability = capability_of(ctx, candidate.channel_id, candidate.product)
    if capability is None:
        return False
    return capability.push and capability.server_created and capability.closing is not Closing.NO
