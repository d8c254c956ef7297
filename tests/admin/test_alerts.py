"""A channel dies behind a running service: the robot hears it, signed, once; somebody takes it; it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace
from typer.testing import CliRunner

from payswitch.domain.alert import Alert, AlertChange, AlertGroup, AlertRule, Family, GroupState, Severity
from payswitch.entry.cli.app import app as command_line
from payswitch.kit.clock import SystemClock, iso_utc
from payswitch.sandbox.robots.accounts import Platform, RobotSpec, make_robots
from payswitch.sandbox.robots.house import Received, RobotHouse
from payswitch.sandbox.robots.pages import RobotPages
from payswitch.senders.alerts import AlertCarrier
from tests.admin.support import CHANNELS, OPERATOR_KEY, Desk, a_desk
from tests.sandbox.support import RunningSandbox

ALERTS, RULES = "/v1/admin/alerts", "/v1/admin/alert-rules"
SILENCES, RECEIVERS = "/v1/admin/alert-silences", "/v1/admin/alert-receivers"
BUSY = {"account": "w", "kind": "error_code", "operations": ["create"], "code": "SYSTEM_ERROR"}
PATIENCE_S = 60


@dataclass
class Groups:
    """Group robots that listen on this machine."""

    house: RobotHouse
    base_url: str
    robots: dict[Platform, RobotSpec]

    def receiver(self, platform: Platform = Platform.DINGTALK, **changes: Any) -> dict[str, Any]:
        robot = self.robots[platform]
        parts = {"url": robot.url(self.base_url), "secret": robot.secret, "keyword": robot.keyword}
        address = {name: value for name, value in parts.items() if value}
        usual = {"receiver_id": "duty", "name": "值班群", "kind": platform.value, "address": address}
        return {**usual, **changes}

    async def hear(self, word: str) -> Received:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for one in self.house.received:
                    if word in one.title:
                        return one
                await asyncio.sleep(0.05)


@pytest.fixture
async def groups() -> AsyncIterator[Groups]:
    robots = make_robots()
    house = RobotHouse(robots, SystemClock())
    app = web.Application()
    app.add_routes(RobotPages(house).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield Groups(house, url, {robot.platform: robot for robot in robots})
    await runner.cleanup()


@pytest.fixture
async def night(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose alerts may go to this machine."""
    async with a_desk(sandbox, tmp_path) as desk:
        carrier = AlertCarrier(clock=SystemClock(), allow_private_networks=True)
        await carrier.open()
        desk.app.alerts.sender = carrier
        yield desk
        await carrier.aclose()


async def orders(desk: Desk, count: int, prefix: str) -> None:
    for n in range(count):
        body = {"out_trade_no": f"{prefix}-{n}", "amount_fen": 12_900, "subject": "茶", "environment": "desktop"}
        await desk.shop.post("/v1/payments", body)


async def until(desk: Desk, group_id: str, state: str) -> dict[str, Any]:
    """Customers keep coming until the group is in this state: a breaker is probed by payments."""
    async with asyncio.timeout(PATIENCE_S):
        n = 0
        while True:
            found: dict[str, Any] = (await desk.operator.get(f"{ALERTS}/{group_id}")).json
            if found["group"]["state"] == state:
                return found
            n += 1
            await orders(desk, 1, f"{state}-{n}")
            await asyncio.sleep(0.2)


async def test_a_group_whose_alerts_are_gone_is_still_shown(night: Desk) -> None:
    """Its alerts may have been cleared out of the database by hand: the page then says what the group itself knows."""
    since_ms = SystemClock().now_ms() - 90_000
    group = AlertGroup(
        group_id="grp_empty",
        merchant_id="m-1",
        family=Family.BOOKS,
        state=GroupState.RESOLVED,
        severity=Severity.WARNING,
        opened_at_ms=since_ms,
        resolved_at_ms=since_ms + 30_000,
    )
    await night.app.alerts.store.change_alerts(AlertChange(groups=(group,)))

    found = await night.operator.get(f"{ALERTS}/grp_empty")
    listed = await night.operator.get(f"{ALERTS}?state=all")

    assert found.status == 200, found.json
    assert (found.json["group"]["title_zh"], found.json["group"]["title"]) == ("账本与账单", "Books and bills")
    assert found.json["group"]["since"] == iso_utc(since_ms)
    assert (found.json["group"]["alerts"], found.json["group"]["risk_fen"]) == ([], 0)
    assert [one["group_id"] for one in listed.json["data"]] == ["grp_empty"]


