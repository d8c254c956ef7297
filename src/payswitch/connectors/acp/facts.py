"""UnionPay's words about an order or a refund, turned into facts. The fields' origin has been verified before.

The trap: in the answer to a query `respCode` is the outcome of the *query*, `origRespCode` that of the transaction. In
a notification there is only the transaction, and `respCode` is its own.
"""

from __future__ import annotations

from payswitch.connectors.acp.answers import untrusted
from payswitch.connectors.acp.codes import cut, kind_of_payment, kind_of_refund
from payswitch.connectors.acp.times import without_year
from payswitch.connectors.acp.wire import RENMINBI, Fields, fen_of
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind


def order_queried(
    fields: Fields, channel_order_no: str, *, mer_id: str, past_deadline: bool, near_ms: int
) -> OrderFact:
    """The fact in a query's successful answer."""
    code = fields.get("origRespCode", "")
    kind = kind_of_payment(code, past_deadline=past_deadline)
    outcome = Outcome(kind=kind, code=cut(code) or "origRespCode_missing", message=cut(fields.get("origRespMsg", "")))
    return _order_fact(fields, channel_order_no, outcome, mer_id=mer_id, near_ms=near_ms)


def order_notified(fields: Fields, channel_order_no: str, *, mer_id: str, near_ms: int) -> OrderFact:
    """The fact in a notification. UnionPay tells of successes only; another code is never taken for an end."""
    code = fields.get("respCode", "")
    kind = kind_of_payment(code, past_deadline=False)
    outcome = Outcome(kind=kind, code=cut(code), message=cut(fields.get("respMsg", "")))
    return _order_fact(fields, channel_order_no, outcome, mer_id=mer_id, near_ms=near_ms)


def _order_fact(fields: Fields, channel_order_no: str, outcome: Outcome, *, mer_id: str, near_ms: int) -> OrderFact:
    amount_fen = fen_of(fields, "txnAmt")
    paid = outcome.kind is OutcomeKind.PAID
    if paid and amount_fen is None:
        outcome = untrusted("unreadable_amount", "paid, but txnAmt is not an exact amount in fen")
    currency = fields.get("currencyCode", RENMINBI)
    return OrderFact(
        channel_order_no=channel_order_no,
        outcome=outcome,
        amount_fen=amount_fen,
        currency=None if amount_fen is None else ("CNY" if currency == RENMINBI else currency),
        merchant_ok=fields.get("merId") == mer_id,
        transaction_id=fields.get("queryId") or None,
        paid_at_ms=without_year(fields.get("traceTime", ""), near_ms) if paid else None,
    )


def debit_taken(fields: Fields, channel_order_no: str, *, mer_id: str) -> OrderFact:
    """The answer 00 to a back-channel debit: UnionPay took it. PENDING, never PAID: whether the money moved, only a
    query or the notification tells [O: UnionPay's own examples say so of every back-channel payment]."""
    return OrderFact(
        channel_order_no=channel_order_no,
        outcome=Outcome(kind=OutcomeKind.PENDING, code=fields["respCode"]),
        merchant_ok=fields.get("merId", mer_id) == mer_id,
        transaction_id=fields.get("queryId") or None,
    )


def refund_taken(fields: Fields, out_refund_no: str) -> RefundFact:
    """The answer 00 to a refund or void: UnionPay took it. Whether it went through, only a query tells."""
    return RefundFact(
        out_refund_no=out_refund_no,
        outcome=Outcome(kind=OutcomeKind.PENDING, code=fields["respCode"]),
        amount_fen=fen_of(fields, "txnAmt"),
        channel_refund_id=fields.get("queryId") or None,
    )


def refund_queried(fields: Fields, out_refund_no: str) -> RefundFact:
    """The answer to a query about a refund or void."""
    code = fields.get("origRespCode", "")
    message = cut(fields.get("origRespMsg", ""))
    return _refund_fact(fields, out_refund_no, code or "origRespCode_missing", message)


def refund_notified(fields: Fields, out_refund_no: str) -> RefundFact:
    """The fact in a notification about a refund or void."""
    return _refund_fact(fields, out_refund_no, fields.get("respCode", ""), cut(fields.get("respMsg", "")))


def _refund_fact(fields: Fields, out_refund_no: str, code: str, message: str) -> RefundFact:
    outcome = Outcome(kind=kind_of_refund(code), code=cut(code), message=message)
    amount_fen = fen_of(fields, "txnAmt")
    if outcome.kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "refunded, but txnAmt is not an exact amount in fen")
    return RefundFact(
        out_refund_no=out_refund_no,
        outcome=outcome,
        amount_fen=amount_fen,
        channel_refund_id=fields.get("queryId") or None,
    )
