"""What UnionPay says about an order or a refund: the fields of answers, queries and notifications, unsigned."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.sandbox.ledger import Order, Refund
from payswitch.sandbox.unionpay.codes import OK, Refused, message
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.terms import CURRENCY, query_id, trace_no
from payswitch.sandbox.unionpay.times import settle_date

MASKED_CARD = "6226********0048"
"""The test card of UnionPay's published data, as masked as real messages have it."""
_ECHOED = ("encoding", "merId", "orderId", "txnTime", "txnType", "txnSubType", "bizType", "accessType", "reqReserved")


def answer(request: Mapping[str, str], code: str = OK, words: str = "", **more: str) -> Fields:
    """The answer to a message: who asked what, and `respCode` about *this* message."""
    told = {name: request[name] for name in _ECHOED if request.get(name)}
    return {**told, **_frame(), "respCode": code, "respMsg": words or message(code), **more}


def refusal(request: Mapping[str, str], refused: Refused) -> Fields:
    return answer(request, refused.code, refused.words)


def payment(member: Member, order: Order) -> Fields:
    """A payment as queries and notifications tell it. Whether it succeeded is not said here."""
    told = {**_transaction(member, order.extra), "txnType": "01", "orderId": order.channel_order_no}
    told |= {"txnAmt": str(order.amount_fen), "currencyCode": CURRENCY, "settleAmt": "0"}
    if order.paid_at_ms is None:
        return told
    return told | {
        "queryId": order.transaction_id or query_id(order),
        "traceNo": trace_no(order),
        "traceTime": order.extra["txn_time"][4:],
        "settleAmt": str(order.amount_fen),
        "settleCurrencyCode": CURRENCY,
        "settleDate": settle_date(order.paid_at_ms),
        "accNo": MASKED_CARD,
        "payCardType": "01",
    }


def money_back(member: Member, order: Order, refund: Refund) -> Fields:
    """A refund or void as queries and notifications tell it."""
    told = {**_transaction(member, refund.extra), "txnType": refund.extra["txn_type"], "orderId": refund.out_refund_no}
    told |= {
        "txnAmt": str(refund.amount_fen),
        "currencyCode": CURRENCY,
        "queryId": refund.refund_id,
        "origQryId": order.transaction_id or "",
        "origOrderId": order.channel_order_no,
        "origTxnTime": order.extra["txn_time"],
        "traceNo": refund.refund_id[14:20],
        "traceTime": refund.extra["txn_time"][4:],
    }
    if refund.settled_at_ms is not None:
        told |= {
            "settleAmt": str(refund.amount_fen),
            "settleCurrencyCode": CURRENCY,
            "settleDate": settle_date(refund.settled_at_ms),
        }
    return told


def outcome(told: Mapping[str, str], code: str) -> Fields:
    """`origRespCode` about the transaction, beside a `respCode` that only says that the query worked."""
    return {**told, "respCode": OK, "respMsg": message(OK), "origRespCode": code, "origRespMsg": message(code)}


def _frame() -> Fields:
    return {"version": "5.1.0", "signMethod": "01"}


def _transaction(member: Member, extra: Mapping[str, str]) -> Fields:
    return {
        **_frame(),
        "encoding": "UTF-8",
        "merId": member.mer_id,
        "accessType": "0",
        "bizType": extra["biz_type"],
        "txnSubType": extra["txn_sub_type"],
        "txnTime": extra["txn_time"],
        "reqReserved": extra["req_reserved"],
    }