async def test_what_still_burns_stands_before_what_is_over(night: Desk) -> None:
    """The list shows the first few alerts of a group: of forty that are over and one that is not, that one."""
    at_ms = SystemClock().now_ms() - 1_000
    group = AlertGroup(
        group_id="grp_night",
        merchant_id="m-1",
        family=Family.MONEY,
        state=GroupState.ACKNOWLEDGED,
        severity=Severity.CRITICAL,
        opened_at_ms=at_ms,
    )
    facts = {"count": 1, "risk_fen": 100}
    over = Alert(
        alert_id="alt_over",
        group_id="grp_night",
        merchant_id="m-1",
        rule=AlertRule.SURPLUS_OPEN,
        subject="w",
        severity=Severity.CRITICAL,
        since_ms=at_ms,
        raised_at_ms=at_ms,
        seen_at_ms=at_ms,
        resolved_at_ms=at_ms,
        facts=facts,
    )
    burns = replace(over, alert_id="alt_burns", subject="w2", severity=Severity.WARNING, resolved_at_ms=None)
    await night.app.alerts.store.change_alerts(AlertChange(groups=(group,), alerts=(over, burns)))

    found = (await night.operator.get(f"{ALERTS}/grp_night")).json["group"]

    assert [one["alert_id"] for one in found["alerts"]] == ["alt_burns", "alt_over"]


async def test_from_the_first_failure_to_the_end(night: Desk, groups: Groups) -> None:
    desk = night
    for account in ("w", "w2"):
        await desk.create(account, "wechatpay", name=f"微信·{account}", tier=1 if account == "w" else 2)
        await desk.operator.post(f"{CHANNELS}/{account}/enable")
    saved = await desk.operator.post(RECEIVERS, groups.receiver())
    assert saved.status == 200, saved.json
    assert saved.json["address"] == {"keyword": "支付"}, "neither the address nor the secret is ever shown"
    tested = await desk.operator.post(f"{RECEIVERS}/duty/test")
    assert tested.json == {"receiver_id": "duty", "delivered": True, "code": "", "error": ""}
    assert groups.house.received[-1].signed

    await desk.sandbox.set_faults(BUSY)
    await orders(desk, 6, "sick")
    heard = await groups.hear("已熔断")
    assert (heard.code, heard.signed, heard.form) == (0, True, "actionCard")
    assert "微信·w" in heard.text
    assert "已自动处理" in heard.text
    [group] = (await desk.operator.get(ALERTS)).json["data"]
    assert heard.link == f"{desk.url}/console/alerts/{group['group_id']}"
    assert (await desk.operator.get("/v1/admin/alert-summary")).json["open"] == 1
    assert (await desk.foreign_operator.get(ALERTS)).json["data"] == []
    assert (await desk.foreign_operator.get(f"{ALERTS}/{group['group_id']}")).status == 404

    taken = await desk.operator.post(f"{ALERTS}/{group['group_id']}/acknowledge", {"note": "已联系渠道"})
    assert (taken.json["group"]["state"], taken.json["group"]["acknowledged_by"]) == ("acknowledged", "林")

    await desk.sandbox.set_faults()
    over = await until(desk, group["group_id"], "resolved")
    resolved = await groups.hear("已恢复")
    assert "历时" in resolved.text
    assert over["group"]["moved"] >= 1
    raised = [one for one in groups.house.received if "【严重】" in one.title]
    assert len(raised) == 1, "one outage is one message"
    again = await desk.operator.post(f"{ALERTS}/{group['group_id']}/acknowledge", {"note": ""})
    assert again.status == 409


