"""操作审计: the one trail of what people, keys and commands changed. Never changed, never deleted, holds no secret.

An entry is written in the same commit as the change it tells of; where the change is no commit of ours (a query at a
channel, an event sent again) it is written before the change is answered.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

import msgspec

from payswitch.domain.roles import Role


class OperatorKind(StrEnum):
    """What stood behind the hand."""

    USER = "user"
    """A person, signed in to the console."""
    KEY = "key"
    """An operator's key of the configuration file: a person's program, or `payswitch channels ...`."""
    COMMAND = "command"
    """Somebody at the machine itself: `payswitch user ...`."""


class TrailKind(StrEnum):
    """What was changed."""

    CHANNEL = "channel"
    POLICY = "policy"
    PAYMENT = "payment"
    REFUND = "refund"
    BREAK = "break"
    BILL = "bill"
    EVENT = "event"
    USER = "user"
    SESSION = "session"
    SHOP = "shop"
    ALERT = "alert"
    ALERT_RULE = "alert_rule"
    ALERT_TARGET = "alert_target"
    REPORT = "report"
    EXPORT = "export"
    FAULT = "fault"
    SAVED_VIEW = "saved_view"


class TrailFilters(TypedDict, total=False):
    """Which entries are wanted; what is absent or empty lets everything pass."""

    operator_id: str
    action: str
    kind: str
    object_id: str
    """Only together with `kind`; then `since_ms` does not count."""
    since_ms: int
    before: str
    """An audit id: only older entries."""


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what, when and from where. What concerns several merchants has one entry for each of them, under
    one id: nobody reads another merchant's."""

    audit_id: str
    merchant_id: str
    at_ms: int
    operator_id: str
    operator_kind: OperatorKind
    role: Role | None
    """A user's at that moment."""
    address: str
    """Where from; empty for a command, and where it is not known."""
    action: str
    """One verb: `create`, `update`, `rotate`, `enable`, `disable`, `activate`, `settle`, ..."""
    kind: TrailKind
    object_id: str
    before: dict[str, str]
    """What was changed, as it was. Only fields that changed; never a secret."""
    after: dict[str, str]
    """The same fields as they are now, and what else is worth knowing."""
    note: str
    """The reason that was given."""
