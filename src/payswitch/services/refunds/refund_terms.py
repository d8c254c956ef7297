"""What the channel that took the money allows when it goes back: said to the shop before anything is stored.

Only for refunds that a shop asks for. Surplus money is never kept here for a rule of ours: its refund is tried whatever
the terms say, and a channel that refuses it makes an incident.
"""

from __future__ import annotations

from payswitch.domain.channel import RefundTerms
from payswitch.domain.channel_client import OwnTerms
from payswitch.domain.errors import REFUND_TERMS, PaySwitchError
from payswitch.domain.payment import Attempt, RefundKind, RefundState
from payswitch.kit.durations import DAY_MS
from payswitch.services.attempts.asking import capability_of, client_of
from payswitch.services.context import Context
from payswitch.services.payments.draft import Draft


def check_terms(ctx: Context, draft: Draft, paid: Attempt, amount_fen: int, now_ms: int) -> None:
    """Raises `refund_terms` for a refund that the channel can never take. A channel that is not configured any more is
    left to say so itself."""
    terms = _terms_of(ctx, paid)
    if terms is None:
        return
    _check_age(terms, paid, now_ms)
    if terms.parts is None:
        return
    if terms.parts == 1 and amount_fen != paid.amount_fen:
        raise _refused(
            paid,
            f"this channel pays back all of it at once: {paid.amount_fen} fen, not a part",
            f"该渠道只支持全额退款：{paid.amount_fen} 分，不支持部分退款",
            refundable_fen=paid.amount_fen,
        )
    made = sum(
        refund.attempt_id == paid.attempt_id
        and refund.kind is RefundKind.MERCHANT
        and refund.state is not RefundState.FAILED
        for refund in draft.refunds
    )
    if made >= terms.parts:
        raise _refused(
            paid,
            f"this channel takes at most {terms.parts} refunds of one payment, {made} were made; "
            "pay the rest back another way",
            f"该渠道每笔支付最多退款 {terms.parts} 次，已退 {made} 次；余款请以其他方式退还",
            most_refunds=terms.parts,
        )


def _terms_of(ctx: Context, paid: Attempt) -> RefundTerms | None:
    """The most particular word counts: what the operator says of this contract, then what the account says of itself,
    then the product's table."""
    channel = ctx.directory.channel(paid.channel_id)
    capability = capability_of(ctx, paid.channel_id, paid.product)
    if channel is None or capability is None:
        return None
    client = client_of(ctx, paid)
    own = client.refund_terms(paid.product) if isinstance(client, OwnTerms) else None
    terms = own or capability.refund
    return RefundTerms(days=channel.refund_days or terms.days, parts=channel.refund_parts or terms.parts)


def _check_age(terms: RefundTerms, paid: Attempt, now_ms: int) -> None:
    paid_at_ms = paid.finished_at_ms or paid.created_at_ms
    if now_ms - paid_at_ms <= terms.days * DAY_MS:
        return
    raise _refused(
        paid,
        f"this channel takes refunds within {terms.days} days of the payment; pay back another way",
        f"该渠道仅支持付款后 {terms.days} 天内退款；请以其他方式退还",
        refund_days=terms.days,
    )


def _refused(paid: Attempt, detail: str, detail_zh: str, **extra: object) -> PaySwitchError:
    return PaySwitchError(
        REFUND_TERMS, detail, detail_zh, extra={"channel_id": paid.channel_id, "product": paid.product.value, **extra}
    )
