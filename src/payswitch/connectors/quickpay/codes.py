"""收银宝's result codes, as data: which class each belongs to, and what a message in words says.

`retcode` tells only whether the message was understood. `trxstatus` tells what became of the transaction. Its list is
not confirmed with Allinpay (README.md): therefore everything that is not named here is QUERY, which proves nothing,
and an account can class codes anew (`trxstatus_classes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.connectors.quickpay.wire import clean_message
from payswitch.domain.outcome import Outcome, OutcomeKind

SUCCESS: Final = "0000"
SMS_SENT: Final = "1999"
PROCESSING: Final = frozenset({"2000", "2008"})
NOT_EXIST: Final = "1001"
NOT_UNDERSTOOD: Final = "FAIL"
"""`retcode`, not `trxstatus`: the message was not taken."""

_C = CodeClass

TRXSTATUS: Final[Mapping[str, CodeClass]] = {
    "3014": _C.LIMIT,  # 交易金额小于应收手续费: too small an amount for this contract
    "3031": _C.CUST,  # 校验实名信息失败: name, identity number and card do not belong together
    "3050": _C.RENEW,  # 交易已被撤销: the merchant cancelled it
    "3088": _C.RENEW,  # 交易未支付: the time to pay is over
    "3089": _C.QUERY,  # 撤销异常: a cancel that went wrong
    "3099": _C.MAINT,  # 渠道商户错误: the merchant's registration behind Allinpay is not in order
    "3888": _C.PAID,  # 流水号重复: the number was used already; what became of it only a query tells
}
"""By code. 3045, 3889 and 3999 are "other errors, see the message", as every 3xxx code that is not listed."""

_CONFIG_WORDS: Final = ("签名", "验签", "商户号", "商户不存在", "应用不存在", "appid", "参数", "权限", "未开通", "必填")

_WRONG_SMS_CODE: Final = "验证码"
_NO_AGREEMENT: Final = ("协议不存在", "协议已失效", "协议已解除", "已解约")
"""The card is not signed up (any more): the customer ended it at the bank, say. Not the channel's illness."""

_WORDS: Final[tuple[tuple[CodeClass, tuple[str, ...]], ...]] = (
    # Time ran out somewhere behind Allinpay: whatever else the message says, nothing is known.
    (_C.QUERY, ("超时", "处理中", "状态未知", "结果未知", "不支持关闭", "不支持撤销")),
    (_C.PAID, ("已支付", "支付成功", "交易已成功", "交易成功", "流水号重复", "订单号重复", "重复交易")),
    (
        _C.RENEW,
        ("订单已关闭", "交易已关闭", "交易已撤销", "交易已被撤销", "订单已过期", "订单已失效", "验证码错误次数"),
    ),
    (_C.RISK, ("风控", "风险", "可疑", "欺诈", "黑名单")),
    (_C.LIMIT, ("限额", "超限", "超过单笔", "超过日累计", "超出额度", "金额超")),
    (
        _C.CUST,
        ("余额不足", "密码", "用户取消", "卡状态", "已挂失", "卡已过期", "有效期", "卡未开通", "未开通快捷"),
    ),
    (
        _C.CUST,
        (_WRONG_SMS_CODE, "持卡人", "户名", "身份证", "证件", "手机号", "实名", "卡号", "未开通无卡"),
    ),
    (_C.CUST, _NO_AGREEMENT),
    # The code in the customer's wallet, once shown: a new one belongs to a new order. Not confirmed.
    (
        _C.CUST,
        ("付款码无效", "付款码错误", "付款码已过期", "付款码已失效", "刷新付款码", "二维码已过期", "二维码已失效"),
    ),
    (
        _C.CUST,
        ("条码错误", "授权码无效", "授权码错误", "授权码已过期"),
    ),
    (_C.CONFIG, _CONFIG_WORDS),
    (_C.MAINT, ("维护", "商户状态", "商户已停用", "商户已冻结", "日切")),
    (_C.SWITCH, ("系统繁忙", "系统忙", "繁忙", "系统异常", "通道异常", "渠道异常")),
)
"""What a message says, the first that fits. Ambiguous words stand first: a doubt is never talked away."""

_IN_TROUBLE: Final = tuple((found, words) for found, words in _WORDS if found in (_C.MAINT, _C.SWITCH))
"""Words after which a debit is never taken for refused, whatever else the message says."""

_REFUND_WORDS: Final[tuple[tuple[CodeClass, tuple[str, ...]], ...]] = (
    (_C.QUERY, ("超时", "处理中", "状态未知", "结果未知", "重复")),
    # The merchant's own balance: filled up by a person, then the same number again.
    (_C.LIMIT, ("余额不足", "限额", "可用额度")),
    # This amount can never go back under this number.
    (_C.RENEW, ("退款金额超", "大于可退", "超过可退", "超过原交易", "已全额退款")),
    (_C.CONFIG, ("签名", "验签", "参数", "权限", "未开通", "商户")),
)

_SHOWN_WORDS: Final = ("申请不存在", "不支持", "格式错误", "不一致", "不能为空")
"""Nothing follows from these; they only help whoever reads the message."""

_NAMES_THE_END: Final = frozenset({Operation.CREATE, Operation.CLOSE, Operation.QUERY})
"""Where "this number is dead" is about the order that was asked about. For a refund it would mean "never"."""
_HINTS: Final = frozenset({_C.CONFIG, _C.RETRY1})
"""What an unsigned refusal may say outside of create: these prove nothing about an order or a refund."""
_FINAL_FAILURES: Final = frozenset({_C.CUST, _C.LIMIT, _C.RISK})

