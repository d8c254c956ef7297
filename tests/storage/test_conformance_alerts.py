"""Alerts: one open alert about one thing, messages that two nodes do not both send, counts for the rules."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.storage.builders import NOW_MS, a_decision, a_payment, an_attempt

from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    AlertRule,
    Family,
    Finding,
    GroupState,
    Message,
    NodeFindings,
    Notice,
    NoticeKind,
    NoticeState,
    Receiver,
    ReceiverKind,
    RuleSetting,
    SealedReceiver,
    Severity,
    ShopTally,
    Silence,
    Watch,
)
from payswitch.domain.backlog import OpenAttempts
from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState
from payswitch.kit.ids import lowest_id
from payswitch.storage.store import DatabaseStore

MINUTE_MS = 60_000


def a_group(n: int = 1, **changes: Any) -> AlertGroup:
    group = AlertGroup(
        group_id=f"grp_{n}",
        merchant_id="m-1",
        family=Family.PAYMENTS,
        state=GroupState.OPEN,
        severity=Severity.CRITICAL,
        opened_at_ms=NOW_MS + n,
    )
    return replace(group, **changes)


def an_alert(n: int = 1, **changes: Any) -> Alert:
    alert = Alert(
        alert_id=f"alt_{n}",
        group_id="grp_1",
        merchant_id="m-1",
        rule=AlertRule.BREAKER_OPEN,
        subject="wechat-main/native",
        severity=Severity.CRITICAL,
        since_ms=NOW_MS - 5_000,
        raised_at_ms=NOW_MS,
        seen_at_ms=NOW_MS,
        facts={"reason": "三次中两次超时", "open_fen": 129_900, "rate": 0.5},
    )
    return replace(alert, **changes)


def a_notice(n: int = 1, **changes: Any) -> Notice:
    message = Message(
        title="微信支付·主 已熔断",
        lines=("始于 20:37", "在途 ¥1,299.00"),
        link="https://pay.example/console/alerts/grp_1",
        link_text="查看告警",
        kind=NoticeKind.RAISED,
        severity=Severity.CRITICAL,
    )
    notice = Notice(
        notice_id=f"ntc_{n}",
        group_id="grp_1",
        receiver_id="duty",
        kind=NoticeKind.RAISED,
        message=message,
        state=NoticeState.PENDING,
        created_at_ms=NOW_MS,
        due_at_ms=NOW_MS + n,
    )
    return replace(notice, **changes)


async def test_an_alert_lives_with_its_group_and_is_replaced_by_what_became_of_it(store: DatabaseStore) -> None:
    await store.change_alerts(AlertChange(alerts=(an_alert(),), groups=(a_group(),), notices=(a_notice(),)))
    assert (await store.open_alerts(), await store.live_groups()) == ([an_alert()], [a_group()])
    done = an_alert(resolved_at_ms=NOW_MS + 9)
    closed = a_group(state=GroupState.RESOLVED, resolved_at_ms=NOW_MS + 9)
    await store.change_alerts(AlertChange(alerts=(done,), groups=(closed,)))
    assert (await store.open_alerts(), await store.live_groups()) == ([], [])
    assert await store.alerts_of("grp_1") == [done]
    assert (await store.alert_group("grp_1"), await store.alert_group("grp_9")) == (closed, None)
    assert await store.alerts_resolved_since(NOW_MS + 9) == [done]
    assert await store.alerts_resolved_since(NOW_MS + 10) == []


async def test_two_nodes_cannot_open_the_same_alert_or_group(store: DatabaseStore) -> None:
    await store.change_alerts(AlertChange(alerts=(an_alert(),), groups=(a_group(),)))
    with pytest.raises(UniqueViolation, match="uq_alert_open"):
        await store.change_alerts(AlertChange(alerts=(an_alert(2),)))
    with pytest.raises(UniqueViolation, match="uq_alert_group"):
        await store.change_alerts(AlertChange(groups=(a_group(2),), notices=(a_notice(),)))
    assert await store.notices_of_group("grp_1") == [], "nothing of a refused unit is written"
    resolved = an_alert(resolved_at_ms=NOW_MS)
    await store.change_alerts(AlertChange(alerts=(resolved, an_alert(2))))
    assert await store.open_alerts() == [an_alert(2)]


async def test_an_acknowledgement_is_not_lost_to_a_round_that_knew_nothing_of_it(store: DatabaseStore) -> None:
    taken = a_group(state=GroupState.ACKNOWLEDGED, acknowledged_at_ms=NOW_MS, acknowledged_by="lin", note="在看")
    await store.change_alerts(AlertChange(groups=(a_group(),)))
    await store.change_alerts(AlertChange(groups=(taken,)))
    await store.change_alerts(AlertChange(groups=(a_group(told_at_ms=NOW_MS, told_alerts=2),)))
    assert await store.alert_group("grp_1") == replace(taken, told_at_ms=NOW_MS, told_alerts=2)
    over = replace(taken, state=GroupState.RESOLVED, resolved_at_ms=NOW_MS + 1)
    await store.change_alerts(AlertChange(groups=(over,)))
    assert await store.alert_group("grp_1") == over
    again = a_group(reopened=1)
    await store.change_alerts(AlertChange(groups=(again,)))
    assert await store.alert_group("grp_1") == again


async def test_history_comes_in_pages_newest_first(store: DatabaseStore) -> None:
    old = [a_group(n, state=GroupState.RESOLVED, resolved_at_ms=NOW_MS + 99) for n in (1, 2, 3)]
    other = a_group(9, merchant_id="m-2")
    await store.change_alerts(AlertChange(groups=(*old, a_group(4), other)))
    first = await store.list_groups("m-1", live=False, place=None, limit=2)
    assert [group.group_id for group in first] == ["grp_4", "grp_3"]
    place = (first[-1].opened_at_ms, first[-1].group_id)
    assert list(await store.list_groups("m-1", live=False, place=place, limit=2)) == [old[1], old[0]]
    assert list(await store.list_groups("m-1", live=True, place=None, limit=9)) == [a_group(4)]
    assert list(await store.list_groups("m-1", live=True, place=place, limit=9)) == []


async def test_a_message_is_offered_to_one_sender_at_a_time_and_comes_back_when_that_one_dies(
    store: DatabaseStore,
) -> None:
    await store.change_alerts(AlertChange(groups=(a_group(),), notices=(a_notice(1), a_notice(2), a_notice(9_999))))
    claimed = await asyncio.gather(*(store.claim_notices(NOW_MS + 5, 30_000, 10) for _ in range(3)))
    assert sorted(notice.notice_id for found in claimed for notice in found) == ["ntc_1", "ntc_2"]
    assert await store.claim_notices(NOW_MS + 29_000, 30_000, 10) == [a_notice(9_999)]
    again = await store.claim_notices(NOW_MS + 30_006, 30_000, 10)
    assert [notice.notice_id for notice in again] == ["ntc_1", "ntc_2"]
    sent = replace(a_notice(1), state=NoticeState.DELIVERED, tries=1, due_at_ms=None, delivered_at_ms=NOW_MS + 7)
    dead = replace(a_notice(2), state=NoticeState.DEAD, tries=9, due_at_ms=None, last_error="310000 sign not match")
    await store.save_notice(sent)
    await store.save_notice(dead)
    assert await store.notices_of_receiver("duty", 2) == [a_notice(9_999, due_at_ms=NOW_MS + 59_000), dead]
    assert [notice.notice_id for notice in await store.claim_notices(NOW_MS + 10**6, 1, 10)] == ["ntc_9999"]


async def test_one_holds_the_lease_until_it_ends(store: DatabaseStore) -> None:
    takers = [store.take_lease("alerts", f"node_{n}", NOW_MS, NOW_MS + 30_000) for n in range(4)]
    assert sorted(await asyncio.gather(*takers)) == [False, False, False, True]
    holders = [await store.take_lease("alerts", f"node_{n}", NOW_MS + 1, NOW_MS + 40_000) for n in range(4)]
    assert holders.count(True) == 1, "the holder prolongs it, nobody else takes it"
    assert await store.take_lease("alerts", "node_9", NOW_MS + 40_000, NOW_MS + 70_000)


async def test_what_people_set_comes_back(store: DatabaseStore) -> None:
    silence = Silence(
        silence_id="sil_1",
        merchant_id="m-1",
        rule=AlertRule.SLOW,
        subject="wechat-*",
        from_ms=NOW_MS,
        until_ms=NOW_MS + 3_600_000,
        created_by="op-1",
        why="渠道升级",
    )
    whole = replace(silence, silence_id="sil_2", rule=None, until_ms=NOW_MS + 10)
    await store.save_silence(silence)
    await store.save_silence(whole)
    assert await store.silences_since(NOW_MS) == [silence, whole]
    await store.save_silence(replace(silence, until_ms=NOW_MS + 1))
    assert await store.silences_since(NOW_MS + 1) == [whole]
    assert await store.silence("sil_2") == whole
    receiver = SealedReceiver(
        receiver_id="duty",
        merchant_id="m-1",
        receiver=Receiver(
            receiver_id="duty", name="值班群", kind=ReceiverKind.DINGTALK, merchant_ids=frozenset({"m-1"})
        ),
        sealed=b"\x01sealed",
        key_id="00ff",
        updated_at_ms=NOW_MS,
        updated_by="op-1",
    )
    await store.save_receiver(receiver)
    assert await store.alert_receivers() == [receiver]
    assert (await store.drop_receiver("duty"), await store.drop_receiver("duty")) == (True, False)
    setting = RuleSetting(
        merchant_id="m-1",
        rule=AlertRule.SUCCESS_LOW,
        enabled=False,
        thresholds={"below": 0.9, "minutes": 15.0},
        updated_at_ms=NOW_MS,
        updated_by="op-1",
    )
    await store.save_rule_setting(replace(setting, enabled=True))
    await store.save_rule_setting(setting)
    assert await store.rule_settings() == [setting]


async def test_what_a_node_sees_and_what_was_counted_survive(store: DatabaseStore) -> None:
    finding = Finding(
        rule=AlertRule.BREAKER_OPEN,
        merchant_id="m-1",
        subject="wechat-main/native",
        severity=Severity.WARNING,
        since_ms=NOW_MS,
        facts={"reason": "忙"},
    )
    nodes = [NodeFindings(node_id=f"n{n}", at_ms=NOW_MS + n, findings=(finding,) * n) for n in (0, 5)]
    for node in nodes:
        await store.save_node_findings(node, NOW_MS)
    assert await store.node_findings(NOW_MS + 1) == nodes[1:]
    await store.save_node_findings(replace(nodes[1], at_ms=NOW_MS + 9), NOW_MS + 1)
    assert await store.node_findings(0) == [replace(nodes[1], at_ms=NOW_MS + 9)]
    hour = ShopTally(shop_id="shop-1", at_ms=NOW_MS, created=9, paid=7, silent=1, payer=1, created_fen=900)
    await store.save_shop_hours([hour, replace(hour, at_ms=5)], 0)
    await store.save_shop_hours([replace(hour, created=10, ours=1)], 6)
    assert await store.shop_hours(0) == [replace(hour, created=10, ours=1)]
    watch = Watch(watch_id="success:shop-1", through_ms=NOW_MS, state=msgspec.Raw(b'{"level":3}'))
    await store.change_alerts(AlertChange(watches=(watch,)))
    await store.change_alerts(AlertChange(watches=(replace(watch, through_ms=NOW_MS + 1),)))
    assert await store.watches() == [replace(watch, through_ms=NOW_MS + 1)]


def _outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(kind=kind, code="X")


async def _make(store: DatabaseStore, n: int, at_ms: int, attempts: tuple[dict[str, Any], ...], **payment: Any) -> None:
    payment_id = lowest_id("pay_", at_ms) + f"{n:012d}"
    made = replace(a_payment(n, **payment), payment_id=payment_id, created_at_ms=at_ms)
    tries = [
        an_attempt(f"{n}-{k}", attempt_id=f"att_{n}-{k}", payment_id=payment_id, ordinal=k + 1, **attempt)
        for k, attempt in enumerate(attempts)
    ]
    decisions = [
        a_decision(f"{n}-{k}", decision_id=one.decision_id, payment_id=payment_id) for k, one in enumerate(tries)
    ]
    await store.commit(Changes(insert_payments=[made], insert_attempts=tries, insert_decisions=decisions))


async def test_payments_are_judged_at_one_age_and_by_whose_fault_it_was(store: DatabaseStore) -> None:
    start = NOW_MS // MINUTE_MS * MINUTE_MS
    shown = {"state": AttemptState.EXPOSED, "exposed_at_ms": start + 50}
    failed = {"state": AttemptState.FAILED, "outcome": _outcome(OutcomeKind.REFUSED_CHANNEL)}
    won = {"state": AttemptState.SUCCEEDED, "exposed_at_ms": start + 50, "finished_at_ms": start + 9_000}
    paid: dict[str, Any] = {"state": PaymentState.SUCCEEDED}
    cancelled = {"state": PaymentState.CLOSED, "close_reason": CloseReason.CANCELLED, "closed_at_ms": start + 9_000}
    balance = {**shown, "outcome": _outcome(OutcomeKind.REFUSED_PAYER)}
    debit = {"state": AttemptState.UNKNOWN, "exposed_at_ms": start, "outcome": _outcome(OutcomeKind.UNKNOWN)}
    stories: list[tuple[tuple[dict[str, Any], ...], dict[str, Any]]] = [
        ((won,), {**paid, "succeeded_at_ms": start + 9_000, "winner_attempt_id": "att_0-0"}),
        ((won,), {**paid, "succeeded_at_ms": start + 999_000, "winner_attempt_id": "att_1-0"}),  # too late: silent
        ((failed,), {}),  # ours
        ((failed, shown), {}),  # silent: the second code was good
        ((failed, balance), {}),  # payer
        ((shown,), cancelled),  # payer
        ((debit,), {}),  # ours
        ((), {}),  # silent: a checkout that nobody opened
        ((failed,), {"shop_id": "test:wechat-main"}),  # not counted
    ]
    for n, (attempts, payment) in enumerate(stories):
        await _make(store, n, start + n, attempts, **payment)
    await _make(store, 20, start + MINUTE_MS, (failed,), amount_fen=500)
    found = await store.shop_tallies(start, start + 2 * MINUTE_MS, age_ms=180_000, step_ms=MINUTE_MS)
    first, second = found
    assert (first.created, first.paid, first.ours, first.silent, first.payer) == (8, 1, 2, 3, 2)
    assert (first.created_fen, first.ours_fen) == (8 * 129_900, 2 * 129_900)
    assert second == ShopTally(
        shop_id="shop-1", at_ms=start + MINUTE_MS, created=1, ours=1, created_fen=500, ours_fen=500
    )
    whole = await store.shop_tallies(start, start + MINUTE_MS, age_ms=180_000, step_ms=3_600_000)
    assert [tally.at_ms for tally in whole] == [start // 3_600_000 * 3_600_000]


async def test_what_is_open_is_summed(store: DatabaseStore) -> None:
    await _make(store, 1, NOW_MS, ({"state": AttemptState.UNKNOWN, "due_at_ms": NOW_MS},))
    await _make(store, 2, NOW_MS, ({"state": AttemptState.UNKNOWN, "due_at_ms": NOW_MS, "created_at_ms": NOW_MS - 7},))
    assert await store.open_attempt_sums() == [
        OpenAttempts("wechat-main", "wechat_jsapi", "unknown", 2, 2 * 129_900, NOW_MS - 7)
    ]
    assert (await store.open_refund_sums(), await store.open_event_sums()) == ([], [])
    assert (await store.incidents_since(0, 5), await store.audits_since(0)) == ([], [])
