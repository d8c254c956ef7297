"""停用 over the admin API, at a running service with real channels: in one process, over restarts, and at two nodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payswitch.services.channels.channel_following import follow_channels
from tests.admin.support import CHANNELS, Desk, a_desk, account_of
from tests.admin.test_life import ORDER, paid
from tests.sandbox.support import PATIENCE_S, RunningSandbox


def both_of(sandbox: RunningSandbox) -> dict[str, dict[str, str]]:
    """Two WeChat accounts in the file."""
    return {channel_id: account_of(sandbox, channel_id) for channel_id in ("w", "w2")}


async def disable(desk: Desk, channel_id: str) -> None:
    heard = await desk.operator.post(f"{CHANNELS}/{channel_id}/disable?reason=sick")
    assert (heard.status, heard.json["state"]) == (200, "disabled"), heard.text


async def pays_at(desk: Desk, number: str) -> str:
    made = await desk.shop.post("/v1/payments", {**ORDER, "out_trade_no": number})
    assert made.status == 201, made.text
    channel_id: str = made.json["credential"]["channel_id"]
    return channel_id


async def test_a_channel_of_the_file_is_taken_out_and_brought_back(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path, declared=both_of(sandbox)) as desk:
        under_way = (await desk.shop.post("/v1/payments", ORDER)).json
        sick = under_way["credential"]["channel_id"]
        other = {"w": "w2", "w2": "w"}[sick]

        await disable(desk, sick)
        shown = await desk.show(sick)
        assert (shown["origin"], shown["state"], shown["revision"]) == ("file", "disabled", None)
        assert (shown["disabled"]["operator_id"], shown["disabled"]["reason"]) == ("op-lin", "sick")
        listed = {one["channel_id"]: one["state"] for one in (await desk.operator.get(CHANNELS)).json["data"]}
        assert listed == {sick: "disabled", other: "enabled"}
        assert {await pays_at(desk, f"order-{n}") for n in range(3)} == {other}

        await sandbox.pay(under_way["credential"]["content"])
        await paid(desk, under_way["payment_id"])
        refund = {"refund_no": "R-1", "amount_fen": 100}
        assert (await desk.shop.post(f"/v1/payments/{under_way['payment_id']}/refunds", refund)).status == 201
        assert (await desk.operator.post(f"{CHANNELS}/{sick}/tests", {})).status == 201, "a test works in every state"

        back = (await desk.operator.post(f"{CHANNELS}/{sick}/enable?reason=well")).json
        assert (back["state"], back["disabled"]) == ("enabled", None)
        audit = (await desk.operator.get(f"{CHANNELS}/{sick}/audit")).json["data"]
        moves = [one for one in audit if one["action"] in ("enable", "disable")]
        assert [(one["action"], one["note"], one["operator_id"]) for one in moves] == [
            ("enable", "well", "op-lin"),
            ("disable", "sick", "op-lin"),
        ]


async def test_the_last_one_may_go_and_the_answer_says_who_is_left_without(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    async with a_desk(sandbox, tmp_path, declared=both_of(sandbox)) as desk:
        await disable(desk, "w")
        before = (await desk.show("w2"))["only_for"]
        assert before == {"shops": [{"shop_id": "tea", "name": "云水茶铺"}], "methods": ["wechat"]}
        await disable(desk, "w2")

        refused = await desk.shop.post("/v1/payments", ORDER)

        assert (refused.status, {one["reason"] for one in refused.json["excluded"]}) == (422, {"disabled"})
        newest = (await desk.operator.get(f"{CHANNELS}/w2/audit?limit=1")).json["data"][0]
        assert newest["detail"] == {"state": "enabled -> disabled", "shops_without_channel": '["tea"]'}


async def test_what_is_disabled_survives_a_restart(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path, declared=both_of(sandbox)) as desk:
        await disable(desk, "w")

    async with a_desk(sandbox, tmp_path, declared=both_of(sandbox)) as desk:
        assert (await desk.show("w"))["disabled"]["reason"] == "sick"
        assert {await pays_at(desk, f"order-{n}") for n in range(3)} == {"w2"}


async def test_a_channel_that_nobody_knows_and_another_merchants_are_not_there(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    async with a_desk(sandbox, tmp_path, declared=both_of(sandbox)) as desk:
        for move in ("disable", "enable", "retire"):
            assert (await desk.operator.post(f"{CHANNELS}/nobody/{move}")).status == 404
            assert (await desk.foreign_operator.post(f"{CHANNELS}/w/{move}")).status == 404
        assert (await desk.show("w"))["state"] == "enabled"


async def test_a_managed_channel_says_who_disabled_it_too(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    await desk.operator.post(f"{CHANNELS}/w/enable")
    await disable(desk, "w")

    shown = await desk.show("w")
    assert (shown["revision"], shown["disabled"]["operator_id"], shown["disabled"]["reason"]) == (3, "op-lin", "sick")
    back = (await desk.operator.post(f"{CHANNELS}/w/enable")).json
    assert (back["revision"], back["disabled"]) == (4, None)


# --- two nodes on one database -----------------------------------------------------------------------------------

Nodes = tuple[Desk, Desk]


@pytest.fixture
async def nodes(sandbox: RunningSandbox, tmp_path: Path, fresh_postgres: str) -> AsyncIterator[Nodes]:
    """The same file on two machines, one PostgreSQL."""
    declared = both_of(sandbox)
    async with (
        a_desk(sandbox, tmp_path, declared=declared, database=fresh_postgres) as here,
        a_desk(sandbox, tmp_path, declared=declared, database=fresh_postgres) as there,
    ):
        yield here, there


async def out_at(desk: Desk, channel_id: str) -> None:
    """The other node follows by itself, within about a second."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            channel = desk.app.directory.channel(channel_id)
            if channel is not None and not channel.enabled:
                return
            await asyncio.sleep(0.02)


