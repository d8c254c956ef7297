"""One HTTP answer of 收银宝, judged: believed fields, or the outcome that says why there are none."""

from __future__ import annotations

from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.codes import not_understood
from payswitch.connectors.quickpay.signing import SIGN
from payswitch.connectors.quickpay.wire import Fields, read_object
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.outcome import Outcome, OutcomeKind

UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="the answer is not in Allinpay's format")
_UNDERSTOOD = "SUCCESS"


def untrusted(code: str, message: str) -> Outcome:
    """Something that must not be believed, with one sentence for the operator."""
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=code, message=message)


def wrong_number() -> Outcome:
    return untrusted("wrong_order_no", "the answer is signed but about another order")


def believed_fields(
    answer: HttpAnswer | SendFailure, *, operation: Operation, account: QuickpayAccount
) -> Fields | Outcome:
    """The fields of an answer that Allinpay signed, for this merchant, with `retcode=SUCCESS`: the call was understood.
    What became of the transaction stands in `trxstatus`. Everything else as its outcome."""
    if isinstance(answer, SendFailure):
        return outcome_of_failure(answer)
    if answer.status != 200:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{answer.status}", transient=answer.status >= 500)
    fields = read_object(answer.body)
    if fields is None or "retcode" not in fields:
        return UNREADABLE
    signed = bool(fields.get(SIGN))
    if signed and not account.signatures.verify(fields):
        return untrusted("bad_signature", "the answer's signature is not Allinpay's for this account")
    if fields["retcode"] != _UNDERSTOOD:
        return not_understood(fields.get("retmsg", ""), operation, signed=signed)
    if not signed:
        return untrusted("unsigned", "an answer without a signature")
    if not is_ours(fields, account):
        return untrusted("wrong_merchant", "the answer is signed but for another merchant or application")
    return fields


def is_ours(fields: Fields, account: QuickpayAccount) -> bool:
    """Whether the merchant and the application, where the message names them, are this account's."""
    ours = {"cusid": account.cusid, "appid": account.appid}
    return all(fields.get(name, "") in ("", value) for name, value in ours.items())
