"""What the admin API shows of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from payswitch.alerting.catalog import CATALOG
from payswitch.alerting.texts import action, sentence
from payswitch.domain.alert import (
    Alert,
    AlertGroup,
    AlertRule,
    Family,
    GroupState,
    Language,
    Notice,
    NoticeKind,
    NoticeState,
    Severity,
)
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.alerts.alert_watchers import GroupFile, Summary

_FAMILIES: Final[Mapping[Family, tuple[str, str]]] = {
    Family.PAYMENTS: ("Payments", "支付"),
    Family.MONEY: ("Money", "资金"),
    Family.EVENTS: ("Events", "商户通知"),
    Family.CONTRACTS: ("Contracts and limits", "签约与限额"),
    Family.BOOKS: ("Books and bills", "账本与账单"),
    Family.RECEIVERS: ("Alert receivers", "告警接收人"),
}


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """告警: one rule about one subject."""

    alert_id: str
    rule: AlertRule
    rule_title: str
    rule_title_zh: str
    subject: str
    severity: Severity
    text: str
    text_zh: str
    since: str
    raised_at: str
    resolved_at: str | None


class AlertGroupView(msgspec.Struct, frozen=True, kw_only=True):
    """告警组: one outage, however many rules it rang."""

    group_id: str
    merchant_id: str
    family: Family
    state: GroupState
    severity: Severity
    title: str
    title_zh: str
    since: str
    opened_at: str
    resolved_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str
    note: str
    told_at: str | None
    """null: nobody was told yet, or all of it is silenced."""
    reopened: int
    risk_fen: int
    moved: int
    saved: int
    saved_fen: int
    action: str
    action_zh: str
    alerts: list[AlertView]


class AlertNoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one receiver."""

    notice_id: str
    receiver_id: str
    kind: NoticeKind
    state: NoticeState
    title: str
    created_at: str
    delivered_at: str | None
    next_try_at: str | None
    tries: int
    last_error: str


class AlertGroupDetail(msgspec.Struct, frozen=True, kw_only=True):
    group: AlertGroupView
    notices: list[AlertNoticeView]


class AlertGroupList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[AlertGroupView]
    next: str | None


class AlertSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a badge needs."""

    open: int
    unacknowledged: int
    critical: int
    receivers: int
    """0: nobody would be told."""
    last_round_at: str | None
    """When this node last looked; null where another node does."""


def alert_view(alert: Alert) -> AlertView:
    info = CATALOG[alert.rule]
    return AlertView(
        alert_id=alert.alert_id,
        rule=alert.rule,
        rule_title=info.en,
        rule_title_zh=info.zh,
        subject=alert.subject,
        severity=alert.severity,
        text=sentence(alert, Language.EN),
        text_zh=sentence(alert, Language.ZH),
        since=iso_utc(alert.since_ms),
        raised_at=iso_utc(alert.raised_at_ms),
        resolved_at=iso_or_none(alert.resolved_at_ms),
    )


def group_view(file: GroupFile) -> AlertGroupView:
    """The outage first by what is worst and not over. A group whose alerts are gone still has its own facts."""
    group = file.group
    alerts = sorted(file.alerts, key=_importance)
    lanes = {alert.subject: alert.facts for alert in alerts if "moved" in alert.facts}
    moved, saved, saved_fen = (
        sum(int(facts[name]) for facts in lanes.values()) for name in ("moved", "saved", "saved_fen")
    )
    title, title_zh = _titles(group, alerts)
    return AlertGroupView(
        group_id=group.group_id,
        merchant_id=group.merchant_id,
        family=group.family,
        state=group.state,
        severity=group.severity,
        title=title,
        title_zh=title_zh,
        since=iso_utc(min((alert.since_ms for alert in alerts), default=group.opened_at_ms)),
        opened_at=iso_utc(group.opened_at_ms),
        resolved_at=iso_or_none(group.resolved_at_ms),
        acknowledged_at=iso_or_none(group.acknowledged_at_ms),
        acknowledged_by=group.acknowledged_by,
        note=group.note,
        told_at=iso_or_none(group.told_at_ms),
        reopened=group.reopened,
        risk_fen=max((int(alert.facts.get("risk_fen", 0)) for alert in alerts), default=0),
        moved=moved,
        saved=saved,
        saved_fen=saved_fen,
        action=action(alerts[0].rule, Language.EN) if alerts else "",
        action_zh=action(alerts[0].rule, Language.ZH) if alerts else "",
        alerts=[alert_view(alert) for alert in alerts],
    )


def _importance(alert: Alert) -> tuple[bool, int, int, int]:
    """What is not over before what is; then the worst, and of equals the oldest."""
    over = alert.resolved_at_ms is not None
    return over, -alert.severity.rank, list(AlertRule).index(alert.rule), alert.since_ms


def _titles(group: AlertGroup, alerts: Sequence[Alert]) -> tuple[str, str]:
    """English, Chinese: of the alert that matters most; of the family where there is none."""
    if not alerts:
        return _FAMILIES[group.family]
    info, facts = CATALOG[alerts[0].rule], alerts[0].facts
    about = str(facts.get("channel") or facts.get("shop") or facts.get("receiver") or "")
    return (f"{info.en}: {about}" if about else info.en), f"{about} {info.zh}".strip()


def group_list(files: Sequence[GroupFile], limit: int) -> AlertGroupList:
    last = files[-1].group.group_id if len(files) == limit else None
    return AlertGroupList(data=[group_view(one) for one in files], next=last)


def group_detail(file: GroupFile) -> AlertGroupDetail:
    return AlertGroupDetail(group=group_view(file), notices=[notice_view(one) for one in file.notices])


def notice_view(notice: Notice) -> AlertNoticeView:
    return AlertNoticeView(
        notice_id=notice.notice_id,
        receiver_id=notice.receiver_id,
        kind=notice.kind,
        state=notice.state,
        title=notice.message.title,
        created_at=iso_utc(notice.created_at_ms),
        delivered_at=iso_or_none(notice.delivered_at_ms),
        next_try_at=iso_or_none(notice.due_at_ms),
        tries=notice.tries,
        last_error=notice.last_error,
    )


def summary_view(found: Summary) -> AlertSummary:
    return AlertSummary(
        open=found.open,
        unacknowledged=found.unacknowledged,
        critical=found.critical,
        receivers=found.receivers,
        last_round_at=iso_or_none(found.last_round_ms or None),
    )
