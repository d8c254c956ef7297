"""补单: whatever is not finished has a due time; the sweeper finishes it, after a crash too."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, Payment, PaymentFile, PaymentState, Refund
from payswitch.domain.transitions import REFUND
from payswitch.kit.logs import get_logger
from payswitch.services.attempts.exchanges import close_order
from payswitch.services.attempts.results import query_attempt
from payswitch.services.attempts.retiring import work_on_closing
from payswitch.services.attempts.unknown_debits import work_on_unknown
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import UNSEEN, begin_close, finish_closing, retire
from payswitch.services.refunds.refunding import push_refund
from payswitch.services.side_work import wait_a_round

BATCH = 200
AFTER_TROUBLE_MS = 30_000
"""What failed for a reason of ours is tried again after this: not four times a second, not in front of the others."""
LANE_FULL_MS = 5_000
"""What finds its channel's lane full comes back after this."""

log = get_logger(__name__)


async def sweep(ctx: Context) -> int:
    """One round over everything that is due. Gives how many payments it began to work on.

    Whatever is taken is claimed: other nodes on the same storage are offered something else. What this one has finished
    since its last round is given back first, so that it can be due again.
    """
    await _give_back(ctx)
    now_ms = ctx.clock.now_ms()
    claimed = await ctx.store.claim_payments(now_ms, ctx.timings.sweep_lease_ms, BATCH, ctx.node_id)
    # A claim can run out while its work goes on; the work is not begun twice.
    todo = ctx.sweeping.without_running(claimed)
    tasks = [ctx.sweeping.begin(payment_id, _sweep_guarded(ctx, payment_id)) for payment_id in todo]
    if tasks:
        await wait_a_round(ctx.clock, tasks)
    return len(tasks)


async def settle(ctx: Context) -> None:
    """Wait until everything the sweeper has begun is done, and give it back: before a clean shutdown."""
    await ctx.sweeping.finished()
    try:
        await _give_back(ctx)
    except StorageUnavailable as error:
        log.error("sweep_not_given_back", reason=str(error))


async def _give_back(ctx: Context) -> None:
    """Kept when the storage does not take it now; a claim that is never given back runs out."""
    swept = dict(ctx.swept)
    if not swept:
        return
    await ctx.store.release_payments(ctx.node_id, swept)
    for payment_id, until_ms in swept.items():
        if ctx.swept.get(payment_id, 0) == until_ms:
            del ctx.swept[payment_id]


async def _sweep_guarded(ctx: Context, payment_id: str) -> None:
    """One payment's trouble must not keep the others waiting: it is put off, and tried again."""
    try:
        ctx.swept[payment_id] = await _sweep_in_lane(ctx, payment_id)
    except StorageUnavailable as error:
        # Not given back: the claim runs out by itself, and until then nobody knocks at a storage that is away.
        log.error("sweep_not_stored", payment_id=payment_id, reason=str(error))
    except Exception:  # the loop over all payments must survive any bug with one of them
        log.exception("sweep_failed", payment_id=payment_id)
        ctx.swept[payment_id] = ctx.clock.now_ms() + AFTER_TROUBLE_MS


async def _sweep_in_lane(ctx: Context, payment_id: str) -> int | None:
    """Work on it in its channel's lane. Gives the time before which nobody needs to look again, if any."""
    file = await ctx.store.payment_file(payment_id)
    if file is None:
        return None
    now_ms = ctx.clock.now_ms()
    lane = ctx.sweeping.lane(_channel_due(file, now_ms))
    if lane.is_full:
        return now_ms + LANE_FULL_MS + _jitter_ms(payment_id, LANE_FULL_MS)
    late = now_ms - _due_since_ms(file, now_ms) > ctx.timings.catch_up_after_ms
    async with lane.place(ctx.clock, per_second=ctx.timings.catch_up_per_s if late else None):
        await sweep_payment(ctx, payment_id)
    return None


def _jitter_ms(payment_id: str, span_ms: int) -> int:
    """The same for a payment at every run, spread over all of them: what was put off together does not come back so."""
    return zlib.crc32(payment_id.encode()) % span_ms


def _due_since_ms(file: PaymentFile, now_ms: int) -> int:
    """Since when the first of its due work has been waiting."""
    items: tuple[Attempt | Refund | Payment, ...] = (file.payment, *file.attempts, *file.refunds)
    return min((item.due_at_ms for item in items if item.due_at_ms is not None), default=now_ms)


def _channel_due(file: PaymentFile, now_ms: int) -> str:
    """The channel that the first due work will talk to; empty when it needs none."""
    for attempt in file.attempts:
        if _is_due(attempt, now_ms):
            return attempt.channel_id
    if _is_due(file.payment, now_ms) and file.attempts:
        return file.attempts[-1].channel_id  # expiring: what the customer was shown last is closed in the same turn
    for refund in file.refunds:
        if _is_due(refund, now_ms):
            return file.attempt(refund.attempt_id).channel_id
    return ""


