"""An outage from its first sign to its end: one alert each, one group, few messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from payswitch.alerting.life import COMES_BACK_MS, Known, Step, advance
from payswitch.alerting.telling import NEWS_GAP_MS, WAIT_MS, Told, tell
from payswitch.domain.alert import (
    Alert,
    AlertGroup,
    AlertRule,
    Family,
    Finding,
    GroupState,
    NoticeKind,
    Receiver,
    ReceiverKind,
    Severity,
    Silence,
)

START_MS = 1_762_864_620_000
R = AlertRule


def finding(rule: AlertRule = R.BREAKER_OPEN, subject: str = "wechat-main/native", **changes: Any) -> Finding:
    found = Finding(rule=rule, merchant_id="m-1", subject=subject, severity=Severity.CRITICAL, since_ms=START_MS - 500)
    return replace(found, **changes)


class Night:
    """Rounds one after the other, with what storage would keep between them."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.alerts: dict[str, Alert] = {}
        self.groups: dict[str, AlertGroup] = {}
        self._ids = 0

    def new_id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}{self._ids}"

    def round(self, *findings: Finding, after_ms: int = 0) -> Step:
        self.now_ms += after_ms
        resolved = [one for one in self.alerts.values() if one.resolved_at_ms is not None]
        live = [one for one in self.groups.values() if one.state is not GroupState.RESOLVED]
        known = Known(
            alerts=[one for one in self.alerts.values() if one.resolved_at_ms is None],
            groups=live,
            resolved=resolved,
            resolved_groups={key: one for key, one in self.groups.items() if one not in live},
        )
        step = advance(known, findings, self.now_ms, self.new_id)
        self.alerts |= {one.alert_id: one for one in step.alerts}
        self.groups |= {one.group_id: one for one in step.groups}
        return step

    @property
    def open(self) -> list[Alert]:
        return [one for one in self.alerts.values() if one.resolved_at_ms is None]


@pytest.fixture
def night() -> Night:
    return Night()


def test_one_outage_is_one_group_and_each_thing_one_alert(night: Night) -> None:
    night.round(finding())
    night.round(finding(), finding(subject="wechat-main/jsapi"), after_ms=1_000)
    night.round(finding(), finding(R.SUCCESS_LOW, "shop-1"), finding(R.SURPLUS_OPEN, "surplus"), after_ms=5_000)
    assert sorted(group.family for group in night.groups.values()) == [Family.MONEY, Family.PAYMENTS]
    assert len(night.alerts) == 4
    again = night.round(finding(), finding(subject="wechat-main/jsapi"), after_ms=1_000)
    assert again.alerts == () or all(alert.alert_id in night.alerts for alert in again.alerts)
    assert len(night.alerts) == 4


def test_what_two_nodes_see_is_one_alert_of_the_older_and_worse(night: Night) -> None:
    night.round(finding(severity=Severity.WARNING, since_ms=START_MS - 9_000), finding())
    [alert] = night.open
    assert (alert.severity, alert.since_ms) == (Severity.CRITICAL, START_MS - 9_000)


def test_it_is_resolved_after_a_calm_time_and_the_group_with_its_last(night: Night) -> None:
    night.round(finding(), finding(R.CHANNEL_FAILING, severity=Severity.WARNING))
    night.round(after_ms=9_000)
    assert len(night.open) == 2
    night.round(after_ms=2_000)
    assert [alert.rule for alert in night.open] == [R.CHANNEL_FAILING], "its calm time is longer"
    step = night.round(after_ms=60_000)
    assert [group.state for group in step.groups] == [GroupState.RESOLVED]
    [(group, alerts)] = step.live
    assert (group.resolved_at_ms, len(alerts)) == (night.now_ms, 1)


def test_what_goes_on_is_not_resolved_however_seldom_it_changes(night: Night) -> None:
    quiet = finding(R.BILL_MISSING, "c/2026-11-10")
    night.round(quiet)
    for _ in range(20):
        night.round(quiet, after_ms=1_000)
    assert len(night.open) == 1


def test_what_comes_back_soon_is_the_same_group_again(night: Night) -> None:
    night.round(finding())
    night.round(after_ms=30_000)
    [group] = night.groups.values()
    assert group.state is GroupState.RESOLVED
    night.round(finding(), after_ms=60_000)
    [group] = night.groups.values()
    assert (group.state, group.reopened, group.told_at_ms) == (GroupState.OPEN, 1, None)
    night.round(after_ms=30_000)
    night.round(finding(), after_ms=COMES_BACK_MS + 1)
    assert len(night.groups) == 2


def test_a_group_is_as_bad_as_its_worst(night: Night) -> None:
    night.round(finding(R.SLOW, severity=Severity.WARNING))
    night.round(finding(R.SLOW, severity=Severity.WARNING), finding(), after_ms=1_000)
    assert [group.severity for group in night.groups.values()] == [Severity.CRITICAL]


# --- who is told ---------------------------------------------------------------------------------------------------

DUTY = Receiver(receiver_id="duty", name="值班", kind=ReceiverKind.DINGTALK)
OWNER = Receiver(receiver_id="owner", name="老板", kind=ReceiverKind.WECOM, after_minutes=10)
BOSS = Receiver(receiver_id="boss", name="大老板", kind=ReceiverKind.EMAIL, after_minutes=30)
ALL = (DUTY, OWNER, BOSS)

Hear = Callable[..., Told]


