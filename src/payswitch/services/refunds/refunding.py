"""退款: sending refunds to their channels and applying what the channels say, under one number for life."""

from __future__ import annotations

from payswitch.domain.changes import Changes
from payswitch.domain.channel_client import RefundRedirector
from payswitch.domain.events import EventType
from payswitch.domain.exchange import PayeeCard, RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, Incident, PaymentFile, Refund, RefundState
from payswitch.domain.transitions import REFUND, RefundEvent, advance
from payswitch.services.attempts.asking import client_of, refund_order
from payswitch.services.attempts.exchanges import heard, query_refund, send_refund
from payswitch.services.attempts.troubles import tell_trouble
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.announcements import announce
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.lifecycle import add_incident
from payswitch.services.refunds.refund_waiting import balance_tellable, keep_waiting, note_balance_told

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

"""The outcome's code of a refund whose money an operator gave back another way."""


async def push_refund(ctx: Context, file: PaymentFile, refund_id: str) -> PaymentFile:
    """One try: send the refund if the channel has not taken it yet, ask about it otherwise."""
    refund = _refund(file, refund_id)
    if refund.state in REFUND.terminal:
        return file
    attempt = file.attempt(refund.attempt_id)
    order = refund_order(ctx, attempt, refund)
    fact = await _ask(ctx, attempt, refund, order)
    return await _apply(ctx, file, refund_id, _believed(refund, fact), asked=True)


async def ask_refund(ctx: Context, file: PaymentFile, refund_id: str) -> PaymentFile:
    """What became of it at the channel, applied: for an operator who is about to say that it was settled by hand.
    Nothing is sent. That the channel does not know it, or does not answer, changes nothing."""
    refund = _refund(file, refund_id)
    attempt = file.attempt(refund.attempt_id)
    order = refund_order(ctx, attempt, refund)
    found = await query_refund(ctx, attempt, order, ctx.timings.query_timeout_ms)
    fact = _believed(refund, found)
    if fact.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING):
        return await _apply(ctx, file, refund_id, fact, asked=False)
    return file


async def redirect(ctx: Context, file: PaymentFile, refund_id: str, card: PayeeCard) -> tuple[PaymentFile, Outcome]:
    """Send an abnormal refund to another card. Applied only when the channel took it: that it did not leaves the
    refund as it was. Raises LookupError for a channel that cannot."""
    refund = _refund(file, refund_id)
    attempt = file.attempt(refund.attempt_id)
    client = client_of(ctx, attempt)
    if not isinstance(client, RefundRedirector) or refund.channel_refund_id is None:
        raise LookupError(f"{attempt.channel_id} sends no refund to another card")
    order = refund_order(ctx, attempt, refund)
    redirecting = client.redirect_refund(order, refund.channel_refund_id, card, ctx.timings.refund_timeout_ms)
    found = await heard(ctx, attempt, "redirect_refund", redirecting)
    fact = _believed(refund, found)
    if fact.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING):
        file = await _apply(ctx, file, refund_id, fact, asked=False)
    return file, fact.outcome


async def _ask(ctx: Context, attempt: Attempt, refund: Refund, order: RefundOrder) -> RefundFact:
    """What the channel says about a refund: sent if it has not taken it, queried otherwise."""
    timeout_ms = ctx.timings.refund_timeout_ms
    if _was_taken(refund):
        found = await query_refund(ctx, attempt, order, timeout_ms)
        if found.outcome.kind is not OutcomeKind.NOT_FOUND:
            return found
    refused = await send_refund(ctx, attempt, order, timeout_ms)
    if not _is_no(refused.outcome):
        return refused
    # An earlier call (its answer lost, or this process killed) may have paid back already: then the repeat is refused
    # because nothing is left. A shop that heard "failed" would pay its customer twice. So a no is asked about.
    found = await query_refund(ctx, attempt, order, timeout_ms)
    return refused if found.outcome.kind is OutcomeKind.NOT_FOUND or _is_no(found.outcome) else found


def _was_taken(refund: Refund) -> bool:
    """The channel has (or had) it: asking is enough. One that it does not know any more is sent again, same number."""
    taken_before = refund.outcome is not None and refund.outcome.kind is OutcomeKind.PENDING
    return refund.state is RefundState.PROCESSING or (refund.state is RefundState.ABNORMAL and taken_before)


def _is_no(outcome: Outcome) -> bool:
    return outcome.kind in DEFINITE_NO and not outcome.merchant_side


async def apply_refund_fact(ctx: Context, channel_id: str, fact: RefundFact, *, source: str = "notify") -> bool:
    """Apply what a notification asserts about one refund. False: over another amount, not believed. `source`: where it
    says so, for traces.

    A refund that somebody made in the channel's own console has a number we never gave out. It is acknowledged
    (repeating it would not make it ours) and becomes an incident: our books do not have that money leaving.
    """
    begun = ctx.clock.monotonic_ms()
    file = await ctx.store.file_by_refund_no(channel_id, fact.out_refund_no)
    if file is None:
        await _tell_foreign(ctx, channel_id, fact)
        return True
    refund = next(r for r in file.refunds if r.out_refund_no == fact.out_refund_no)
    attempt, judged = file.attempt(refund.attempt_id), _believed(refund, fact)
    believed = judged.outcome.kind is not OutcomeKind.UNTRUSTED
    if believed:
        await _apply(ctx, file, refund.refund_id, fact, asked=False)
    else:
        await tell_trouble(ctx, file, refund.attempt_id, "untrusted_fact", judged.outcome.message)
    took_ms = ctx.clock.monotonic_ms() - begun
    observing.tell_fact(ctx, attempt, fact.outcome, source=source, about="refund", believed=believed, took_ms=took_ms)
    return believed


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


