"""Who is told of a group, and when: at once, when it gets worse, when nobody answers, when it is over.

One outage is one message at its beginning, one at its end, and a few between, however many rules it rings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.alert import Alert, AlertGroup, GroupState, NoticeKind, Receiver, Silence
from payswitch.kit.durations import MINUTE_MS

WAIT_MS: Final = 2_000
"""After the first alert of a group: an outage rings several rules within seconds, and they are one message."""
NEWS_GAP_MS: Final = 300_000
"""Between two messages about more of the same; worse is told at once."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The group as it is afterwards, and who is to be told what."""

    group: AlertGroup
    kind: NoticeKind | None = None
    receivers: tuple[Receiver, ...] = ()


def tell(
    group: AlertGroup,
    alerts: Sequence[Alert],
    receivers: Iterable[Receiver],
    silences: Sequence[Silence],
    now_ms: int,
) -> Told:
    """What is due for this group now. Silenced alerts are written down and wake nobody."""
    listening = [one for one in receivers if one.hears(group.merchant_id, group.severity)]
    if group.state is GroupState.RESOLVED:
        told = [one for one in listening if one.after_minutes <= group.level] if group.told_at_ms is not None else []
        return Told(group=group, kind=NoticeKind.RESOLVED, receivers=tuple(told))
    audible = [alert for alert in alerts if not any(silence.covers(alert, now_ms) for silence in silences)]
    if not any(alert.resolved_at_ms is None for alert in audible):
        return Told(group=group)
    if group.told_at_ms is None:
        return _first_time(group, audible, listening, now_ms)
    if _is_news(group, audible, now_ms):
        mine = [one for one in listening if one.after_minutes <= group.level]
        return _now_told(group, audible, NoticeKind.UPDATED, mine, now_ms)
    return _escalated(group, audible, listening, now_ms)


def _first_time(group: AlertGroup, audible: Sequence[Alert], listening: Sequence[Receiver], now_ms: int) -> Told:
    first_ms = min(alert.raised_at_ms for alert in audible)
    mine = [one for one in listening if one.after_minutes <= group.level]
    if now_ms - first_ms < WAIT_MS:
        return Told(group=group)
    if not mine:  # those who come later may be the only ones
        return _escalated(group, audible, listening, now_ms)
    kind = NoticeKind.AGAIN if group.reopened else NoticeKind.RAISED
    return _now_told(group, audible, kind, mine, now_ms)


def _is_news(group: AlertGroup, audible: Sequence[Alert], now_ms: int) -> bool:
    if group.severity.rank > group.told_severity.rank:
        return True
    if group.state is GroupState.ACKNOWLEDGED:
        return False
    more = len(audible) > group.told_alerts
    return more and now_ms - (group.told_at_ms or 0) >= NEWS_GAP_MS


def _escalated(group: AlertGroup, audible: Sequence[Alert], listening: Sequence[Receiver], now_ms: int) -> Told:
    """升级: nobody has acknowledged it for so long that the next one is told."""
    if group.state is not GroupState.OPEN:
        return Told(group=group)
    waited_min = (now_ms - group.opened_at_ms) / MINUTE_MS
    due = [one for one in listening if group.level < one.after_minutes <= waited_min]
    if not due:
        return Told(group=group)
    level = max(one.after_minutes for one in due)
    return _now_told(replace(group, level=level), audible, NoticeKind.ESCALATED, due, now_ms)


def _now_told(
    group: AlertGroup, audible: Sequence[Alert], kind: NoticeKind, receivers: Sequence[Receiver], now_ms: int
) -> Told:
    told = replace(group, told_at_ms=now_ms, told_alerts=len(audible), told_severity=group.severity)
    return Told(group=told, kind=kind, receivers=tuple(receivers))
