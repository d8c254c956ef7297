"""What people ask of the alerts: plain requests, checked for shape by the entry, for sense by the service."""

from __future__ import annotations

import msgspec

from payswitch.domain.alert import AlertRule, Language, ReceiverKind, Severity


class AcknowledgeAlert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody looks after it: nobody else is woken."""

    note: str = ""


class MakeSilence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nobody is woken by alerts that fit, for so long."""

    merchant_id: str | None = None
    """None: the operator's only one."""
    rule: AlertRule | None = None
    """None: every rule."""
    subject: str = "*"
    """A pattern: `wechat-*`."""
    minutes: int
    why: str


class SetRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of one merchant: on or off, and its thresholds; those that are not named get their defaults back."""

    merchant_id: str | None = None
    enabled: bool = True
    thresholds: dict[str, float] = {}


class SaveReceiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receiver, new or replaced. Its `repr` shows no address."""

    receiver_id: str
    merchant_id: str | None = None
    name: str
    kind: ReceiverKind
    address: dict[str, str] | None = None
    """None: it keeps the one it has."""
    least: Severity = Severity.WARNING
    after_minutes: int = 0
    language: Language = Language.ZH
    enabled: bool = True

    def __repr__(self) -> str:
        return f"SaveReceiver({self.receiver_id!r})"
