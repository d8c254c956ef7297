"""Huifu's `resp_code`s, as data: which class each belongs to, for which operation, and by which words.

One code of Huifu's often has many meanings that only its description tells apart ("90000000" is a daily limit, risk
control, a closed function, or an empty account), so a code's class may depend on words; without known words it falls
into the class that is safe for the operation. The classes are explained in `connectors/codes.py`. A code that is not in
here is QUERY: nothing is known, ask.

Source: the code lists of the pages jspay, scanpay/query, close, closequery, refund and refundquery, and Huifu's FAQ
for the descriptions that WeChat and Alipay give. 10000015, 10000016 and 10000018 come from examples and older pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.domain.outcome import Outcome, OutcomeKind

TAKEN: Final = frozenset({"00000000", "00000100"})
"""The call was taken. What became of the money stands in `trans_stat` alone."""
NO_SUCH_TRADE: Final = "23000001"

_C = CodeClass
_O = Operation


class ByWords(msgspec.Struct, frozen=True):
    """The class of a code whose description decides: the first class one of whose words stands in it."""

    words: tuple[tuple[CodeClass, tuple[str, ...]], ...]
    otherwise: CodeClass

    def read(self, message: str) -> CodeClass:
        for code_class, words in self.words:
            if any(word in message for word in words):
                return code_class
        return self.otherwise


_LIMIT_WORDS: Final = ("超限", "限额", "提额", "超过单笔", "超出限制")
_RISK_WORDS: Final = ("风险", "风控", "拦截")
_OUT_OF_SERVICE_WORDS: Final = ("已关闭", "冻结", "补齐", "未认证", "未完成认证", "暂停服务", "维护")
_APPID_WORDS: Final = ("sub_mch_id与sub_appid不匹配",)

_FAILED: Final = "90000000"
_ON_CREATE: Final = ByWords(
    words=(
        (_C.RISK, _RISK_WORDS),
        (_C.LIMIT, _LIMIT_WORDS),
        (_C.MAINT, _OUT_OF_SERVICE_WORDS),
        (_C.CONFIG, _APPID_WORDS),
    ),
    # Nobody has seen the order: another channel is always safe. An openid that does not fit its appid falls in here
    # too: it may be one customer's or, with a wrong appid, everybody's.
    otherwise=_C.SWITCH,
)
# A refund has no payer who could refuse it, and Huifu's descriptions do not prove that no money went: whoever looks at
# it finds the same number. (An empty account is filled, and the number goes through.)
_ON_REFUND: Final = ByWords(words=((_C.RISK, _RISK_WORDS),), otherwise=_C.LIMIT)

CODES: Final[Mapping[str, CodeClass | ByWords]] = {
    "10000000": _C.CONFIG,  # a parameter is missing or wrong
    "20000000": _C.PAID,  # number used already: ask what became of it
    "20000001": _C.RETRY1,  # too frequent, or two calls at once
    "21000000": _C.CONFIG,  # parameters that contradict each other
    "22000000": _C.CONFIG,  # product number unknown or out of order
    "22000002": _C.CONFIG,  # merchant unknown or out of order
    "22000003": _C.CONFIG,  # account of the merchant
    "22000004": _C.CONFIG,  # not signed up for this
    "22000005": _C.CONFIG,  # the merchant's set-up at Huifu is incomplete
    "91111119": _C.RETRY1,  # channel trouble: it may have been done all the same
    "98888888": _C.QUERY,  # system error
    "99999999": _C.QUERY,  # system error
}
"""Whatever was asked, unless `BY_OPERATION` knows better."""

BY_OPERATION: Final[Mapping[Operation, Mapping[str, CodeClass | ByWords]]] = {
    _O.CREATE: {
        # A day that has just ended, or an expiry that has just passed, is this order's matter and not the account's.
        "10000000": ByWords(words=((_C.RENEW, ("已超时", "订单时间", "当前日期")),), otherwise=_C.CONFIG),
        "23000003": ByWords(words=((_C.LIMIT, ("不足以支付",)),), otherwise=_C.CONFIG),  # too small for the fee
        "23000004": _C.CONFIG,  # trade type not supported
        _FAILED: _ON_CREATE,
    },
    _O.QUERY: {},
    _O.CLOSE: {
        "10000015": _C.QUERY,  # younger than a minute: later
        "10000016": _C.PAID,  # at its end already, paid or dead: ask
        "10000018": _C.QUERY,
        "20000001": ByWords(words=((_C.QUERY, ("一分钟",)),), otherwise=_C.RETRY1),
        "23000000": _C.PAID,  # the order, or an earlier close of it, is at its end: ask
        "23000004": _C.QUERY,  # UnionPay and e-CNY orders cannot be closed
        _FAILED: _C.QUERY,
    },
    _O.REFUND: {
        "20000000": _C.QUERY,
        "23000000": _C.RETRY1,  # the payment is not booked yet
        NO_SUCH_TRADE: _C.CONFIG,
        "23000002": _C.CONFIG,
        # "More than can be refunded" may be this very refund's own doing, under an answer that was lost.
        "23000003": _C.LIMIT,
        "23000004": _C.CONFIG,
        "91111119": _C.QUERY,
        _FAILED: _ON_REFUND,
    },
    _O.QUERY_REFUND: {},
}
"""Where the same code means something else for one operation, or belongs to that operation alone."""

_ASKS_FOR_A_TRADE: Final = frozenset({_O.QUERY, _O.CLOSE, _O.QUERY_REFUND})
_MAY_BE_DONE: Final = frozenset({"91111119"})
_HINTS: Final = frozenset({_C.CONFIG, _C.RETRY1})
"""What an unsigned answer may say outside of create: these prove nothing about an order or a refund."""
_LONGEST_MESSAGE: Final = 200


def classify(code: str, message: str, operation: Operation) -> CodeClass:
    """The class of a refusal. QUERY for whatever is not known."""
    found = BY_OPERATION.get(operation, {}).get(code) or CODES.get(code, _C.QUERY)
    return found.read(message) if isinstance(found, ByWords) else found


def refusal(code: str, message: str, operation: Operation, *, signed: bool) -> Outcome:
    """What a refusing answer proves.

    An unsigned one is a hint: enough to go on to another channel when creating (nobody has seen the order), never
    enough to believe that an order does not exist, is closed or is paid, or that a refund is refused.
    """
    message = message[:_LONGEST_MESSAGE]
    if signed and code == NO_SUCH_TRADE and operation in _ASKS_FOR_A_TRADE:
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=code, message=message)
    found = classify(code, message, operation)
    if not signed and operation is not _O.CREATE and found not in _HINTS:
        found = _C.QUERY
    return outcome_of(
        found, code=code or "no_resp_code", message=message, operation=operation, may_exist=code in _MAY_BE_DONE
    )
