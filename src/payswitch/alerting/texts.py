"""The words: what, since when, money at risk, what the switch already did, one thing to do, one link. zh and en."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from payswitch.alerting.catalog import CATALOG
from payswitch.alerting.sentences import ACTIONS, SENTENCES, Words
from payswitch.domain.alert import Alert, AlertGroup, AlertRule, Language, Message, NoticeKind, Severity
from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen

MOST_SENTENCES: Final = 5
_ORDER: Final = list(AlertRule)

_SEVERITY: Final = {
    Severity.CRITICAL: Words("严重", "CRITICAL"),
    Severity.WARNING: Words("警告", "WARNING"),
    Severity.INFO: Words("提示", "INFO"),
}
_KIND: Final = {
    NoticeKind.RAISED: Words("", ""),
    NoticeKind.UPDATED: Words("更新", "UPDATE"),
    NoticeKind.AGAIN: Words("再次发生", "AGAIN"),
    NoticeKind.ESCALATED: Words("升级：无人确认", "ESCALATED, nobody has acknowledged"),
    NoticeKind.RESOLVED: Words("已恢复", "RESOLVED"),
    NoticeKind.TEST: Words("测试", "TEST"),
    NoticeKind.REPORT: Words("报告", "REPORT"),
}
_LINK: Final = Words("查看告警", "Open in the console")


def message(
    group: AlertGroup, alerts: Sequence[Alert], kind: NoticeKind, language: Language, public_url: str, now_ms: int
) -> Message:
    """What one receiver reads about a group. `alerts` are those it is about, at least one."""
    zh = language is Language.ZH
    shown = sorted(alerts, key=_importance)
    lines = [_sentence(alert, zh=zh) for alert in shown[:MOST_SENTENCES]]
    if len(shown) > MOST_SENTENCES:
        more = len(shown) - MOST_SENTENCES
        lines.append(f"另有 {more} 项" if zh else f"and {more} more")
    lines += _times(group, shown, kind, zh=zh, now_ms=now_ms)
    lines += _money(shown, kind, zh=zh)
    lines += _done(shown, zh=zh)
    if kind is not NoticeKind.RESOLVED:
        action = ACTIONS[shown[0].rule]
        lines.append(f"建议：{action.zh}" if zh else f"Do: {action.en}")
    return Message(
        title=_title(group, shown, kind, zh=zh),
        lines=tuple(lines),
        link=f"{public_url}/console/alerts/{group.group_id}",
        link_text=_LINK.of(zh=zh),
        kind=kind,
        severity=group.severity,
    )


def test_message(receiver_name: str, language: Language, public_url: str) -> Message:
    """What the test button sends: the form of an alert, and the word test in it."""
    zh = language is Language.ZH
    return Message(
        title=f"【测试】PaySwitch 告警：{receiver_name}" if zh else f"[TEST] PaySwitch alerts: {receiver_name}",
        lines=(
            "这是一条测试消息，没有发生任何故障。" if zh else "This is a test, nothing is wrong.",
            "收到它，说明签名、关键词与网络均已就绪。" if zh else "It arrived: signature, keywords and network work.",
        ),
        link=f"{public_url}/console/alerts",
        link_text=_LINK.of(zh=zh),
        kind=NoticeKind.TEST,
        severity=Severity.INFO,
    )


def sentence(alert: Alert, language: Language) -> str:
    """What one alert says, for lists."""
    return _sentence(alert, zh=language is Language.ZH)


def action(rule: AlertRule, language: Language) -> str:
    return ACTIONS[rule].of(zh=language is Language.ZH)


def _importance(alert: Alert) -> tuple[int, int, int]:
    """The worst first; of equal ones what is nearest to the customer's money, then the oldest."""
    return (-alert.severity.rank, _ORDER.index(alert.rule), alert.since_ms)


def _sentence(alert: Alert, *, zh: bool) -> str:
    said = SENTENCES[alert.rule](alert.facts, zh)
    if alert.resolved_at_ms is None:
        return said
    return f"{said}（已恢复）" if zh else f"{said} (over)"


def _title(group: AlertGroup, shown: Sequence[Alert], kind: NoticeKind, *, zh: bool) -> str:
    info = CATALOG[shown[0].rule]
    about = str(shown[0].facts.get("channel") or shown[0].facts.get("shop") or "")
    head = _KIND[kind].of(zh=zh) or _SEVERITY[group.severity].of(zh=zh)
    what = info.zh if zh else info.en
    more = ""
    if len(shown) > 1:
        more = f" 等 {len(shown)} 项" if zh else f" and {len(shown) - 1} more"
    return (
        f"【{head}】{about} {what}{more}".replace("】 ", "】") if zh else f"[{head}] {what}: {about}{more}".rstrip(": ")
    )


def _times(group: AlertGroup, shown: Sequence[Alert], kind: NoticeKind, *, zh: bool, now_ms: int) -> list[str]:
    since_ms = min(alert.since_ms for alert in shown)
    end_ms = group.resolved_at_ms or now_ms
    began, lasted = _moment(since_ms, now_ms), _duration(end_ms - since_ms, zh=zh)
    if kind is NoticeKind.RESOLVED:
        return [
            f"{began} 至 {_moment(end_ms, now_ms)}，历时 {lasted}"
            if zh
            else f"{began} to {_moment(end_ms, now_ms)}, {lasted}"
        ]
    return [f"始于 {began}，已持续 {lasted}" if zh else f"Since {began}, for {lasted}"]


def _money(shown: Sequence[Alert], kind: NoticeKind, *, zh: bool) -> list[str]:
    """The largest amount that one of them names: several rules mean the same money."""
    risk_fen = max(int(alert.facts.get("risk_fen", 0)) for alert in shown)
    if not risk_fen or kind is NoticeKind.RESOLVED:
        return []
    return [f"涉及金额：¥{yuan(risk_fen)}" if zh else f"Money at risk: ¥{yuan(risk_fen)}"]


def _done(shown: Sequence[Alert], *, zh: bool) -> list[str]:
    """What the switch did by itself; per channel once, however many rules speak of it."""
    lanes = {alert.subject: alert.facts for alert in shown if "moved" in alert.facts}
    moved, saved, saved_fen = (
        sum(int(facts[name]) for facts in lanes.values()) for name in ("moved", "saved", "saved_fen")
    )
    if not lanes:
        return []
    if not moved:
        return ["已自动处理：新支付改走其他渠道" if zh else "Done already: new payments go to other channels"]
    if zh:
        return [f"已自动处理：{moved} 笔切换到其他渠道，其中 {saved} 笔已支付（¥{yuan(saved_fen)}）"]
    return [f"Done already: {moved} payments moved to other channels, {saved} of them paid (¥{yuan(saved_fen)})"]


def yuan(fen: int) -> str:
    """`1,299.00`."""
    whole, _, cents = yuan_from_fen(fen).partition(".")
    return f"{int(whole):,}.{cents}"


def _moment(at_ms: int, now_ms: int) -> str:
    """Beijing time; the date only when it is another day."""
    at = beijing(at_ms)
    return at.strftime("%H:%M:%S" if at.date() == beijing(now_ms).date() else "%m-%d %H:%M")


def _duration(ms: int, *, zh: bool) -> str:
    seconds = max(0, ms // 1_000)
    for size, word_zh, word_en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"{seconds // size} {word_zh}" if zh else f"{seconds // size} {word_en}"
    return f"{seconds} 秒" if zh else f"{seconds} s"
