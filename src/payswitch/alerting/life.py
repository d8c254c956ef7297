"""告警的一生: what the rules say now, against the alerts that are open: raised, kept, grouped, resolved, come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.alerting.catalog import CATALOG
from payswitch.domain.alert import Alert, AlertGroup, AlertRule, Family, Finding, GroupState, Severity

COMES_BACK_MS: Final = 600_000
"""The same trouble so soon after it was resolved is the same group again, not a new one."""
SEEN_STEP_MS: Final = 5_000
"""An alert that goes on unchanged is written down at most so often."""

Key = tuple[AlertRule, str, str]
NewId = Callable[[str], str]
"""A fresh id for a prefix."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What storage has: everything open, and what was resolved a short while ago."""

    alerts: Sequence[Alert] = ()
    groups: Sequence[AlertGroup] = ()
    resolved: Sequence[Alert] = ()
    resolved_groups: Mapping[str, AlertGroup] = {}
    """The groups of `resolved`, by id."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one round made of it."""

    alerts: tuple[Alert, ...]
    """Only those that are not as they were."""
    groups: tuple[AlertGroup, ...]
    """The same."""
    live: tuple[tuple[AlertGroup, tuple[Alert, ...]], ...]
    """Every group that is open, or was resolved by this round, with all its alerts that are known here."""


def advance(known: Known, findings: Iterable[Finding], now_ms: int, new_id: NewId) -> Step:
    """One round. Two findings about the same thing (from two nodes) are one, the worse and the older of them."""
    work = _Round(known, now_ms, new_id)
    for finding in _merged(findings).values():
        work.hear(finding)
    work.resolve_what_is_calm()
    return work.step()


def _merged(findings: Iterable[Finding]) -> Mapping[Key, Finding]:
    merged: dict[Key, Finding] = {}
    for finding in findings:
        other = merged.get(finding.key)
        if other is not None:
            worse = max(finding, other, key=lambda one: one.severity.rank)
            finding = replace(worse, since_ms=min(finding.since_ms, other.since_ms))
        merged[finding.key] = finding
    return merged


class _Round:
    """The alerts and groups of one round, while it runs."""

    def __init__(self, known: Known, now_ms: int, new_id: NewId) -> None:
        self._now_ms = now_ms
        self._new_id = new_id
        self._before: dict[str, Alert | AlertGroup] = {alert.alert_id: alert for alert in known.alerts}
        self._before |= {group.group_id: group for group in known.groups}
        self._alerts = {_key(alert): alert for alert in known.alerts}
        self._groups = {(group.merchant_id, group.family): group for group in known.groups}
        self._resolved = {_key(alert): alert for alert in known.resolved}
        self._resolved_groups = known.resolved_groups
        self._heard: set[Key] = set()

    def hear(self, finding: Finding) -> None:
        self._heard.add(finding.key)
        alert = self._alerts.get(finding.key)
        if alert is None:
            self._raise(finding)
            return
        news = dict(finding.facts) != dict(alert.facts) or finding.severity.rank > alert.severity.rank
        if news or self._now_ms - alert.seen_at_ms >= SEEN_STEP_MS:
            severity = max(alert.severity, finding.severity, key=lambda one: one.rank)
            self._alerts[finding.key] = replace(alert, facts=finding.facts, severity=severity, seen_at_ms=self._now_ms)
            self._worsen(finding, severity)

    def _raise(self, finding: Finding) -> None:
        group = self._group_for(finding)
        self._alerts[finding.key] = Alert(
            alert_id=self._new_id("alt_"),
            group_id=group.group_id,
            merchant_id=finding.merchant_id,
            rule=finding.rule,
            subject=finding.subject,
            severity=finding.severity,
            since_ms=min(finding.since_ms, self._now_ms),
            raised_at_ms=self._now_ms,
            seen_at_ms=self._now_ms,
            facts=finding.facts,
        )
        self._worsen(finding, finding.severity)

    def _worsen(self, finding: Finding, severity: Severity) -> None:
        place = (finding.merchant_id, CATALOG[finding.rule].family)
        group = self._groups[place]
        if severity.rank > group.severity.rank:
            self._groups[place] = replace(group, severity=severity)

    def _group_for(self, finding: Finding) -> AlertGroup:
        family = CATALOG[finding.rule].family
        place = (finding.merchant_id, family)
        group = self._groups.get(place)
        if group is None:
            group = self._reopened(finding) or self._new_group(finding, family)
            self._groups[place] = group
        return group

    def _reopened(self, finding: Finding) -> AlertGroup | None:
        last = self._resolved.get(finding.key)
        group = None if last is None else self._resolved_groups.get(last.group_id)
        if last is None or group is None or self._now_ms - (last.resolved_at_ms or 0) > COMES_BACK_MS:
            return None
        return replace(
            group,
            state=GroupState.OPEN,
            resolved_at_ms=None,
            acknowledged_at_ms=None,
            acknowledged_by="",
            note="",
            told_at_ms=None,
            told_alerts=0,
            reopened=group.reopened + 1,
        )

    def _new_group(self, finding: Finding, family: Family) -> AlertGroup:
        return AlertGroup(
            group_id=self._new_id("grp_"),
            merchant_id=finding.merchant_id,
            family=family,
            state=GroupState.OPEN,
            severity=finding.severity,
            opened_at_ms=self._now_ms,
        )

    def resolve_what_is_calm(self) -> None:
        for key, alert in self._alerts.items():
            calm_ms = CATALOG[alert.rule].calm_s * 1_000
            if key not in self._heard and self._now_ms - alert.seen_at_ms >= calm_ms:
                self._alerts[key] = replace(alert, resolved_at_ms=self._now_ms)
        for place, group in self._groups.items():
            if all(alert.resolved_at_ms is not None for alert in self._of(group)):
                self._groups[place] = replace(group, state=GroupState.RESOLVED, resolved_at_ms=self._now_ms)

    def _of(self, group: AlertGroup) -> tuple[Alert, ...]:
        return tuple(alert for alert in self._alerts.values() if alert.group_id == group.group_id)

    def step(self) -> Step:
        return Step(
            alerts=tuple(one for one in self._alerts.values() if self._before.get(one.alert_id) != one),
            groups=tuple(one for one in self._groups.values() if self._before.get(one.group_id) != one),
            live=tuple((group, self._of(group)) for group in self._groups.values()),
        )


def _key(alert: Alert) -> Key:
    return (alert.rule, alert.merchant_id, alert.subject)