def _is_due(item: Attempt | Refund | Payment, now_ms: int) -> bool:
    return item.due_at_ms is not None and item.due_at_ms <= now_ms


async def sweep_payment(ctx: Context, payment_id: str) -> PaymentFile | None:
    """Everything that is due for one payment: expiry, attempts, refunds."""
    file = await ctx.store.payment_file(payment_id)
    if file is None:
        return None
    file = await _expire(ctx, file)
    file = await _end_waiting(ctx, file)
    now_ms = ctx.clock.now_ms()
    for attempt in file.attempts:
        if _is_due(attempt, now_ms):
            file = await _one_item(ctx, file, attempt.attempt_id, _sweep_attempt)
    for refund in file.refunds:
        if _is_due(refund, now_ms) and refund.state not in REFUND.terminal:
            file = await _one_item(ctx, file, refund.refund_id, push_refund)
    return file


Work = Callable[[Context, PaymentFile, str], Awaitable[PaymentFile]]


async def _one_item(ctx: Context, file: PaymentFile, item_id: str, work: Work) -> PaymentFile:
    """One attempt or refund. A bug with it must not keep another one's surplus money from going back."""
    try:
        return await work(ctx, file, item_id)
    except StorageUnavailable:
        raise
    except Exception:  # whatever it is, it concerns this item: put it off and go on with the others
        log.exception("sweep_item_failed", payment_id=file.payment.payment_id, item_id=item_id)
        return await _put_off(ctx, file.payment.payment_id, item_id)


async def _put_off(ctx: Context, payment_id: str, item_id: str) -> PaymentFile:
    """Give one due item another time, so that it does not stand in front of everybody else's for ever."""
    later_ms = ctx.clock.now_ms() + AFTER_TROUBLE_MS

    def decide(draft: Draft) -> None:
        if any(refund.refund_id == item_id for refund in draft.refunds):
            draft.set_refund(item_id, due_at_ms=later_ms)
        else:
            draft.set_attempt(item_id, due_at_ms=later_ms)

    return (await change(ctx, payment_id, decide))[0]


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


async def _end_waiting(ctx: Context, file: PaymentFile) -> PaymentFile:
    """迟到成功: the time in which late money is accepted is over. What a customer was shown is asked about once more,
    in case its notification was lost; then the payment is closed."""
    payment = file.payment
    if payment.state is not PaymentState.CLOSING or not _is_due(payment, ctx.clock.now_ms()):
        return file
    for attempt in file.attempts:
        if attempt.state is AttemptState.CLOSED and attempt.exposed_at_ms is not None:
            file, _ = await query_attempt(ctx, file, attempt.attempt_id, ctx.timings.query_timeout_ms)
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        if draft.payment.state is PaymentState.CLOSING:
            draft.set_payment(due_at_ms=None)
            finish_closing(ctx, draft, now_ms)

    file, _ = await change(ctx, payment.payment_id, decide, known=file)
    observing.tell_closed(ctx, file)
    return file


async def _sweep_attempt(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    attempt = file.attempt(attempt_id)
    match attempt.state:
        case state if state in UNSEEN:
            return await _give_up_leftover(ctx, file, attempt)
        case AttemptState.EXPOSED:
            return await _query(ctx, file, attempt_id)
        case AttemptState.UNKNOWN:
            return await work_on_unknown(ctx, file, attempt_id)
        case AttemptState.CLOSED if attempt.reverse_at_ms is not None:
            return await work_on_unknown(ctx, file, attempt_id)
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

    def decide(draft: Draft) -> None:
        # Its launch may have ended between our reading and now: what a customer sees is not swept away.
        if draft.attempt(attempt.attempt_id).state in UNSEEN:
            retire(draft, attempt.attempt_id, now_ms)

    return (await change(ctx, attempt.payment_id, decide, known=file))[0]


async def _query(ctx: Context, file: PaymentFile, attempt_id: str) -> PaymentFile:
    file, _ = await query_attempt(ctx, file, attempt_id, ctx.timings.query_timeout_ms)
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        attempt = draft.attempt(attempt_id)
        if attempt.state is not AttemptState.EXPOSED:
            return
        tries = attempt.tries + 1
        draft.set_attempt(attempt_id, tries=tries, due_at_ms=ctx.timings.next_query_ms(tries + 1, now_ms))

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]


async def _dispose(ctx: Context, file: PaymentFile, attempt: Attempt) -> PaymentFile:
    """A number whose create answer was lost and that nobody has seen: close it, and look once that it is unpaid.

    Closing is a courtesy to the channel's own order list. The query is for the impossible: money for an order
    that was never shown would be found here, and refunded as surplus.
    """
    outcome = await close_order(ctx, attempt, ctx.timings.close_timeout_ms)
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
