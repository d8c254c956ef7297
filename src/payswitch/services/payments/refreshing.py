"""刷新凭证: a credential that ran out before its order did (H5 after 5 minutes, a prepay id after 2 hours) is asked for
anew under the same number, when the customer comes back. One order, one number: nothing can be paid twice by it.

Only where the channel gives the same order another credential (`Capability.refreshes`), and never after a close was
tried: then the number is as good as dead, and a new attempt is begun.
"""

from __future__ import annotations

from payswitch.domain.channel import Environment
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState
from payswitch.services.attempts.asking import capability_of, client_of, create_order
from payswitch.services.attempts.results import query_attempt
from payswitch.services.attempts.rounds import Since
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change

LEAST_LIFE_MS = 3_000
"""An order about to expire is not worth another credential: the customer could not finish."""


def refreshable(ctx: Context, file: PaymentFile) -> Attempt | None:
    """The newest attempt, if its credential ran out and its channel gives its order another one."""
    if file.payment.state is not PaymentState.PENDING or not file.for_customer:
        return None
    attempt, now_ms = file.for_customer[-1], ctx.clock.now_ms()
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    if attempt.state is not AttemptState.EXPOSED or attempt.credential is None or capability is None:
        return None
    ran_out = attempt.credential.expires_at_ms <= now_ms
    alive = min(attempt.deadline_ms, file.payment.expires_at_ms) - now_ms >= LEAST_LIFE_MS
    return attempt if ran_out and alive and capability.refreshes else None


async def refresh(
    ctx: Context, file: PaymentFile, attempt: Attempt, environment: Environment, since: Since
) -> tuple[PaymentFile, bool]:
    """Ask for another credential of the same order. True: it is on disk and may be shown.

    Whatever else the channel answers, the attempt stays as it is (or is paid, if that is what it says), and the caller
    goes on as if nothing had been asked.
    """
    left_ms = since.monotonic_ms + ctx.timings.refresh_timeout_ms - ctx.clock.monotonic_ms()
    order = create_order(ctx, file.payment, attempt, environment)
    begun = ctx.clock.monotonic_ms()
    answer = await client_of(ctx, attempt).create(order, max(int(left_ms), 1))
    took_ms = ctx.clock.monotonic_ms() - begun
    observing.tell_call(ctx, attempt, answer.outcome, took_ms, observing.customer_key(file.payment), call="resend")
    if answer.outcome.kind is OutcomeKind.DUPLICATE:  # paid already, in all likelihood: the channel's query says so
        return (await query_attempt(ctx, file, attempt.attempt_id, ctx.timings.refresh_timeout_ms))[0], False
    credential = answer.credential
    if answer.outcome.kind is not OutcomeKind.ACCEPTED or credential is None:
        return file, False

    def decide(draft: Draft) -> bool:
        current = draft.attempt(attempt.attempt_id)
        if draft.payment.state is not PaymentState.PENDING or current.state is not AttemptState.EXPOSED:
            return False
        draft.set_attempt(attempt.attempt_id, credential=credential)
        return True

    return await change(ctx, attempt.payment_id, decide, known=file)
