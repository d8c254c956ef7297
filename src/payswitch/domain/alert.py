"""告警: what is wrong and somebody should know, what was told about it to whom, and what people said to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

Facts = Mapping[str, str | int | float]
"""What a message is written from: plain values, never a secret, never a customer's name."""


class AlertRule(StrEnum):
    """告警规则. What each looks at and when it speaks: `alerting/catalog.py`."""

    SUCCESS_LOW = "success_low"
    SUCCESS_FALLEN = "success_fallen"
    """The sequential test: works at one order a minute."""
    CHANNEL_FAILING = "channel_failing"
    BREAKER_OPEN = "breaker_open"
    NO_TRAFFIC = "no_traffic"
    SLOW = "slow"
    MONEY_UNKNOWN = "money_unknown"
    EVENTS_FAILING = "events_failing"
    SURPLUS_OPEN = "surplus_open"
    REFUNDS_ABNORMAL = "refunds_abnormal"
    CERTIFICATE_ENDS = "certificate_ends"
    QUOTA_ENDS = "quota_ends"
    CHANNEL_REFUSED = "channel_refused"
    BILL_MISSING = "bill_missing"
    AUDIT_VIOLATION = "audit_violation"
    RECEIVER_DEAD = "receiver_dead"


class Family(StrEnum):
    """What belongs to one group: one outage rings five rules and is one message."""

    PAYMENTS = "payments"
    MONEY = "money"
    EVENTS = "events"
    CONTRACTS = "contracts"
    BOOKS = "books"
    RECEIVERS = "receivers"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class GroupState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """告警: one rule speaking about one subject. While it is open there is no second one about the same."""

    alert_id: str
    group_id: str
    merchant_id: str
    """Empty: about the whole service."""
    rule: AlertRule
    subject: str
    """What it is about: `wechat-main/native`, a shop, a channel and a day."""
    severity: Severity
    since_ms: int
    """When the trouble began, as far as is known: before it was noticed."""
    raised_at_ms: int
    seen_at_ms: int
    """When the rule last spoke: it is resolved only after a calm time."""
    resolved_at_ms: int | None = None
    facts: Facts = {}


class AlertGroup(msgspec.Struct, frozen=True, kw_only=True):
    """告警组: alerts of one family at one time; what people hear of, acknowledge, and see resolved."""

    group_id: str
    merchant_id: str
    family: Family
    state: GroupState
    severity: Severity
    """The highest of its alerts so far."""
    opened_at_ms: int
    resolved_at_ms: int | None = None
    acknowledged_at_ms: int | None = None
    acknowledged_by: str = ""
    note: str = ""
    """In the words of who acknowledged it."""
    told_at_ms: int | None = None
    """When people were last told of it; None: not yet."""
    told_alerts: int = 0
    """How many alerts it had then: more is news."""
    told_severity: Severity = Severity.INFO
    level: int = 0
    """How far it was escalated: receivers whose turn comes after more than this have not been told."""
    reopened: int = 0
    """How often it came back soon after it was resolved."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """静默: alerts that fit are shown and written down, and nobody is woken up by them. Says who, why, until when."""

    silence_id: str
    merchant_id: str
    rule: AlertRule | None = None
    """None: of every rule."""
    subject: str = "*"
    """A pattern: `wechat-*`."""
    from_ms: int
    until_ms: int
    created_by: str
    why: str

    def covers(self, alert: Alert, now_ms: int) -> bool:
        """Whether nobody shall hear of this alert now."""
        mine = self.merchant_id == alert.merchant_id and self.rule in (None, alert.rule)
        return mine and self.from_ms <= now_ms < self.until_ms and fnmatchcase(alert.subject, self.subject)


class ReceiverKind(StrEnum):
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WECOM = "wecom"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """接收人: where messages go. Its address and keys are apart from it: sealed, or in the configuration file."""

    receiver_id: str
    merchant_ids: frozenset[str] = frozenset()
    """Whose alerts it hears; empty: everybody's, and those about the whole service."""
    name: str
    kind: ReceiverKind
    least: Severity = Severity.WARNING
    """It hears nothing below this."""
    after_minutes: int = 0
    """升级: 0: told at once. Otherwise told only when nobody has acknowledged for so long."""
    language: Language = Language.ZH
    enabled: bool = True

    def hears(self, merchant_id: str, severity: Severity) -> bool:
        mine = not self.merchant_ids or merchant_id in self.merchant_ids
        return self.enabled and mine and severity.rank >= self.least.rank


class SealedReceiver(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver that lives in the database, its address and keys under the master key."""

    receiver_id: str
    merchant_id: str
    receiver: Receiver
    sealed: bytes
    key_id: str
    updated_at_ms: int
    updated_by: str


class NoticeKind(StrEnum):
    RAISED = "raised"
    UPDATED = "updated"
    """More of the same group, or worse."""
    AGAIN = "again"
    """It had just been resolved."""
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    TEST = "test"
    REPORT = "report"
    """No alert: a weekly report is there."""


class NoticeState(StrEnum):
    PENDING = "pending"
    RETRY = "retry"
    DELIVERED = "delivered"
    DEAD = "dead"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a person reads, before it takes the form of a robot's card or a mail."""

    title: str
    lines: tuple[str, ...]
    link: str
    link_text: str
    kind: NoticeKind
    severity: Severity


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """通知: one message to one receiver, written in the same commit as what it tells of; tried until it arrived."""

    notice_id: str
    group_id: str
    receiver_id: str
    kind: NoticeKind
    message: Message
    state: NoticeState
    created_at_ms: int
    tries: int = 0
    due_at_ms: int | None = None
    delivered_at_ms: int | None = None
    last_error: str = ""


class RuleSetting(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant has set of one rule, beside its defaults."""

    merchant_id: str
    rule: AlertRule
    enabled: bool = True
    thresholds: Mapping[str, float] = {}
    """By name, as in the catalogue; what is missing is the default."""
    updated_at_ms: int
    updated_by: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule speaks: what an alert is raised from, and kept open by."""

    rule: AlertRule
    merchant_id: str
    subject: str
    severity: Severity
    since_ms: int
    facts: Facts = {}

    @property
    def key(self) -> tuple[AlertRule, str, str]:
        """What it is about: at most one open alert each."""
        return (self.rule, self.merchant_id, self.subject)


class NodeFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What one node alone can see (its breakers, its calls), for the node that tells people."""

    node_id: str
    at_ms: int
    findings: tuple[Finding, ...] = ()


class ShopTally(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the payments that were made in one stretch of time, each judged at the same age.

    `created` = paid + ours + silent + payer, as soon as all are of that age.
    """

    shop_id: str
    at_ms: int
    """The beginning of the minute or hour."""
    created: int = 0
    paid: int = 0
    ours: int = 0
    """Not paid, and a channel or we were in the way: no credential could be shown, a debit came to no end."""
    silent: int = 0
    """Shown, and nothing came: a customer who left, or a code that nobody can pay."""
    payer: int = 0
    """The payer's own matter: balance, password, risk control, cancelled. Never counted as a failure."""
    created_fen: int = 0
    ours_fen: int = 0


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sequential test of one shop has come, so that a restart does not begin it anew."""

    watch_id: str
    through_ms: int
    """Payments made before this have been counted."""
    state: msgspec.Raw


class AlertChange(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of work: alerts and groups as they are from now on, with what people must be told of it."""

    alerts: tuple[Alert, ...] = ()
    groups: tuple[AlertGroup, ...] = ()
    notices: tuple[Notice, ...] = ()
    watches: tuple[Watch, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alerts or self.groups or self.notices or self.watches)
