"""退款: sending refunds to their channels and applying what the channels say, under one number for life."""

from __future__ import annotations

from payswitch.domain.changes import Changes
from payswitch.domain.events import EventType
from payswitch.domain.exchange import RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Incident, PaymentFile, Refund, RefundState
from payswitch.domain.transitions import REFUND, RefundEvent, advance
from payswitch.services.announcements import announce
from payswitch.services.asking import refund_order
from payswitch.services.context import Context
from payswitch.services.draft import Draft, change
from payswitch.services.lifecycle import add_incident

DEFINITE_NO = frozenset(
    {
        OutcomeKind.CLOSED,
        OutcomeKind.REFUSED_PAYER,
        OutcomeKind.REFUSED_RISK,
        OutcomeKind.REFUSED_LIMIT,
        OutcomeKind.REFUSED_ORDER,
    }
)
"""Nothing was paid back by this number and nothing will be. Trouble of the channel, of our configuration, or an
unknown answer is none of these: the same number is tried again."""

ABNORMAL_AFTER_TRIES = 6
"""A refund that the channel has not taken after this many tries needs a person; trying goes on all the same."""


async def push_refund(ctx: Context, file: PaymentFile, refund_id: str) -> PaymentFile:
    """One try: send the refund if the channel has not taken it yet, ask about it otherwise."""
    refund = _refund(file, refund_id)
    if refund.state in REFUND.terminal:
        return file
    attempt = file.attempt(refund.attempt_id)
    client = ctx.directory.client(attempt.channel_id, attempt.channel_version)
    order = refund_order(ctx, attempt, refund)
    timeout_ms = ctx.timings.refund_timeout_ms
    if refund.state is RefundState.PROCESSING:
        fact = await client.query_refund(order, timeout_ms)
        if fact.outcome.kind is OutcomeKind.NOT_FOUND:
            fact = await client.refund(order, timeout_ms)
    else:
        fact = await client.refund(order, timeout_ms)
    return await _apply(ctx, file, refund_id, fact, asked=True)


async def apply_refund_fact(ctx: Context, channel_id: str, fact: RefundFact) -> bool:
    """Apply what a notification asserts about one refund. False: over another amount, not believed.

    A refund that somebody made in the channel's own console has a number we never gave out. It is acknowledged
    (repeating it would not make it ours) and becomes an incident: our books do not have that money leaving.
    """
    file = await ctx.store.file_by_refund_no(channel_id, fact.out_refund_no)
    if file is None:
        await _tell_foreign(ctx, channel_id, fact)
        return True
    refund = next(r for r in file.refunds if r.out_refund_no == fact.out_refund_no)
    await _apply(ctx, file, refund.refund_id, fact, asked=False)
    return _believed(refund, fact)


async def _tell_foreign(ctx: Context, channel_id: str, fact: RefundFact) -> None:
    now_ms = ctx.clock.now_ms()
    incident = Incident(
        incident_id=ctx.ids.new("inc_", now_ms),
        kind="foreign_refund",
        at_ms=now_ms,
        channel_id=channel_id,
        detail=(
            f"渠道通知了非本系统发起的退款 {fact.out_refund_no} / the channel tells of a refund that was not made "
            "here; if somebody refunded in the channel's own console, note it in the shop's books"
        ),
    )
    await ctx.store.commit(Changes(insert_incidents=[incident]))


def _refund(file: PaymentFile, refund_id: str) -> Refund:
    return next(refund for refund in file.refunds if refund.refund_id == refund_id)


def _believed(refund: Refund, fact: RefundFact) -> bool:
    return fact.amount_fen is None or fact.amount_fen == refund.amount_fen


async def _apply(ctx: Context, file: PaymentFile, refund_id: str, fact: RefundFact, *, asked: bool) -> PaymentFile:
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        refund = draft.refund(refund_id)
        if refund.state in REFUND.terminal and fact.outcome.kind is not OutcomeKind.PAID:
            return
        if refund.state is RefundState.SUCCEEDED:
            return
        if not _believed(refund, fact):
            _distrust(ctx, draft, refund, fact, now_ms)
            return
        _move(ctx, draft, refund, fact, now_ms, asked=asked)

    after, _ = await change(ctx, file.payment.payment_id, decide, known=file)
    refund = _refund(after, refund_id)
    if refund.state in REFUND.terminal and _refund(file, refund_id).state not in REFUND.terminal:
        ctx.feed.tell(
            "refunded",
            {
                "payment_id": refund.payment_id,
                "kind": refund.kind.value,
                "amount_fen": refund.amount_fen,
                "state": refund.state.value,
            },
        )
    return after


