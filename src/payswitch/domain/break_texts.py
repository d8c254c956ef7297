"""What a break means, who has to act, and how: for people, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.reconciliation import BreakKind


class Owner(StrEnum):
    """Who has to act first."""

    OPERATOR = "operator"
    SHOP = "shop"
    CHANNEL = "channel"
    """The operator asks the channel's service desk."""


class BreakText(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    title_zh: str
    owner: Owner
    cause: str
    cause_zh: str
    action: str
    action_zh: str


BREAK_TEXTS: Final[Mapping[BreakKind, BreakText]] = {
    BreakKind.UNPAID_HERE: BreakText(
        title="paid there, not here",
        title_zh="渠道已收款，本系统未入账",
        owner=Owner.OPERATOR,
        cause="the notification was lost, queries did not show it, and the bill's line could not be applied",
        cause_zh="通知丢失、查单未查到，且对账单行未能入账",
        action="ask the channel about the number; reconcile the day again, or refund it in the channel's console",
        action_zh="向渠道核实该单号，重新对账；或在渠道后台原路退款",
    ),
    BreakKind.REVERSED_HERE: BreakText(
        title="reversed here, kept there",
        title_zh="本系统已撤销，渠道仍计收款",
        owner=Owner.CHANNEL,
        cause="the bill has a payment that was reversed here, but not its way back (it may stand in the next bill)",
        cause_zh="对账单有该笔收款，但无对应的撤销/冲正（可能在次日账单中）",
        action="wait for the next bill; after that ask the channel for the reversal, or refund in its console",
        action_zh="等待次日账单；仍无则请渠道核实冲正，或在渠道后台退款",
    ),
    BreakKind.UNKNOWN_PAYMENT: BreakText(
        title="payment unknown here",
        title_zh="渠道有、本系统无此单号",
        owner=Owner.OPERATOR,
        cause="the account also takes payments that do not come from here (a till, another system, an old database)",
        cause_zh="该渠道账号还有其他来源的收款（收银机、其他系统、旧数据库）",
        action="find out who made the number; if nobody did, refund it in the channel's console and rotate the keys",
        action_zh="查明单号来源；无人认领则在渠道后台退款，并轮换密钥",
    ),
    BreakKind.PAYMENT_MISSING_THERE: BreakText(
        title="paid here, not in the bills",
        title_zh="本系统已入账，渠道账单无此笔",
        owner=Owner.CHANNEL,
        cause="neither the bill of its day nor that of the next one has it; the shop may have delivered for nothing",
        cause_zh="当日与次日账单均无此笔；店铺可能已发货却未收款",
        action="ask the channel about the transaction at once; tell the shop to hold the goods",
        action_zh="立即向渠道核实该流水；通知店铺暂缓发货",
    ),
    BreakKind.AMOUNT_DIFFERS: BreakText(
        title="amount differs",
        title_zh="金额不一致",
        owner=Owner.CHANNEL,
        cause="the channel took another amount than the one ordered",
        cause_zh="渠道收款金额与下单金额不同",
        action="ask the channel; until then nothing of this payment should be delivered or refunded",
        action_zh="向渠道核实；核实前勿发货、勿退款",
    ),
    BreakKind.FEE_DIFFERS: BreakText(
        title="fee differs",
        title_zh="手续费不一致",
        owner=Owner.OPERATOR,
        cause="the channel keeps another fee than configured; the ledger has taken the bill's figure",
        cause_zh="渠道实收手续费与配置费率不同；账本已按账单入账",
        action="compare with the contract: correct fee_bp of the channel, or claim the difference from the channel",
        action_zh="对照合同：更正渠道 fee_bp 配置，或向渠道追讨差额",
    ),
    BreakKind.BILLED_TWICE: BreakText(
        title="stands in the bills twice",
        title_zh="账单重复计入",
        owner=Owner.CHANNEL,
        cause="the same number stands in a bill twice, or in the bills of two days",
        cause_zh="同一单号在账单中出现两次，或出现在两天的账单中",
        action="ask the channel whether the money came (or went) twice",
        action_zh="向渠道核实款项是否重复收（退）",
    ),
    BreakKind.UNKNOWN_REFUND: BreakText(
        title="refund unknown here",
        title_zh="渠道有、本系统无此退款",
        owner=Owner.SHOP,
        cause="somebody refunded in the channel's own console, or through another system",
        cause_zh="有人在渠道后台或其他系统发起了退款",
        action="ask the shop who refunded it and why; refund through PaySwitch, so that nothing is paid back twice",
        action_zh="请店铺确认由谁、为何退款；今后请通过本系统退款，避免重复退款",
    ),
    BreakKind.REFUND_UNPAID_HERE: BreakText(
        title="paid back there, not here",
        title_zh="渠道已退款，本系统未记账",
        owner=Owner.OPERATOR,
        cause="the refund is failed or stuck here, and the channel, asked again, did not confirm what its bill says",
        cause_zh="本系统中退款失败或未完成，再次查询时渠道未确认账单所述",
        action="do not refund again; ask the channel about the refund number, then reconcile the day again",
        action_zh="切勿再次退款；向渠道核实该退款单号后重新对账",
    ),
    BreakKind.REFUND_MISSING_THERE: BreakText(
        title="paid back here, not in the bills",
        title_zh="本系统已退款，渠道账单无此笔",
        owner=Owner.CHANNEL,
        cause="neither the bill of its day nor that of the next one has the refund; the customer may wait for it",
        cause_zh="当日与次日账单均无此退款；客户可能仍未收到",
        action="ask the channel about the refund number; tell the customer's service what it says",
        action_zh="向渠道核实该退款单号，并告知客服",
    ),
    BreakKind.REFUND_AMOUNT_DIFFERS: BreakText(
        title="refunded amount differs",
        title_zh="退款金额不一致",
        owner=Owner.CHANNEL,
        cause="the channel paid back another amount than asked for",
        cause_zh="渠道退款金额与申请金额不同",
        action="ask the channel; settle the difference with the customer",
        action_zh="向渠道核实，并与客户结清差额",
    ),
    BreakKind.REFUND_FEE_DIFFERS: BreakText(
        title="fee of the refund differs",
        title_zh="退款手续费不一致",
        owner=Owner.OPERATOR,
        cause="with a refund, a channel gives back between nothing and its share of the fee; this one did otherwise",
        cause_zh="退款时渠道退还的手续费应在零与应退份额之间；此笔不在此范围",
        action="compare with the contract; claim the difference from the channel",
        action_zh="对照合同，向渠道追讨差额",
    ),
}
