"""WeChat Pay's error codes as data, and what each proves about the money.

WeChat spells its codes in several ways (SYSTEM_ERROR, SYSTEMERROR; ORDERPAID, ORDER_PAID), so they are compared
without underscores and in capitals. A code that is not in the tables falls into a safe class: for a new order a
readable 4xx is a refusal by the channel (another one may do it), everything else is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.domain.outcome import Outcome, OutcomeKind

_C = CodeClass

CODES: Final[Mapping[str, CodeClass]] = {
    # The channel is in trouble, or asks us to slow down.
    "SYSTEMERROR": _C.RETRY1,
    "BANKERROR": _C.RETRY1,
    "FREQUENCYLIMITED": _C.RETRY1,
    "FREQUENCYLIMITEXCEED": _C.RETRY1,
    "RATELIMITEXCEEDED": _C.RETRY1,
    "RATELIMITEXCEED": _C.RETRY1,
    "NOTSUPPORTCARD": _C.SWITCH,
    # Limits of the contract and risk control; RULE_LIMIT is told apart by its text, see `_refined`.
    "RULELIMIT": _C.LIMIT,
    "ACCOUNTERROR": _C.RISK,
    # The customer.
    "NOTENOUGH": _C.CUST,
    "AUTHCODEEXPIRE": _C.CUST,
    "AUTHCODEINVALID": _C.CUST,
    "AUTHCODEERROR": _C.CUST,
    "BUYERMISMATCH": _C.CUST,
    "OPENIDMISMATCH": _C.CUST,
    "PAYERERROR": _C.CUST,
    # Ambiguous: the customer is typing the password, or WeChat does not know itself.
    "USERPAYING": _C.QUERY,
    "TRADEERROR": _C.QUERY,
    # The number.
    "ORDERPAID": _C.PAID,
    "OUTTRADENOUSED": _C.PAID,
    "ORDERCLOSED": _C.RENEW,
    "ORDERREVERSED": _C.RENEW,
    # Our configuration or a mistake in our request.
    "SIGNERROR": _C.CONFIG,
    "NOAUTH": _C.CONFIG,
    "APPIDMCHIDNOTMATCH": _C.CONFIG,
    "MCHNOTEXISTS": _C.CONFIG,
    "APPIDNOTEXIST": _C.CONFIG,
    "PARAMERROR": _C.CONFIG,
    "INVALIDREQUEST": _C.CONFIG,
    "INVALIDTRANSACTIONID": _C.CONFIG,
    "XMLFORMATERROR": _C.CONFIG,
    "NOTUTF8": _C.CONFIG,
    "RESOURCENOTEXISTS": _C.CONFIG,
    # On a refund: the order that shall be paid back is not there, which only a person can explain.
    "ORDERNOTEXIST": _C.CONFIG,
}
"""Normalised code -> class. Source: the error tables of WeChat Pay's API v3 pages for the calls used here."""

BY_OPERATION: Final[Mapping[Operation, Mapping[str, CodeClass]]] = {
    # Nothing to be learnt about an order from "not found" here: it was to be created just now.
    Operation.CREATE: {"ORDERNOTEXIST": _C.SWITCH},
    Operation.QUERY: {},
    # "Invalid request" about a close is about the order's state, not about our configuration: ask.
    Operation.CLOSE: {"INVALIDREQUEST": _C.QUERY},
    Operation.REFUND: {
        # "Paid", "closed" or "number used" about a refund: the refund may exist. Same number, ask.
        "ORDERPAID": _C.QUERY,
        "ORDERCLOSED": _C.QUERY,
        "ORDERREVERSED": _C.QUERY,
        "OUTTRADENOUSED": _C.QUERY,
        # The *merchant's* balance: mended by topping up, then the same number again.
        "NOTENOUGH": _C.LIMIT,
        # The documentation of the refund call: the customer's account was closed, the refund is refused for good.
        "USERACCOUNTABNORMAL": _C.CUST,
        # Card and account words of the payment calls prove nothing about a refund.
        "ACCOUNTERROR": _C.QUERY,
        "AUTHCODEEXPIRE": _C.QUERY,
        "AUTHCODEINVALID": _C.QUERY,
        "AUTHCODEERROR": _C.QUERY,
        "BUYERMISMATCH": _C.QUERY,
        "OPENIDMISMATCH": _C.QUERY,
        "PAYERERROR": _C.QUERY,
    },
    Operation.QUERY_REFUND: {},
}
"""Where an operation reads a code differently from `CODES`."""

DETAILS: Final[Mapping[str, CodeClass]] = {
    "268449538": _C.PAID,
    "268498689": _C.PAID,
    "268447914": _C.RENEW,  # the order has expired
    "268498688": _C.RENEW,  # the same number with other parameters
    "268443715": _C.MAINT,  # the merchant is disabled
    "268448010": _C.MAINT,  # 收款功能已被限制: the merchant may not receive
    "268447840": _C.RETRY1,  # too many calls
}
"""The number at the end of `Request-ID` names the sub-reason of a vague code such as INVALID_REQUEST."""