def _believed(refund: Refund, fact: RefundFact) -> RefundFact:
    """The fact, or UNTRUSTED in its place when it speaks of another amount."""
    if fact.amount_fen is None or fact.amount_fen == refund.amount_fen:
        return fact
    message = (
        f"退款金额不符 / the channel speaks of {fact.amount_fen} fen, refund {refund.out_refund_no} is over "
        f"{refund.amount_fen} fen; not believed"
    )
    outcome = Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_amount", message=message)
    return RefundFact(out_refund_no=fact.out_refund_no, outcome=outcome)


async def _apply(ctx: Context, file: PaymentFile, refund_id: str, fact: RefundFact, *, asked: bool) -> PaymentFile:
    now_ms = ctx.clock.now_ms()
    channel_id = file.attempt(_refund(file, refund_id).attempt_id).channel_id
    tell_balance = balance_tellable(ctx, channel_id)

    def decide(draft: Draft) -> Refund:
        before = draft.refund(refund_id)
        if before.state is RefundState.SUCCEEDED:
            _look_for_double(ctx, draft, before, fact, now_ms)
        elif before.state is not RefundState.FAILED or fact.outcome.kind is OutcomeKind.PAID:
            _move(ctx, draft, before, fact, now_ms, asked=asked, tell_balance=tell_balance)
        return before

    after, before = await change(ctx, file.payment.payment_id, decide, known=file)
    refund = _refund(after, refund_id)
    note_balance_told(ctx, channel_id, before, refund)
    if refund.state in REFUND.terminal and refund.state is not before.state:
        tell_feed(ctx, refund)
    return after


def tell_feed(ctx: Context, refund: Refund) -> None:
    """The live page hears of every refund's end."""
    ctx.feed.tell(
        "refunded",
        {
            "payment_id": refund.payment_id,
            "refund_id": refund.refund_id,
            "kind": refund.kind.value,
            "amount_fen": refund.amount_fen,
            "state": refund.state.value,
            "age_ms": ctx.clock.now_ms() - refund.created_at_ms,
        },
    )


def _look_for_double(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int) -> None:
    """The channel pays back what an operator has given back by hand: the customer has the money twice. Told once: the
    channel's word takes the place of the operator's."""
    if fact.outcome.kind is not OutcomeKind.PAID or not refund.by_hand:
        return
    draft.set_refund(refund.refund_id, outcome=fact.outcome, channel_refund_id=fact.channel_refund_id)
    detail = (
        f"退款 {refund.out_refund_no} 已由 {refund.settled_by} 线下结清，渠道又退款成功，顾客可能收到两次 / "
        "the channel paid it back after it was settled by hand: the customer has the money twice; ask for it back"
    )
    add_incident(ctx, draft, "refund_paid_twice", draft.attempt(refund.attempt_id), now_ms, detail)


def _move(
    ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, now_ms: int, *, asked: bool, tell_balance: bool
) -> None:
    if fact.outcome.kind is OutcomeKind.PAID:
        _settle(ctx, draft, refund, fact, RefundEvent.SUCCEED, now_ms)
    elif _is_no(fact.outcome):
        _settle(ctx, draft, refund, fact, RefundEvent.FAIL, now_ms)
    else:
        keep_waiting(ctx, draft, refund, fact, now_ms, asked=asked, tell_balance=tell_balance)


def _settle(ctx: Context, draft: Draft, refund: Refund, fact: RefundFact, event: RefundEvent, now_ms: int) -> None:
    """The end of a refund: money is back, or certainly not."""
    settled = draft.set_refund(
        refund.refund_id,
        state=advance(REFUND, refund.state, event),
        outcome=fact.outcome,
        trouble=None,
        channel_refund_id=fact.channel_refund_id or refund.channel_refund_id,
        finished_at_ms=now_ms,
        due_at_ms=None,
    )
    attempt = draft.attempt(refund.attempt_id)
    spoken_for = spoken_for_fen(draft, refund.attempt_id)
    # Capped: a refund that was given up and went through after all may meet its successor's reservation here.
    attempt = draft.set_attempt(refund.attempt_id, refunded_fen=min(spoken_for, attempt.amount_fen))
    if spoken_for > attempt.amount_fen:
        add_incident(ctx, draft, "refunds_exceed_paid", attempt, now_ms, _exceeds_text(refund))
    if event is RefundEvent.SUCCEED:
        announce(ctx, draft, EventType.REFUND_SUCCEEDED, now_ms, attempt=attempt, refund=settled)
        return
    add_incident(ctx, draft, "refund_failed", attempt, now_ms, _failed_text(refund, fact.outcome))
    announce(ctx, draft, EventType.REFUND_FAILED, now_ms, attempt=attempt, refund=settled)


def spoken_for_fen(draft: Draft, attempt_id: str) -> int:
    """What has gone back through this attempt and what still may."""
    return sum(
        refund.amount_fen
        for refund in draft.refunds
        if refund.attempt_id == attempt_id and refund.state is not RefundState.FAILED
    )


def _exceeds_text(refund: Refund) -> str:
    return (
        f"退款 {refund.out_refund_no} 先报失败后又成功，退款合计超过已付金额 / it was refused first and went through "
        "after all, while another refund had taken its place; look which of them the customer received"
    )


def _failed_text(refund: Refund, outcome: Outcome) -> str:
    return (
        f"退款 {refund.out_refund_no} 被渠道拒绝 / refused by the channel: {outcome.code} {outcome.message}; "
        "pay the customer back another way, or mend the cause and refund again"
    )