async def test_the_other_node_follows_without_being_told(nodes: Nodes) -> None:
    here, there = nodes
    await disable(here, "w")

    await out_at(there, "w")
    assert {await pays_at(there, f"order-{n}") for n in range(3)} == {"w2"}
    assert (await there.show("w"))["disabled"]["operator_id"] == "op-lin"

    assert (await there.operator.post(f"{CHANNELS}/w/enable")).json["state"] == "enabled"
    await follow_channels(here.app.ctx)
    channel = here.app.directory.channel("w")
    assert channel is not None
    assert channel.enabled


async def test_pressed_at_both_it_is_done_once(nodes: Nodes) -> None:
    heard = await asyncio.gather(*(node.operator.post(f"{CHANNELS}/w/disable?reason=sick") for node in nodes * 3))

    assert {(one.status, one.json["state"]) for one in heard} == {(200, "disabled")}
    audit = (await nodes[0].operator.get(f"{CHANNELS}/w/audit")).json["data"]
    assert [one["action"] for one in audit] == ["disable"]


async def test_a_channel_made_at_one_node_works_at_the_other_with_its_keys(
    nodes: Nodes, sandbox: RunningSandbox
) -> None:
    here, there = nodes
    made = {"products": ["alipay_precreate"], "channel_id": "a", "account": account_of(sandbox, "a")}
    await here.create("a", "alipay", **made)
    await here.operator.post(f"{CHANNELS}/a/enable")
    await follow_channels(there.app.ctx)

    order = {**ORDER, "out_trade_no": "by-alipay", "methods": ["alipay"]}
    assert (await there.shop.post("/v1/payments", order)).json["credential"]["channel_id"] == "a"
    rotate = {"revision": 2, "account": account_of(sandbox, "a2")}
    assert (await there.operator.post(f"{CHANNELS}/a/rotate", rotate)).status == 200
    await disable(there, "a")
    await follow_channels(here.app.ctx)

    channel = here.app.directory.channel("a")
    assert channel is not None
    assert (channel.version, channel.enabled) == (2, False)
    assert sorted(here.app.directory.clients_of("a")) == [1, 2], "older attempts keep their own keys"
    assert await follow_channels(here.app.ctx) == 0, "nothing is opened twice"
