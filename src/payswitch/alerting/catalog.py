"""Every rule with its defaults: on from the first minute, each threshold with its unit and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from payswitch.domain.alert import AlertRule, Family, RuleSetting, Severity

_R, _F, _S = AlertRule, Family, Severity


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One number that a merchant may set."""

    default: float
    least: float
    most: float
    unit: str
    en: str
    zh: str


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a rule beside its code."""

    family: Family
    severity: Severity
    calm_s: int
    """Resolved only after it has been silent for so long: what flaps is one alert."""
    en: str
    zh: str
    about_en: str
    about_zh: str
    thresholds: Mapping[str, Threshold] = {}


def _t(default: float, least: float, most: float, unit: str, en: str, zh: str) -> Threshold:
    return Threshold(default=default, least=least, most=most, unit=unit, en=en, zh=zh)


_LEAST_CALLS = _t(20, 5, 10_000, "calls", "at least so many calls", "最少调用次数")

CATALOG: Final[Mapping[AlertRule, RuleInfo]] = {
    _R.SUCCESS_LOW: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=120,
        en="Success is low",
        zh="支付成功率过低",
        about_en="Paid payments of those that were paid or that a channel (or we) stood in the way of, per shop. What "
        "payers decide is in neither.",
        about_zh="按店铺：已支付 /（已支付 + 因渠道或我方未支付）。付款人自身原因不计入。",
        thresholds={
            "below": _t(0.95, 0.5, 0.999, "share", "below this success rate", "成功率低于"),
            "minutes": _t(10, 2, 120, "min", "over the last minutes", "统计时长"),
            "payments": _t(20, 5, 10_000, "payments", "at least so many payments", "最少支付笔数"),
        },
    ),
    _R.SUCCESS_FALLEN: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=0,
        en="Success has fallen",
        zh="支付成功率下降",
        about_en="A sequential test of each shop against its own last weeks: works at one order a minute. See "
        "docs/reference/alerts.md.",
        about_zh="逐笔序贯检验：每家店铺与自己过去几周比较，每分钟一单也有效。",
        thresholds={
            "months": _t(1, 0.1, 12, "months", "false alarms are further apart than", "误报间隔不短于"),
        },
    ),
    _R.CHANNEL_FAILING: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.WARNING,
        calm_s=20,
        en="A channel fails",
        zh="渠道失败率升高",
        about_en="Create calls that a channel failed (timeouts, busy, 5xx), per channel and product, with a "
        "statistical guard against chance.",
        about_zh="按渠道与产品：下单调用中渠道侧失败（超时、繁忙、5xx）的比例，带统计显著性检验。",
        thresholds={
            "above": _t(0.05, 0.005, 0.9, "share", "more than this fails", "失败率高于"),
            "calls": _LEAST_CALLS,
        },
    ),
    _R.BREAKER_OPEN: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=10,
        en="A breaker is open",
        zh="渠道已熔断",
        about_en="The switch takes no new payments to a channel's product; resolved when it is healthy again.",
        about_zh="切换已将新支付移出该渠道产品；恢复健康后自动解除。",
    ),
    _R.NO_TRAFFIC: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=0,
        en="No payments come",
        zh="没有支付进来",
        about_en="None came for so long that the shop's own pattern (same hours of the last two weeks) would have "
        "brought many.",
        about_zh="按店铺过去两周同时段的规律本应有多笔支付，却一笔都没有。",
        thresholds={
            "expected": _t(15, 5, 1_000, "payments", "when so many would have come", "本应到来的笔数"),
            "minutes": _t(5, 1, 1_440, "min", "and none for so long", "且至少持续"),
        },
    ),
    _R.SLOW: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.WARNING,
        calm_s=120,
        en="A channel is slow",
        zh="渠道响应变慢",
        about_en="The time within which 95 % of a channel's create calls were answered.",
        about_zh="渠道下单调用响应时间的 P95。",
        thresholds={
            "p95_ms": _t(1_000, 50, 60_000, "ms", "p95 above", "P95 高于"),
            "calls": _LEAST_CALLS,
        },
    ),
    _R.MONEY_UNKNOWN: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=30,
        en="Money is in doubt",
        zh="款项状态未知",
        about_en="Debits of which nobody knows whether they happened, older than a moment, together above an amount.",
        about_zh="已发起但结果未知的扣款，超过一定时长且合计超过一定金额。",
        thresholds={
            "amount_fen": _t(100_000, 1, 10_000_000_000, "fen", "together at least", "合计金额不低于"),
            "seconds": _t(120, 10, 86_400, "s", "the oldest for so long", "最早一笔已持续"),
        },
    ),
    _R.EVENTS_FAILING: RuleInfo(
        family=_F.EVENTS,
        severity=_S.WARNING,
        calm_s=30,
        en="A shop does not take its events",
        zh="商户通知投递失败",
        about_en="Events (webhooks) that a shop has refused again and again, or that were given up.",
        about_zh="商户系统多次未接收的通知，或已放弃投递的通知。",
        thresholds={
            "minutes": _t(5, 1, 4_320, "min", "the oldest waits for", "最早一条已等待"),
            "tries": _t(3, 1, 20, "tries", "after so many tries", "已尝试次数"),
        },
    ),
    _R.SURPLUS_OPEN: RuleInfo(
        family=_F.MONEY,
        severity=_S.CRITICAL,
        calm_s=0,
        en="A double payment is not refunded yet",
        zh="重复支付尚未退回",
        about_en="Money received twice goes back by itself within a minute; this one has not.",
        about_zh="重复收到的款项应在一分钟内自动退回，仍有未退回的。",
        thresholds={"seconds": _t(120, 30, 86_400, "s", "the oldest waits for", "最早一笔已等待")},
    ),
    _R.REFUNDS_ABNORMAL: RuleInfo(
        family=_F.MONEY,
        severity=_S.WARNING,
        calm_s=0,
        en="Refunds need a person",
        zh="异常退款待人工处理",
        about_en="Refunds that do not go through by themselves.",
        about_zh="无法自动完成的退款。",
        thresholds={"count": _t(1, 1, 10_000, "refunds", "at least so many", "笔数不少于")},
    ),
    _R.CERTIFICATE_ENDS: RuleInfo(
        family=_F.CONTRACTS,
        severity=_S.WARNING,
        calm_s=0,
        en="A certificate ends soon",
        zh="证书即将到期",
        about_en="Certificates of channels; critical in the last days.",
        about_zh="渠道证书到期提醒，最后几天升级为严重。",
        thresholds={
            "days": _t(30, 1, 365, "days", "so many days before", "提前天数"),
            "critical_days": _t(7, 0, 365, "days", "critical in the last", "严重：最后天数"),
        },
    ),
    _R.QUOTA_ENDS: RuleInfo(
        family=_F.CONTRACTS,
        severity=_S.WARNING,
        calm_s=0,
        en="A channel's limit is nearly used up",
        zh="渠道限额即将用尽",
        about_en="Day and month caps of contracts; routing takes payments elsewhere once they are used up.",
        about_zh="渠道日/月限额；用尽后路由会绕开该渠道。",
        thresholds={"share": _t(0.9, 0.1, 1.0, "share", "used more than", "已用比例高于")},
    ),
    _R.CHANNEL_REFUSED: RuleInfo(
        family=_F.PAYMENTS,
        severity=_S.CRITICAL,
        calm_s=0,
        en="A channel refuses our configuration",
        zh="渠道拒绝我方配置",
        about_en="Signature, permission or parameters refused, or answers that are not believed, in the last day.",
        about_zh="最近一天内：签名、权限或参数被渠道拒绝，或收到不可信的应答。",
        thresholds={"hours": _t(6, 1, 72, "h", "shown for so long after the last one", "最近一次之后保留")},
    ),
    _R.BILL_MISSING: RuleInfo(
        family=_F.BOOKS,
        severity=_S.WARNING,
        calm_s=0,
        en="A bill is missing",
        zh="对账单缺失",
        about_en="Yesterday's bill of a channel could not be fetched long after its hour, or is refused.",
        about_zh="某渠道的对账单过了出账时间很久仍无法获取，或被拒绝。",
        thresholds={"hours": _t(6, 1, 72, "h", "so long after the first try", "首次尝试后")},
    ),
    _R.AUDIT_VIOLATION: RuleInfo(
        family=_F.BOOKS,
        severity=_S.CRITICAL,
        calm_s=0,
        en="An audit check does not hold",
        zh="审计不变量不成立",
        about_en="The hourly audit of all invariants; resolved by a full audit that finds nothing.",
        about_zh="每小时的不变量审计；全量审计通过后解除。",
    ),
    _R.RECEIVER_DEAD: RuleInfo(
        family=_F.RECEIVERS,
        severity=_S.CRITICAL,
        calm_s=0,
        en="Alerts do not arrive",
        zh="告警无法送达",
        about_en="A receiver did not take its last messages: told to the others.",
        about_zh="某接收人连续未收到告警消息，改由其他接收人告知。",
        thresholds={"failures": _t(3, 1, 50, "tries", "failed tries in a row", "连续失败次数")},
    ),
}


class Settings:
    """Thresholds and switches of all merchants: what was set, over the defaults."""

    def __init__(self, stored: Iterable[RuleSetting] = ()) -> None:
        self._stored = {(one.merchant_id, one.rule): one for one in stored}

    def enabled(self, merchant_id: str, rule: AlertRule) -> bool:
        found = self._stored.get((merchant_id, rule))
        return found is None or found.enabled

    def value(self, merchant_id: str, rule: AlertRule, name: str) -> float:
        """KeyError for a name that the rule does not have."""
        default = CATALOG[rule].thresholds[name].default
        found = self._stored.get((merchant_id, rule))
        return default if found is None else found.thresholds.get(name, default)

    def stored(self, merchant_id: str, rule: AlertRule) -> RuleSetting | None:
        return self._stored.get((merchant_id, rule))
