"""Alipay's error codes, as data: which class each belongs to, and what it means for which operation.

Source: the sub_code lists of alipay.trade.precreate / query / close / refund, and the gateway's own codes. The
classes are explained in `connectors/codes.py`. A code that is not in here is QUERY: nothing is known, ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.domain.outcome import Outcome, OutcomeKind

SUCCESS: Final = "10000"
BUSINESS_FAILED: Final = "40004"
WAITING: Final = "10003"
"""trade.pay only: the trade is made, and Alipay asks the customer for the password."""

_C = CodeClass

_UNAVAILABLE: Final = ("SYSTEM_ERROR", "isp.unknow-error", "unknow-error", "isp.unknown-error", "unknown-error")
"""Alipay's own trouble (the misspelling is Alipay's). Whatever was asked may have been done all the same."""

GATEWAY_CODES: Final[Mapping[str, CodeClass]] = {
    WAITING: _C.QUERY,
    "20000": _C.RETRY1,  # service unavailable: it may have been done all the same
    "20001": _C.CONFIG,  # authorisation token
    "40001": _C.CONFIG,  # a parameter is missing
    "40002": _C.CONFIG,  # a parameter, the signature or the app id is wrong
    "40005": _C.RETRY1,  # too many calls
    "40006": _C.CONFIG,  # no permission: the product is not signed up for
}
"""By `code`, when `sub_code` says nothing more precise."""


def _classed(code_class: CodeClass, names: Iterable[str]) -> dict[str, CodeClass]:
    return dict.fromkeys(names, code_class)


SUB_CODES: Final[Mapping[str, CodeClass]] = {
    **_classed(
        _C.RETRY1,
        (
            *_UNAVAILABLE,
            "REFUND_CHARGE_ERROR",
            "PAYMENT_FAIL",  # one retry, then another channel: exactly what RETRY1 does
        ),
    ),
    **_classed(_C.SWITCH, ("PULL_MOBILE_CASHIER_FAIL", "NOT_SUPPORT_PAYMENT_INST", "UN_SUPPORT_TRADE_SCENE")),
    **_classed(
        _C.MAINT,
        (
            "MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT",
            "SELLER_BEEN_BLOCKED",
            "MERCHANT_STATUS_NOT_NORMAL",
            "MERCHANT_AGREEMENT_INVALID",
            "MERCHANT_AGREEMENT_NOT_EXIST",
            "SECONDARY_MERCHANT_STATUS_ERROR",
            "SECONDARY_MERCHANT_ISV_PUNISH_INDIRECT",
        ),
    ),
    **_classed(
        _C.LIMIT,
        (
            "BEYOND_PAY_RESTRICTION",
            "BEYOND_PER_RECEIPT_RESTRICTION",
            "BEYOND_PER_RECEIPT_DAY_RESTRICTION",
            "BEYOND_PER_RECEIPT_SINGLE_RESTRICTION",
            "MERCHANT_PERM_RECEIPT_DAY_LIMIT",
            "MERCHANT_PERM_RECEIPT_SINGLE_LIMIT",
            "PRODUCT_AMOUNT_LIMIT_ERROR",
            "RESTRICTED_MERCHANT_INDUSTRY",
            "TOTAL_FEE_EXCEED",
            "REQUEST_AMOUNT_EXCEED",
        ),
    ),
    **_classed(
        _C.RISK,
        (
            "PAYMENT_REQUEST_HAS_RISK",
            "BUYER_ENABLE_STATUS_FORBID",
            "CUSTOMER_VALIDATE_ERROR",
            "isv.suspected-attack",
            # A word in the subject that Alipay does not allow. It is about this order's text: as CONFIG it would
            # take the whole channel out, as SWITCH it would count as illness, and another Alipay account would
            # refuse it too. RISK does what helps: no harm to health, one other method.
            "EXIST_FORBIDDEN_WORD",
        ),
    ),
    **_classed(
        _C.CUST,
        (
            "BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR",
            "BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR",
            "BUYER_BALANCE_NOT_ENOUGH",
            "BUYER_BANKCARD_BALANCE_NOT_ENOUGH",
            "ERROR_BALANCE_PAYMENT_DISABLE",
            "PAYMENT_AUTH_CODE_INVALID",
            "MOBILE_PAYMENT_SWITCH_OFF",
            "USER_FACE_PAYMENT_SWITCH_OFF",
            "NO_PAYMENT_INSTRUMENTS_AVAILABLE",
            "NOT_CERTIFIED_USER",
            "ERROR_BUYER_CERTIFY_LEVEL_LIMIT",
            "BUYER_NOT_MAINLAND_CERT",
            "PAYER_UNMATCHED",
            "BUYER_SELLER_EQUAL",
            "BUYER_NOT_EXIST",
            "USER_LOGONID_DUP",
        ),
    ),
    **_classed(
        _C.QUERY,
        (
            "TRADE_STATUS_ERROR",
            "REASON_TRADE_STATUS_INVALID",
            "TRADE_NOT_EXIST",
            "CANCEL_NOT_ALLOWED",
            "TRADE_CANCEL_TIME_OUT",
            "REASON_TRADE_BEEN_FREEZEN",
        ),
    ),
    **_classed(_C.PAID, ("TRADE_HAS_SUCCESS",)),
    **_classed(
        _C.RENEW,
        (
            "TRADE_HAS_CLOSE",
            "CONTEXT_INCONSISTENT",
            "TRADE_BUYER_NOT_MATCH",
            "NOW_TIME_AFTER_EXPIRE_TIME_ERROR",
            "APPLY_PC_MERCHANT_CODE_ERROR",
        ),
    ),
    **_classed(
        _C.CONFIG,
        (
            "isv.insufficient-isv-permissions",
            "insufficient-isv-permissions",
            "isv.app-cert-expired",
            "app-cert-expired",
            "ACCESS_FORBIDDEN",
            "PARTNER_ERROR",
            "INVALID_PARAMETER",
            "INVALID_RECEIVE_ACCOUNT",
            "SELLER_NOT_EXIST",
            "RISK_MERCHANT_IP_NOT_EXIST",
            "INVALID_STORE_ID",
        ),
    ),
}
"""By `sub_code` without `aop.` and `ACQ.`, whatever was asked, unless `BY_OPERATION` knows better."""

PATTERNS: Final[tuple[tuple[str, str, CodeClass], ...]] = (
    ("isv.", "-call-limited", _C.RETRY1),
    ("isv.missing-", "", _C.CONFIG),
    ("isv.invalid-", "", _C.CONFIG),
    ("CYCLE_PAY_", "_EXCEED", _C.LIMIT),
    ("ZM_", "", _C.CUST),
)
"""Families of codes: beginning, ending, class."""

BY_OPERATION: Final[Mapping[Operation, Mapping[str, CodeClass]]] = {
    Operation.CLOSE: {
        # "The trade is not in a state that can be closed": most likely it is paid. Ask.
        "TRADE_STATUS_ERROR": _C.PAID,
        "REASON_TRADE_STATUS_INVALID": _C.PAID,
        "TRADE_HAS_FINISHED": _C.PAID,
        "TRADE_HAS_CLOSE": _C.RENEW,
    },
    Operation.REFUND: {
        # The refund may have been made: the same number is asked about, then repeated.
        **_classed(_C.QUERY, _UNAVAILABLE),
        # A person must act (fill the account, look at the trade); the same number is tried again later.
        "SELLER_BALANCE_NOT_ENOUGH": _C.LIMIT,
        "DISCORDANT_REPEAT_REQUEST": _C.CONFIG,
        "TRADE_HAS_CLOSE": _C.CONFIG,
        # This number will never pay back.
        "REFUND_AMT_NOT_EQUAL_TOTAL": _C.RENEW,
        "REASON_TRADE_REFUND_FEE_ERR": _C.RENEW,
        "TRADE_NOT_ALLOW_REFUND": _C.RENEW,
        "TRADE_HAS_FINISHED": _C.RENEW,
        "NOT_ALLOW_PARTIAL_REFUND": _C.RENEW,
    },
    # trade.pay: 40004 with any of these codes is final [O: Alipay's own face-to-face demo asks and cancels only after
    # 10003, SYSTEM_ERROR, 20000 and silence].
    Operation.DEBIT: {
        # While creating it is worth one retry; a debit is sent once.
        "PAYMENT_FAIL": _C.SWITCH,
    },
    Operation.REVERSE: {
        # Paid, and out of cancel's reach (another day, partly refunded, settled): refund it instead.
        **_classed(_C.PAID, ("CANCEL_NOT_ALLOWED", "TRADE_CANCEL_TIME_OUT", "TRADE_HAS_FINISHED")),
        # (A frozen trade is neither given back nor beyond reach: QUERY, as in the general table.)
        "TRADE_HAS_CLOSE": _C.RENEW,
        # The money is to go back and our account is empty: a person fills it, the same call again.
        "SELLER_BALANCE_NOT_ENOUGH": _C.LIMIT,
    },
}
"""Where the same code means something else for one operation, or belongs to that operation alone."""

NOT_EXIST: Final = "TRADE_NOT_EXIST"
_ASKS_FOR_A_TRADE: Final = frozenset({Operation.QUERY, Operation.CLOSE, Operation.QUERY_REFUND})
_MAY_BE_DONE: Final = frozenset({"20000", *_UNAVAILABLE})
_SHORTEST_PREFIX: Final = 20
"""Older interfaces cut sub_code at 32 characters; a shorter beginning is not taken for a code."""
_HINTS: Final = frozenset({_C.CONFIG, _C.RETRY1})
"""What an unsigned answer may say outside of create: these prove nothing about an order or a refund. (Of a debit a
configuration error would prove that nothing was taken, of a reversal that nothing was given back: there not even
these are believed unsigned.)"""
_DECIDES_ABOUT_MONEY: Final = frozenset({Operation.DEBIT, Operation.REVERSE})
_MAKES_ORDERS: Final = frozenset({Operation.CREATE, Operation.DEBIT})
_LONGEST_MESSAGE: Final = 200

_KNOWN: Final = frozenset(SUB_CODES).union(*BY_OPERATION.values())


def bare(sub_code: str) -> str:
    """The code's own name: without `aop.`, without `ACQ.` (or Alipay's misprint `AQC.`), and in full length where it
    came cut off and only one known code begins like that."""
    name = sub_code.strip().removeprefix("aop.")
    for prefix in ("ACQ.", "AQC."):
        name = name.removeprefix(prefix)
    if name in _KNOWN or len(name) < _SHORTEST_PREFIX:
        return name
    fits = [known for known in _KNOWN if known.startswith(name)]
    return fits[0] if len(fits) == 1 else name


def classify(code: str, sub_code: str, operation: Operation) -> CodeClass:
    """The class of an error answer. QUERY for whatever is not known."""
    name = bare(sub_code)
    special = BY_OPERATION.get(operation, {}).get(name)
    if special is not None:
        return special
    found = _general_class(name) or GATEWAY_CODES.get(code, _C.QUERY)
    if found is _C.RENEW and operation not in _MAKES_ORDERS:
        # "Use a new number" is about making orders. About a close it would read as "closed", about a refund as
        # "never": only the codes named for those operations say that.
        return _C.QUERY
    if operation is Operation.REFUND:
        return _refund_class(found, code)
    return found


def _refund_class(found: CodeClass, code: str) -> CodeClass:
    if code == "20000":
        return _C.QUERY
    # A refund has no payer who could refuse it: someone must look, and it must not be given up.
    return _C.RISK if found is _C.CUST else found


def _general_class(name: str) -> CodeClass | None:
    if name in SUB_CODES:
        return SUB_CODES[name]
    for beginning, ending, code_class in PATTERNS:
        if name.startswith(beginning) and name.endswith(ending):
            return code_class
    return None


def refusal(code: str, sub_code: str, message: str, operation: Operation, *, signed: bool) -> Outcome:
    """What an error answer proves.

    An unsigned one is a hint: enough to go on to another channel when creating (nobody has seen the order), never
    enough to believe that a trade does not exist, is closed or is paid, or that a refund is refused.
    """
    shown = sub_code or code
    message = message[:_LONGEST_MESSAGE]
    name = bare(sub_code)
    if signed and name == NOT_EXIST and operation in _ASKS_FOR_A_TRADE:
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=shown, message=message)
    found = classify(code, sub_code, operation)
    if not signed and not _enough_unsigned(found, operation):
        found = _C.QUERY
    may_exist = bool(_MAY_BE_DONE & {name, code})
    return outcome_of(found, code=shown, message=message, operation=operation, may_exist=may_exist)


def _enough_unsigned(found: CodeClass, operation: Operation) -> bool:
    if operation in _DECIDES_ABOUT_MONEY:
        return False
    return operation is Operation.CREATE or found in _HINTS
