"""A platform's words about an order or a refund, turned into facts. Their origin has been judged before."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.epay.wire import Fields, fen_of, ms_of
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind

UNPAID: Final = "0"
PAID: Final = "1"
REFUNDED: Final = "2"
"""V2 documents 2 (refunded), 3 (frozen by the platform) and 4 (pre-authorised); V1 platforms of the same make send
them too."""
SUCCESS: Final = "TRADE_SUCCESS"


def untrusted(code: str, message: str) -> Outcome:
    """Something that must not be believed, with one sentence for the operator."""
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=code, message=message)


def wrong_number() -> Outcome:
    return untrusted("wrong_order_no", "the answer is about another order")


def queried_order(fields: Fields, number: str, pid: str) -> OrderFact:
    """The fact in the answer to a query of one order."""
    if fields.get("out_trade_no") != number:
        missing = "out_trade_no" not in fields
        outcome = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable") if missing else wrong_number()
        return OrderFact(channel_order_no=number, outcome=outcome)
    status = fields.get("status", "")
    kind = _kind_of(status, paid_at_ms=ms_of(fields, "endtime"))
    return _order_fact(fields, number, kind, f"status_{status}"[:40], merchant_ok=fields.get("pid", pid) == pid)


def _kind_of(status: str, *, paid_at_ms: int | None) -> OutcomeKind:
    if status == PAID:
        return OutcomeKind.PAID
    if status == UNPAID:
        return OutcomeKind.PENDING
    # Money that went back had arrived; the time of payment is the witness, in case a platform means something else.
    # Frozen and pre-authorised money is not the merchant's: not paid, not dead, a person must look.
    if status == REFUNDED and paid_at_ms is not None:
        return OutcomeKind.PAID
    return OutcomeKind.UNKNOWN


def notified_order(fields: Fields, number: str, pid: str) -> OrderFact:
    """The fact in a verified notification. Only success is ever notified; any other word proves nothing."""
    status = fields.get("trade_status", "")
    kind = OutcomeKind.PAID if status == SUCCESS else OutcomeKind.UNKNOWN
    return _order_fact(fields, number, kind, status[:40], merchant_ok=fields.get("pid") == pid)


def _order_fact(fields: Fields, number: str, kind: OutcomeKind, code: str, *, merchant_ok: bool) -> OrderFact:
    amount_fen = fen_of(fields, "money")
    outcome = Outcome(kind=kind, code=code)
    if kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "paid, but money is not an exact amount in yuan")
    paid = outcome.kind is OutcomeKind.PAID
    return OrderFact(
        channel_order_no=number,
        outcome=outcome,
        amount_fen=amount_fen,
        currency=None if amount_fen is None else "CNY",
        merchant_ok=merchant_ok,
        transaction_id=fields.get("trade_no") or None,
        paid_at_ms=ms_of(fields, "endtime") if paid else None,
    )


def refund_queried(fields: Fields, out_refund_no: str) -> RefundFact:
    """The answer to a V2 refund query: `status` 1 is through. 0 is documented as "failed", and platforms also say it
    while their own channel still works on it: not through, the same number may be asked for again."""
    if fields.get("out_refund_no", out_refund_no) != out_refund_no:
        wrong = untrusted("wrong_refund_no", "the answer is about another refund")
        return RefundFact(out_refund_no=out_refund_no, outcome=wrong)
    status, amount_fen = fields.get("status", ""), fen_of(fields, "money")
    kind = {"1": OutcomeKind.PAID, "0": OutcomeKind.PENDING}.get(status, OutcomeKind.UNKNOWN)
    outcome = Outcome(kind=kind, code=f"refund_status_{status}"[:40])
    if kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "refunded, but money is not an exact amount in yuan")
    return RefundFact(
        out_refund_no=out_refund_no,
        outcome=outcome,
        amount_fen=amount_fen,
        channel_refund_id=fields.get("refund_no") or None,
    )
