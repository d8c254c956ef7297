"""收银宝's words about a payment or a refund, turned into facts. The fields' origin has been verified before.

A refund and a cancel are transactions of their own here, with their own number, amount and `trxcode`; the payment's
status stays what it was.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.answers import untrusted, wrong_number
from payswitch.connectors.quickpay.codes import PROCESSING, SMS_SENT, SUCCESS, Codes
from payswitch.connectors.quickpay.wire import Fields, clean_message, fen_of, ms_of
from payswitch.domain.exchange import OrderFact, RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind

MONEY_BACK: Final = frozenset(
    {"VSP302", "VSP303", "VSP502", "VSP503", "VSP512", "VSP513", "VSP542", "VSP543", "VSP552", "VSP553"}
    | {"VSP612", "VSP613"}
)
"""`trxcode` of cancels (..2) and refunds (..3). Not confirmed for quick pay (30x) and e-CNY (61x)."""

_PAID: Final = Outcome(kind=OutcomeKind.PAID, code=SUCCESS)


def is_money_back(fields: Fields) -> bool:
    """Whether a message is about a refund or a cancel: by its kind, or because it names an original transaction."""
    return fields.get("trxcode", "") in MONEY_BACK or bool(fields.get("srctrxid"))


def order_fact(fields: Fields, number: str, codes: Codes, *, names: tuple[str, ...], pull: bool = False) -> OrderFact:
    """The fact in a query's answer or a notification. `names`: which fields may hold our number.

    `pull`: nobody but a call of ours can pay it. There a definite failure is the end; a customer with a code on the
    screen may try again.
    """
    outcome = _order_outcome(fields, codes, pull=pull)
    named = next((fields[name] for name in names if fields.get(name)), "")
    if named != number and (named or outcome.kind in (OutcomeKind.PAID, OutcomeKind.CLOSED)):
        return OrderFact(channel_order_no=number, outcome=wrong_number())
    # The order's own amount first: what the customer paid after a coupon is less, and not what was asked for.
    amount_fen = fen_of(fields, "initamt", "trxamt")
    if outcome.kind is OutcomeKind.PAID and is_money_back(fields):
        outcome = untrusted("not_a_payment", "the query for a payment was answered with a refund or cancel")
    elif outcome.kind is OutcomeKind.PAID and amount_fen is None:
        outcome = untrusted("unreadable_amount", "paid, but the amount is missing or not in whole fen")
    return OrderFact(
        channel_order_no=number,
        outcome=outcome,
        amount_fen=amount_fen,
        # 收银宝 names no currency: everything is yuan.
        currency=None if amount_fen is None else "CNY",
        transaction_id=fields.get("trxid") or None,
        paid_at_ms=ms_of(fields, "fintime", "paytime") if outcome.kind is OutcomeKind.PAID else None,
    )


def _order_outcome(fields: Fields, codes: Codes, *, pull: bool) -> Outcome:
    status, message = fields.get("trxstatus", ""), fields.get("errmsg", "")
    if status == SUCCESS:
        return _PAID
    if status in PROCESSING or (pull and status == SMS_SENT):
        return Outcome(kind=OutcomeKind.PENDING, code=status)
    if codes.dead(status, message) or (pull and codes.failed_for_good(status, message)):
        return Outcome(kind=OutcomeKind.CLOSED, code=status, message=clean_message(message))
    return codes.refusal(status, message, Operation.QUERY)


def debit_fact(fields: Fields, number: str, codes: Codes, *, names: tuple[str, ...]) -> OrderFact:
    """The answer to a call that debits. PAID only with every particular: amount, number and transaction. A success
    that lacks one is PENDING: it is asked about at once."""
    status = fields.get("trxstatus", "")
    named = next((fields[name] for name in names if fields.get(name)), "")
    if named not in ("", number):
        return OrderFact(channel_order_no=number, outcome=wrong_number())
    if status not in PROCESSING and status != SUCCESS:
        return OrderFact(channel_order_no=number, outcome=codes.debit_refusal(status, fields.get("errmsg", "")))
    amount_fen = fen_of(fields, "initamt", "trxamt")
    complete = status == SUCCESS and named and fields.get("trxid") and amount_fen is not None
    return OrderFact(
        channel_order_no=number,
        outcome=_PAID if complete else Outcome(kind=OutcomeKind.PENDING, code=status),
        amount_fen=amount_fen,
        currency="CNY" if amount_fen is not None else None,
        transaction_id=fields.get("trxid") or None,
        paid_at_ms=ms_of(fields, "fintime", "paytime") if complete else None,
    )


def refund_fact(
    fields: Fields, out_refund_no: str, codes: Codes, *, operation: Operation, names: tuple[str, ...]
) -> RefundFact:
    """The answer to a refund call, or to the query for its number. Paid back means that 收银宝 took the amount from
    the merchant and gave it on; how long the bank then takes is not told."""
    status, message = fields.get("trxstatus", ""), fields.get("errmsg", "")
    named = next((fields[name] for name in names if fields.get(name)), "")
    told_fen = fen_of(fields, "trxamt")
    if status == SUCCESS:
        outcome = _PAID
        if operation is Operation.QUERY_REFUND and told_fen is None:
            outcome = untrusted("unreadable_amount", "refunded, but the amount is missing or not in whole fen")
    else:
        outcome = codes.refusal(status, message, operation)
    if named != out_refund_no and (named or status == SUCCESS):
        outcome = untrusted("wrong_refund_no", "the answer is signed but about another refund")
    return RefundFact(
        out_refund_no=out_refund_no,
        outcome=outcome,
        amount_fen=told_fen,
        channel_refund_id=fields.get("trxid") or None,
    )
