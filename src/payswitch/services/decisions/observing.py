"""Telling the brain and the live page what happened. Never fails a payment, never waits."""

from __future__ import annotations

from payswitch.domain.losses import CAUSE_TEXTS, cause_of
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, Payment, PaymentFile
from payswitch.domain.shop import tested_channel
from payswitch.routing.request import BreakerMove, CallObservation, ExposedObservation, FinalObservation
from payswitch.services.context import Context


def tell_call(
    ctx: Context,
    attempt: Attempt,
    outcome: Outcome,
    latency_ms: float,
    customer: tuple[str, str] | None = None,
    *,
    call: str = "create",
) -> None:
    """One create or debit call was answered (or not): the first stage of success, known at once. `customer` is who
    pays, in the words of `customer_key`; `call`: what was asked, `shadow` for a shadow probe's create."""
    channel = ctx.directory.channel(attempt.channel_id)
    moves = ctx.router.observe_call(
        CallObservation(
            at_ms=ctx.clock.now_ms(),
            channel_id=attempt.channel_id,
            product=attempt.product,
            outcome=outcome,
            latency_ms=latency_ms,
            amount_fen=attempt.amount_fen,
            upstream="" if channel is None else channel.upstream_of(attempt.product),
            method=attempt.method,
            customer=customer,
            segments=ctx.segments.of(attempt),
        )
    )
    ctx.feed.tell(
        "create_answered",
        {
            "payment_id": attempt.payment_id,
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "product": attempt.product.value,
            "call": call,
            "outcome": outcome.kind.value,
            "code": outcome.code,
            "latency_ms": latency_ms,
        },
    )
    tell_moves(ctx, moves)


def tell_silence(ctx: Context, attempt: Attempt) -> None:
    """A create call has outlived its soft limit and is still awaited."""
    tell_moves(ctx, ctx.router.observe_silence(attempt.channel_id, attempt.product, ctx.clock.now_ms()))


def customer_key(payment: Payment) -> tuple[str, str] | None:
    """Whom a refusal by risk control is about; None for a customer whom the shop does not name."""
    customer_id = payment.customer.customer_id
    return (payment.shop_id, customer_id) if customer_id else None


def tell_moves(ctx: Context, moves: list[BreakerMove]) -> None:
    for move in moves:
        ctx.feed.tell(
            "breaker",
            {
                "channel_id": move.channel_id,
                "product": move.product.value,
                "before": move.before,
                "after": move.after,
                "reason": move.reason,
            },
        )


def tell_exposed(ctx: Context, file: PaymentFile, attempt: Attempt, round_started_ms: int) -> None:
    """A credential is about to be shown; if another channel failed first, a switch just happened."""
    exposed_at_ms = attempt.exposed_at_ms or attempt.created_at_ms
    moves = ctx.router.observe_exposed(
        ExposedObservation(
            at_ms=exposed_at_ms,
            channel_id=attempt.channel_id,
            product=attempt.product,
            segments=ctx.segments.of(attempt),
        )
    )
    tell_moves(ctx, moves)
    ctx.feed.tell(
        "exposed",
        {
            "payment_id": attempt.payment_id,
            "merchant_id": counted_for(file.payment),
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "product": attempt.product.value,
            "started_ms": attempt.started_at_ms,
            "credential_ms": exposed_at_ms - round_started_ms,
            "hedge": attempt.hedge_of is not None,
        },
    )
    tell_switch(ctx, file, attempt, round_started_ms, exposed_at_ms)


def tell_switch(ctx: Context, file: PaymentFile, attempt: Attempt, round_started_ms: int, at_ms: int) -> None:
    """If another channel failed or was silent before this one in the same round, a switch has just happened. It lasted
    from that failure, or from the soft limit."""
    attempt = file.attempt(attempt.attempt_id)
    made = [a for a in file.for_customer if a.started_at_ms >= round_started_ms and a.ordinal <= attempt.ordinal]
    if len(made) > 1:
        first, second = made[:2]
        ctx.feed.tell(
            "switched",
            {
                "payment_id": attempt.payment_id,
                "merchant_id": counted_for(file.payment),
                "from_channel": first.channel_id,
                "to_channel": attempt.channel_id,
                "code": first.outcome.code if first.outcome else "soft_limit",
                "switch_ms": at_ms - second.started_at_ms,
            },
        )


