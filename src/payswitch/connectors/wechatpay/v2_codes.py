"""What API V2's error codes prove about a debit by payment code, its reversal, and the question about it.

The table of `codes.py` holds here, too; this file says where V2, or a debit, reads a code differently. A code that is
in no table is UNKNOWN: a debit may have been made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.connectors.wechatpay.codes import by_text, normalise
from payswitch.domain.outcome import Outcome, OutcomeKind

_C = CodeClass
_MESSAGE_LENGTH: Final = 200

V2_ONLY: Final[Mapping[str, CodeClass]] = {
    # WeChat's own spelling, with one P.
    "NOTSUPORTCARD": _C.SWITCH,
    "LACKPARAMS": _C.CONFIG,
    "MCHIDNOTEXIST": _C.CONFIG,
    "REQUIREPOSTMETHOD": _C.CONFIG,
    "POSTDATAEMPTY": _C.CONFIG,
    "INVALIDREQTOOMUCH": _C.QUERY,
    "REVERSEEXPIRE": _C.PAID,
    "TRADESTATEERROR": _C.QUERY,
}
"""Codes that API v3 does not have. Source: the V2 pages of micropay, orderquery and reverse."""

BY_OPERATION: Final[Mapping[Operation, Mapping[str, CodeClass]]] = {
    Operation.DEBIT: {
        # "结果未知" in WeChat's own table: the bank or WeChat does not know itself.
        "SYSTEMERROR": _C.QUERY,
        "BANKERROR": _C.QUERY,
        # Our numbers are used once: whatever lies under this one is ours, and only the question tells what.
        "OUTTRADENOUSED": _C.QUERY,
        "INVALIDREQUEST": _C.QUERY,
    },
    Operation.QUERY: {},
    Operation.REVERSE: {
        "SYSTEMERROR": _C.RETRY1,
        # The *merchant's* balance is too low to give it back: a person tops it up, the same call again.
        "NOTENOUGH": _C.LIMIT,
        # About the order's state, not about our configuration: ask.
        "INVALIDREQUEST": _C.QUERY,
        "ACCOUNTERROR": _C.QUERY,
        "OUTTRADENOUSED": _C.QUERY,
    },
}

ANOTHER_CODE: Final = frozenset({"AUTHCODEEXPIRE", "AUTHCODEINVALID", "AUTHCODEERROR"})
"""The customer refreshes the code and it is scanned again: WeChat wants the same order number then."""

_NOT_FOUND: Final = frozenset({"ORDERNOTEXIST"})

_OUR_MISTAKES: Final = ("签名", "sign", "appid", "mch_id", "商户号", "参数", "缺少", "xml", "post", "证书", "cert")
"""Words in `return_msg` that say that the request itself was turned away."""


def classify(operation: Operation, code: str, message: str) -> Outcome:
    """A signed `result_code=FAIL`."""
    message = message[:_MESSAGE_LENGTH]
    name = normalise(code)
    if name in _NOT_FOUND:
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=code, message=message)
    if operation is Operation.DEBIT and name == "USERPAYING":
        return Outcome(kind=OutcomeKind.PENDING, code=code, message=message)
    outcome = outcome_of(_class_of(operation, name, message), code=code, message=message, operation=operation)
    if operation is Operation.DEBIT and name in ANOTHER_CODE:
        return msgspec.structs.replace(outcome, ask_consent=True)
    return outcome


def _class_of(operation: Operation, name: str, message: str) -> CodeClass:
    for table in (BY_OPERATION[operation], V2_ONLY):
        if name in table:
            return table[name]
    return by_text(name, message) or CodeClass.QUERY


def turned_away(operation: Operation, message: str) -> Outcome:
    """`return_code=FAIL`: WeChat did not take the request. Such an answer never carries a signature, so it is
    believed only where it says in known words what is wrong with the request; else nothing is known."""
    lowered = message.lower()
    ours = any(word in lowered for word in _OUR_MISTAKES)
    code_class = CodeClass.CONFIG if ours else CodeClass.QUERY
    return outcome_of(code_class, code="return_code_fail", message=message[:_MESSAGE_LENGTH], operation=operation)
