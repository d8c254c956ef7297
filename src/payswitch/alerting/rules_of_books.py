"""The rules about everything that is not a payment just now: refunds, events, contracts, bills, audits, receivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from payswitch.alerting.catalog import Settings
from payswitch.alerting.rules import PAYMENT_RULES, Rule, finding
from payswitch.alerting.view import View
from payswitch.domain.alert import AlertRule, Facts, Finding, Severity
from payswitch.kit.durations import DAY_MS, HOUR_MS, MINUTE_MS


def events_failing(view: View, settings: Settings) -> Iterator[Finding]:
    for shop in view.events:
        wait_ms = settings.value(shop.merchant_id, AlertRule.EVENTS_FAILING, "minutes") * MINUTE_MS
        tries = settings.value(shop.merchant_id, AlertRule.EVENTS_FAILING, "tries")
        waits = shop.count > 0 and shop.tries >= tries and view.now_ms - shop.oldest_ms >= wait_ms
        if waits or shop.dead:
            facts: Facts = {"shop": shop.name, "count": shop.count, "dead": shop.dead, "error": shop.error}
            severity = Severity.CRITICAL if shop.dead else Severity.WARNING
            yield finding(
                AlertRule.EVENTS_FAILING, shop.merchant_id, shop.shop_id, shop.oldest_ms, facts, severity=severity
            )


def surplus_open(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.surplus:
        wait_ms = settings.value(one.merchant_id, AlertRule.SURPLUS_OPEN, "seconds") * 1_000
        if view.now_ms - one.oldest_ms >= wait_ms:
            facts: Facts = {"count": one.count, "risk_fen": one.amount_fen}
            yield finding(AlertRule.SURPLUS_OPEN, one.merchant_id, "surplus", one.oldest_ms, facts)


def refunds_abnormal(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.abnormal:
        if one.count >= settings.value(one.merchant_id, AlertRule.REFUNDS_ABNORMAL, "count"):
            facts: Facts = {"count": one.count, "risk_fen": one.amount_fen}
            yield finding(AlertRule.REFUNDS_ABNORMAL, one.merchant_id, "refunds", one.oldest_ms, facts)


def certificate_ends(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.certificates:
        left_ms = one.ends_at_ms - view.now_ms
        days = settings.value(one.merchant_id, AlertRule.CERTIFICATE_ENDS, "days")
        critical = settings.value(one.merchant_id, AlertRule.CERTIFICATE_ENDS, "critical_days")
        if left_ms <= days * DAY_MS:
            severity = Severity.CRITICAL if left_ms <= critical * DAY_MS else Severity.WARNING
            facts: Facts = {
                "channel": one.name,
                "key": one.key,
                "days": max(0, left_ms // DAY_MS),
                "ended": int(left_ms <= 0),
                "ends_at_ms": one.ends_at_ms,
            }
            since_ms = one.ends_at_ms - round(days * DAY_MS)
            subject = f"{one.channel_id}/{one.key}"
            yield finding(AlertRule.CERTIFICATE_ENDS, one.merchant_id, subject, since_ms, facts, severity=severity)


def quota_ends(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.quotas:
        share = one.used_fen / one.cap_fen
        if share >= settings.value(one.merchant_id, AlertRule.QUOTA_ENDS, "share"):
            facts: Facts = {
                "channel": one.name,
                "period": one.period,
                "share": share,
                "used_fen": one.used_fen,
                "cap_fen": one.cap_fen,
            }
            subject = f"{one.channel_id}/{one.period}"
            yield finding(AlertRule.QUOTA_ENDS, one.merchant_id, subject, view.now_ms, facts)


def bill_missing(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.bills:
        if view.now_ms - one.since_ms >= settings.value(one.merchant_id, AlertRule.BILL_MISSING, "hours") * HOUR_MS:
            facts: Facts = {"channel": one.name, "detail": one.detail}
            yield finding(AlertRule.BILL_MISSING, one.merchant_id, one.subject, one.since_ms, facts)


def audit_violation(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.audits:
        facts: Facts = {
            "number": one.number,
            "title": one.title,
            "title_zh": one.title_zh,
            "rows": one.rows,
            "more": int(one.more),
        }
        yield finding(AlertRule.AUDIT_VIOLATION, "", f"{one.number} {one.name}", one.since_ms, facts)


def receiver_dead(view: View, settings: Settings) -> Iterator[Finding]:
    for one in view.receivers:
        if one.dead or one.failures >= settings.value(one.merchant_id, AlertRule.RECEIVER_DEAD, "failures"):
            facts: Facts = {"receiver": one.name, "failures": one.failures, "dead": one.dead, "error": one.error}
            yield finding(AlertRule.RECEIVER_DEAD, one.merchant_id, one.receiver_id, one.since_ms, facts)


BOOK_RULES: Final[Mapping[AlertRule, Rule]] = {
    AlertRule.EVENTS_FAILING: events_failing,
    AlertRule.SURPLUS_OPEN: surplus_open,
    AlertRule.REFUNDS_ABNORMAL: refunds_abnormal,
    AlertRule.CERTIFICATE_ENDS: certificate_ends,
    AlertRule.QUOTA_ENDS: quota_ends,
    AlertRule.BILL_MISSING: bill_missing,
    AlertRule.AUDIT_VIOLATION: audit_violation,
    AlertRule.RECEIVER_DEAD: receiver_dead,
}

ALL_RULES: Final[Mapping[AlertRule, Rule]] = {**PAYMENT_RULES, **BOOK_RULES}


def evaluate(view: View, settings: Settings, rules: Mapping[AlertRule, Rule] = ALL_RULES) -> list[Finding]:
    """Everything that is wrong in this picture, by the rules that are on."""
    found = (one for rule in rules.values() for one in rule(view, settings))
    return [one for one in found if settings.enabled(one.merchant_id, one.rule)]
