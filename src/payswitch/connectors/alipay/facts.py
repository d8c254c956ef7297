"""Alipay's words about a trade or a refund, turned into facts. The fields' origin has been verified before.

The trap of `TRADE_CLOSED`: it means "never paid and closed" *and* "paid, then refunded in full". Only the time of
payment tells the two apart: `send_pay_date` in a query, `gmt_payment` (or the refund's own fields) in a notification.

For a debit (付款码) the difference must not matter: `trade.cancel` gives back what it finds paid, and a trade that was
paid and given back under the switch's own hands must never be taken for money that is there.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.alipay.answers import untrusted
from payswitch.connectors.alipay.wire import Fields, fen_of, ms_of, text_of
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind

_KIND_OF_STATUS: Final = {
    "WAIT_BUYER_PAY": OutcomeKind.PENDING,
    "TRADE_SUCCESS": OutcomeKind.PAID,
    "TRADE_FINISHED": OutcomeKind.PAID,
    "TRADE_CLOSED": OutcomeKind.CLOSED,
}
"""TRADE_FINISHED is a paid trade that can no longer be refunded."""
_PAYMENT_TIMES: Final = ("send_pay_date", "gmt_payment")


def order_fact(fields: Fields, channel_order_no: str, *, pull: bool = False) -> OrderFact:
    """The fact in a query's answer or a notification about this number. `pull`: the order was a debit."""
    status = text_of(fields, "trade_status")
    kind = _KIND_OF_STATUS.get(status, OutcomeKind.UNKNOWN)
    if kind is OutcomeKind.CLOSED and _was_paid(fields) and not pull:
        kind = OutcomeKind.PAID
    outcome = Outcome(kind=kind, code=status)
    amount_fen = fen_of(fields, "total_amount")
    if kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "paid, but total_amount is not an exact amount in yuan")
    paid = outcome.kind is OutcomeKind.PAID
    return OrderFact(
        channel_order_no=channel_order_no,
        outcome=outcome,
        amount_fen=amount_fen,
        # Domestic trades name no currency; one in another currency would name it, and must not pass for yuan.
        currency=None if amount_fen is None else text_of(fields, "trans_currency") or "CNY",
        transaction_id=text_of(fields, "trade_no") or None,
        paid_at_ms=next((ms for name in _PAYMENT_TIMES if (ms := ms_of(fields, name))), None) if paid else None,
    )


def gave_everything_back(fields: Fields) -> bool:
    """Whether a notification says that a paid trade was closed: by refunds, or by the reversal of a debit. It does not
    say which of them, so that nothing about the payment can be taken from it; a query knows what was asked for."""
    return text_of(fields, "trade_status") == "TRADE_CLOSED" and _was_paid(fields)


def _was_paid(fields: Fields) -> bool:
    return any(text_of(fields, name) for name in (*_PAYMENT_TIMES, "gmt_refund"))


def refund_made(fields: Fields, out_refund_no: str) -> RefundFact:
    """The answer to a refund call. Only `fund_change=Y` says that this call moved money; `N` may be the repeat of a
    refund that is through already, which the refund query tells.

    `refund_fee` is the sum of all refunds of the trade, not this one's amount: it is not passed on.
    """
    moved = text_of(fields, "fund_change") == "Y"
    outcome = Outcome(kind=OutcomeKind.PAID if moved else OutcomeKind.PENDING, code="fund_change")
    return RefundFact(out_refund_no=out_refund_no, outcome=outcome)


def refund_found(fields: Fields, out_refund_no: str) -> RefundFact:
    """The answer to a refund query. A refund that is not through is answered with empty fields: NOT_FOUND, which for
    Alipay means "may be asked for again with the same number"."""
    number = text_of(fields, "out_request_no")
    if number and number != out_refund_no:
        wrong = untrusted("wrong_refund_no", "the answer is about another refund")
        return RefundFact(out_refund_no=out_refund_no, outcome=wrong)
    status = text_of(fields, "refund_status")
    amount_fen = fen_of(fields, "refund_amount")
    if status == "REFUND_SUCCESS":
        outcome = Outcome(kind=OutcomeKind.PAID, code=status)
        if amount_fen is None:
            outcome = untrusted("unreadable_amount", "refunded, but refund_amount is not an exact amount in yuan")
    elif status or text_of(fields, "refund_amount"):
        outcome = Outcome(kind=OutcomeKind.PENDING, code=status or "refund_status_missing")
    else:
        outcome = Outcome(kind=OutcomeKind.NOT_FOUND, code="refund_status_empty")
    return RefundFact(out_refund_no=out_refund_no, outcome=outcome, amount_fen=amount_fen)


def refund_notified(fields: Fields) -> RefundFact | None:
    """The refund that a trade notification tells of, if it does.

    All three fields must be there: a trade that was closed unpaid is notified with `refund_fee=0.00` as well.
    `refund_fee` is again the sum of all refunds so far, so that no amount can be given for this one.
    """
    number = text_of(fields, "out_biz_no")
    if not number or not text_of(fields, "gmt_refund") or not fen_of(fields, "refund_fee"):
        return None
    return RefundFact(out_refund_no=number, outcome=Outcome(kind=OutcomeKind.PAID, code="gmt_refund"))
