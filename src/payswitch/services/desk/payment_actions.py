"""What an operator does about one payment. Nothing here decides about money: each action goes through the use case that
the shop's own program, or the sweeper, would use, with its guards; doing it twice, or at the same time as somebody
else, is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.errors import NOT_FOUND, TOO_SOON, PaySwitchError
from payswitch.domain.events import Event
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, Refund
from payswitch.domain.shop import Shop, tested_channel
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.services.attempts import results
from payswitch.services.attempts.asking import client_of, order_ref
from payswitch.services.commands import CreateRefund
from payswitch.services.context import Context
from payswitch.services.desk.payment_desk import event_of, file_of
from payswitch.services.desk.timeline import Records, records_of
from payswitch.services.events import deliveries
from payswitch.services.payments import payments
from payswitch.services.people.trail import deed, record
from payswitch.services.refunds import refunds
from payswitch.services.refunds.refunds import ByHand

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
    said = {one.attempt.channel_order_no: one.outcome.kind.value for one in heard}
    await record(ctx, _deed(ctx, operator, "query", file, after=said))
    return Asked(file=file, heard=heard)


async def close_payment(ctx: Context, operator: Operator, payment_id: str) -> PaymentFile:
    """No further attempts; what a customer may still pay is queried, closed and watched. Ends closed, or succeeded when
    the customer was faster. Raises `wrong_state` for a paid one: that is refunded instead."""
    file = await file_of(ctx, operator, payment_id)
    was = {"state": file.payment.state.value}
    return await payments.close_payment(ctx, file, _deed(ctx, operator, "close", file, before=was))


async def refund_payment(ctx: Context, operator: Operator, payment_id: str, command: RefundByOperator) -> Refund:
    """Pay back all or a part of what the shop has earned, in the shop's name: it hears of it as of its own refunds."""
    file = await file_of(ctx, operator, payment_id)
    asked = CreateRefund(refund_no=command.refund_no, amount_fen=command.amount_fen, reason=command.reason)
    shop = await _shop_of(ctx, file)
    said = {"refund_no": command.refund_no, "amount_fen": command.amount_fen}
    deed_done = _deed(ctx, operator, "refund", file, after=said, note=command.reason)
    by_hand = ByHand(seen_refunded_fen=command.seen_refunded_fen, deed=deed_done)
    return await refunds.create_refund(ctx, shop, payment_id, asked, by_hand=by_hand)


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
    event, merchant_id = await event_of(ctx, operator, event_id)
    was = {"state": event.state.value, "tries": event.tries}
    more = {"payment_id": event.payment_id}
    await record(ctx, deed(ctx, operator, "resend", TrailKind.EVENT, event_id, merchant_id, before=was, after=more))
    return await deliveries.send_again(ctx, event)


def _deed(
    ctx: Context,
    operator: Operator,
    action: str,
    file: PaymentFile,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> TrailEntry:
    payment = file.payment
    return deed(
        ctx,
        operator,
        action,
        TrailKind.PAYMENT,
        payment.payment_id,
        payment.merchant_id,
        before=before,
        after=after,
        note=note,
    )


async def take_evidence(ctx: Context, operator: Operator, payment_id: str) -> Records:
    """Everything about it, to be taken out of here: that is written down."""
    records = await records_of(ctx, operator, payment_id)
    await record(ctx, _deed(ctx, operator, "take_evidence", records.file))
    return records


async def note_export(ctx: Context, operator: Operator, what: str, wanted: Mapping[str, object]) -> None:
    """Somebody takes a list out of here: with which filters, in the trail of each of their merchants."""
    audit_id = ctx.ids.new("aud_", ctx.clock.now_ms())
    entries = [
        deed(ctx, operator, "export", TrailKind.EXPORT, what, merchant_id, after=wanted, audit_id=audit_id)
        for merchant_id in sorted(operator.merchant_ids)
    ]
    await ctx.store.commit(Changes(insert_trail=entries))
