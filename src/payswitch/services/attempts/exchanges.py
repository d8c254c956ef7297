"""Calls to a channel about one payment, each told to the feed with its outcome and how long it took.

Create and debit calls are told by `observing.tell_call`, because the brain learns from those as well.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from payswitch.domain.exchange import OrderFact, RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Attempt
from payswitch.services.attempts.asking import client_of, order_ref
from payswitch.services.context import Context

Heard = TypeVar("Heard", bound=OrderFact | RefundFact | Outcome)


async def query_order(ctx: Context, attempt: Attempt, timeout_ms: int) -> OrderFact:
    """What the channel says about this attempt."""
    return await heard(ctx, attempt, "query", client_of(ctx, attempt).query(order_ref(attempt), timeout_ms))


async def close_order(ctx: Context, attempt: Attempt, timeout_ms: int) -> Outcome:
    """关单 at the channel. Never evidence by itself: query after it."""
    return await heard(ctx, attempt, "close", client_of(ctx, attempt).close(order_ref(attempt), timeout_ms))


async def send_refund(ctx: Context, attempt: Attempt, order: RefundOrder, timeout_ms: int) -> RefundFact:
    """One refund under its number for life."""
    return await heard(ctx, attempt, "refund", client_of(ctx, attempt).refund(order, timeout_ms))


async def query_refund(ctx: Context, attempt: Attempt, order: RefundOrder, timeout_ms: int) -> RefundFact:
    """What the channel says about this refund."""
    return await heard(ctx, attempt, "query_refund", client_of(ctx, attempt).query_refund(order, timeout_ms))


async def heard(ctx: Context, attempt: Attempt, call: str, exchange: Awaitable[Heard]) -> Heard:
    """Wait for the answer and tell of it. `call` names what was asked."""
    begun = ctx.clock.monotonic_ms()
    answer = await exchange
    outcome = answer if isinstance(answer, Outcome) else answer.outcome
    ctx.feed.tell(
        "channel_called",
        {
            "payment_id": attempt.payment_id,
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "product": attempt.product.value,
            "call": call,
            "outcome": outcome.kind.value,
            "code": outcome.code,
            "latency_ms": ctx.clock.monotonic_ms() - begun,
        },
    )
    return answer
