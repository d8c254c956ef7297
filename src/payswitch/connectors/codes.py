"""From a channel's error code to what is known about the money: one table for all connectors.

A connector's own `codes.py` says which *class* each of its codes belongs to; the table here says what that class
means for each operation. The same code means different things in different places: "system error" while creating
an order that nobody has seen is harmless, the same words about a refund leave the money unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import Hurdle, LimitScope, Outcome, OutcomeKind


class CodeClass(StrEnum):
    """What a code tells us to do. The words of the channels' error tables."""

    RETRY1 = "retry1"
    """Transient: the same channel once more with the same number."""
    SWITCH = "switch"
    """This channel cannot do it now: another one."""
    MAINT = "maint"
    """Channel or merchant out of service: open the breaker, another one."""
    LIMIT = "limit"
    """An amount or daily limit of the merchant's contract: another one, and learn the cap."""
    RISK = "risk"
    """Risk control declined."""
    CUST = "cust"
    """The customer's own matter: balance, card, cancelled."""
    QUERY = "query"
    """Ambiguous: ask before anything else."""
    PAID = "paid"
    """Says that it is paid already: ask, and believe only the answer."""
    RENEW = "renew"
    """The number is dead at the channel: a new number."""
    CONFIG = "config"
    """Our signature, permission or parameters: alert, channel out, another one."""


class Operation(StrEnum):
    """What was asked of the channel when the code came back."""

    CREATE = "create"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    QUERY_REFUND = "query_refund"
    DEBIT = "debit"
    """The call takes the money itself (pull products)."""
    REVERSE = "reverse"
    """冲正/撤销 of a debit whose result is unknown."""


class _Meaning(msgspec.Struct, frozen=True):
    kind: OutcomeKind
    transient: bool = False
    merchant_side: bool = False


_K = OutcomeKind
_C = CodeClass
_NOTHING_KNOWN = _Meaning(_K.UNKNOWN)
_ASK_AGAIN = _Meaning(_K.UNKNOWN, transient=True)
_PERSON_MUST_MEND = _Meaning(_K.UNKNOWN, merchant_side=True)

_CREATE: Final[Mapping[CodeClass, _Meaning]] = {
    _C.RETRY1: _Meaning(_K.REFUSED_CHANNEL, transient=True),
    _C.SWITCH: _Meaning(_K.REFUSED_CHANNEL),
    _C.MAINT: _Meaning(_K.REFUSED_CHANNEL),
    _C.LIMIT: _Meaning(_K.REFUSED_LIMIT),
    _C.RISK: _Meaning(_K.REFUSED_RISK),
    _C.CUST: _Meaning(_K.REFUSED_PAYER),
    _C.QUERY: _NOTHING_KNOWN,
    _C.PAID: _Meaning(_K.DUPLICATE),
    _C.RENEW: _Meaning(_K.REFUSED_ORDER),
    _C.CONFIG: _Meaning(_K.REFUSED_CONFIG),
}

# A query that fails says nothing about the order, whatever the reason: only our own mistakes are told apart,
# because they need a person.
_QUERY: Final[Mapping[CodeClass, _Meaning]] = {
    **dict.fromkeys(CodeClass, _NOTHING_KNOWN),
    _C.RETRY1: _ASK_AGAIN,
    _C.CONFIG: _Meaning(_K.REFUSED_CONFIG),
}

# "Already closed" is the one refusal that is as good as a success; like every close answer it is queried after.
_CLOSE: Final[Mapping[CodeClass, _Meaning]] = {
    **dict.fromkeys(CodeClass, _NOTHING_KNOWN),
    _C.RETRY1: _ASK_AGAIN,
    _C.PAID: _Meaning(_K.DUPLICATE),
    _C.RENEW: _Meaning(_K.CLOSED),
    _C.CONFIG: _Meaning(_K.REFUSED_CONFIG),
}

# For refunds a REFUSED_* kind means "this number will never pay back" (domain/exchange.py). Only two classes prove
# that. Everything that a person can mend keeps its number and is tried again: a new number could pay back twice.
_REFUND: Final[Mapping[CodeClass, _Meaning]] = {
    _C.RETRY1: _ASK_AGAIN,
    _C.SWITCH: _ASK_AGAIN,
    _C.MAINT: _PERSON_MUST_MEND,
    _C.LIMIT: _PERSON_MUST_MEND,
    _C.RISK: _PERSON_MUST_MEND,
    _C.CUST: _Meaning(_K.REFUSED_PAYER),
    _C.QUERY: _NOTHING_KNOWN,
    _C.PAID: _NOTHING_KNOWN,
    _C.RENEW: _Meaning(_K.REFUSED_ORDER),
    _C.CONFIG: _PERSON_MUST_MEND,
}

_QUERY_REFUND: Final[Mapping[CodeClass, _Meaning]] = {
    **dict.fromkeys(CodeClass, _NOTHING_KNOWN),
    _C.RETRY1: _ASK_AGAIN,
    _C.CONFIG: _PERSON_MUST_MEND,
}

