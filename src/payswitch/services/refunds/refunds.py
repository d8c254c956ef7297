"""退款单: what the shop asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from payswitch.domain.changes import UniqueViolation
from payswitch.domain.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    OUT_TRADE_NO_CONFLICT,
    REFUND_EXCEEDS_PAID,
    REVISION_CONFLICT,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.payment import Attempt, Refund, RefundKind, RefundState
from payswitch.domain.shop import Shop
from payswitch.domain.trail import TrailEntry
from payswitch.services.commands import CreateRefund
from payswitch.services.context import Context
from payswitch.services.payments import idempotency
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.payments import get_payment
from payswitch.services.refunds.refund_terms import check_terms
from payswitch.services.refunds.refunding import push_refund

_encode = msgspec.json.Encoder(order="deterministic").encode


class ByHand(msgspec.Struct, frozen=True, kw_only=True):
    """A refund that a person of the merchant asks for in the shop's place."""

    seen_refunded_fen: int
    """What had been refunded already when they decided."""
    deed: TrailEntry


async def create_refund(
    ctx: Context,
    shop: Shop,
    payment_id: str,
    command: CreateRefund,
    idempotency_key: str | None = None,
    *,
    by_hand: ByHand | None = None,
) -> Refund:
    """Refund a succeeded payment, whole or in part. The same refund_no again is the same refund.

    `by_hand`: a person decided on it; if somebody else was faster, nothing is refunded: `revision_conflict`.

    The amount is reserved in the commit that makes the refund, so that concurrent refunds can never exceed what
    was paid. Then the channel is asked once while the shop waits; what stays open, the sweeper finishes.
    """
    input_hash = _hash_of(payment_id, command)
    if idempotency_key is not None:
        made = await idempotency.used_for(ctx, shop.shop_id, idempotency_key, input_hash)
        if made is not None:
            return await get_refund(ctx, shop, made)
    file = await get_payment(ctx, shop, payment_id)
    now_ms = ctx.clock.now_ms()
    refund_id = ctx.ids.new("ref_", now_ms)

    def decide(draft: Draft) -> Refund | None:
        # Looked for here, not before: of two requests at once the second must find the first one's refund, and not
        # hear that nothing is left.
        earlier = _earlier(draft.refunds, command)
        if earlier is None:
            _check_seen(draft, by_hand)
            _reserve(ctx, draft, command, refund_id, now_ms)
        record = idempotency.record_of_refund(earlier or draft.refund(refund_id), input_hash, idempotency_key)
        if record is not None:
            draft.idempotency.append(record)
        return earlier

    try:
        file, earlier = await change(ctx, payment_id, decide, known=file)
    except UniqueViolation as violation:
        return await _repeated(ctx, shop, payment_id, command, violation, input_hash, idempotency_key)
    if earlier is not None:
        return earlier
    file = await push_refund(ctx, file, refund_id)
    return next(r for r in file.refunds if r.refund_id == refund_id)


def _hash_of(payment_id: str, command: CreateRefund) -> str:
    """What makes two requests under one key the same."""
    return hashlib.sha256(payment_id.encode() + b"\n" + _encode(command)).hexdigest()


def _earlier(made: Sequence[Refund], command: CreateRefund) -> Refund | None:
    for refund in made:
        if refund.shop_refund_no == command.refund_no:
            if refund.amount_fen != command.amount_fen:
                raise _conflict(command)
            return refund
    return None


def _conflict(command: CreateRefund) -> PaySwitchError:
    return PaySwitchError(
        OUT_TRADE_NO_CONFLICT,
        f"refund_no {command.refund_no} was used for another refund; use a new number",
        f"退款单号 {command.refund_no} 已用于另一笔退款，请使用新单号",
        errors=[{"field": "refund_no", "message": "already used / 已被使用"}],
    )


