"""What can be in the way of a refund that is neither through nor refused, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.domain.outcome import Hurdle, Outcome, OutcomeKind
from payswitch.domain.payment import Refund, RefundState, RefundTrouble
from payswitch.kit.durations import DAY_MS
from payswitch.services.attempts.absent_channel import CODE as NOT_CONFIGURED

ABNORMAL_AFTER_TRIES: Final = 6
"""A refund that the channel has not taken after this many tries needs a person; trying goes on all the same."""

ABNORMAL_AFTER_MS: Final = 5 * DAY_MS
"""A refund that the channel has taken may be on its way to a bank card for three working days (WeChat's own words).
After this long a person should ask the channel where the money is."""


class Advice(msgspec.Struct, frozen=True):
    """What to do, in one sentence."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


_BY_HAND_EN: Final = "or give the money back by hand and settle the refund with a note"
_BY_HAND_ZH: Final = "或线下退还顾客后以备注结清"

ADVICE: Final[Mapping[RefundTrouble, Advice]] = {
    RefundTrouble.BALANCE_SHORT: Advice(
        "top up the merchant's balance at the channel; waiting refunds go through by themselves",
        "请为该渠道商户账户充值，排队中的退款会自动完成",
    ),
    RefundTrouble.PAYEE_VOID: Advice(
        "the card or account that paid takes nothing: send it to another card of the customer's, here or in the "
        f"channel's own console (WeChat: 退款异常处理), {_BY_HAND_EN}",
        f"原支付卡或账户已无法收款：请在此或渠道商户平台（微信：退款异常处理）改退至顾客的其他银行卡，{_BY_HAND_ZH}",
    ),
    RefundTrouble.CHANNEL_GONE: Advice(
        f"put the channel back into the configuration with enabled = false, {_BY_HAND_EN}",
        f"请将该渠道以停用状态恢复配置，{_BY_HAND_ZH}",
    ),
    RefundTrouble.REFUSED: Advice(
        f"mend what the channel complains of (see its code), then retry, {_BY_HAND_EN}",
        f"请按渠道错误码处理后重试，{_BY_HAND_ZH}",
    ),
    RefundTrouble.UNTRUSTED: Advice(
        "the channel's answer is not believed: compare the refund with the channel's own console before anything else",
        "渠道应答不可信：请先与渠道商户平台核对该退款",
    ),
    RefundTrouble.NOT_TAKEN: Advice(
        "the channel has not taken it in many tries: look at the channel's state; trying goes on under the same number",
        "渠道多次未受理：请检查渠道状态；系统仍以同一退款单号重试",
    ),
    RefundTrouble.SLOW: Advice(
        f"the channel took it days ago and has not finished: ask the channel where the money is, {_BY_HAND_EN}",
        f"渠道受理后多日未完成：请向渠道查询款项去向，{_BY_HAND_ZH}",
    ),
}


def trouble_of(refund: Refund, outcome: Outcome, tries: int, now_ms: int) -> RefundTrouble | None:
    """What `outcome` says is in the way; None while waiting is nothing unusual.

    Not being taken, or a confused answer, is unusual at once or soon; being taken and in work for days is not.
    """
    if outcome.merchant_side:
        return _of_merchant_side(outcome, refund, now_ms)
    if outcome.kind is OutcomeKind.UNTRUSTED:
        return RefundTrouble.UNTRUSTED
    if now_ms - refund.created_at_ms >= ABNORMAL_AFTER_MS:
        return RefundTrouble.SLOW
    taken = outcome.kind is OutcomeKind.PENDING or refund.state is RefundState.PROCESSING
    return RefundTrouble.NOT_TAKEN if tries >= ABNORMAL_AFTER_TRIES and not taken else None


def _of_merchant_side(outcome: Outcome, refund: Refund, now_ms: int) -> RefundTrouble:
    if outcome.code == NOT_CONFIGURED:
        return RefundTrouble.CHANNEL_GONE
    if outcome.hurdle is Hurdle.PAYEE:
        return RefundTrouble.PAYEE_VOID
    if outcome.hurdle is Hurdle.BALANCE:
        # Nobody who is told of an empty account leaves it empty for days: then somebody must look at the refund.
        overdue = now_ms - refund.created_at_ms >= ABNORMAL_AFTER_MS
        return RefundTrouble.REFUSED if overdue else RefundTrouble.BALANCE_SHORT
    return RefundTrouble.REFUSED