class Telling:
    """A night whose groups are told of after each round."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.heard: list[tuple[NoticeKind, list[str]]] = []

    def round(
        self,
        *findings: Finding,
        after_ms: int = 0,
        receivers: Sequence[Receiver] = ALL,
        silences: Sequence[Silence] = (),
    ) -> None:
        step = self.night.round(*findings, after_ms=after_ms)
        for group, alerts in step.live:
            told = tell(group, alerts, receivers, silences, self.night.now_ms)
            self.night.groups[group.group_id] = told.group
            if told.kind is not None and told.receivers:
                self.heard.append((told.kind, [one.receiver_id for one in told.receivers]))


@pytest.fixture
def telling(night: Night) -> Telling:
    return Telling(night)


def test_one_outage_is_a_message_at_its_beginning_and_one_at_its_end(telling: Telling) -> None:
    products = [finding(subject=f"wechat-main/{n}") for n in range(6)]
    for n in range(6):
        telling.round(*products[: n + 1], after_ms=WAIT_MS // 4)
    for _ in range(20):
        telling.round(*products, after_ms=5_000)
    telling.round(after_ms=20_000)
    assert [kind for kind, _ in telling.heard] == [NoticeKind.RAISED, NoticeKind.RESOLVED]
    assert telling.heard[0][1] == telling.heard[1][1] == ["duty"]


def test_more_is_told_after_a_while_and_worse_at_once(telling: Telling) -> None:
    slow = finding(R.SLOW, severity=Severity.WARNING)
    telling.round(slow)
    telling.round(slow, after_ms=WAIT_MS)
    two = (slow, finding(R.SLOW, "other", severity=Severity.WARNING))
    telling.round(*two, after_ms=10_000)
    assert len(telling.heard) == 1
    telling.round(*two, after_ms=NEWS_GAP_MS)
    assert telling.heard[-1][0] is NoticeKind.UPDATED
    telling.round(*two, finding(), after_ms=1_000)
    assert [kind for kind, _ in telling.heard] == [NoticeKind.RAISED, NoticeKind.UPDATED, NoticeKind.UPDATED]


def test_when_nobody_answers_the_next_one_is_told(telling: Telling) -> None:
    for _ in range(400):
        telling.round(finding(), after_ms=5_000)
    assert telling.heard == [
        (NoticeKind.RAISED, ["duty"]),
        (NoticeKind.ESCALATED, ["owner"]),
        (NoticeKind.ESCALATED, ["boss"]),
    ]
    telling.round(after_ms=30_000)
    assert telling.heard[-1] == (NoticeKind.RESOLVED, ["duty", "owner", "boss"]), "who was woken hears that it is over"


def test_once_acknowledged_nobody_else_is_woken(telling: Telling) -> None:
    telling.round(finding())
    telling.round(finding(), after_ms=WAIT_MS)
    [group] = telling.night.groups.values()
    telling.night.groups[group.group_id] = replace(
        group, state=GroupState.ACKNOWLEDGED, acknowledged_at_ms=telling.night.now_ms, acknowledged_by="lin"
    )
    for _ in range(400):
        telling.round(finding(), finding(subject="alipay/wap"), after_ms=5_000)
    assert [kind for kind, _ in telling.heard] == [NoticeKind.RAISED]
    telling.round(after_ms=30_000)
    assert telling.heard[-1] == (NoticeKind.RESOLVED, ["duty"])


def test_what_is_silenced_wakes_nobody_until_the_silence_ends(telling: Telling) -> None:
    silence = Silence(
        silence_id="sil_1",
        merchant_id="m-1",
        rule=R.BREAKER_OPEN,
        subject="wechat-*",
        from_ms=START_MS,
        until_ms=START_MS + 60_000,
        created_by="lin",
        why="渠道升级",
    )
    for _ in range(11):
        telling.round(finding(), after_ms=5_000, silences=[silence])
    assert telling.heard == []
    other = finding(subject="alipay-main/wap")
    telling.round(finding(), other, after_ms=1_000, silences=[silence])
    telling.round(finding(), other, after_ms=WAIT_MS, silences=[silence])
    assert telling.heard == [(NoticeKind.RAISED, ["duty"])]
    telling.round(after_ms=30_000)
    assert telling.heard[-1][0] is NoticeKind.RESOLVED


def test_a_blip_that_is_over_before_anybody_was_told_is_no_message(telling: Telling) -> None:
    telling.round(finding(R.QUOTA_ENDS, severity=Severity.WARNING))
    telling.round(after_ms=WAIT_MS)
    assert telling.heard == []


def test_a_receiver_hears_its_own_merchants_and_what_is_bad_enough(telling: Telling) -> None:
    only = replace(DUTY, merchant_ids=frozenset({"m-2"}))
    calm = replace(OWNER, after_minutes=0, least=Severity.CRITICAL)
    slow = finding(R.SLOW, severity=Severity.WARNING)
    for _ in range(3):
        telling.round(slow, after_ms=WAIT_MS, receivers=[only, calm])
    assert telling.heard == []
    telling.round(finding(), after_ms=WAIT_MS, receivers=[only, calm])
    telling.round(finding(), after_ms=WAIT_MS, receivers=[only, calm])
    assert telling.heard == [(NoticeKind.RAISED, ["owner"])]


def test_without_a_first_receiver_the_later_ones_are_told_in_their_turn(telling: Telling) -> None:
    for _ in range(130):
        telling.round(finding(), after_ms=5_000, receivers=[OWNER])
    assert telling.heard == [(NoticeKind.ESCALATED, ["owner"])]