def _check_seen(draft: Draft, by_hand: ByHand | None) -> None:
    """What a person saw must still hold in the very commit; their deed goes into it."""
    if by_hand is None:
        return
    refunded_fen, seen_fen = _winner(draft).refunded_fen, by_hand.seen_refunded_fen
    if refunded_fen != seen_fen:
        raise PaySwitchError(
            REVISION_CONFLICT,
            f"{refunded_fen} fen have been refunded by now, not {seen_fen}; look at the payment again, then decide",
            f"该支付单现已退款 {refunded_fen} 分，而非 {seen_fen} 分；请刷新后重新决定",
            extra={"refunded_fen": refunded_fen},
        )
    draft.trail.append(by_hand.deed)


def _reserve(ctx: Context, draft: Draft, command: CreateRefund, refund_id: str, now_ms: int) -> None:
    winner = _winner(draft)
    left = winner.amount_fen - winner.refunded_fen
    if command.amount_fen < 1:
        raise PaySwitchError(INVALID_REQUEST, errors=[{"field": "amount_fen", "message": "at least 1 / 至少 1 分"}])
    if command.amount_fen > left:
        raise PaySwitchError(
            REFUND_EXCEEDS_PAID,
            f"{left} fen are left to refund",
            f"剩余可退金额为 {left} 分",
            extra={"refundable_fen": left},
        )
    check_terms(ctx, draft, winner, command.amount_fen, now_ms)
    draft.set_attempt(winner.attempt_id, refunded_fen=winner.refunded_fen + command.amount_fen)
    draft.add_refund(
        Refund(
            refund_id=refund_id,
            payment_id=winner.payment_id,
            attempt_id=winner.attempt_id,
            shop_id=draft.payment.shop_id,
            kind=RefundKind.MERCHANT,
            out_refund_no="R" + refund_id.removeprefix("ref_"),
            shop_refund_no=command.refund_no,
            amount_fen=command.amount_fen,
            reason=command.reason,
            state=RefundState.CREATED,
            created_at_ms=now_ms,
            # The request itself sends it now; should this process die, the sweeper does.
            # After both calls that the request may make: a channel without refund numbers must not hear of it twice.
            due_at_ms=now_ms + 2 * ctx.timings.refund_timeout_ms,
        )
    )


def _winner(draft: Draft) -> Attempt:
    winner_id = draft.payment.winner_attempt_id
    if winner_id is None:
        raise PaySwitchError(
            WRONG_STATE,
            f"the payment is {draft.payment.state.value}; only a succeeded one can be refunded",
            "只有支付成功的支付单可以退款",
            extra={"payment_id": draft.payment.payment_id, "state": draft.payment.state.value},
        )
    return draft.attempt(winner_id)


async def _repeated(
    ctx: Context,
    shop: Shop,
    payment_id: str,
    command: CreateRefund,
    violation: UniqueViolation,
    input_hash: str,
    key: str | None,
) -> Refund:
    """Two requests with one refund_no or one key raced, or the number belongs to another payment of the shop."""
    if violation.constraint == "uq_idempotency" and key is not None:
        made = await idempotency.used_for(ctx, shop.shop_id, key, input_hash)
        if made is not None:
            return await get_refund(ctx, shop, made)
    if violation.constraint != "uq_refund_shop_no":
        raise violation
    earlier = _earlier((await get_payment(ctx, shop, payment_id)).refunds, command)
    if earlier is None:
        raise _conflict(command)
    await idempotency.keep(ctx, idempotency.record_of_refund(earlier, input_hash, key))
    return earlier


async def get_refund(ctx: Context, shop: Shop, refund_id: str) -> Refund:
    """One refund of this shop."""
    refund = await ctx.store.refund(refund_id)
    if refund is None or refund.shop_id != shop.shop_id:
        raise PaySwitchError(NOT_FOUND, f"there is no refund {refund_id} in this shop", "该店铺没有此退款单")
    return refund


async def list_refunds(ctx: Context, shop: Shop, payment_id: str) -> Sequence[Refund]:
    return (await get_payment(ctx, shop, payment_id)).refunds
