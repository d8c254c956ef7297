"""One sentence for what each rule found, and one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from payswitch.domain.alert import AlertRule, Facts
from payswitch.kit.money import yuan_from_fen

_R = AlertRule


class Words(NamedTuple):
    zh: str
    en: str

    def of(self, *, zh: bool) -> str:
        return self.zh if zh else self.en


def _percent(value: object) -> str:
    return f"{float(str(value)) * 100:.1f}%"


def _code(facts: Facts) -> str:
    return f"，最近错误 {facts['error']}" if facts.get("error") else ""


def _code_en(facts: Facts) -> str:
    return f", last error {facts['error']}" if facts.get("error") else ""


def _breaker_open(f: Facts, zh: bool) -> str:
    if zh:
        return f"{f['channel']}（{f['product']}）已熔断：{f['reason_zh'] or '渠道侧连续失败'}{_code(f)}"
    return f"{f['channel']} ({f['product']}) is out: {f['reason_en'] or 'failures of the channel'}{_code_en(f)}"


def _channel_failing(f: Facts, zh: bool) -> str:
    if zh:
        return f"{f['channel']}（{f['product']}）{f['calls']} 次调用中失败 {_percent(f['rate'])}{_code(f)}"
    return f"{f['channel']} ({f['product']}) failed {_percent(f['rate'])} of {f['calls']} calls{_code_en(f)}"


def _slow(f: Facts, zh: bool) -> str:
    if zh:
        return f"{f['channel']}（{f['product']}）响应变慢：P95 {f['p95_ms']} 毫秒（阈值 {f['above_ms']} 毫秒）"
    return f"{f['channel']} ({f['product']}) is slow: p95 {f['p95_ms']} ms, above {f['above_ms']} ms"


def _success_low(f: Facts, zh: bool) -> str:
    if zh:
        return (
            f"{f['shop']} 最近 {f['minutes']} 分钟成功率 {_percent(f['rate'])}，低于 {_percent(f['below'])}"
            f"（{f['paid']} 笔已支付，{f['failed']} 笔因渠道失败）"
        )
    return (
        f"{f['shop']}: {_percent(f['rate'])} success in {f['minutes']} minutes, below {_percent(f['below'])} "
        f"({f['paid']} paid, {f['failed']} failed by channels)"
    )


def _success_fallen(f: Facts, zh: bool) -> str:
    if zh:
        why = "渠道侧失败增多" if f["chart"] == "ours" else "出示后未支付的增多"
        return (
            f"{f['shop']} 成功率由平时 {_percent(f['usual'])} 降至 {_percent(f['rate'])}（{why}，{f['failed']} 笔未成）"
        )
    why = "channels fail more" if f["chart"] == "ours" else "more codes stay unpaid"
    return f"{f['shop']}: success fell from {_percent(f['usual'])} to {_percent(f['rate'])} ({why}; {f['failed']} lost)"


def _no_traffic(f: Facts, zh: bool) -> str:
    if zh:
        return f"{f['shop']} 已 {f['minutes']} 分钟没有新支付，按往常规律应有约 {f['expected']} 笔"
    return f"{f['shop']}: no payment for {f['minutes']} minutes; its pattern would have brought about {f['expected']}"


def _money_unknown(f: Facts, zh: bool) -> str:
    amount = yuan_from_fen(int(f["risk_fen"]))
    if zh:
        return f"{f['count']} 笔扣款结果未知，共 ¥{amount}（{f['channels']}）"
    return f"{f['count']} debits of unknown end, ¥{amount} together ({f['channels']})"


def _events_failing(f: Facts, zh: bool) -> str:
    error = f"：{f['error']}" if f.get("error") else ""
    if zh:
        dead = f"，另有 {f['dead']} 条已放弃" if f["dead"] else ""
        return f"{f['shop']} 有 {f['count']} 条通知未被接收{dead}{error}"
    dead = f", {f['dead']} were given up" if f["dead"] else ""
    return f"{f['shop']} has not taken {f['count']} events{dead}{error.replace('：', ': ')}"


def _surplus_open(f: Facts, zh: bool) -> str:
    amount = yuan_from_fen(int(f["risk_fen"]))
    return (
        f"{f['count']} 笔重复支付尚未退回，共 ¥{amount}"
        if zh
        else f"{f['count']} double payments not refunded, ¥{amount}"
    )


def _refunds_abnormal(f: Facts, zh: bool) -> str:
    amount = yuan_from_fen(int(f["risk_fen"]))
    return f"{f['count']} 笔退款需人工处理，共 ¥{amount}" if zh else f"{f['count']} refunds need a person, ¥{amount}"


def _certificate_ends(f: Facts, zh: bool) -> str:
    if f["ended"]:
        return f"{f['channel']} 的证书 {f['key']} 已过期" if zh else f"{f['channel']}: {f['key']} has ended"
    if zh:
        return f"{f['channel']} 的证书 {f['key']} 还有 {f['days']} 天到期"
    return f"{f['channel']}: {f['key']} ends in {f['days']} days"


def _quota_ends(f: Facts, zh: bool) -> str:
    used, cap = yuan_from_fen(int(f["used_fen"])), yuan_from_fen(int(f["cap_fen"]))
    if zh:
        period = "今日" if f["period"] == "day" else "本月"
        return f"{f['channel']} {period}限额已用 {_percent(f['share'])}（¥{used} / ¥{cap}）"
    period = "today's" if f["period"] == "day" else "this month's"
    return f"{f['channel']}: {_percent(f['share'])} of {period} limit is used (¥{used} of ¥{cap})"


def _channel_refused(f: Facts, zh: bool) -> str:
    return f"{f['channel']} 拒绝我方配置或应答不可信：{f['detail']}" if zh else f"{f['channel']}: {f['detail']}"


def _bill_missing(f: Facts, zh: bool) -> str:
    return f"{f['channel']} 的对账单缺失：{f['detail']}" if zh else f"{f['channel']}: no bill: {f['detail']}"


def _audit_violation(f: Facts, zh: bool) -> str:
    more = "+" if f["more"] else ""
    if zh:
        return f"审计 {f['number']} 不成立：{f['title_zh']}（{f['rows']}{more} 处）"
    return f"Audit {f['number']} does not hold: {f['title']} ({f['rows']}{more} rows)"


def _receiver_dead(f: Facts, zh: bool) -> str:
    if zh:
        return f"接收人 {f['receiver']} 连续 {f['failures']} 次未收到告警：{f['error']}"
    return f"Receiver {f['receiver']} did not take {f['failures']} messages in a row: {f['error']}"


SENTENCES: Final[Mapping[AlertRule, Callable[[Facts, bool], str]]] = {
    _R.BREAKER_OPEN: _breaker_open,
    _R.CHANNEL_FAILING: _channel_failing,
    _R.SLOW: _slow,
    _R.SUCCESS_LOW: _success_low,
    _R.SUCCESS_FALLEN: _success_fallen,
    _R.NO_TRAFFIC: _no_traffic,
    _R.MONEY_UNKNOWN: _money_unknown,
    _R.EVENTS_FAILING: _events_failing,
    _R.SURPLUS_OPEN: _surplus_open,
    _R.REFUNDS_ABNORMAL: _refunds_abnormal,
    _R.CERTIFICATE_ENDS: _certificate_ends,
    _R.QUOTA_ENDS: _quota_ends,
    _R.CHANNEL_REFUSED: _channel_refused,
    _R.BILL_MISSING: _bill_missing,
    _R.AUDIT_VIOLATION: _audit_violation,
    _R.RECEIVER_DEAD: _receiver_dead,
}

ACTIONS: Final[Mapping[AlertRule, Words]] = {
    _R.BREAKER_OPEN: Words(
        "无需立即操作，切换会自动探测恢复；若持续，请联系该渠道客服",
        "nothing at once: the switch probes it back by itself; if it lasts, call the channel's support",
    ),
    _R.CHANNEL_FAILING: Words(
        "在渠道页查看错误码，必要时停用该渠道",
        "look at the codes on the channel's page; disable the channel if need be",
    ),
    _R.SLOW: Words(
        "检查到该渠道的网络；若持续，将其移到后面的档位", "check the network to it; if it lasts, move it a tier down"
    ),
    _R.SUCCESS_LOW: Words(
        "打开失败分析，看是哪个渠道、哪类错误", "open the failures page: which channel, which class of error"
    ),
    _R.SUCCESS_FALLEN: Words(
        "用手机试付一笔，并查看失败分析", "make one payment yourself on a phone, then open the failures page"
    ),
    _R.NO_TRAFFIC: Words(
        "打开店铺下一单，检查店铺到支付接口的调用是否报错", "place an order in the shop: do its calls to the API fail?"
    ),
    _R.MONEY_UNKNOWN: Words(
        "不要让顾客重复付款；在支付页查询这些支付，或联系渠道",
        "let nobody pay again; query these payments, or call the channel",
    ),
    _R.EVENTS_FAILING: Words(
        "检查店铺的通知地址与证书，修复后重发通知", "check the shop's callback address, then resend the events"
    ),
    _R.SURPLUS_OPEN: Words(
        "在退款页查看受阻原因，常见为渠道商户余额不足",
        "open the refunds page: most often the merchant's balance is short",
    ),
    _R.REFUNDS_ABNORMAL: Words("在退款页按每笔的提示处理", "follow the advice beside each of them on the refunds page"),
    _R.CERTIFICATE_ENDS: Words(
        "在渠道商户平台更新证书，再在渠道页轮换密钥",
        "renew it at the channel, then rotate the keys on the channel's page",
    ),
    _R.QUOTA_ENDS: Words(
        "向渠道申请提额，或在策略中提高备用渠道的份额",
        "ask the channel for more, or give others a larger share in the policy",
    ),
    _R.CHANNEL_REFUSED: Words(
        "运行渠道体检，核对商户号、密钥与权限", "run the channel's check-up: merchant number, keys, permissions"
    ),
    _R.BILL_MISSING: Words(
        "在对账页重新获取；若被拒绝，检查账单权限", "fetch it again; if it is refused, check the permission for bills"
    ),
    _R.AUDIT_VIOLATION: Words(
        "立即查看审计结果，勿手工改动数据", "look at the audit's rows now, and change nothing by hand"
    ),
    _R.RECEIVER_DEAD: Words(
        "检查该接收人的地址、密钥与关键词，然后点“测试”", "check its address, key and keywords, then press Test"
    ),
}
