"""What the admin API shows of how alerts are set up: rules, silences, receivers."""

from __future__ import annotations

import msgspec

from payswitch.alerting.catalog import CATALOG
from payswitch.domain.alert import (
    AlertRule,
    Family,
    Language,
    NoticeState,
    ReceiverKind,
    RuleSetting,
    Severity,
    Silence,
)
from payswitch.domain.alert_delivery import Delivery
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.alerts.alert_receivers import shown_address
from payswitch.services.alerts.alert_targets import ReceiverFile


class AlertThresholdView(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: float
    default: float
    least: float
    most: float
    unit: str
    title: str
    title_zh: str


class AlertRuleView(msgspec.Struct, frozen=True, kw_only=True):
    rule: AlertRule
    family: Family
    severity: Severity
    title: str
    title_zh: str
    about: str
    about_zh: str
    enabled: bool
    calm_s: int
    thresholds: list[AlertThresholdView]
    updated_at: str | None
    updated_by: str


class AlertRuleList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[AlertRuleView]


class AlertSilenceView(msgspec.Struct, frozen=True, kw_only=True):
    silence_id: str
    merchant_id: str
    rule: AlertRule | None
    subject: str
    from_at: str
    until_at: str
    active: bool
    created_by: str
    why: str


class AlertSilenceList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[AlertSilenceView]


class AlertReceiverView(msgspec.Struct, frozen=True, kw_only=True):
    """Its address is shown without what opens it."""

    receiver_id: str
    merchant_id: str
    """Empty: it stands in the configuration file, and is changed there."""
    name: str
    kind: ReceiverKind
    least: Severity
    after_minutes: int
    language: Language
    enabled: bool
    address: dict[str, str]
    readable: bool
    last_delivered_at: str | None
    failing: bool
    last_error: str


class AlertReceiverList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[AlertReceiverView]


class AlertReceiverRemoved(msgspec.Struct, frozen=True, kw_only=True):
    receiver_id: str


class AlertReceiverTested(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a test message."""

    receiver_id: str
    delivered: bool
    code: str
    error: str


def rule_view(rule: AlertRule, setting: RuleSetting | None) -> AlertRuleView:
    info = CATALOG[rule]
    set_values = setting.thresholds if setting is not None else {}
    return AlertRuleView(
        rule=rule,
        family=info.family,
        severity=info.severity,
        title=info.en,
        title_zh=info.zh,
        about=info.about_en,
        about_zh=info.about_zh,
        enabled=setting is None or setting.enabled,
        calm_s=info.calm_s,
        thresholds=[
            AlertThresholdView(
                name=name,
                value=set_values.get(name, one.default),
                default=one.default,
                least=one.least,
                most=one.most,
                unit=one.unit,
                title=one.en,
                title_zh=one.zh,
            )
            for name, one in info.thresholds.items()
        ],
        updated_at=iso_or_none(setting.updated_at_ms) if setting is not None else None,
        updated_by=setting.updated_by if setting is not None else "",
    )


def silence_view(silence: Silence, now_ms: int) -> AlertSilenceView:
    return AlertSilenceView(
        silence_id=silence.silence_id,
        merchant_id=silence.merchant_id,
        rule=silence.rule,
        subject=silence.subject,
        from_at=iso_utc(silence.from_ms),
        until_at=iso_utc(silence.until_ms),
        active=silence.from_ms <= now_ms < silence.until_ms,
        created_by=silence.created_by,
        why=silence.why,
    )


def receiver_view(file: ReceiverFile) -> AlertReceiverView:
    receiver = file.receiver
    newest = file.notices[0] if file.notices else None
    arrived = [one.delivered_at_ms for one in file.notices if one.delivered_at_ms is not None]
    return AlertReceiverView(
        receiver_id=receiver.receiver_id,
        merchant_id=file.merchant_id,
        name=receiver.name,
        kind=receiver.kind,
        least=receiver.least,
        after_minutes=receiver.after_minutes,
        language=receiver.language,
        enabled=receiver.enabled,
        address=shown_address(file.address),
        readable=file.readable,
        last_delivered_at=iso_or_none(max(arrived, default=None)),
        failing=newest is not None and newest.state is not NoticeState.DELIVERED and newest.tries > 0,
        last_error=newest.last_error if newest is not None else "",
    )


def tested_view(receiver_id: str, outcome: Delivery) -> AlertReceiverTested:
    return AlertReceiverTested(
        receiver_id=receiver_id, delivered=not outcome.error, code=outcome.code, error=outcome.error
    )
