"""What the API shows of refunds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.payment import (
    Refund,
    RefundKind,
    RefundState,
    RefundTrouble,
)
from payswitch.kit.clock import iso_or_none, iso_utc


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    """退款单. `refund_no` is the shop's own number; null for a refund of surplus money (重复支付)."""

    refund_id: str
    payment_id: str
    attempt_id: str
    kind: RefundKind
    refund_no: str | None
    out_refund_no: str
    amount_fen: int
    reason: str
    state: RefundState
    trouble: RefundTrouble | None
    """Why it is not through yet; with `balance_short` it goes on by itself, everything else needs the operator."""
    settled_by_hand: bool
    """Succeeded, but the channel did not move the money: the operator gave it back another way."""
    created_at: str
    finished_at: str | None


class RefundList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[RefundView]


def refund_view(refund: Refund) -> RefundView:
    return RefundView(
        refund_id=refund.refund_id,
        payment_id=refund.payment_id,
        attempt_id=refund.attempt_id,
        kind=refund.kind,
        refund_no=refund.shop_refund_no,
        out_refund_no=refund.out_refund_no,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
        state=refund.state,
        trouble=refund.trouble,
        settled_by_hand=refund.settled_by is not None,
        created_at=iso_utc(refund.created_at_ms),
        finished_at=iso_or_none(refund.finished_at_ms),
    )