OVERRIDABLE: Final = "3"
"""Codes that an account may class anew begin with this digit: what means money or waiting stays as it is."""


def _by_words(message: str, table: tuple[tuple[CodeClass, tuple[str, ...]], ...]) -> CodeClass | None:
    text = message.lower()
    return next((code_class for code_class, words in table if any(word in text for word in words)), None)


_ALL_WORDS: Final = tuple(
    dict.fromkeys(word for _, words in (*_WORDS, *_REFUND_WORDS) for word in words) | dict.fromkeys(_SHOWN_WORDS)
)


def known_words(message: str) -> str:
    """The words of these tables that a message contains, and nothing else of it.

    What banks say about a card may name its number, its owner, the owner's papers and phone. Classes come from these
    words alone, so a message that is reduced to them means the same and can hold nothing personal.
    """
    text = message.lower()
    return "、".join(word for word in _ALL_WORDS if word in text)


class Codes:
    """The table as one account sees it."""

    def __init__(self, overrides: Mapping[str, CodeClass] | None = None) -> None:
        self._orders = {**TRXSTATUS, **(overrides or {})}

    def classify(self, status: str, message: str, operation: Operation) -> CodeClass:
        """The class of a `trxstatus` that is neither success nor waiting. QUERY for whatever is not known."""
        if operation in (Operation.REFUND, Operation.QUERY_REFUND):
            # Only what a message says in so many words ends a refund; a code's general class never does.
            return _by_words(message, _REFUND_WORDS) or _C.QUERY
        if not status.startswith(OVERRIDABLE):
            return _C.QUERY
        found = self._orders.get(status) or _by_words(message, _WORDS) or _C.QUERY
        return found if found is not _C.RENEW or operation in _NAMES_THE_END else _C.QUERY

    def refusal(self, status: str, message: str, operation: Operation) -> Outcome:
        """What a signed `trxstatus` proves that is no success."""
        if status == NOT_EXIST and operation in (Operation.QUERY, Operation.CLOSE, Operation.QUERY_REFUND):
            return Outcome(kind=OutcomeKind.NOT_FOUND, code=status, message=clean_message(message))
        if status in PROCESSING and operation in (Operation.REFUND, Operation.QUERY_REFUND):
            return Outcome(kind=OutcomeKind.PENDING, code=status)
        found = self.classify(status, message, operation)
        return outcome_of(found, code=status or "no_trxstatus", message=clean_message(message), operation=operation)

    def debit_refusal(self, status: str, message: str) -> Outcome:
        """The same for a call that debits: only a refusal that names the payer's, the limit's, risk control's or our
        own fault is believed; "busy", "used already" and everything else leave the money unknown. Never transient:
        the call must not be repeated by itself."""
        found = self.classify(status, message, Operation.CREATE)
        if found is _C.PAID or _by_words(message, _IN_TROUBLE):
            found = _C.QUERY
        outcome = outcome_of(
            found,
            code=status or "no_trxstatus",
            message=clean_message(message),
            operation=Operation.CREATE,
            may_exist=True,
        )
        return debit_word(asks_for_another_code(outcome, message))

    def no_such_agreement(self, status: str, message: str) -> bool:
        """Whether a signed answer says that the card is not signed up."""
        return status.startswith(OVERRIDABLE) and any(word in message for word in _NO_AGREEMENT)

    def dead(self, status: str, message: str) -> bool:
        """Whether a query's answer says that its order can never be paid any more."""
        return self.classify(status, message, Operation.QUERY) is _C.RENEW

    def failed_for_good(self, status: str, message: str) -> bool:
        """Whether a quick payment with this status has failed: nobody can pay it but another call of ours.

        A wrong SMS code is no such end: the customer types again, and that confirmation may be on its way already.
        """
        if _WRONG_SMS_CODE in message:
            return False
        return self.classify(status, message, Operation.QUERY) in _FINAL_FAILURES


def asks_for_another_code(outcome: Outcome, message: str) -> Outcome:
    """Mark a payer's refusal that was only about the SMS code: nothing was done, and another code may be given."""
    if outcome.kind is OutcomeKind.REFUSED_PAYER and _WRONG_SMS_CODE in message:
        return msgspec.structs.replace(outcome, ask_consent=True)
    return outcome


def debit_word(outcome: Outcome) -> Outcome:
    """An outcome of a call that may debit, as it may be told: never "do the same again", and a message that was not
    understood proves nothing."""
    kind = OutcomeKind.UNKNOWN if outcome.code == NOT_UNDERSTOOD else outcome.kind
    return msgspec.structs.replace(outcome, kind=kind, transient=False)


def not_understood(message: str, operation: Operation, *, signed: bool) -> Outcome:
    """`retcode=FAIL`: the call was not taken, or not understood, or something broke on the way.

    While creating it is worth one more try; the order may exist all the same. It never says that an order is dead or
    a refund refused.
    """
    config = _by_words(message, ((_C.CONFIG, _CONFIG_WORDS),))
    found = config or (_C.RETRY1 if operation is Operation.CREATE else _C.QUERY)
    if not signed and operation is not Operation.CREATE and found not in _HINTS:
        found = _C.QUERY
    return outcome_of(found, code=NOT_UNDERSTOOD, message=clean_message(message), operation=operation, may_exist=True)
