"""Every reason code with one line for people, in Chinese and in English.

A code may carry a detail after a colon (`rule:large-amount`); its line shows it. Whoever adds a code adds its line
here; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXCLUSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "other_merchant": ("属于其他商户", "belongs to another merchant"),
    "disabled": ("渠道已停用", "the channel is disabled"),
    "environment": ("当前支付环境中不可用", "cannot be used where the customer's screen is"),
    "not_signed": ("该账户未签约此产品", "the account has no contract for this product"),
    "unsupported": ("连接器不支持该产品", "the connector does not offer this product"),
    "method_not_allowed": ("本单未允许该支付方式", "the payment does not allow this method"),
    "product_not_allowed": ("本单未允许该支付产品", "the payment does not allow this product"),
    "needs_consent": (
        "须先取得顾客的付款码或 Apple Pay 授权",
        "needs the customer's payment code or Apple Pay token first",
    ),
    "other_consent": ("顾客已给出的授权不适用于该产品", "does not take the consent that the customer gave"),
    "method_refused": (
        "付款方或风控已拒绝该支付方式，不再静默尝试",
        "the payer or risk control refused this method: never tried again silently",
    ),
    "needs_buyer_id": ("缺少顾客在该钱包的用户号", "the wallet's id of the customer is not known"),
    "needs_agreement": ("顾客未在该渠道签约银行卡", "the customer has signed up no card at this channel"),
    "needs_openid": ("缺少顾客的 openid", "the customer's openid is not known"),
    "needs_openid_of": (
        "缺少顾客在 {detail} 下的 openid",
        "the customer's openid under the appid {detail} is not known",
    ),
    "amount_too_small": ("低于最小金额", "the amount is below the minimum"),
    "amount_too_large": ("超过最大金额", "the amount is above the maximum"),
    "expiry_too_short": (
        "支付单剩余时间短于该产品允许的最短有效期",
        "less time is left of the payment than the shortest life that this product lets an order have",
    ),
    "daily_cap": ("将超过当日限额", "the daily cap would be exceeded"),
    "monthly_cap": ("将超过当月限额", "the monthly cap would be exceeded"),
    "learned_cap": (
        "该渠道近期拒绝过 {detail} 分及以上的金额（限额），尚有其他可用渠道",
        "it lately refused {detail} fen and more as over its limit, and others are left",
    ),
    "customer_risk": (
        "该顾客今日已被此渠道的风控拒绝，不换账户再试",
        "risk control refused this customer here today: never tried again over another account",
    ),
    "not_for_this_shop": ("该渠道不供此店铺使用", "the channel is for other shops"),
    "maintenance": ("计划维护中", "planned maintenance is on"),
    "rule_only": ("规则限定了其他渠道", "a rule allows only other channels"),
    "breaker_open": ("熔断中，尚有其他可用渠道", "its breaker is open and others are left"),
    "breaker_probing": ("恢复探测中，尚有其他可用渠道", "it is being probed back and others are left"),
    "already_failed": ("本单已在此失败，尚有其他可用渠道", "it failed in this payment and others are left"),
}
"""Why a channel x product is not in the plan."""

RANKS: Final[Mapping[str, tuple[str, str]]] = {
    "tier": ("优先级：{detail}", "tier {detail}"),
    "rule": ("规则「{detail}」使其靠前", "put first by the rule `{detail}`"),
    "avoid": ("规则「{detail}」使其靠后", "put last by the rule `{detail}`"),
    "split": ("分流份额：{detail}", "takes the share `{detail}` of the split"),
    "split_by": ("分流比例由规则「{detail}」决定", "its share of the split is set by the rule `{detail}`"),
    "probe": ("恢复探测：以一笔支付试探", "recovery probe: this payment tries it"),
    "shadow": (
        "影子探测：另下一单试探，不向任何人出示，随后关闭",
        "shadow probe: an order beside the real one, shown to nobody and closed",
    ),
    "same_upstream": ("与刚失败的渠道同一上游，靠后", "ranked lower: same upstream as the one that just failed"),
    "sibling_sick": (
        "同一账户的其他产品正在熔断，靠后",
        "ranked lower: another product of the account has an open breaker",
    ),
    "degraded": ("有异常迹象：不参与试探分流", "weak signs of trouble: no experiments with it"),
    "slow_answers": ("响应明显变慢，同级靠后", "ranked lower in its tier: it answers much more slowly than usual"),
    "suspect": ("疑似故障，靠后", "ranked lower: it seems to be in trouble just now"),
    "not_chosen": ("顾客选择了另一张已签约的银行卡，靠后", "ranked lower: the customer chose another, signed card"),
    "on_request": ("顾客未主动选择该方式，靠后", "ranked last: a method nobody asked for in this payment"),
    "other_product": ("同一渠道另有更合适的产品，靠后", "ranked lower: the channel has a more fitting product here"),
    "last_resort": ("其余渠道均不可用，作为最后选择", "last resort: nothing else is left"),
    "retry_failed": ("其余渠道均不可用，再试一次", "failed before, but nothing else is left"),
}
"""Why a candidate stands where it stands."""

MOVES: Final[Mapping[str, tuple[str, str]]] = {
    "timeouts": ("最近几次调用多数没有可用应答", "too many of the last calls had no usable answer"),
    "consecutive_errors": ("连续失败", "several failures in a row"),
    "error_rate": ("短时错误率超过阈值", "the error rate of the short window is over the threshold"),
    "listed_code": ("渠道自报繁忙或维护", "the channel says of itself that it is busy or in maintenance"),
    "our_side": ("配置或签名被连续拒绝，需人工处理", "refused for configuration or signature: a person must mend it"),
    "probe_due": ("到时间，开始恢复探测", "time to probe it"),
    "probe_failed": ("恢复探测失败，延长熔断", "a probe failed: it stays open for longer"),
    "probes_succeeded": ("恢复探测成功，恢复使用", "the probes succeeded: back in use"),
    "weak_signs": ("错误率偏高，尚未证实", "the error rate looks high, not yet proven"),
    "suspected": (
        "最近几次调用失败或迟迟无应答，以该渠道的一贯表现可能只是波动：暂时靠后",
        "several calls failed or are silent, which may be chance: behind the others until its next good answer",
    ),
    "slow": ("响应明显慢于平时", "answers much more slowly than it usually does"),
    "never_paid": (
        "已出示的支付凭证远低于平时的支付比例",
        "what is shown to customers is not paid, far below its own normal",
    ),
    "signs_gone": ("异常迹象已消失", "the signs of trouble are gone"),
}
"""Why a breaker moved."""

DETAILS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "split": {
        "best": ("最优渠道", "best channel"),
        "warm": ("次优保温", "next best, kept warm"),
        "explore": ("探索其余", "exploring the rest"),
        "learned": ("按学习结果", "as learned"),
    },
    "tier": {"best": ("最优", "best"), "backup": ("备用", "backup"), "bank": ("银行直连", "bank")},
}
"""Details that are words of ours: the shares of the split, the tiers of a policy nobody wrote. Others are shown as they
are."""

REASONS: Final[Mapping[str, tuple[str, str]]] = {**EXCLUSIONS, **RANKS, **MOVES}


FACTS: Final[Mapping[str, tuple[str, str]]] = {
    "customer_new": ("新老客户", "new or returning"),
    "age_band": ("年龄段", "age band"),
    "device": ("设备", "device"),
}
"""What rules may ask about the customer."""

ORIGINS: Final[Mapping[str, tuple[str, str]]] = {
    "given": ("店铺提供", "told by the shop"),
    "derived": ("系统推断", "derived"),
    "unknown": ("未知", "not known"),
}


def explain_fact(name: str, origin: str, value: str) -> tuple[str, str]:
    """(Chinese, English) for one fact of a recorded decision. KeyError for one that nobody described."""
    chinese, english = FACTS[name]
    origin_zh, origin_en = ORIGINS[origin]
    if not value:
        return f"{chinese}：{origin_zh}", f"{english}: {origin_en}"
    return f"{chinese}：{value}（{origin_zh}）", f"{english}: {value} ({origin_en})"


def explain(code: str) -> tuple[str, str]:
    """(Chinese, English) for a reason code with its detail. KeyError for a code that nobody described."""
    name, _, detail = code.partition(":")
    chinese, english = REASONS[name]
    detail_zh, detail_en = DETAILS.get(name, {}).get(detail, (detail, detail))
    return chinese.format(detail=detail_zh), english.format(detail=detail_en)