def tell_hedged(ctx: Context, silent: Attempt, beside: Attempt, waited_ms: float) -> None:
    """对冲: a second order was begun beside a silent one."""
    channel = ctx.directory.channel(silent.channel_id)
    ctx.feed.tell(
        "hedged",
        {
            "payment_id": silent.payment_id,
            "merchant_id": "" if channel is None else channel.merchant_id,
            "from_channel": silent.channel_id,
            "to_channel": beside.channel_id,
            "waited_ms": waited_ms,
        },
    )


def tell_given_up(ctx: Context, attempt: Attempt, outcome: Outcome) -> None:
    """Nobody saw this attempt, and nobody will: its channel failed or was silent."""
    ctx.feed.tell(
        "given_up",
        {
            "payment_id": attempt.payment_id,
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "product": attempt.product.value,
            "started_ms": attempt.started_at_ms,
            "hedge": attempt.hedge_of is not None,
            "outcome": outcome.kind.value,
        },
    )


def tell_fact(
    ctx: Context, attempt: Attempt, outcome: Outcome, *, source: str, about: str, believed: bool, took_ms: float
) -> None:
    """A channel has said something by itself about an `order` or a `refund` of ours, and it was applied or not."""
    ctx.feed.tell(
        "fact_applied",
        {
            "payment_id": attempt.payment_id,
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "source": source,
            "about": about,
            "outcome": outcome.kind.value,
            "believed": believed,
            "took_ms": took_ms,
        },
    )


def tell_hedge_denied(ctx: Context) -> None:
    """A call was silent, and the merchant's hedges of this minute are used up."""
    ctx.feed.tell("hedge_denied", {})


def tell_result(ctx: Context, before: Attempt, after: PaymentFile) -> None:
    """A fact was applied to `before`; tell what it changed."""
    attempt = after.attempt(before.attempt_id)
    if attempt.state is before.state:
        return
    if attempt.state is AttemptState.SUCCEEDED:
        ctx.usage.add(attempt.channel_id, attempt.amount_fen, ctx.clock.now_ms())
        ctx.history.paid(after.payment)
        _observe_final(ctx, attempt, paid=True)
        if attempt.surplus:
            ctx.feed.tell(
                "surplus",
                {
                    "payment_id": attempt.payment_id,
                    "merchant_id": counted_for(after.payment),
                    "attempt_id": attempt.attempt_id,
                    "channel_id": attempt.channel_id,
                    "amount_fen": attempt.amount_fen,
                },
            )
        else:
            ctx.feed.tell(
                "succeeded",
                {
                    "payment_id": attempt.payment_id,
                    "merchant_id": counted_for(after.payment),
                    "attempt_id": attempt.attempt_id,
                    "channel_id": attempt.channel_id,
                    "product": attempt.product.value,
                    "amount_fen": attempt.amount_fen,
                    "attempts": len(after.for_customer),
                    "started_ms": attempt.started_at_ms,
                    "exposed_ms": attempt.exposed_at_ms,
                },
            )
    elif before.exposed_at_ms is not None and attempt.state is AttemptState.CLOSED:
        # A shop that cancels says nothing about the channel. A customer who lets a credential run out may: they all do
        # it alike, so that a channel whose credentials stay unpaid more often than the others' is seen.
        cancelled = after.payment.close_reason is CloseReason.CANCELLED
        _observe_final(ctx, attempt, paid=False, payer_side=cancelled)
    tell_closed(ctx, after)


def tell_closed(ctx: Context, file: PaymentFile) -> None:
    payment, cause = file.payment, cause_of(file)
    if payment.close_reason and cause is not None:
        ctx.feed.tell(
            "closed",
            {
                "payment_id": payment.payment_id,
                "merchant_id": counted_for(payment),
                "reason": payment.close_reason.value,
                "cause": cause.value,
                "fixer": CAUSE_TEXTS[cause].fixer.value,
                "amount_fen": payment.amount_fen,
            },
        )


def counted_for(payment: Payment) -> str:
    """Whose figures a payment belongs to: nobody's for a channel's test payment, which no customer made."""
    return "" if tested_channel(payment.shop_id) else payment.merchant_id


def _observe_final(ctx: Context, attempt: Attempt, *, paid: bool, payer_side: bool = False) -> None:
    now_ms = ctx.clock.now_ms()
    moves = ctx.router.observe_final(
        FinalObservation(
            at_ms=now_ms,
            channel_id=attempt.channel_id,
            product=attempt.product,
            paid=paid,
            amount_fen=attempt.amount_fen,
            payer_side=payer_side,
            waited_ms=now_ms - (attempt.exposed_at_ms or attempt.created_at_ms),
            segments=ctx.segments.of(attempt),
        )
    )
    tell_moves(ctx, moves)