_VAGUE: Final = frozenset({"INVALIDREQUEST", "NOAUTH", "RULELIMIT", "TRADEERROR", "OUTTRADENOUSED"})
"""Codes that say little by themselves. A precise one (SIGN_ERROR, MCH_NOT_EXISTS) is not overruled by a number."""

NOT_FOUND: Final[Mapping[Operation, frozenset[str]]] = {
    Operation.CREATE: frozenset(),
    Operation.QUERY: frozenset({"ORDERNOTEXIST", "RESOURCENOTEXISTS"}),
    Operation.CLOSE: frozenset({"ORDERNOTEXIST", "RESOURCENOTEXISTS"}),
    Operation.REFUND: frozenset(),
    Operation.QUERY_REFUND: frozenset({"RESOURCENOTEXISTS", "ORDERNOTEXIST", "REFUNDNOTEXISTS"}),
}

_TOO_OFTEN: Final = frozenset({"FREQUENCYLIMITED", "FREQUENCYLIMITEXCEED", "RATELIMITEXCEEDED", "RATELIMITEXCEED"})
_RISK_WORDS: Final = ("风险", "风控", "异常", "违规", "欺诈")
_RECEIVING_RESTRICTED: Final = "收款功能已被限制"
_OTHER_PARAMETERS: Final = ("参数不一致", "重入")

_MESSAGE_LENGTH: Final = 200


def normalise(code: str) -> str:
    """`ORDER_PAID`, `orderpaid` -> `ORDERPAID`."""
    return code.replace("_", "").upper()


def classify(operation: Operation, *, status: int, code: str, message: str, detail: str, genuine: bool) -> Outcome:
    """What an error answer with a readable body proves.

    `detail` is the number from `Request-ID`; `genuine` whether the answer carried a valid signature. Some of WeChat's
    entry points leave error answers unsigned. Such an answer may guide us, but it never ends a refund and never
    says that an order does not exist.
    """
    message = message[:_MESSAGE_LENGTH]
    outcome = _classified(operation, status, code, message, detail)
    if not genuine and _ends_something(operation, outcome):
        return Outcome(kind=OutcomeKind.UNKNOWN, code=code, message=message)
    return outcome


def unreadable_error(operation: Operation, status: int) -> Outcome:
    """An error answer that is not WeChat's JSON: a proxy's page, a load balancer's 502."""
    code = f"http_{status}"
    if status == 429:
        return outcome_of(CodeClass.RETRY1, code=code, message="", operation=operation)
    if status >= 500:
        return outcome_of(CodeClass.RETRY1, code=code, message="", operation=operation, may_exist=True)
    return Outcome(kind=OutcomeKind.UNKNOWN, code=code)


def _classified(operation: Operation, status: int, code: str, message: str, detail: str) -> Outcome:
    name = normalise(code)
    if name in NOT_FOUND[operation]:
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=code, message=message)
    code_class = _class_of(operation, name, message, detail)
    if code_class is None:
        return _unheard_of(operation, status, code, message)
    outcome = outcome_of(code_class, code=code, message=message, operation=operation, may_exist=status >= 500)
    # "You call too often" is about us, not about the channel's health: it must not open the breaker at once.
    return msgspec.structs.replace(outcome, listed=False) if name in _TOO_OFTEN else outcome


def _class_of(operation: Operation, name: str, message: str, detail: str) -> CodeClass | None:
    """The most specific word wins: the sub-reason, then the operation, then the text, then the code itself."""
    if operation is not Operation.REFUND and detail in DETAILS and (name in _VAGUE or name not in CODES):
        return DETAILS[detail]
    if name in BY_OPERATION[operation]:
        return BY_OPERATION[operation][name]
    return by_text(name, message)


def by_text(name: str, message: str) -> CodeClass | None:
    """The class of a (normalised) code, refined by the text beside it; None for a code that nobody has listed."""
    if _RECEIVING_RESTRICTED in message:
        return CodeClass.MAINT
    if name == "RULELIMIT" and any(word in message for word in _RISK_WORDS):
        return CodeClass.RISK
    if name == "OUTTRADENOUSED" and any(word in message for word in _OTHER_PARAMETERS):
        return CodeClass.RENEW
    return CODES.get(name)


def _unheard_of(operation: Operation, status: int, code: str, message: str) -> Outcome:
    """Safe by construction: never "refused" where money may have moved, never "dead" without a known word."""
    if operation is Operation.CREATE and 400 <= status < 500:
        return outcome_of(CodeClass.SWITCH, code=code, message=message, operation=operation)
    code_class = CodeClass.RETRY1 if status >= 500 else CodeClass.QUERY
    return outcome_of(code_class, code=code, message=message, operation=operation, may_exist=True)


_ENDING: Final[Mapping[Operation, frozenset[OutcomeKind]]] = {
    Operation.CREATE: frozenset(),
    Operation.QUERY: frozenset({OutcomeKind.NOT_FOUND}),
    # A close answer is never evidence; it is queried after in any case.
    Operation.CLOSE: frozenset(),
    Operation.REFUND: frozenset({OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_ORDER}),
    Operation.QUERY_REFUND: frozenset({OutcomeKind.NOT_FOUND}),
}


def _ends_something(operation: Operation, outcome: Outcome) -> bool:
    return outcome.kind in _ENDING[operation]
