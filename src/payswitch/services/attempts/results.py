"""The funnel: notifications, queries and synchronous answers become facts, and facts are applied here only.

A fact is believed when its origin was verified by the connector *and* amount, currency, merchant and number
are ours. A browser's "ok" never comes here; it only makes somebody ask the channel.
"""

from __future__ import annotations

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, OrderFact, Reply
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, HeardBy, Incident, PaymentFile, PaymentState
from payswitch.domain.transitions import ATTEMPT
from payswitch.kit.logs import get_logger
from payswitch.services.attempts.exchanges import query_order
from payswitch.services.attempts.troubles import tell_trouble
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import MAY_BE_PAID, attempt_died, attempt_succeeded
from payswitch.services.refunds import refunding

log = get_logger(__name__)


async def receive_notify(ctx: Context, channel_id: str, request: NotifyRequest) -> Reply:
    """One inbound notification: verified, committed, then acknowledged; in this order, always.

    An answer of "ok" before the commit would lose the payment if the process died in between.
    """
    channel = ctx.directory.channel(channel_id)
    if channel is None:
        raise PaySwitchError(NOT_FOUND, "there is no such notification address", "通知地址不存在")
    client = ctx.directory.client(channel_id, channel.version)
    answer = client.read_notify(request)
    if answer.outcome.kind is not OutcomeKind.ACCEPTED and not answer.probe:
        client, answer = _by_older_keys(ctx, channel_id, request, client, answer)
    if answer.probe:
        return client.acknowledge(False)
    if answer.outcome.kind is not OutcomeKind.ACCEPTED:
        await _tell_untrusted(ctx, channel_id, answer.outcome.code)
        return client.acknowledge(False)
    believed = await _apply_notify(ctx, channel_id, answer)
    ctx.feed.tell("notified", {"channel_id": channel_id, "believed": believed})
    if believed and answer.reply is not None:
        return answer.reply
    return client.acknowledge(believed)


async def _apply_notify(ctx: Context, channel_id: str, answer: NotifyAnswer) -> bool:
    """Whether the channel may hear that we have it."""
    try:
        believed = True
        if answer.order is not None:
            believed = await apply_order_fact(ctx, channel_id, answer.order, HeardBy.NOTIFY) and believed
        if answer.refund is not None:
            believed = await refunding.apply_refund_fact(ctx, channel_id, answer.refund) and believed
    except StorageUnavailable:
        log.error("notify_not_stored", channel_id=channel_id)
        return False
    return believed


def _by_older_keys(
    ctx: Context, channel_id: str, request: NotifyRequest, client: ChannelClient, answer: NotifyAnswer
) -> tuple[ChannelClient, NotifyAnswer]:
    """What the newest keys do not verify may be about an attempt made before the keys were rotated."""
    for older in ctx.directory.older_clients(channel_id):
        found = older.read_notify(request)
        if found.outcome.kind is OutcomeKind.ACCEPTED:
            return older, found
    return client, answer


async def _tell_untrusted(ctx: Context, channel_id: str, code: str) -> None:
    now_ms, monotonic_ms = ctx.clock.now_ms(), ctx.clock.monotonic_ms()
    log.warning("notify_untrusted", channel_id=channel_id, code=code)
    ctx.feed.tell("untrusted", {"channel_id": channel_id, "code": code})
    if not ctx.forgeries_told.is_due(channel_id, monotonic_ms):
        return
    ctx.forgeries_told.note(channel_id, monotonic_ms)
    incident = Incident(
        incident_id=ctx.ids.new("inc_", now_ms),
        kind="untrusted_notify",
        at_ms=now_ms,
        channel_id=channel_id,
        detail=f"通知未通过验证，已拒绝 / a notification was not believed and refused: {code}",
    )
    await ctx.store.commit(Changes(insert_incidents=[incident]))


async def apply_order_fact(ctx: Context, channel_id: str, fact: OrderFact, heard_by: HeardBy = HeardBy.QUERY) -> bool:
    """Apply what a channel asserts about one order number. False: not ours, or not believed."""
    begun = ctx.clock.monotonic_ms()
    file = await ctx.store.file_by_order_no(channel_id, fact.channel_order_no)
    if file is None:
        log.warning("fact_of_unknown_order", channel_id=channel_id)
        return False
    attempt = file.by_order_no(fact.channel_order_no)
    await apply_to_attempt(ctx, file, attempt.attempt_id, fact, heard_by)
    believed, took_ms = _mismatch(attempt, fact) is None, ctx.clock.monotonic_ms() - begun
    observing.tell_fact(
        ctx, attempt, fact.outcome, source=heard_by.value, about="order", believed=believed, took_ms=took_ms
    )
    return believed


