"""Huifu's words about an order or a refund, turned into facts. The fields' origin has been verified before.

`resp_code` only says that the question was taken. `trans_stat` alone tells what became of the money: S it went, F it
never will, P (and I, the moment before P) not yet.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.huifu.answers import untrusted
from payswitch.connectors.huifu.wire import Fields, fen_of, ms_of
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind

_KINDS: Final = {
    "S": OutcomeKind.PAID,
    "F": OutcomeKind.CLOSED,
    "P": OutcomeKind.PENDING,
    "I": OutcomeKind.PENDING,
}
_LONGEST_MESSAGE: Final = 200


def order_fact(fields: Fields, channel_order_no: str, huifu_id: str) -> OrderFact:
    """The fact in a query's answer or a notification about this number."""
    outcome = _outcome(fields)
    amount_fen = fen_of(fields.get("trans_amt", ""))
    if outcome.kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "paid, but trans_amt is not an exact amount in yuan")
    paid = outcome.kind is OutcomeKind.PAID
    return OrderFact(
        channel_order_no=channel_order_no,
        outcome=outcome,
        amount_fen=amount_fen,
        # This wire knows no other currency and names none.
        currency=None if amount_fen is None else "CNY",
        merchant_ok=fields.get("huifu_id") == huifu_id,
        transaction_id=_first(fields, "org_hf_seq_id", "hf_seq_id") or None,
        paid_at_ms=ms_of(_first(fields, "end_time", "trans_time")) if paid else None,
    )


def refund_fact(fields: Fields, out_refund_no: str, *, channel_refund_id: str) -> RefundFact:
    """The fact in the answer to a refund or a refund query, or in a refund's notification. F is the end of this number
    at Huifu: paying back after it takes a new refund."""
    outcome = _outcome(fields)
    amount_fen = fen_of(fields.get("ord_amt", ""))
    if outcome.kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "refunded, but ord_amt is not an exact amount in yuan")
    return RefundFact(
        out_refund_no=out_refund_no,
        outcome=outcome,
        amount_fen=amount_fen,
        channel_refund_id=channel_refund_id or None,
    )


def _outcome(fields: Fields) -> Outcome:
    stat = fields.get("trans_stat", "")
    message = fields.get("bank_message") or fields.get("resp_desc", "")
    return Outcome(
        kind=_KINDS.get(stat, OutcomeKind.UNKNOWN),
        code=f"trans_stat_{stat}" if stat else "no_trans_stat",
        message=message[:_LONGEST_MESSAGE],
    )


def _first(fields: Fields, *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")
