"""`Idempotency-Key`: the same key is the same request, for ever."""

from __future__ import annotations

from payswitch.domain.changes import Changes, IdempotencyRecord, UniqueViolation
from payswitch.domain.errors import IDEMPOTENCY_CONFLICT, PaySwitchError
from payswitch.domain.payment import Payment, Refund
from payswitch.services.context import Context


def record_of(payment: Payment, key: str | None) -> IdempotencyRecord | None:
    """What is written down beside a payment that is made under a key."""
    if key is None:
        return None
    return IdempotencyRecord(
        shop_id=payment.shop_id,
        key=key,
        input_hash=payment.input_hash,
        resource_id=payment.payment_id,
        created_at_ms=payment.created_at_ms,
    )


def record_of_refund(refund: Refund, input_hash: str, key: str | None) -> IdempotencyRecord | None:
    """The same beside a refund."""
    if key is None:
        return None
    return IdempotencyRecord(
        shop_id=refund.shop_id,
        key=key,
        input_hash=input_hash,
        resource_id=refund.refund_id,
        created_at_ms=refund.created_at_ms,
    )


async def check(ctx: Context, record: IdempotencyRecord) -> bool:
    """Whether the key was used before, for this very request. Raises `idempotency_conflict` if for another one."""
    return await used_for(ctx, record.shop_id, record.key, record.input_hash) is not None


async def used_for(ctx: Context, shop_id: str, key: str, input_hash: str) -> str | None:
    """The id of what this very request made under the key before; None when the key is new. Raises
    `idempotency_conflict` when the key belongs to another request."""
    earlier = await ctx.store.idempotency(shop_id, key)
    if earlier is None:
        return None
    if earlier.input_hash != input_hash:
        raise PaySwitchError(
            IDEMPOTENCY_CONFLICT,
            "use a new Idempotency-Key for a new request",
            "新的请求请使用新的幂等键",
        )
    return earlier.resource_id


async def keep(ctx: Context, record: IdempotencyRecord | None) -> None:
    """Write down the key of a request that repeated or joined another one: it is used from now on, too."""
    if record is None or await check(ctx, record):
        return
    try:
        await ctx.store.commit(Changes(idempotency=[record]))
    except UniqueViolation:
        await check(ctx, record)
