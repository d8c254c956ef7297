"""Alerts in service: rounds over a real database, messages that fail, restarts, two nodes, a small shop."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from payswitch.domain.alert import (
    AlertRule,
    Finding,
    GroupState,
    Message,
    NodeFindings,
    NoticeKind,
    NoticeState,
    Receiver,
    ReceiverKind,
    Severity,
    ShopTally,
)
from payswitch.domain.alert_delivery import Address, Delivery, OpenReceiver
from payswitch.domain.channel import Product
from payswitch.routing.request import CallObservation
from payswitch.services.alerts import alert_shops
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.alerts.alert_round import LEASE_MS, alert_round
from payswitch.services.alerts.alert_sending import deliver_notices
from payswitch.services.live.live_board import LiveBoard
from payswitch.storage.postgres import PostgresStore
from tests.services.fake_channel import ACCEPTED, MAINTENANCE
from tests.services.fake_directory import FakeDirectory
from tests.services.harness import FakeShop, Night, night, wired
from tests.services.passing_time import PassingClock

DUTY = OpenReceiver(Receiver(receiver_id="duty", name="值班", kind=ReceiverKind.DINGTALK), {"url": "x"})
OWNER = OpenReceiver(Receiver(receiver_id="owner", name="老板", kind=ReceiverKind.WECOM), {"url": "y"})


class Postman:
    """Carries messages, or has a reason not to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, NoticeKind, str]] = []
        self.answers: dict[str, deque[Delivery]] = {}

    def problems(self, receiver: Receiver, address: Address) -> Sequence[str]:
        return []

    async def deliver(self, to: OpenReceiver, message: Message, notice_id: str, timeout_ms: int) -> Delivery:
        waiting = self.answers.get(to.receiver.receiver_id)
        answer = waiting.popleft() if waiting else Delivery()
        if not answer.error:
            self.heard.append((to.receiver.receiver_id, message.kind, message.title))
        return answer

    def kinds(self, receiver_id: str = "duty") -> list[NoticeKind]:
        return [kind for name, kind, _ in self.heard if name == receiver_id]


class Watching:
    """One node that watches, with the night behind it."""

    def __init__(self, tonight: Night, postman: Postman, *receivers: OpenReceiver) -> None:
        self.night, self.ctx, self.postman = tonight, tonight.ctx, postman
        self.receivers = receivers
        self.restart()

    def restart(self) -> None:
        """What was remembered is gone; what is stored stays."""
        self.desk = AlertDesk(store=self.night.store, sender=self.postman, file_receivers=self.receivers)
        self.ctx.alerts = self.desk

    async def rounds(self, seconds: float, *, step_s: float = 1.0) -> None:
        for _ in range(int(seconds / step_s)):
            self.night.clock.advance(seconds=step_s)
            await alert_round(self.ctx)
            await deliver_notices(self.ctx)
            await self.desk.sending.finished()

    def breaks(self, channel_id: str = "wechat-main") -> None:
        """The channel says that it is in maintenance: its breaker opens."""
        self.ctx.router.observe_call(self._call(channel_id, MAINTENANCE))

    def mends(self, channel_id: str = "wechat-main", *, calls: int = 10) -> None:
        for _ in range(calls):
            self.night.clock.advance(seconds=2)
            self.ctx.router.observe_call(self._call(channel_id, ACCEPTED))

    def product(self, channel_id: str) -> Product:
        channel = self.ctx.directory.channel(channel_id)
        assert channel is not None
        return min(channel.products)

    def _call(self, channel_id: str, outcome: Any) -> CallObservation:
        channel = self.ctx.directory.channel(channel_id)
        assert channel is not None
        return CallObservation(
            at_ms=self.ctx.clock.now_ms(),
            channel_id=channel_id,
            product=next(iter(sorted(channel.products))),
            outcome=outcome,
            latency_ms=5.0,
            amount_fen=100,
            upstream="wechat",
            method=None,
        )


@pytest.fixture
async def watching(tmp_path: Path) -> AsyncIterator[Watching]:
    async with night(tmp_path) as tonight:
        yield Watching(tonight, Postman(), DUTY, OWNER)


async def test_a_breaker_is_told_once_and_its_end_once(watching: Watching) -> None:
    watching.breaks()
    await watching.rounds(30)
    watching.mends()
    await watching.rounds(30)
    assert watching.postman.kinds() == [NoticeKind.RAISED, NoticeKind.RESOLVED]
    assert watching.postman.kinds("owner") == watching.postman.kinds()
    assert await watching.desk.store.open_alerts() == []


