"""补单: a bill's line is a fact like a notification. What it teaches goes through the one funnel, and nowhere else."""

from __future__ import annotations

from payswitch.domain.bill import BillLine
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import HeardBy, Refund, RefundState
from payswitch.services.attempts import results
from payswitch.services.attempts.asking import refund_order
from payswitch.services.attempts.exchanges import query_refund
from payswitch.services.context import Context
from payswitch.services.refunds import refunding


async def learn_payment(ctx: Context, channel_id: str, line: BillLine) -> None:
    """The channel's own account says that this was paid: winner or surplus, as the funnel decides."""
    fact = OrderFact(
        channel_order_no=line.channel_order_no,
        outcome=Outcome(kind=OutcomeKind.PAID, code="bill"),
        amount_fen=line.amount_fen,
        currency="CNY",
        transaction_id=line.transaction_id,
        paid_at_ms=line.at_ms,
    )
    await results.apply_order_fact(ctx, channel_id, fact, HeardBy.BILL)


async def learn_refund(ctx: Context, channel_id: str, refund: Refund) -> None:
    """The bill has a refund that is not under way here. A bill lists what was *accepted*, so the channel is asked how
    it ended, and what it says goes through the funnel."""
    file = await ctx.store.file_by_refund_no(channel_id, refund.out_refund_no)
    if file is None:
        return
    attempt = file.attempt(refund.attempt_id)
    order = refund_order(ctx, attempt, refund)
    fact = await query_refund(ctx, attempt, order, ctx.timings.refund_timeout_ms)
    taken = fact.outcome.kind is OutcomeKind.PENDING and refund.state is not RefundState.FAILED
    if taken or fact.outcome.kind is OutcomeKind.PAID:
        await refunding.apply_refund_fact(ctx, channel_id, fact, source="bill")
