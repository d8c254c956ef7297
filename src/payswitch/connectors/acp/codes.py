"""UnionPay's respCode, as data: which class each belongs to, and what it means for which operation.

`respCode` is the outcome of the message that was answered, `origRespCode` (in a query's answer) that of the transaction
that was asked about; both use these codes. Source: UnionPay's 应答码 list. The classes are explained in
`connectors/codes.py`. A code that is not in here is QUERY: nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.domain.outcome import Outcome, OutcomeKind

SUCCESS: Final = frozenset({"00", "A6"})
"""A6: "defective success" (有缺陷的成功): the money moved."""
IN_PROGRESS: Final = frozenset({"03", "04", "05"})
"""Timed out inside UnionPay, state not clear, accepted: not known yet."""
NOT_FOUND: Final = "34"
DUPLICATE: Final = "12"

_C = CodeClass


def _classed(code_class: CodeClass, codes: Iterable[str]) -> dict[str, CodeClass]:
    return dict.fromkeys(codes, code_class)


RESP_CODES: Final[Mapping[str, CodeClass]] = {
    **_classed(_C.RETRY1, ("06", "37")),  # busy; asked too often
    **_classed(_C.SWITCH, ("01", "44", "62", "68", "78")),  # failed; card or issuer does not do this here
    # 31: the merchant's state; 92 to 96: its business licence expired, was revoked, cancelled, moved, withdrawn
    **_classed(_C.MAINT, ("02", "31", "39", "92", "93", "94", "95", "96")),
    **_classed(_C.LIMIT, ("33",)),
    **_classed(_C.RISK, ("38", "60")),
    **_classed(
        _C.CUST,
        ("30", "61", "63", "64", "65", "66", "67", "69", "71", "72", "73", "76", "77", "79", "80"),
    ),
    # 42, 74, 75: debited, but too late or not booked; 70: waiting for the cardholder; 83: the issuer works on it;
    # 45, 46: already refunded, voided or reversed
    **_classed(_C.QUERY, (*sorted(IN_PROGRESS), "34", "42", "45", "46", "70", "74", "75", "83")),
    **_classed(_C.PAID, (DUPLICATE,)),
    # 43 (no permission for this business) also means "another channel", which CONFIG does, and it needs a person
    **_classed(_C.CONFIG, ("10", "11", "13", "32", "35", "36", "40", "43", "82")),
}
"""By respCode, whatever was asked, unless `BY_OPERATION` knows better."""

BY_OPERATION: Final[Mapping[Operation, Mapping[str, CodeClass]]] = {
    Operation.REFUND: {
        # Closed for now: the same number again later, without calling a person.
        **_classed(_C.SWITCH, ("02", "39")),
    },
    Operation.REVERSE: {
        "46": _C.RENEW,  # reversed already
        # Nothing was ever taken under this number. Asked for long after the debit left, and asked about once more
        # afterwards; should it still arrive, its notification finds a closed attempt and the money goes back.
        NOT_FOUND: _C.RENEW,
        # Its day is over: this reversal did nothing and none will. The original is as the query says.
        "39": _C.PAID,
        # The original is not in a state to be reversed, whatever that is: a fact about the order, not our mistake.
        **_classed(_C.QUERY, ("35", DUPLICATE)),
    },
}
"""Where the same code means something else for one operation."""

FILE_CODES: Final[Mapping[str, CodeClass]] = {**RESP_CODES, **_classed(_C.CONFIG, ("98", "99"))}
"""The file interface adds 98 (no such file) and 99 (general error)."""
NO_SUCH_FILE: Final = "98"

_REFUND_TAKEN: Final = frozenset({*IN_PROGRESS, DUPLICATE, "45"})
"""UnionPay has this refund's number already, or the original is refunded already, possibly by this number: ask."""
_ASKS_ABOUT: Final = frozenset({Operation.QUERY, Operation.QUERY_REFUND})
_HINTS: Final = frozenset({_C.CONFIG, _C.RETRY1})
"""What an unsigned answer may say outside of create: these prove nothing about an order or a refund. (Of a debit a
configuration error would prove that nothing was taken, of a reversal that nothing was given back: there not even
these are believed unsigned.)"""
_DECIDES_ABOUT_MONEY: Final = frozenset({Operation.DEBIT, Operation.REVERSE})
_LONGEST_MESSAGE: Final = 200


def classify(code: str, operation: Operation) -> CodeClass:
    """The class of a respCode other than success. QUERY for whatever is not known."""
    special = BY_OPERATION.get(operation, {}).get(code)
    if special is not None:
        return special
    found = RESP_CODES.get(code, _C.QUERY)
    # A refund has no payer who could refuse it: someone must look, and it must not be given up.
    return _C.RISK if operation is Operation.REFUND and found is _C.CUST else found


def refusal(code: str, message: str, operation: Operation, *, signed: bool) -> Outcome:
    """What an answer other than success proves.

    An unsigned one is a hint: enough to go on to another channel when creating (nobody has seen the order), never
    enough to believe that an order does not exist or that a refund was taken.
    """
    message = cut(message)
    if signed and code == NOT_FOUND and operation in _ASKS_ABOUT:
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=code, message=message)
    if signed and code in _REFUND_TAKEN and operation is Operation.REFUND:
        return Outcome(kind=OutcomeKind.PENDING, code=code, message=message)
    found = classify(code, operation)
    hints: frozenset[CodeClass] = frozenset() if operation in _DECIDES_ABOUT_MONEY else _HINTS
    if not signed and operation is not Operation.CREATE and found not in hints:
        found = _C.QUERY
    return outcome_of(found, code=cut(code), message=message, operation=operation)


def cut(text: str) -> str:
    """A channel's words, short enough for a log line."""
    return text[:_LONGEST_MESSAGE]


_WAITING: Final = frozenset({*IN_PROGRESS, "70", "83"})
_DEBITED: Final = frozenset({"42", "74", "75"})
_NO_VERDICT: Final = frozenset({*_WAITING, *_DEBITED, NOT_FOUND, DUPLICATE, "45", "46"})
FINAL_FAILURES: Final = frozenset(RESP_CODES) - _NO_VERDICT
"""As origRespCode: this transaction failed."""


def kind_of_payment(code: str, *, past_deadline: bool) -> OutcomeKind:
    """What a payment's origRespCode (or a notification's respCode) says about it.

    A failure ends one try of the customer, not the order: with another card it can still be paid until `payTimeout`.
    So before that it is PENDING, after it CLOSED. 42, 74 and 75 say that the customer's money was taken, too late or
    without being booked (UnionPay gives it back by itself): neither paid nor dead, and a person must know.
    """
    if code in SUCCESS:
        return OutcomeKind.PAID
    if code in _WAITING:
        return OutcomeKind.PENDING
    if code == NOT_FOUND:
        return OutcomeKind.NOT_FOUND
    if code in FINAL_FAILURES:
        return OutcomeKind.CLOSED if past_deadline else OutcomeKind.PENDING
    return OutcomeKind.UNKNOWN


def kind_of_refund(code: str) -> OutcomeKind:
    """What a refund's origRespCode says about it. CLOSED: this number will never pay back. No customer acts on a
    refund, so its failure is final at once."""
    if code in FINAL_FAILURES:
        return OutcomeKind.CLOSED
    return kind_of_payment(code, past_deadline=False)