async def test_rules_silences_and_receivers_refuse_what_makes_no_sense(night: Desk, groups: Groups) -> None:
    desk = night
    assert len((await desk.operator.get(RULES)).json["data"]) == 16

    async def patch(rule: str, body: dict[str, Any]) -> Any:
        import json

        headers = {"content-type": "application/json"}
        return await desk.operator.send("PATCH", f"{RULES}/{rule}", json.dumps(body).encode(), headers=headers)

    changed = await patch("success_low", {"thresholds": {"below": 0.97}})
    assert changed.json["thresholds"][0]["value"] == 0.97
    for rule, body in (
        ("success_low", {"thresholds": {"below": 1.5}}),
        ("success_low", {"thresholds": {"nonsense": 1}}),
        ("breaker_open", {"merchant_id": "m-2"}),
        ("no_such_rule", {}),
    ):
        assert (await patch(rule, body)).status in (400, 404), (rule, body)
    for body in (
        {"minutes": 0, "why": "渠道升级"},
        {"minutes": 10, "why": " "},
        {"minutes": 10, "why": "x", "rule": "?"},
    ):
        assert (await desk.operator.post(SILENCES, body)).status == 400, body
    made = await desk.operator.post(SILENCES, {"minutes": 10, "why": "渠道升级", "subject": "w*"})
    assert (made.status, made.json["active"], made.json["created_by"]) == (201, True, "林")
    ended = await desk.operator.post(f"{SILENCES}/{made.json['silence_id']}/end")
    assert ended.json["active"] is False
    assert (await desk.foreign_operator.post(f"{SILENCES}/{made.json['silence_id']}/end")).status == 404

    refused = await desk.operator.post(RECEIVERS, groups.receiver(address={"url": "nowhere", "secert": "x"}))
    assert {error["field"] for error in refused.json["errors"]} == {"address.url", "address.secert"}
    assert (await desk.operator.post(RECEIVERS, groups.receiver(address=None))).status == 400
    wrong = await desk.operator.post(RECEIVERS, groups.receiver(Platform.FEISHU, receiver_id="fs"))
    assert wrong.status == 200
    kept = await desk.operator.post(
        RECEIVERS, groups.receiver(Platform.FEISHU, receiver_id="fs", address=None, name="飞书")
    )
    assert kept.json["name"] == "飞书"
    assert (await desk.operator.post(f"{RECEIVERS}/fs/test")).json["delivered"] is True, "its address was kept"
    assert (await desk.foreign_operator.post(f"{RECEIVERS}/fs/test")).status == 404
    assert (await desk.operator.post(f"{RECEIVERS}/fs/remove")).status == 200
    assert (await desk.operator.get(RECEIVERS)).json["data"] == []


async def shell(desk: Desk, *arguments: str) -> tuple[int, str]:
    environment = {"COLUMNS": "300", "PAYSWITCH_URL": desk.url, "PAYSWITCH_OPERATOR_KEY": OPERATOR_KEY}
    done = await asyncio.to_thread(CliRunner().invoke, command_line, ["alerts", *arguments], env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


async def test_the_same_from_a_shell(night: Desk, groups: Groups) -> None:
    await night.operator.post(RECEIVERS, groups.receiver())
    await night.operator.post(
        RECEIVERS, groups.receiver(receiver_id="deaf", address={"url": f"{groups.base_url}/robot/send?access_token=x"})
    )
    for arguments, status, word in (
        (("list",), 0, "没有告警"),
        (("rules",), 0, "支付成功率过低"),
        (("silence", "w*", "--why", "渠道升级"), 0, "已静默至"),
        (("silence", "w*"), 2, "why"),
        (("receivers",), 0, "duty"),
        (("test", "duty"), 0, "已送达"),
        (("test", "deaf"), 1, "300001"),
        (("test", "nobody"), 2, "没有此接收人"),
        (("ack", "grp_none"), 2, "没有此告警"),
    ):
        code, output = await shell(night, *arguments)
        assert (code, word in output) == (status, True), (arguments, output)
