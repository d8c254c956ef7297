"""UnionPay's settlement day, and what can be done on it only: 消费撤销 and 冲正."""

from __future__ import annotations

from datetime import date
from typing import Final

from payswitch.domain.exchange import RefundOrder
from payswitch.kit.clock import beijing
from payswitch.kit.durations import HOUR_MS

_DAY_ENDS_EARLY_MS: Final = HOUR_MS
"""A settlement day ends at 23:00 in Beijing: an hour added makes it a calendar day [O]."""


def settlement_day(ms: int) -> date:
    """The day with whose money this moment's is settled."""
    return beijing(ms + _DAY_ENDS_EARLY_MS).date()


def can_be_undone(refund: RefundOrder, *, now_ms: int) -> bool:
    """Whether this refund may be made as a 消费撤销: all of the amount, and order, payment and refund on one settlement
    day. (An order of this day was paid on this day.)

    After 23:00 the answer is no, so that a repeat of what could not be undone in time goes out as a refund under the
    same number. Both can never be made: each is over what the other has given back already.
    """
    whole = refund.amount_fen == refund.order.amount_fen
    return whole and settlement_day(refund.order.created_at_ms) == settlement_day(now_ms)


def is_over_for(created_at_ms: int, *, now_ms: int) -> bool:
    """Whether a debit of that moment is certainly beyond a reversal (冲正 only on the same day). Which day UnionPay
    means is not confirmed, so only what lies on another calendar day *and* another settlement day is held back."""
    other_date = beijing(created_at_ms).date() != beijing(now_ms).date()
    return other_date and settlement_day(created_at_ms) != settlement_day(now_ms)
