"""An epay platform says why in free Chinese text; its `code` only says yes or no. So the words are the table.

The classes are explained in `connectors/codes.py`. Text that is not known is the operation's safe class: another
channel while creating (a definite refusal before anybody saw a credential), nothing known about a query or a close,
and for a refund a person, never "refused for good".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.domain.outcome import Outcome, OutcomeKind

_C = CodeClass

Words = tuple[tuple[CodeClass, tuple[str, ...]], ...]
"""Tried in this order: the more telling words first ("the merchant's daily limit" is a limit)."""

_CONFIG_WORDS: Final = ("签名", "验签", "商户", "密钥", "pid", "key", "域名", "未授权", "时间戳", "timestamp", "参数")

WORDS: Final[Mapping[Operation, Words]] = {
    Operation.CREATE: (
        (_C.PAID, ("已支付", "已完成支付", "重复支付")),
        (_C.RENEW, ("订单号重复", "订单号已存在", "订单已关闭", "订单已存在")),
        (_C.RISK, ("风控", "风险", "黑名单", "异常交易")),
        (
            _C.LIMIT,
            ("限额", "额度", "最大支付金额", "最小支付金额", "金额不能大于", "金额不能小于", "超过最大", "低于最小"),
        ),
        (_C.MAINT, ("维护", "暂停收款", "暂停支付")),
        (_C.CONFIG, _CONFIG_WORDS),
    ),
    Operation.QUERY: ((_C.CONFIG, _CONFIG_WORDS),),
    Operation.CLOSE: (
        (_C.PAID, ("已支付", "已完成支付")),
        (_C.CONFIG, _CONFIG_WORDS),
    ),
    # "Not supported" and an unknown cause need a person under the same number; nothing here ends a refund: the text
    # is free, and after an unanswered call even "already refunded" may mean that this very refund went through.
    Operation.REFUND: (
        (_C.LIMIT, ("余额不足", "余额不够")),
        (_C.CONFIG, _CONFIG_WORDS),
    ),
    Operation.QUERY_REFUND: ((_C.CONFIG, _CONFIG_WORDS),),
}
DEFAULTS: Final[Mapping[Operation, CodeClass]] = {
    Operation.CREATE: _C.SWITCH,
    Operation.QUERY: _C.QUERY,
    Operation.CLOSE: _C.QUERY,
    Operation.REFUND: _C.CONFIG,
    Operation.QUERY_REFUND: _C.QUERY,
}
_UNKNOWN_NUMBER: Final[Mapping[Operation, re.Pattern[str]]] = {
    **dict.fromkeys(
        (Operation.QUERY, Operation.CLOSE),
        re.compile("订单(?:号|编号|信息)?(?:不存在|未找到)|(?:未找到|找不到|没有找到)(?:该|此|相关)?订单"),
    ),
    Operation.QUERY_REFUND: re.compile("退款(?:单|单号|订单|记录|订单号)?(?:不存在|未找到)"),
}
"""Narrow on purpose: "商户不存在" says nothing about the order."""
_HINTS: Final = frozenset({_C.CONFIG, _C.RETRY1})
LONGEST_MESSAGE: Final = 200


def classify(message: str, operation: Operation) -> CodeClass:
    """The class of a refusal by its words; the operation's safe class when they say nothing known."""
    text = message.lower()
    for code_class, words in WORDS.get(operation, ()):
        if any(word in text for word in words):
            return code_class
    return DEFAULTS.get(operation, _C.QUERY)


def refusal(code: str, message: str, operation: Operation, *, believed: bool) -> Outcome:
    """What a "no" proves. `believed` is False for an unsigned answer of a protocol that signs (V2): a hint, enough to
    go on to another channel while creating, never enough to say that an order or refund does not exist or is paid."""
    message = message[:LONGEST_MESSAGE]
    code = code[:LONGEST_MESSAGE]
    if believed and _is_unknown_number(message, operation):
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=code, message=message)
    found = classify(message, operation)
    if not believed and operation is not Operation.CREATE and found not in _HINTS:
        found = _C.QUERY
    return outcome_of(found, code=code, message=message, operation=operation)


def _is_unknown_number(message: str, operation: Operation) -> bool:
    pattern = _UNKNOWN_NUMBER.get(operation)
    return pattern is not None and pattern.search(message) is not None


def unreadable(operation: Operation, code: str) -> Outcome:
    """An answer that is not the protocol's (a firewall's page, a PHP error, a 502): it may have been done."""
    code_class = _C.QUERY if operation is Operation.REFUND else _C.RETRY1
    return outcome_of(code_class, code=code, message="", operation=operation, may_exist=True)


def http_trouble(operation: Operation, status: int) -> Outcome:
    """Platforms answer 200 whatever they say; anything else comes from a machine in front of them."""
    if status >= 500 or status == 429:
        return unreadable(operation, f"http_{status}")
    return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{status}")