async def apply_to_attempt(
    ctx: Context, file: PaymentFile, attempt_id: str, fact: OrderFact, heard_by: HeardBy = HeardBy.QUERY
) -> PaymentFile:
    """Apply a fact about one attempt of a payment already at hand; gives the payment as it stands then."""
    trouble = _mismatch(file.attempt(attempt_id), fact)
    if trouble is not None:
        await tell_trouble(ctx, file, attempt_id, "untrusted_fact", trouble)
        return file
    if not _is_news(file.attempt(attempt_id), fact):
        return file
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> Attempt:
        before = draft.attempt(attempt_id)
        if fact.outcome.kind is OutcomeKind.PAID and before.reverse_at_ms is not None:
            _doubt(draft, before, now_ms)
        elif fact.outcome.kind is OutcomeKind.PAID:
            attempt_succeeded(
                ctx, draft, attempt_id, transaction_id=fact.transaction_id, now_ms=now_ms, heard_by=heard_by
            )
        else:
            attempt_died(ctx, draft, attempt_id, now_ms, heard_by=heard_by)
        return before

    # Told by the difference that this very commit made: of two who hear of one success, only one changes something.
    after, before = await change(ctx, file.payment.payment_id, decide, known=file)
    observing.tell_result(ctx, before, after)
    return after


def _doubt(draft: Draft, attempt: Attempt, now_ms: int) -> None:
    """A "paid" about a debit that is being, or was, reversed: the message may be older than the reversal, and the money
    on its way back. Only the channel's refusal to reverse it makes it a success: `unknown_debits.py` asks now."""
    if attempt.state not in ATTEMPT.terminal or attempt.state is AttemptState.CLOSED:
        draft.set_attempt(attempt.attempt_id, due_at_ms=now_ms)


def _is_news(attempt: Attempt, fact: OrderFact) -> bool:
    """Whether the fact can change anything: repeated successes and "still waiting" cost no commit."""
    if fact.outcome.kind is OutcomeKind.PAID:
        return attempt.state is not AttemptState.SUCCEEDED
    return fact.outcome.kind is OutcomeKind.CLOSED


def _mismatch(attempt: Attempt, fact: OrderFact) -> str | None:
    """Why an end (paid or closed) is not believed, in one sentence; None when all of it is ours.

    A closing that is not ours would make us forget a code that a customer can still pay.
    """
    if fact.outcome.kind is OutcomeKind.UNTRUSTED:
        return f"应答未通过验证 / the channel's answer is not believed: {fact.outcome.code}"
    if fact.outcome.kind not in (OutcomeKind.PAID, OutcomeKind.CLOSED):
        return None
    if fact.channel_order_no != attempt.channel_order_no:
        return "单号不符 / the answer names another order number; check the channel's configuration"
    if not fact.merchant_ok:
        return "商户不符 / the answer names another merchant or app id; check the channel's configuration"
    if fact.outcome.kind is OutcomeKind.CLOSED:
        return None
    if fact.amount_fen != attempt.amount_fen:
        return (
            f"金额不符 / the success is over {fact.amount_fen} fen, the order over {attempt.amount_fen} fen; "
            "not believed, ask the channel"
        )
    if (fact.currency or "CNY") != "CNY":
        return f"币种不符 / the success is in {fact.currency}, the order in CNY"
    return None


async def query_attempt(
    ctx: Context, file: PaymentFile, attempt_id: str, timeout_ms: int
) -> tuple[PaymentFile, OrderFact]:
    """Ask the channel about one attempt and apply what it says."""
    attempt = file.attempt(attempt_id)
    fact = await query_order(ctx, attempt, timeout_ms)
    return await apply_to_attempt(ctx, file, attempt_id, fact), fact


async def check_payment(ctx: Context, file: PaymentFile) -> PaymentFile:
    """The customer's page asks "is it paid?": ask the channels, at most once per `check_gap_ms` and payment."""
    payment_id, monotonic_ms = file.payment.payment_id, ctx.clock.monotonic_ms()
    if file.payment.state not in (PaymentState.PENDING, PaymentState.CLOSING):
        return file
    if not ctx.checked.is_due(payment_id, monotonic_ms):
        return file
    ctx.checked.note(payment_id, monotonic_ms)
    for attempt in file.attempts:
        if attempt.state in MAY_BE_PAID:
            file, _ = await query_attempt(ctx, file, attempt.attempt_id, ctx.timings.query_timeout_ms)
    return file
