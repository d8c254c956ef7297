"""One HTTP answer of the gateway, judged: believed fields, or the outcome that says why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from payswitch.connectors.alipay.codes import SUCCESS, refusal
from payswitch.connectors.alipay.signing import Trust, Verifier
from payswitch.connectors.alipay.wire import Fields, read_node, text_of
from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.outcome import Outcome, OutcomeKind

_NO_ANSWERS: Final[Mapping[str, OutcomeKind]] = MappingProxyType({})
UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="the answer is not Alipay's format")


def untrusted(code: str, message: str) -> Outcome:
    """Something that must not be believed, with one sentence for the operator."""
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=code, message=message)


def judged_node(
    answer: HttpAnswer | SendFailure, *, method: str, operation: Operation, verifier: Verifier
) -> tuple[Fields, bool] | Outcome:
    """An answer's fields, whatever they say, and whether Alipay signed them; the outcome that says why there are none
    otherwise."""
    if isinstance(answer, SendFailure):
        return outcome_of_failure(answer, operation)
    if answer.status != 200:
        return _http_trouble(answer.status, operation)
    node = read_node(answer.body, method)
    if node is None:
        return UNREADABLE
    trust = verifier.judge_answer(node.raw, node.sign, node.cert_sn)
    if trust is Trust.FORGED:
        return untrusted("bad_signature", "the answer's signature or certificate is not Alipay's for this account")
    return node.fields, trust is Trust.GENUINE


def believed_fields(
    answer: HttpAnswer | SendFailure,
    *,
    method: str,
    operation: Operation,
    verifier: Verifier,
    answers: Mapping[str, OutcomeKind] = _NO_ANSWERS,
) -> Fields | Outcome:
    """The fields of a `10000` answer that Alipay signed; everything else as its outcome.

    `answers`: sub codes that are no trouble but this call's own answers, when Alipay signed them.
    """
    judged = judged_node(answer, method=method, operation=operation, verifier=verifier)
    if isinstance(judged, Outcome):
        return judged
    fields, signed = judged
    if text_of(fields, "code") == SUCCESS:
        return fields if signed else untrusted("unsigned", "a successful answer without a signature")
    sub_code = text_of(fields, "sub_code")
    if signed and sub_code in answers:
        return Outcome(kind=answers[sub_code], code=sub_code, message=_message(fields)[:200])
    return refused(fields, operation, signed=signed)


def refused(fields: Fields, operation: Operation, *, signed: bool) -> Outcome:
    """What an answer other than `10000` proves."""
    code, sub_code = text_of(fields, "code"), text_of(fields, "sub_code")
    return refusal(code, sub_code, _message(fields), operation, signed=signed)


def _message(fields: Fields) -> str:
    return text_of(fields, "sub_msg") or text_of(fields, "msg")


def _http_trouble(status: int, operation: Operation) -> Outcome:
    """The gateway itself always answers 200; anything else comes from a machine in front of it."""
    again = status >= 500 and operation is not Operation.DEBIT
    return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{status}", transient=again)