# A debit is sent once: nothing about it is ever worth a second call, and a REFUSED kind is a proof that nothing was
# debited. "Busy" after sending and "paid already" prove nothing: only the question tells.
_DEBIT: Final[Mapping[CodeClass, _Meaning]] = {
    **_CREATE,
    _C.RETRY1: _NOTHING_KNOWN,
    _C.PAID: _NOTHING_KNOWN,
}

# Repeating a reversal is harmless. RENEW: nothing is kept under this number any more. PAID: it is paid, and this is
# not the way to give it back.
_REVERSE: Final[Mapping[CodeClass, _Meaning]] = {
    **_CLOSE,
    _C.LIMIT: _PERSON_MUST_MEND,
}

MEANINGS: Final[Mapping[Operation, Mapping[CodeClass, _Meaning]]] = {
    Operation.CREATE: _CREATE,
    Operation.QUERY: _QUERY,
    Operation.CLOSE: _CLOSE,
    Operation.REFUND: _REFUND,
    Operation.QUERY_REFUND: _QUERY_REFUND,
    Operation.DEBIT: _DEBIT,
    Operation.REVERSE: _REVERSE,
}

_BUSY_WORDS: Final = ("系统繁忙", "系统忙", "服务繁忙", "通道维护", "系统维护", "维护中")


def says_busy(message: str) -> bool:
    """Whether the channel says in so many words that it is busy or in maintenance."""
    return any(word in message for word in _BUSY_WORDS)


_LIMIT_WORDS: Final[tuple[tuple[LimitScope, tuple[str, ...]], ...]] = (
    (LimitScope.LEAST, ("最小", "过小", "低于", "小于", "不足以支付")),
    (LimitScope.MONTH, ("月累计", "单月", "当月", "月限额", "_MONTH_")),
    (LimitScope.DAY, ("日累计", "单日", "当日", "今日", "日限额", "_DAY_")),
    (LimitScope.SINGLE, ("单笔", "_SINGLE_")),
)
"""[M] Words of channels' limit messages and codes, the more telling first. Only a hint for the router, which asks a
channel that it doubts again when nothing else is left."""


def limit_said(code: str, message: str) -> LimitScope | None:
    """Which limit refused, if the channel says so."""
    text = f"{code} {message}"
    return next((scope for scope, words in _LIMIT_WORDS if any(word in text for word in words)), None)


_BALANCE_WORDS: Final = ("余额", "可用额度", "NOT_ENOUGH", "NOTENOUGH")
"""How channels say that the *merchant's* balance does not suffice for a refund: in the code or in the text."""


def _hurdle(code_class: CodeClass, operation: Operation, code: str, message: str) -> Hurdle | None:
    if operation is not Operation.REFUND or code_class is not CodeClass.LIMIT:
        return None
    return Hurdle.BALANCE if any(word in f"{code} {message}" for word in _BALANCE_WORDS) else None


def outcome_of(
    code_class: CodeClass, *, code: str, message: str, operation: Operation, may_exist: bool = False
) -> Outcome:
    """What a classified error code proves.

    `may_exist=True` when the channel may have done it in spite of the error (HTTP 5xx, Alipay 20000): a transient
    create error is then UNKNOWN rather than refused. For a push product that nobody has seen that is harmless,
    but the number has to be closed in the background.
    """
    meaning = MEANINGS[operation][code_class]
    kind = meaning.kind
    if may_exist and operation is Operation.CREATE and kind is OutcomeKind.REFUSED_CHANNEL:
        kind = OutcomeKind.UNKNOWN
    return Outcome(
        kind=kind,
        code=code,
        message=message,
        transient=meaning.transient,
        listed=code_class is CodeClass.MAINT or (_may_list(code_class) and says_busy(message)),
        merchant_side=meaning.merchant_side,
        hurdle=_hurdle(code_class, operation, code, message),
        limit=limit_said(code, message) if kind is OutcomeKind.REFUSED_LIMIT else None,
    )


def _may_list(code_class: CodeClass) -> bool:
    """Busy words count only where the class says that the channel is in trouble, not in a payer's or our refusal."""
    return code_class in (CodeClass.RETRY1, CodeClass.SWITCH, CodeClass.QUERY)


_WORTH_ANOTHER_CALL: Final = frozenset({"connect_failed", "dns_failed", "connection_lost"})
"""Trouble that came fast and may be gone at once: a dropped keep-alive connection, one refused connect. A timeout has
eaten its time already, and a bad certificate stays bad."""


def outcome_of_failure(failure: SendFailure, operation: Operation | None = None) -> Outcome:
    """No complete answer: NOT_SENT when nothing left, else UNKNOWN. The same for every channel and operation, except
    that a debit which may have arrived is never worth another call."""
    once = operation is Operation.DEBIT and failure.sent
    return Outcome(
        kind=OutcomeKind.UNKNOWN if failure.sent else OutcomeKind.NOT_SENT,
        code=failure.code,
        transient=failure.code in _WORTH_ANOTHER_CALL and not once,
    )
