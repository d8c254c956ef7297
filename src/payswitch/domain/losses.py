"""失败原因: why a payment that has ended was not paid, and who can do something about it.

Of all that happened to a payment one cause is named: the last one that kept the customer from paying. What was shown
and simply not paid is the customer's as far as anybody can tell; a channel that shows what nobody can pay is found by
comparing channels, not by single payments.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import CloseReason, PaymentFile, PaymentState


class Fixer(StrEnum):
    """Who can do something about it."""

    CUSTOMER = "customer"
    US = "us"
    """Our own service or its network."""
    CHANNEL = "channel"
    CONFIGURATION = "configuration"
    """The shop's contracts, limits, keys and policies, as they are set up here."""


class Cause(StrEnum):
    """Why a payment was lost."""

    NOT_PAID = "not_paid"
    PAYER_REFUSED = "payer_refused"
    CANCELLED = "cancelled"
    RISK = "risk"
    CHANNEL_BUSY = "channel_busy"
    CHANNEL_SILENT = "channel_silent"
    UNREACHABLE = "unreachable"
    LIMIT = "limit"
    CONFIG = "config"
    NO_CHANNEL = "no_channel"
    ORDER = "order"
    UNTRUSTED = "untrusted"
    INTERRUPTED = "interrupted"


class CauseText(msgspec.Struct, frozen=True, kw_only=True):
    """A cause in words: what it is, and what whoever can fix it should do."""

    fixer: Fixer
    title: str
    title_zh: str
    advice: str
    advice_zh: str


def _text(fixer: Fixer, title: str, title_zh: str, advice: str, advice_zh: str) -> CauseText:
    return CauseText(fixer=fixer, title=title, title_zh=title_zh, advice=advice, advice_zh=advice_zh)


CAUSE_TEXTS: Final[Mapping[Cause, CauseText]] = {
    Cause.NOT_PAID: _text(
        Fixer.CUSTOMER,
        "shown, not paid",
        "已出示，客户未付款",
        "remind the customer; compare channels: one that stays unpaid more often is ill",
        "可提醒客户付款；请比较各渠道，未付比例明显偏高的渠道可能有故障",
    ),
    Cause.PAYER_REFUSED: _text(
        Fixer.CUSTOMER,
        "refused on the customer's side (balance, password, card)",
        "客户侧拒绝（余额、密码、银行卡）",
        "offer another method on the same page",
        "在收银台引导客户换一种支付方式",
    ),
    Cause.CANCELLED: _text(
        Fixer.CUSTOMER,
        "cancelled by the customer or the shop",
        "客户或店铺取消",
        "nothing to mend; look at where in the checkout customers leave",
        "无需修复；可查看客户在收银台哪一步离开",
    ),
    Cause.RISK: _text(
        Fixer.CUSTOMER,
        "declined by the channel's risk control",
        "被渠道风控拒绝",
        "offer one other method; many at once: ask the channel's service desk",
        "引导客户使用其他方式；短时间大量出现时请联系渠道客服",
    ),
    Cause.CHANNEL_BUSY: _text(
        Fixer.CHANNEL,
        "the channel was busy or in maintenance",
        "渠道繁忙或维护",
        "report the error codes to the channel; keep a second channel for this product",
        "将错误码反馈给渠道；为该产品保留第二个渠道",
    ),
    Cause.CHANNEL_SILENT: _text(
        Fixer.CHANNEL,
        "the channel did not answer in time",
        "渠道超时无应答",
        "report times and numbers to the channel; keep a second channel for this product",
        "将时间与单号反馈给渠道；为该产品保留第二个渠道",
    ),
    Cause.UNREACHABLE: _text(
        Fixer.US,
        "the channel could not be reached (DNS, connection, TLS)",
        "无法连接渠道（DNS、连接、TLS）",
        "look at the network, DNS and firewall of this service",
        "检查本服务的网络、DNS 与防火墙",
    ),
    Cause.LIMIT: _text(
        Fixer.CONFIGURATION,
        "over a limit of the contract",
        "超出合同限额",
        "have the limit raised, or send such amounts to a channel that takes them",
        "申请提额，或将该金额段分配给其他渠道",
    ),
    Cause.CONFIG: _text(
        Fixer.CONFIGURATION,
        "refused for the configuration (signature, permission, parameters)",
        "配置问题被拒（签名、权限、参数）",
        "run `payswitch doctor`: it names the wrong key or the missing permission",
        "运行 payswitch doctor，会指出错误的密钥或缺少的权限",
    ),
    Cause.NO_CHANNEL: _text(
        Fixer.CONFIGURATION,
        "no channel could take it",
        "没有可用渠道",
        "sign up a channel for this environment, method and amount",
        "为该环境、支付方式与金额开通渠道",
    ),
    Cause.ORDER: _text(
        Fixer.US,
        "the number could not be used any more",
        "渠道侧单号不可用",
        "look at the payment's timeline",
        "查看支付单时间线",
    ),
    Cause.UNTRUSTED: _text(
        Fixer.CHANNEL,
        "the channel's answer could not be believed",
        "渠道应答不可信",
        "check the channel's keys; see the incidents",
        "核对渠道密钥，查看事件记录",
    ),
    Cause.INTERRUPTED: _text(
        Fixer.US,
        "interrupted before anything was shown",
        "出示前中断",
        "look at restarts and the service's log",
        "检查服务重启记录与日志",
    ),
}

_NEVER_SHOWN: Final[Mapping[OutcomeKind, Cause]] = {
    OutcomeKind.REFUSED_CHANNEL: Cause.CHANNEL_BUSY,
    OutcomeKind.UNKNOWN: Cause.CHANNEL_SILENT,
    OutcomeKind.NOT_FOUND: Cause.CHANNEL_SILENT,
    OutcomeKind.NOT_SENT: Cause.UNREACHABLE,
    OutcomeKind.REFUSED_LIMIT: Cause.LIMIT,
    OutcomeKind.REFUSED_PAYER: Cause.PAYER_REFUSED,
    OutcomeKind.REFUSED_RISK: Cause.RISK,
    OutcomeKind.REFUSED_CONFIG: Cause.CONFIG,
    OutcomeKind.REFUSED_ORDER: Cause.ORDER,
    OutcomeKind.DUPLICATE: Cause.ORDER,
    OutcomeKind.UNTRUSTED: Cause.UNTRUSTED,
}
_SAID_BY_THE_PAYER: Final = {OutcomeKind.REFUSED_PAYER: Cause.PAYER_REFUSED, OutcomeKind.REFUSED_RISK: Cause.RISK}


def cause_of(file: PaymentFile) -> Cause | None:
    """Why this payment was lost; None while it is open, and when it was paid."""
    if file.payment.state is not PaymentState.CLOSED:
        return None
    if not file.for_customer:
        return Cause.NO_CHANNEL
    kinds = [attempt.outcome.kind for attempt in reversed(file.for_customer) if attempt.outcome is not None]
    refused = next((_SAID_BY_THE_PAYER[kind] for kind in kinds if kind in _SAID_BY_THE_PAYER), None)
    if refused is not None:
        return refused
    if file.payment.close_reason is CloseReason.CANCELLED:
        return Cause.CANCELLED
    if any(attempt.exposed_at_ms is not None for attempt in file.attempts):
        return Cause.NOT_PAID
    return next((_NEVER_SHOWN[kind] for kind in kinds if kind in _NEVER_SHOWN), Cause.INTERRUPTED)