async def test_why_a_channel_is_out_is_not_forgotten_while_it_is_probed(watching: Watching) -> None:
    watching.breaks()
    await watching.rounds(5)
    [before] = await watching.desk.store.open_alerts()
    watching.mends(calls=1)
    await watching.rounds(5)
    found = [one for one in watching.ctx.router.health_snapshot(watching.ctx.clock.now_ms()) if one.reason]
    assert [one.state for one in found] == ["probing"]
    [after] = await watching.desk.store.open_alerts()
    assert after.facts["reason_zh"] == before.facts["reason_zh"] == "渠道自报繁忙或维护"
    assert after.since_ms == before.since_ms


async def test_a_restart_neither_forgets_nor_tells_again(watching: Watching) -> None:
    watching.breaks()
    await watching.rounds(5)
    [before] = await watching.desk.store.open_alerts()
    watching.restart()
    await watching.rounds(20)
    [after] = await watching.desk.store.open_alerts()
    assert (after.alert_id, after.since_ms) == (before.alert_id, before.since_ms)
    assert watching.postman.kinds() == [NoticeKind.RAISED]


async def test_a_message_that_did_not_arrive_is_tried_again_and_later_ones_wait_behind_it(watching: Watching) -> None:
    down = Delivery(error="no answer within 10000 ms")
    watching.postman.answers["duty"] = deque([down, down, down])
    watching.breaks()
    await watching.rounds(10)
    watching.mends()
    await watching.rounds(120)
    assert watching.postman.kinds() == [NoticeKind.RAISED, NoticeKind.RESOLVED], "in order, none lost"
    about = [kind for name, kind, title in watching.postman.heard if name == "owner" and "熔断" in title]
    assert about == [NoticeKind.RAISED, NoticeKind.RESOLVED], "nobody waits for another"
    newest = await watching.desk.store.notices_of_receiver("duty", 5)
    assert [notice.state for notice in newest] == [NoticeState.DELIVERED] * 2
    assert [notice.tries for notice in reversed(newest)] == [4, 1]


async def test_a_rate_limit_is_no_failure(watching: Watching) -> None:
    watching.postman.answers["duty"] = deque([Delivery(error="sent too fast", code="45009", retry_after_ms=60_000)])
    watching.breaks()
    await watching.rounds(10)
    [notice] = await watching.desk.store.notices_of_receiver("duty", 5)
    assert (notice.tries, notice.state) == (0, NoticeState.RETRY)
    await watching.rounds(60)
    assert watching.postman.kinds() == [NoticeKind.RAISED]


async def test_that_a_receiver_is_dead_is_told_to_the_others(watching: Watching) -> None:
    watching.postman.answers["duty"] = deque([Delivery(error="signature refused", code="310000", hopeless=True)] * 9)
    watching.breaks()
    await watching.rounds(45)
    titles = [title for name, _, title in watching.postman.heard if name == "owner"]
    assert any("告警无法送达" in title for title in titles)
    assert watching.postman.kinds() == []
    dead = [alert for alert in await watching.desk.store.open_alerts() if alert.rule is AlertRule.RECEIVER_DEAD]
    assert [(alert.subject, "310000" in str(alert.facts["error"])) for alert in dead] == [("duty", True)]


@pytest.fixture
async def pair(fresh_postgres: str) -> AsyncIterator[tuple[Watching, Watching]]:
    """Two nodes over one database, and one postman, who counts what both send."""
    clock, postman = PassingClock(), Postman()
    directory, shop = FakeDirectory(clock), FakeShop()
    async with PostgresStore(fresh_postgres, clock=clock) as one, PostgresStore(fresh_postgres, clock=clock) as other:
        here = await wired(one, directory, shop, clock, seed=1)
        there = await wired(other, directory, shop, clock, seed=2)
        yield Watching(here, postman, DUTY), Watching(there, postman, DUTY)


async def test_of_two_nodes_one_tells_what_either_sees(pair: tuple[Watching, Watching]) -> None:
    here, there = pair
    there.breaks()
    for _ in range(10):
        await here.rounds(1)
        await there.rounds(1)
    assert here.postman.kinds() == [NoticeKind.RAISED]
    leaders = [one for one in pair if one.desk.memory.leading]
    assert len(leaders) == 1
    survivor = next(one for one in pair if one is not leaders[0])
    await survivor.rounds(LEASE_MS / 1_000 + 5)
    assert survivor.desk.memory.leading, "whose node died leaves the alerts to the other"
    assert here.postman.kinds() == [NoticeKind.RAISED], "and what was told is not told again"


