"""What the admin API shows of refunds that are not through: what stands in the way, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.entry.api import refund_views
from payswitch.kit.clock import iso_utc
from payswitch.services.refunds.refund_desk import OpenRefund
from payswitch.services.refunds.refund_troubles import ADVICE


class AdminRefundView(msgspec.Struct, frozen=True, kw_only=True):
    """A refund with what an operator needs to push it on."""

    refund: refund_views.RefundView
    out_trade_no: str
    shop_id: str
    channel_id: str
    channel_order_no: str
    transaction_id: str | None
    channel_refund_id: str | None
    outcome: str | None
    """The channel's last answer, classified."""
    code: str
    """The channel's own code, and its words."""
    message: str
    advice: str
    """What to do; empty when there is nothing to do but wait."""
    advice_zh: str
    tries: int
    next_try_at: str | None
    may_retry: bool
    may_settle: bool
    redirect_banks: Sequence[str]
    """Banks whose debit cards it can be sent to with `redirect`; empty: it cannot."""
    settled_by: str | None
    settled_note: str | None


class AdminRefundList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[AdminRefundView]


def refund_list(found: Sequence[OpenRefund]) -> AdminRefundList:
    return AdminRefundList(data=[admin_refund_view(one) for one in found])


def admin_refund_view(one: OpenRefund) -> AdminRefundView:
    refund, attempt, outcome = one.refund, one.attempt, one.refund.outcome
    advice = ADVICE[refund.trouble] if refund.trouble is not None else None
    return AdminRefundView(
        refund=refund_views.refund_view(refund),
        out_trade_no=one.out_trade_no,
        shop_id=refund.shop_id,
        channel_id=attempt.channel_id,
        channel_order_no=attempt.channel_order_no,
        transaction_id=attempt.transaction_id,
        channel_refund_id=refund.channel_refund_id,
        outcome=outcome.kind.value if outcome else None,
        code=outcome.code if outcome else "",
        message=outcome.message if outcome else "",
        advice=advice.en if advice else "",
        advice_zh=advice.zh if advice else "",
        tries=refund.tries,
        next_try_at=iso_utc(refund.due_at_ms) if refund.due_at_ms is not None else None,
        may_retry=one.may_retry,
        may_settle=one.may_settle,
        redirect_banks=sorted(one.redirect_banks),
        settled_by=refund.settled_by,
        settled_note=refund.settled_note,
    )
