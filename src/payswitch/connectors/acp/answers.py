"""One HTTP answer of UnionPay, judged: believed fields, or the outcome that says why there are none."""

from __future__ import annotations

from payswitch.connectors.acp.codes import SUCCESS, refusal
from payswitch.connectors.acp.verifying import Verdict, Verifier
from payswitch.connectors.acp.wire import Fields, read_answer
from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.outcome import Outcome, OutcomeKind

UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="the answer is not UnionPay's format")


def untrusted(code: str, message: str) -> Outcome:
    """Something that must not be believed, with one sentence for the operator."""
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=code, message=message)


def distrusted(verdict: Verdict) -> Outcome:
    """The outcome of a message whose signature or certificate is not UnionPay's."""
    return untrusted(verdict.value, "the signature or its certificate is not UnionPay's for this account")


def read_fields(
    answer: HttpAnswer | SendFailure, verifier: Verifier, operation: Operation | None = None
) -> tuple[Fields, bool] | Outcome:
    """An answer's fields and whether UnionPay signed them; the outcome that says why there are none otherwise."""
    if isinstance(answer, SendFailure):
        return outcome_of_failure(answer, operation)
    if answer.status != 200:
        # UnionPay answers 200 whatever it says; anything else comes from a machine in front of it.
        again = 500 <= answer.status < 600 and operation is not Operation.DEBIT
        return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{answer.status}", transient=again)
    fields = read_answer(answer.body)
    if fields is None or not fields.get("respCode"):
        return UNREADABLE
    if fields.get("signPubKeyCert") and not fields.get("signature"):
        return UNREADABLE  # cut off: the signature stands at the end
    verdict = verifier.judge(fields)
    if verdict is Verdict.UNSIGNED:
        return fields, False
    return (fields, True) if verdict is Verdict.GENUINE else distrusted(verdict)


def believed_fields(
    answer: HttpAnswer | SendFailure, *, request: Fields, operation: Operation, verifier: Verifier
) -> Fields | Outcome:
    """The fields of a successful answer that UnionPay signed, about exactly this message; everything else as its
    outcome."""
    read = read_fields(answer, verifier, operation)
    if isinstance(read, Outcome):
        return read
    fields, signed = read
    code = fields["respCode"]
    if signed and _is_about_another(fields, request, must_say=code in SUCCESS):
        return untrusted("wrong_order_no", "the answer is signed but about another order")
    if code not in SUCCESS:
        return refusal(code, fields.get("respMsg", ""), operation, signed=signed)
    return fields if signed else untrusted("unsigned", "a successful answer without a signature")


def _is_about_another(fields: Fields, request: Fields, *, must_say: bool) -> bool:
    """`orderId` and `txnTime` together name a message. A refusal need not repeat them (the message may not have been
    readable), but a refusal of another order is no refusal of this one."""
    order_id = fields.get("orderId", "" if must_say else request["orderId"])
    return order_id != request["orderId"] or fields.get("txnTime", request["txnTime"]) != request["txnTime"]
