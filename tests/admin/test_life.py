"""A channel's life over the admin API: created as a draft, tested, enabled, changed, rotated, disabled, retired."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from payswitch.app import StartProblem
from tests.admin.support import CHANNELS, MASTER_KEY, Desk, a_desk, account_of, table
from tests.sandbox.support import RunningSandbox

ORDER = {"out_trade_no": "tea-1", "amount_fen": 12_900, "subject": "明前龙井", "environment": "desktop"}


async def test_a_draft_takes_no_customer_and_an_enabled_channel_does_at_once(desk: Desk) -> None:
    made = await desk.create("w", "wechatpay")
    assert (made.status, made.json["state"], made.json["revision"]) == (201, "draft", 1)
    refused = await desk.shop.post("/v1/payments", ORDER)
    assert (refused.status, refused.json["excluded"][0]["reason"]) == (422, "disabled")

    enabled = await desk.operator.post(f"{CHANNELS}/w/enable")
    assert (enabled.status, enabled.json["state"]) == (200, "enabled")
    paid_here = await desk.shop.post("/v1/payments", ORDER)

    assert (paid_here.status, paid_here.json["credential"]["channel_id"]) == (201, "w")


async def test_a_penny_is_paid_at_a_draft_and_comes_back_by_itself(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.create("w", "wechatpay")

    begun = await desk.operator.post(f"{CHANNELS}/w/tests", {})
    assert (begun.status, begun.json["state"], begun.json["amount_fen"]) == (201, "waiting", 1)
    await sandbox.pay(begun.json["credential"]["content"])
    done = await desk.until("w", begun.json["test_id"], "refunded")

    assert done["refund"]["amount_fen"] == 1
    ledger = await sandbox.ledger()
    assert [(entry["amount_fen"], entry["state"]) for entry in ledger] == [(1, "refunded")]
    assert sum(refund["amount_fen"] for refund in ledger[0]["refunds"]) == 1
    audit = (await desk.operator.get(f"{CHANNELS}/w/audit")).json["data"]
    assert [entry["action"] for entry in audit] == ["test", "create"]


async def test_every_change_is_written_down_with_who_did_it(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    changed = await desk.patch("w", revision=1, fee_bp=38, daily_cap_fen=500_000)
    assert (changed.status, changed.json["fee_bp"], changed.json["revision"]) == (200, 38, 2)

    newest = (await desk.operator.get(f"{CHANNELS}/w/audit?limit=1")).json["data"][0]

    assert (newest["action"], newest["operator_id"]) == ("update", "op-lin")
    assert newest["detail"] == {"fee_bp": "60 -> 38", "daily_cap_fen": "null -> 500000"}


async def test_a_channel_gets_a_monthly_cap_and_is_kept_for_some_shops(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    changed = await desk.patch("w", revision=1, monthly_cap_fen=9_000_000, shops=["tea", "books"])
    assert (changed.json["monthly_cap_fen"], changed.json["shops"]) == (9_000_000, ["books", "tea"])
    freed = await desk.patch("w", revision=2, monthly_cap_fen=None, shops=[])
    assert (freed.json["monthly_cap_fen"], freed.json["shops"]) == (None, [])


async def test_two_operators_do_not_overwrite_each_other(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    assert (await desk.patch("w", revision=1, tier=2)).status == 200

    late = await desk.patch("w", revision=1, tier=3)

    assert (late.status, late.json["code"], late.json["revision"]) == (409, "revision_conflict", 2)
    assert (await desk.show("w"))["tier"] == 2


async def test_of_many_changes_at_once_on_one_revision_one_wins(desk: Desk) -> None:
    await desk.create("w", "wechatpay")

    heard = await asyncio.gather(*(desk.patch("w", revision=1, fee_bp=fee) for fee in range(10, 20)))

    assert sorted(one.status for one in heard) == [200] + [409] * 9
    shown = await desk.show("w")
    channel = desk.app.directory.channel("w")
    assert channel is not None
    assert channel.fee_bp == shown["fee_bp"], "what was committed is what routing sees"


async def test_new_keys_are_a_new_version_and_old_attempts_keep_theirs(desk: Desk, sandbox: RunningSandbox) -> None:
    """The channel was pointed at another account: money of the old one is heard of, queried and refunded with its
    own keys."""
    await desk.create("w", "wechatpay")
    await desk.operator.post(f"{CHANNELS}/w/enable")
    old = (await desk.shop.post("/v1/payments", ORDER)).json

    rotated = await desk.operator.post(f"{CHANNELS}/w/rotate", {"revision": 2, "account": account_of(sandbox, "w2")})
    assert (rotated.status, rotated.json["version"]) == (200, 2)
    await sandbox.pay(old["credential"]["content"])
    view = await paid(desk, old["payment_id"])
    assert view["attempts"][0]["channel_version"] == 1
    refund = {"refund_no": "R-1", "amount_fen": 2_900}
    assert (await desk.shop.post(f"/v1/payments/{old['payment_id']}/refunds", refund)).status == 201

    new = (await desk.shop.post("/v1/payments", {**ORDER, "out_trade_no": "tea-2"})).json
    assert new["attempts"][0]["channel_version"] == 2
    shown = await desk.show("w")
    assert [version["version"] for version in shown["credentials"]] == [2, 1]


async def paid(desk: Desk, payment_id: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            view: dict[str, Any] = (await desk.shop.get(f"/v1/payments/{payment_id}")).json
            if view["state"] == "succeeded":
                return view
            await asyncio.sleep(0.05)


async def test_a_retired_channel_never_comes_back_and_still_refunds(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.create("w", "wechatpay")
    await desk.operator.post(f"{CHANNELS}/w/enable")
    made = (await desk.shop.post("/v1/payments", ORDER)).json
    too_early = await desk.operator.post(f"{CHANNELS}/w/retire")
    assert (too_early.status, too_early.json["code"]) == (409, "channel_state")
    for move, state in (("disable", "disabled"), ("retire", "retired"), ("retire", "retired")):
        assert (await desk.operator.post(f"{CHANNELS}/w/{move}")).json["state"] == state

    back = await desk.operator.post(f"{CHANNELS}/w/enable")
    tested = await desk.operator.post(f"{CHANNELS}/w/tests", {})
    rotated = await desk.operator.post(f"{CHANNELS}/w/rotate", {"revision": 4, "account": account_of(sandbox, "w")})
    assert [heard.json["code"] for heard in (back, tested, rotated)] == ["channel_state"] * 3

    await sandbox.pay(made["credential"]["content"])
    await paid(desk, made["payment_id"])
    refund = {"refund_no": "R-1", "amount_fen": 100}
    assert (await desk.shop.post(f"/v1/payments/{made['payment_id']}/refunds", refund)).status == 201


async def test_what_the_file_declares_is_changed_in_the_file(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path, declared={"w": account_of(sandbox, "w")}) as desk:
        for heard in (
            await desk.patch("w", revision=1, tier=2),
            await desk.operator.post(f"{CHANNELS}/w/retire"),
            await desk.operator.post(f"{CHANNELS}/w/rotate", {"revision": 1, "account": account_of(sandbox, "w")}),
        ):
            assert (heard.status, heard.json["code"]) == (409, "declared_in_file")
        twice = await desk.create("w", "wechatpay")
        assert (twice.status, twice.json["code"]) == (409, "channel_exists")
        assert (await desk.operator.post(f"{CHANNELS}/w/check", {})).json["healthy"] is True


async def test_without_a_master_key_nothing_is_created_and_the_file_works_as_before(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    async with a_desk(sandbox, tmp_path, declared={"w": account_of(sandbox, "w")}, master_key=None) as desk:
        heard = await desk.create("w2", "wechatpay")
        assert (heard.status, heard.json["code"]) == (409, "no_master_key")
        assert "payswitch master-key" in heard.json["detail"]
        assert (await desk.shop.post("/v1/payments", ORDER)).status == 201


async def test_a_restart_finds_channels_tests_and_old_keys_again(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path) as desk:
        await desk.create("w", "wechatpay")
        await desk.operator.post(f"{CHANNELS}/w/enable")
        await desk.operator.post(f"{CHANNELS}/w/rotate", {"revision": 2, "account": account_of(sandbox, "w2")})
        before = await desk.show("w")
    async with a_desk(sandbox, tmp_path) as desk:
        assert {**await desk.show("w"), "notify_url": ""} == {**before, "notify_url": ""}
        assert (await desk.shop.post("/v1/payments", ORDER)).json["attempts"][0]["channel_version"] == 2
        assert len(desk.app.directory.older_clients("w")) == 1


@pytest.mark.parametrize("master_key", [None, MASTER_KEY[:-1] + "E"])
async def test_a_service_that_cannot_open_its_keys_says_so_and_does_not_start(
    sandbox: RunningSandbox, tmp_path: Path, master_key: str | None
) -> None:
    async with a_desk(sandbox, tmp_path) as desk:
        await desk.create("w", "wechatpay")
    with pytest.raises(StartProblem, match="主密钥"):
        async with a_desk(sandbox, tmp_path, master_key=master_key):
            pass


async def test_a_managed_channel_in_the_file_as_well_stops_the_start(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path) as desk:
        await desk.create("w", "wechatpay")
    with pytest.raises(StartProblem, match="take it out of the file"):
        async with a_desk(sandbox, tmp_path, declared={"w": account_of(sandbox, "w2")}):
            pass


async def test_a_channel_id_is_used_once_for_ever(desk: Desk, sandbox: RunningSandbox) -> None:
    assert (await desk.create("w", "wechatpay")).status == 201
    heard = await desk.create("w", "wechatpay")
    assert (heard.status, heard.json["code"]) == (409, "channel_exists")
    both = await asyncio.gather(*(desk.create("w2", "wechatpay") for _ in range(3)))
    assert sorted(one.status for one in both) == [201, 409, 409]


async def test_nobody_creates_a_channel_for_another_merchant(desk: Desk, sandbox: RunningSandbox) -> None:
    heard = await desk.operator.post(CHANNELS, table(sandbox, "w", "wechatpay", merchant_id="m-2"))
    assert (heard.status, heard.fields) == (400, ["merchant_id"])


async def test_a_channels_own_maintenance_window_counts_like_the_policys(desk: Desk) -> None:
    always = [{"start": "00:00", "end": "24:00"}]
    await desk.create("w", "wechatpay", maintenance=always)
    await desk.operator.post(f"{CHANNELS}/w/enable")

    refused = await desk.shop.post("/v1/payments", ORDER)
    assert refused.json["excluded"][0]["reason"] == "maintenance"
    senseless = await desk.patch("w", revision=2, maintenance=[{"start": "25:99", "end": "1:00"}])
    assert (senseless.status, senseless.fields) == (400, ["maintenance[0]"])

    assert (await desk.patch("w", revision=2, maintenance=[])).status == 200
    assert (await desk.shop.post("/v1/payments", ORDER)).status == 201


async def test_to_another_merchants_operator_the_channel_does_not_exist(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.create("w", "wechatpay")
    test_id = (await desk.operator.post(f"{CHANNELS}/w/tests", {})).json["test_id"]
    before = await desk.show("w")
    stranger, channel = desk.foreign_operator, f"{CHANNELS}/w"
    headers = {"content-type": "application/json"}

    heard = [
        await stranger.get(channel),
        await stranger.get(f"{channel}/audit"),
        await stranger.get(f"{channel}/tests/{test_id}"),
        await stranger.post(f"{channel}/tests", {}),
        await stranger.post(f"{channel}/check", {}),
        await stranger.post(f"{channel}/rotate", {"revision": 1, "account": account_of(sandbox, "w2")}),
        await stranger.send("PATCH", channel, b'{"revision": 1, "tier": 2}', headers=headers),
        *[await stranger.post(f"{channel}/{move}") for move in ("enable", "disable", "retire")],
    ]

    absent = await stranger.get(f"{CHANNELS}/nowhere")
    assert {one.status for one in [*heard, absent]} == {404}
    assert {one.json["detail"].replace("nowhere", "w") for one in [*heard, absent]} == {heard[0].json["detail"]}
    assert (await stranger.get(CHANNELS)).json["data"] == []
    assert await desk.show("w") == before
    assert len((await desk.operator.get(f"{channel}/audit")).json["data"]) == 2