async def test_what_a_dead_node_saw_is_not_believed_for_ever(pair: tuple[Watching, Watching]) -> None:
    here, _ = pair
    finding = Finding(
        rule=AlertRule.BREAKER_OPEN,
        merchant_id="m-1",
        subject="wechat-main/x",
        severity=Severity.CRITICAL,
        since_ms=here.ctx.clock.now_ms(),
        facts={
            "channel": "微信",
            "product": "x",
            "error": "",
            "reason_zh": "",
            "reason_en": "",
            "moved": 0,
            "saved": 0,
            "saved_fen": 0,
        },
    )
    node = NodeFindings(node_id="gone", at_ms=here.ctx.clock.now_ms(), findings=(finding,))
    await here.desk.store.save_node_findings(node, 0)
    await here.rounds(20)
    assert [alert.subject for alert in await here.desk.store.open_alerts()] == ["wechat-main/x"]
    await here.rounds(80, step_s=5)
    assert await here.desk.store.open_alerts() == []
    [group] = await here.desk.store.list_groups("m-1", live=False, place=None, limit=5)
    assert group.state is GroupState.RESOLVED


class Evening:
    """A store whose payments are told, a minute at a time; everything else is the real one."""

    def __init__(self, store: Any, minute_of: Any) -> None:
        self._store = store
        self._minute_of = minute_of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def shop_tallies(self, from_ms: int, to_ms: int, *, age_ms: int, step_ms: int) -> list[ShopTally]:
        starts = range(from_ms, to_ms, step_ms)
        found = (self._minute_of(at_ms) for at_ms in starts if step_ms == alert_shops.MINUTE_MS)
        return [one for one in found if one is not None]


async def test_a_small_shop_is_told_of_within_half_an_hour_and_hears_the_end(watching: Watching) -> None:
    clock, source = watching.night.clock, random.Random(4)
    start_ms = clock.now_ms()
    sick = range(start_ms + 3_600_000, start_ms + 3 * 3_600_000)

    def minute_of(at_ms: int) -> ShopTally | None:
        if at_ms < start_ms:
            return None
        failed = at_ms in sick and source.random() < 0.2
        return ShopTally(
            shop_id="shop-1",
            at_ms=at_ms,
            created=1,
            paid=int(not failed),
            ours=int(failed),
            created_fen=12_900,
            ours_fen=12_900 * failed,
        )

    watching.desk.store = Evening(watching.night.store, minute_of)
    await watching.rounds(3_600, step_s=30)
    assert watching.postman.heard == [], "an ordinary hour"
    await watching.rounds(1_800, step_s=30)
    [alert] = await watching.desk.store.open_alerts()
    assert (alert.rule, alert.subject) == (AlertRule.SUCCESS_FALLEN, "shop-1")
    assert alert.since_ms >= sick.start, "since the first payment that failed"
    assert alert.facts["risk_fen"] == 12_900 * int(alert.facts["failed"])
    watching.restart()
    watching.desk.store = Evening(watching.night.store, minute_of)
    await watching.rounds(7_200 - 1_800 + 3_600, step_s=30)
    assert await watching.desk.store.open_alerts() == []
    assert watching.postman.kinds()[0] is NoticeKind.RAISED
    assert watching.postman.kinds()[-1] is NoticeKind.RESOLVED


async def test_silence_of_a_busy_shop_is_told(watching: Watching) -> None:
    hour = 3_600_000
    now_ms = watching.night.clock.now_ms() // hour * hour
    watching.night.clock.advance(ms=now_ms + hour // 2 - watching.night.clock.now_ms() + hour)
    past = [
        ShopTally(shop_id="shop-1", at_ms=now_ms + hour - day * 24 * hour - h * hour, created=120, paid=118, silent=2)
        for day in range(1, 11)
        for h in range(-1, 3)
    ]
    await watching.desk.store.save_shop_hours(past, 0)
    await watching.night.order("last")
    await watching.rounds(600, step_s=30)
    assert [alert.rule for alert in await watching.desk.store.open_alerts()] == [AlertRule.NO_TRAFFIC]
    await watching.night.order("again")
    await watching.rounds(60, step_s=5)
    assert await watching.desk.store.open_alerts() == []


async def test_failures_from_before_a_breaker_closed_are_no_new_alert(watching: Watching) -> None:
    watching.ctx.board = LiveBoard(clock=watching.night.clock)
    lane = {"channel_id": "wechat-main", "product": watching.product("wechat-main").value, "latency_ms": 5.0}
    for _ in range(40):
        watching.ctx.board.tell("create_answered", {**lane, "outcome": "refused_channel", "code": "BUSY"})
    watching.breaks()
    await watching.rounds(5)
    watching.mends()
    for _ in range(40):
        watching.ctx.board.tell("create_answered", {**lane, "outcome": "accepted", "code": ""})
        await watching.rounds(1)
    assert await watching.desk.store.open_alerts() == []
    assert watching.postman.kinds()[-1] is NoticeKind.RESOLVED
