"""One HTTP answer of Huifu's, judged: believed members, or the outcome that says why there are none."""

from __future__ import annotations

from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.huifu.codes import TAKEN, refusal
from payswitch.connectors.huifu.signing import Members, Trust, judge_answer
from payswitch.connectors.huifu.wire import Fields, read_envelope, read_members, text_fields
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.crypto import VerifyingKey

UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="the answer is not Huifu's format")


def untrusted(code: str, message: str) -> Outcome:
    """Something that must not be believed, with one sentence for the operator."""
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=code, message=message)


def believed_members(answer: HttpAnswer | SendFailure, *, operation: Operation, key: VerifyingKey) -> Members | Outcome:
    """The members of an answer that took the call and that Huifu signed; everything else as its outcome."""
    if isinstance(answer, SendFailure):
        return outcome_of_failure(answer)
    if answer.status != 200:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{answer.status}", transient=answer.status >= 500)
    envelope = read_envelope(answer.body)
    if envelope is None:
        return UNREADABLE
    if not bytes(envelope.data):
        return _without_data(envelope.resp_code, envelope.resp_desc, operation)
    members = read_members(bytes(envelope.data))
    if members is None:
        return UNREADABLE
    trust = judge_answer(bytes(envelope.data), members, envelope.sign, key)
    if trust is Trust.FORGED:
        return untrusted("bad_signature", "the answer's signature is not Huifu's for this account")
    return _trouble(text_fields(members), operation, signed=trust is Trust.GENUINE) or members


def _trouble(fields: Fields, operation: Operation, *, signed: bool) -> Outcome | None:
    """Why the answer is none to work with, if so."""
    code = fields.get("resp_code", "")
    if code not in TAKEN:
        return refusal(code, _message(fields), operation, signed=signed)
    if not signed:
        return untrusted("unsigned", "an answer that took the call, without a signature")
    return None


def _without_data(code: str, message: str, operation: Operation) -> Outcome:
    """A refusal by a machine in front of Huifu, which cannot sign: never more than a hint."""
    if not code:
        return UNREADABLE
    if code in TAKEN:
        return untrusted("unsigned", "an answer that took the call, without data or signature")
    return refusal(code, message, operation, signed=False)


def _message(fields: Fields) -> str:
    """Huifu's words and, behind them, those of the wallet or bank, which often say more."""
    return " ".join(text for text in (fields.get("resp_desc", ""), fields.get("bank_message", "")) if text)
