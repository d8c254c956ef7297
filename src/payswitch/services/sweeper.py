"""补单: whatever is not finished has a due time; the sweeper finishes it, after a crash too."""

from __future__ import annotations

import asyncio

from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, PaymentFile, PaymentState
from payswitch.domain.transitions import REFUND
from payswitch.kit.logs import get_logger
from payswitch.services import observing
from payswitch.services.asking import order_ref
from payswitch.services.context import Context
from payswitch.services.draft import Draft, change
from payswitch.services.lifecycle import begin_close, retire
from payswitch.services.refunding import push_refund
from payswitch.services.results import query_attempt
from payswitch.services.retiring import work_on_closing

BATCH = 200
AT_ONCE = 32
"""Payments worked on side by side: enough to catch up after a stop, few enough not to stampede the channels."""

log = get_logger(__name__)


async def sweep(ctx: Context) -> int:
    """One round over everything that is due. Gives how many payments were worked on."""
    due = await ctx.store.due_payments(ctx.clock.now_ms(), BATCH)
    todo = [payment_id for payment_id in due if payment_id not in ctx.sweeping]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(payment_id: str) -> None:
        async with gate:
            await _sweep_guarded(ctx, payment_id)

    ctx.sweeping.update(todo)
    try:
        await asyncio.gather(*(one(payment_id) for payment_id in todo))
    finally:
        ctx.sweeping.difference_update(todo)
    return len(todo)


async def _sweep_guarded(ctx: Context, payment_id: str) -> None:
    """One payment's trouble must not keep the others waiting; what is due stays due and is tried again."""
    try:
        await sweep_payment(ctx, payment_id)
    except Exception:  # the loop over all payments must survive any bug with one of them
        log.exception("sweep_failed", payment_id=payment_id)


async def sweep_payment(ctx: Context, payment_id: str) -> PaymentFile | None:
    """Everything that is due for one payment: expiry, attempts, refunds."""
    file = await ctx.store.payment_file(payment_id)
    if file is None:
        return None
    file = await _expire(ctx, file)
    now_ms = ctx.clock.now_ms()
    for attempt in file.attempts:
        if attempt.due_at_ms is not None and attempt.due_at_ms <= now_ms:
            file = await _sweep_attempt(ctx, file, attempt.attempt_id)
    for refund in file.refunds:
        is_due = refund.due_at_ms is not None and refund.due_at_ms <= now_ms
        if is_due and refund.state not in REFUND.terminal:
            file = await push_refund(ctx, file, refund.refund_id)
    return file


async def _expire(ctx: Context, file: PaymentFile) -> PaymentFile:
    now_ms = ctx.clock.now_ms()
    payment = file.payment
    if payment.state not in (PaymentState.CREATED, PaymentState.PENDING) or payment.expires_at_ms > now_ms:
        return file
    file, _ = await change(
        ctx, payment.payment_id, lambda draft: begin_close(ctx, draft, CloseReason.EXPIRED, now_ms), known=file
    )
    observing.tell_closed(ctx, file)
    return file


async def _sweep_attempt(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    attempt = file.attempt(attempt_id)
    match attempt.state:
        case AttemptState.CREATED | AttemptState.SUBMITTED | AttemptState.READY:
            return await _give_up_leftover(ctx, file, attempt)
        case AttemptState.EXPOSED | AttemptState.UNKNOWN:
            return await _query(ctx, file, attempt_id)
        case AttemptState.CLOSING:
            return await work_on_closing(ctx, file, attempt_id)
        case AttemptState.DISCARDED:
            return await _dispose(ctx, file, attempt)
        case _:
            return await _set_due(ctx, file, attempt_id, None)


async def _give_up_leftover(ctx: Context, file: PaymentFile, attempt: Attempt) -> PaymentFile:
    """An attempt that a dead process left before anybody saw its credential. The next request launches anew."""
    key = (file.payment.shop_id, file.payment.out_trade_no)
    now_ms = ctx.clock.now_ms()
    if ctx.inflight.running(key) is not None:
        return await _set_due(ctx, file, attempt.attempt_id, now_ms + ctx.timings.leftover_after_ms)
    return (await change(ctx, attempt.payment_id, lambda draft: retire(draft, attempt.attempt_id, now_ms), known=file))[
        0
    ]


async def _query(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    file, _ = await query_attempt(ctx, file, attempt_id, ctx.timings.query_timeout_ms)
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        attempt = draft.attempt(attempt_id)
        if attempt.state not in (AttemptState.EXPOSED, AttemptState.UNKNOWN):
            return
        tries = attempt.tries + 1
        draft.set_attempt(attempt_id, tries=tries, due_at_ms=ctx.timings.next_query_ms(tries + 1, now_ms))

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]


async def _dispose(ctx: Context, file: PaymentFile, attempt: Attempt) -> PaymentFile:
    """A number whose create answer was lost and that nobody has seen: close it, and look once that it is unpaid.

    Closing is a courtesy to the channel's own order list. The query is for the impossible: money for an order
    that was never shown would be found here, and refunded as surplus.
    """
    client = ctx.directory.client(attempt.channel_id, attempt.channel_version)
    outcome = await client.close(order_ref(attempt), ctx.timings.close_timeout_ms)
    file, fact = await query_attempt(ctx, file, attempt.attempt_id, ctx.timings.query_timeout_ms)
    now_ms = ctx.clock.now_ms()
    settled = fact.outcome.kind is OutcomeKind.CLOSED or (
        fact.outcome.kind is OutcomeKind.NOT_FOUND and outcome.kind in (OutcomeKind.CLOSED, OutcomeKind.NOT_FOUND)
    )

    def decide(draft: Draft) -> None:
        current = draft.attempt(attempt.attempt_id)
        if current.state is not AttemptState.DISCARDED:
            return
        tries = current.tries + 1
        due = None if settled else ctx.timings.next_dispose_ms(tries + 1, now_ms)
        draft.set_attempt(current.attempt_id, tries=tries, due_at_ms=due)

    return (await change(ctx, attempt.payment_id, decide, known=file))[0]


async def _set_due(ctx: Context, file: PaymentFile, attempt_id: str, due_at_ms: int | None) -> PaymentFile:
    def decide(draft: Draft) -> None:
        draft.set_attempt(attempt_id, due_at_ms=due_at_ms)

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]
