"""Every illness of an API, as a client on the other end of a real connection meets it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox, turn, until
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.world import World


async def numbers(sandbox: RunningSandbox) -> list[object]:
    return [entry["channel_order_no"] for entry in await sandbox.ledger()]


async def test_a_slow_channel_does_the_work_and_answers_late(
    shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    await channels.set_faults({"kind": "latency", "ms": 400})
    calling = asyncio.create_task(shop.create())
    await until(lambda: len(channels.core.ledger) == 1)
    await turn()
    night.advance(ms=399)
    await turn()
    assert not calling.done()
    night.advance(ms=1)
    assert (await calling).status == 200


async def test_a_client_that_gives_up_on_a_slow_channel_has_an_order_all_the_same(
    shop: Merchant, channels: RunningSandbox
) -> None:
    await channels.set_faults({"kind": "latency", "ms": 400, "operations": ["create"]})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(shop.create(), 0.05)
    assert await shop.state() == "NOTPAY"


@pytest.mark.parametrize(("when", "made"), [("before", []), ("after", ["NIGHT-0001"])])
async def test_a_channel_that_hangs_may_have_done_the_work(
    shop: Merchant, channels: RunningSandbox, when: str, made: list[str]
) -> None:
    await channels.set_faults({"kind": "hang", "when": when})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(shop.create(), 0.1)
    assert await numbers(channels) == made


async def test_the_sandbox_ends_although_a_call_hangs(world: World, night: ManualClock, listener: Listener) -> None:
    async with running_sandbox(world, clock=night) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night, listener.url)
        await sandbox.set_faults({"kind": "hang", "when": "after"})
        calling = asyncio.create_task(shop.create())
        await until(lambda: len(sandbox.core.ledger) == 1)
        await sandbox.core.stop()
        assert (await calling).status == 503


async def test_a_refused_connection_is_reset(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "refuse"})
    with pytest.raises(aiohttp.ClientConnectionError):
        await shop.create()
    assert await numbers(channels) == []


@pytest.mark.parametrize(("when", "made"), [("before", []), ("after", ["NIGHT-0001"])])
async def test_an_edge_error_is_html_without_a_signature(
    shop: Merchant, channels: RunningSandbox, when: str, made: list[str]
) -> None:
    await channels.set_faults({"kind": "http_5xx", "status": 502, "when": when})
    answered = await shop.create()
    assert (answered.status, answered.verified) == (502, False)
    assert answered.raw.startswith(b"<html>")
    assert await numbers(channels) == made


async def test_system_busy_in_wechats_own_words(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "error_code", "code": "SYSTEM_ERROR"})
    answered = await shop.create()
    assert (answered.status, answered.verified) == (500, True)
    assert answered.body == {"code": "SYSTEM_ERROR", "message": "系统繁忙，请稍后重试"}
    assert await numbers(channels) == []


async def test_an_error_code_may_hide_that_the_order_was_made(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "error_code", "code": "SYSTEM_ERROR", "created": True, "operations": ["create"]})
    assert (await shop.create()).status == 500
    assert await shop.state() == "NOTPAY"


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        ({"code": "FREQUENCY_LIMITED"}, 429, "频率超限"),
        ({"code": "RULE_LIMIT", "message": "商户号当日收款已达上限"}, 403, "商户号当日收款已达上限"),
        ({"code": "NOT_ENOUGH"}, 403, "基本账户余额不足，请充值后重新发起"),
        ({"code": "CHANNEL_MAINTENANCE", "status": 503, "message": "通道维护"}, 503, "通道维护"),
        ({"code": "SOMETHING_NEW"}, 400, "请求失败"),
    ],
)
async def test_any_code_can_be_injected(
    shop: Merchant, channels: RunningSandbox, fault: dict[str, object], status: int, message: str
) -> None:
    await channels.set_faults({"kind": "error_code", **fault})
    answered = await shop.create()
    assert (answered.status, answered.body["code"], answered.body["message"]) == (status, fault["code"], message)


async def test_a_malformed_answer_is_wechats_and_breaks_off(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "malformed"})
    for answered in (await shop.create(), await shop.close("NEVER-MADE")):
        assert (answered.status, answered.verified) == (200, True)
        with pytest.raises(json.JSONDecodeError):
            json.loads(answered.raw)


async def test_a_bad_signature_stands_under_the_right_name(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "bad_signature"})
    answered = await shop.create()
    assert (answered.status, answered.verified) == (200, False)
    assert answered.headers["Wechatpay-Serial"] == shop.keys.platform_serial_no


async def test_wechat_tests_whether_the_client_verifies(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "signature_probe"})
    answered = await shop.create()
    assert (answered.status, answered.verified) == (200, False)
    assert answered.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    await channels.set_faults()
    assert (await shop.create()).verified, "the same call again"


@pytest.mark.parametrize("account", ["wechat-main", "wechat-backup"])
async def test_an_unknown_serial_is_of_the_accounts_own_style(
    channels: RunningSandbox, night: ManualClock, account: str
) -> None:
    shop = Merchant(channels, channels.world.account(account), night)
    usual = (await shop.create()).headers["Wechatpay-Serial"]
    await channels.set_faults({"kind": "unknown_serial"})
    answered = await shop.create()
    strange = answered.headers["Wechatpay-Serial"]
    assert (answered.status, answered.verified) == (200, False)
    assert strange != usual
    assert strange.startswith("PUB_KEY_ID_") == usual.startswith("PUB_KEY_ID_")


async def test_a_fault_may_be_about_one_product_and_one_amount_band(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults(
        {"kind": "error_code", "code": "RULE_LIMIT", "product": "wechat_native", "min_fen": 50_000}
    )
    assert (await shop.create("SMALL-1", total=49_999)).status == 200
    assert (await shop.create("LARGE-1", total=50_000)).status == 403
    assert (await shop.create("LARGE-2", total=50_000, trade="app")).status == 200


async def test_a_fault_about_a_product_strikes_later_calls_about_its_orders_too(
    shop: Merchant, channels: RunningSandbox
) -> None:
    await shop.create("NATIVE-1")
    await shop.create("APP-0001", trade="app")
    await channels.pay(await shop.code("PAID-1"))
    transaction_id = (await shop.query("PAID-1")).body["transaction_id"]
    await shop.refund(1, number="PAID-1")
    await channels.set_faults({"kind": "error_code", "code": "SYSTEM_ERROR", "product": "wechat_native"})
    assert (await shop.query("NATIVE-1")).status == 500
    assert (await shop.close("NATIVE-1")).status == 500
    by_transaction = f"/v3/pay/transactions/id/{transaction_id}?mchid={shop.keys.mchid}"
    assert (await shop.send("GET", by_transaction)).status == 500
    assert (await shop.refund(1, number="PAID-1", refund_no="BACK-2")).status == 500
    assert (await shop.refund(1, refund_no="BACK-3", out_trade_no="", transaction_id=transaction_id)).status == 500
    assert (await shop.refund_query()).status == 500
    assert (await shop.query("APP-0001")).status == 200


async def test_one_account_may_be_sick_while_the_other_is_well(
    shop: Merchant, migrating_shop: Merchant, channels: RunningSandbox
) -> None:
    await channels.set_faults({"account": "wechat-main", "kind": "http_5xx"})
    assert (await shop.create()).status == 503
    assert (await migrating_shop.create()).status == 200


async def test_a_wallet_that_fails_leaves_the_order_open(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code()
    await channels.set_faults({"kind": "wallet_error"})
    assert (await channels.pay(code))["result"] == "wallet_error"
    await channels.set_faults()
    assert (await channels.pay(code))["result"] == "paid"


async def test_a_slow_wallet_that_wakes_up_too_late_does_not_pay(
    shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    code = await shop.code()
    await channels.set_faults({"kind": "latency", "ms": 30_000, "operations": ["pay"]})
    paying = asyncio.create_task(channels.pay(code))
    await until(lambda: channels.core.faults.all()[0].struck == 1)
    await shop.close()
    await turn()
    night.advance(seconds=30)
    assert (await paying)["result"] == "closed"