def _distrust(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int) -> None:
    attempt = draft.attempt(refund.attempt_id)
    detail = (
        f"退款金额不符 / the channel speaks of {fact.amount_fen} fen, refund {refund.out_refund_no} is over "
        f"{refund.amount_fen} fen; not believed"
    )
    add_incident(ctx, draft, "untrusted_fact", attempt, now_ms, detail)


def _move(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int, *, asked: bool) -> None:
    kind = fact.outcome.kind
    if kind is OutcomeKind.PAID:
        _settle(ctx, draft, refund, fact, RefundEvent.SUCCEED, now_ms)
    elif kind in DEFINITE_NO and not fact.outcome.merchant_side:
        _settle(ctx, draft, refund, fact, RefundEvent.FAIL, now_ms)
    else:
        _wait(ctx, draft, refund, fact, now_ms, asked=asked)


def _settle(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, event: RefundEvent, now_ms: int) -> None:
    """The end of a refund: money is back, or certainly not."""
    attempt = draft.attempt(refund.attempt_id)
    was_failed = refund.state is RefundState.FAILED
    settled = draft.set_refund(
        refund.refund_id,
        state=advance(REFUND, refund.state, event),
        outcome=fact.outcome,
        channel_refund_id=fact.channel_refund_id or refund.channel_refund_id,
        finished_at_ms=now_ms,
        due_at_ms=None,
    )
    if event is RefundEvent.SUCCEED:
        if was_failed:
            draft.set_attempt(attempt.attempt_id, refunded_fen=attempt.refunded_fen + refund.amount_fen)
        announce(ctx, draft, EventType.REFUND_SUCCEEDED, now_ms, attempt=attempt, refund=settled)
        return
    draft.set_attempt(attempt.attempt_id, refunded_fen=attempt.refunded_fen - refund.amount_fen)
    add_incident(ctx, draft, "refund_failed", attempt, now_ms, _failed_text(refund, fact.outcome))
    announce(ctx, draft, EventType.REFUND_FAILED, now_ms, attempt=attempt, refund=settled)


def _failed_text(refund: Refund, outcome: Outcome) -> str:
    return (
        f"退款 {refund.out_refund_no} 被渠道拒绝 / refused by the channel: {outcome.code} {outcome.message}; "
        "pay the customer back another way, or mend the cause and refund again"
    )


def _wait(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int, *, asked: bool) -> None:
    """Not settled: taken and in work, refused for now, or unknown. Look again later, same number."""
    outcome = fact.outcome
    event = RefundEvent.ACCEPT if outcome.kind is OutcomeKind.PENDING else RefundEvent.SEND
    state = advance(REFUND, refund.state, RefundEvent.SEND) if refund.state is RefundState.CREATED else refund.state
    state = advance(REFUND, state, event)
    tries = refund.tries + 1 if asked else refund.tries
    needs_person = outcome.merchant_side or tries == ABNORMAL_AFTER_TRIES
    if needs_person and refund.state is not RefundState.ABNORMAL:
        state = advance(REFUND, state, RefundEvent.BECOME_ABNORMAL)
        attempt = draft.attempt(refund.attempt_id)
        add_incident(ctx, draft, "refund_abnormal", attempt, now_ms, _abnormal_text(refund, outcome))
    elif outcome.merchant_side:
        state = RefundState.ABNORMAL
    draft.set_refund(
        refund.refund_id,
        state=state,
        outcome=outcome,
        channel_refund_id=fact.channel_refund_id or refund.channel_refund_id,
        tries=tries,
        due_at_ms=ctx.timings.next_refund_ms(max(tries, 1), now_ms),
    )


def _abnormal_text(refund: Refund, outcome: Outcome) -> str:
    return (
        f"退款 {refund.out_refund_no} 异常，仍在重试 / not taken by the channel yet ({outcome.code}); it is tried "
        "again under the same number; check the merchant's balance and the channel"
    )
