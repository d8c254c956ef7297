"""What happens to payments and refunds before a bill comes, and lines that a story writes itself."""

from __future__ import annotations

import msgspec

from payswitch.domain.bill import BillLine
from payswitch.domain.changes import Changes
from payswitch.domain.payment import Attempt, PaymentState, Refund
from payswitch.services.commands import CreateRefund
from payswitch.services.refunds import refunds
from tests.reconciliation.morning import Morning
from tests.services.harness import SHOP

PRICE = 12_900
"""Fen: what every payment of these stories costs."""


async def sent_back(day: Morning, attempt: Attempt, fen: int = 1_000, number: str = "R-1") -> Refund:
    command = CreateRefund(refund_no=number, amount_fen=fen)
    return await refunds.create_refund(day.night.ctx, SHOP, attempt.payment_id, command)


def line(like: BillLine, **changes: object) -> BillLine:
    return msgspec.structs.replace(like, **changes)


async def reversed_here(day: Morning, attempt: Attempt) -> None:
    file = await day.night.file(attempt.payment_id)
    await day.night.store.commit(
        Changes(
            update_payments=[msgspec.structs.replace(file.payment, version=file.payment.version + 1)],
            update_attempts=[msgspec.structs.replace(file.attempts[0], reverse_at_ms=file.payment.created_at_ms)],
        )
    )


async def lost(day: Morning) -> Attempt:
    """Paid, the notification lost, and all evening long the channel's query says "still waiting"; then it is closed
    here, because its time is over and the last query says so too."""
    attempt = (await day.night.order("lost")).file.attempts[0]
    channel = day.channel(attempt.channel_id)
    assert channel.customer_pays(attempt.channel_order_no)
    order = channel.orders[attempt.channel_order_no]
    order.state = "closed"  # what its query says
    await day.night.wait(700, step_s=5)
    order.state = "paid"
    file = await day.night.file(attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    return file.attempts[0]
