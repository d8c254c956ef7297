"""From WeChat's words about an order or a refund to facts: the states, and whose money it was."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.wechatpay.parties import Party
from payswitch.connectors.wechatpay.wire import RefundStatus, Transaction, ms_from_rfc3339
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Hurdle, Outcome, OutcomeKind

TRADE_STATES: Final[dict[str, OutcomeKind]] = {
    "SUCCESS": OutcomeKind.PAID,
    # Refunded later, wholly or in part: it *was* paid, and the refund is its own fact.
    "REFUND": OutcomeKind.PAID,
    "NOTPAY": OutcomeKind.PENDING,
    "USERPAYING": OutcomeKind.PENDING,
    "ACCEPT": OutcomeKind.PENDING,
    "CLOSED": OutcomeKind.CLOSED,
    "REVOKED": OutcomeKind.CLOSED,
    "PAYERROR": OutcomeKind.CLOSED,
}

REFUND_STATES: Final[dict[str, OutcomeKind]] = {
    "PROCESSING": OutcomeKind.PENDING,
    "SUCCESS": OutcomeKind.PAID,
    "CLOSED": OutcomeKind.CLOSED,
    # The customer's card is void: the merchant must name another way in WeChat's console.
    "ABNORMAL": OutcomeKind.PENDING,
}


def order_fact(transaction: Transaction, party: Party) -> OrderFact:
    """What the (already verified) message asserts. The amount is `total`, what the order was for; `payer_total` is
    less when the customer used a coupon."""
    kind = TRADE_STATES.get(transaction.trade_state, OutcomeKind.UNKNOWN)
    amount = transaction.amount
    return OrderFact(
        channel_order_no=transaction.out_trade_no,
        outcome=Outcome(kind=kind, code=transaction.trade_state, message=(transaction.trade_state_desc or "")[:200]),
        amount_fen=None if amount is None else amount.total,
        currency=None if amount is None else amount.currency,
        merchant_ok=party.owns(transaction),
        transaction_id=transaction.transaction_id or None,
        paid_at_ms=ms_from_rfc3339(transaction.success_time),
    )


def refund_fact(refund: RefundStatus) -> RefundFact:
    """What the (already verified) message asserts about a refund."""
    state = refund.refund_status or refund.status
    abnormal = state == "ABNORMAL"
    outcome = Outcome(
        kind=REFUND_STATES.get(state, OutcomeKind.UNKNOWN),
        code=state,
        merchant_side=abnormal,
        hurdle=Hurdle.PAYEE if abnormal else None,
    )
    return RefundFact(
        out_refund_no=refund.out_refund_no,
        outcome=outcome,
        amount_fen=None if refund.amount is None else refund.amount.refund,
        channel_refund_id=refund.refund_id or None,
    )
