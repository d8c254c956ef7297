"""What an operator does about one payment. Nothing here decides about money: each action goes through the use case that
the shop's own program, or the sweeper, would use, with its guards; doing it twice, or at the same time as somebody
else, is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from payswitch.domain.errors import NOT_FOUND, TOO_SOON, PaySwitchError
from payswitch.domain.events import Event
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, Refund, Shop, tested_channel
from payswitch.services import deliveries, payments, refunds, results
from payswitch.services.asking import client_of, order_ref
from payswitch.services.commands import CreateRefund
from payswitch.services.context import Context
from payswitch.services.payment_desk import event_of, file_of

_UNHEARD = frozenset({AttemptState.CREATED, AttemptState.SUBMITTED})
"""Their own create call is still under way, or was cut off: the sweeper finishes it."""


class RefundByOperator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/payments/{payment_id}/refunds`."""

    refund_no: str
    """Chosen once for each decision: sent again with the same number, it is the same refund."""
    amount_fen: int
    reason: str
    seen_refunded_fen: int
    """What was refunded already when the operator decided: if somebody else refunds meanwhile, nothing is done."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel said about one attempt just now."""

    attempt: Attempt
    """As it stands afterwards."""
    outcome: Outcome
    changed: bool


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    file: PaymentFile
    heard: Sequence[Heard]


async def ask_now(ctx: Context, operator: Operator, payment_id: str) -> Asked:
    """Ask every channel that a customer could have paid at what it knows, dead attempts included: late money is found
    so. What they say goes through the funnel. Raises `too_soon` within a moment of the last time."""
    file = await file_of(ctx, operator, payment_id)
    monotonic_ms = ctx.clock.monotonic_ms()
    if not ctx.asked_by_hand.is_due(payment_id, monotonic_ms):
        raise PaySwitchError(TOO_SOON, "the channels were asked a moment ago", "刚刚已查询过渠道，请稍候")
    ctx.asked_by_hand.note(payment_id, monotonic_ms)
    meant = [attempt for attempt in file.attempts if attempt.state not in _UNHEARD]
    # All at once: a person waits, and a silent channel must not hide what the others say.
    facts = await asyncio.gather(
        *(client_of(ctx, attempt).query(order_ref(attempt), ctx.timings.query_timeout_ms) for attempt in meant)
    )
    heard = []
    for before, fact in zip(meant, facts, strict=True):
        file = await results.apply_to_attempt(ctx, file, before.attempt_id, fact)
        after = file.attempt(before.attempt_id)
        heard.append(Heard(attempt=after, outcome=fact.outcome, changed=after.state is not before.state))
    return Asked(file=file, heard=heard)


async def close_payment(ctx: Context, operator: Operator, payment_id: str) -> PaymentFile:
    """No further attempts; what a customer may still pay is queried, closed and watched. Ends closed, or succeeded when
    the customer was faster. Raises `wrong_state` for a paid one: that is refunded instead."""
    return await payments.close_payment(ctx, await file_of(ctx, operator, payment_id))


async def refund_payment(ctx: Context, operator: Operator, payment_id: str, command: RefundByOperator) -> Refund:
    """Pay back all or a part of what the shop has earned, in the shop's name: it hears of it as of its own refunds."""
    file = await file_of(ctx, operator, payment_id)
    asked = CreateRefund(refund_no=command.refund_no, amount_fen=command.amount_fen, reason=command.reason)
    shop = await _shop_of(ctx, file)
    return await refunds.create_refund(ctx, shop, payment_id, asked, seen_refunded_fen=command.seen_refunded_fen)


async def _shop_of(ctx: Context, file: PaymentFile) -> Shop:
    payment = file.payment
    if tested_channel(payment.shop_id) is not None:
        raise PaySwitchError(
            NOT_FOUND, "a channel test pays itself back, it belongs to no shop", "渠道测试单会自动退回，不属于任何店铺"
        )
    found = next((shop for shop in await ctx.store.shops() if shop.shop_id == payment.shop_id), None)
    # A shop that was taken out of the configuration still owes its customers.
    return found or Shop(shop_id=payment.shop_id, merchant_id=payment.merchant_id, name=payment.shop_id)


async def resend_event(ctx: Context, operator: Operator, event_id: str) -> Event:
    """Send an event again now, delivered or dead alike: same id, same bytes, so that the shop can tell."""
    return await deliveries.send_again(ctx, await event_of(ctx, operator, event_id))
