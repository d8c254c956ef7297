"""What the merchant hears from WeChat: encrypted, signed, retried, and sometimes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox, turn, until
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.server import serving
from payswitch.sandbox.wechatpay import WechatWire
from payswitch.sandbox.world import World

DAY_OF_RETRIES_S = [15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600]
"""The official schedule, written out once more: 24 hours and 4 minutes."""


def tries(sandbox: RunningSandbox) -> list[tuple[int, str, str]]:
    return [(t.attempt, t.guise, t.result) for t in sandbox.core.notifier.tries]


@pytest.fixture
async def sale(shop: Merchant, channels: RunningSandbox) -> str:
    """A code that is ready to be paid."""
    return await shop.code(attach="直播间 7")


async def test_a_payment_is_told_once_and_acknowledged(
    shop: Merchant, channels: RunningSandbox, listener: Listener, sale: str
) -> None:
    await channels.pay(sale)
    (heard,) = await listener.count(1)
    message = shop.opened(heard)
    resource = message.pop("resource")
    assert message == {
        "id": message["id"],
        "create_time": "2026-11-09T20:37:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
    }
    assert resource == (await shop.query()).body
    await until(lambda: channels.core.notifier.pending == 0)
    assert tries(channels) == [(1, "honest", "acknowledged")]


async def test_a_merchant_that_never_acknowledges_is_asked_for_a_day(
    shop: Merchant, channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    listener.answers = [500]
    await channels.pay(sale)
    for made, gap_s in enumerate(DAY_OF_RETRIES_S, start=1):
        await until(lambda made=made: len(channels.core.notifier.tries) == made)  # type: ignore[misc]
        night.advance(seconds=gap_s - 0.001)
        assert len(listener.heard) == made, "not a moment too early"
        night.advance(ms=1)
        await listener.count(made + 1)
    await until(lambda: channels.core.notifier.pending == 0)
    messages = [shop.opened(heard) for heard in listener.heard]
    assert len(messages) == 16
    assert len({message["id"] for message in messages}) == 1
    stamps = [int(heard.headers["Wechatpay-Timestamp"]) for heard in listener.heard]
    assert stamps[-1] - stamps[0] == sum(DAY_OF_RETRIES_S) == 86_640, "signed afresh each time"


async def test_a_refusal_is_followed_by_one_more_try_that_is_taken(
    channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    listener.answers = [401, 200]
    await channels.pay(sale)
    await until(lambda: len(channels.core.notifier.tries) == 1)
    night.advance(seconds=15)
    await until(lambda: channels.core.notifier.pending == 0)
    assert tries(channels) == [(1, "honest", "refused"), (2, "honest", "acknowledged")]


async def test_the_schedule_can_be_compressed_for_a_drill(world: World, night: ManualClock, listener: Listener) -> None:
    async with running_sandbox(world, clock=night, settings=Settings(notify_time_scale=0.01)) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night, listener.url)
        listener.answers = [500, 204]
        await sandbox.pay(await shop.code())
        await until(lambda: len(sandbox.core.notifier.tries) == 1)
        night.advance(seconds=0.15)
        await listener.count(2)


async def test_a_lost_message_comes_back_with_the_schedule(
    channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_lost", "to_s": 10})
    await channels.pay(sale)
    await until(lambda: tries(channels) == [(1, "honest", "lost")])
    assert listener.heard == []
    night.advance(seconds=15)
    await listener.count(1)
    await until(lambda: tries(channels)[1:] == [(2, "honest", "acknowledged")])


async def test_the_same_message_may_arrive_three_times(
    shop: Merchant, channels: RunningSandbox, listener: Listener, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_duplicate", "times": 2})
    await channels.pay(sale)
    messages = [shop.opened(heard) for heard in await listener.count(3)]
    assert len({message["id"] for message in messages}) == 1
    assert messages[0] == messages[1] == messages[2]
    await until(lambda: channels.core.notifier.pending == 0)


async def test_a_late_message_waits(
    channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_late", "delay_s": 40})
    await channels.pay(sale)
    await turn()
    night.advance(seconds=39)
    await turn()
    assert listener.heard == []
    night.advance(seconds=1)
    await listener.count(1)


async def test_a_forged_message_says_the_same_and_fails_only_by_its_signature(
    shop: Merchant, channels: RunningSandbox, listener: Listener, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_forged"})
    await channels.pay(sale)
    forged, real = await listener.count(2)
    assert not shop.verifies(forged.headers, forged.body)
    assert forged.headers["Wechatpay-Serial"] == real.headers["Wechatpay-Serial"]
    assert shop.decrypted(json.loads(forged.body)["resource"]) == shop.opened(real)["resource"]


async def test_wechat_tests_whether_the_merchant_verifies(
    shop: Merchant, channels: RunningSandbox, listener: Listener, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_probe"})
    listener.answers = [400, 204]
    await channels.pay(sale)
    probe, real = await listener.count(2)
    assert probe.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not shop.verifies(probe.headers, probe.body)
    assert probe.headers["Wechatpay-Serial"] == real.headers["Wechatpay-Serial"]
    shop.opened(real)


async def test_an_acknowledged_forgery_does_not_stop_the_real_message(
    shop: Merchant, channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_forged", "to_s": 10})
    listener.answers = [204, 500, 204]
    await channels.pay(sale)
    await until(lambda: len(channels.core.notifier.tries) == 2)
    night.advance(seconds=15)
    shop.opened((await listener.count(3))[2])


async def test_a_wrong_amount_comes_under_a_good_signature_and_the_next_try_is_right(
    shop: Merchant, channels: RunningSandbox, listener: Listener, night: ManualClock, sale: str
) -> None:
    await channels.set_faults({"kind": "notify_wrong_amount", "to_s": 10})
    listener.answers = [500, 204]
    await channels.pay(sale)
    (wrong,) = await listener.count(1)
    assert shop.opened(wrong)["resource"]["amount"]["total"] == 12_901
    await until(lambda: len(channels.core.notifier.tries) == 1)
    night.advance(seconds=15)
    assert shop.opened((await listener.count(2))[1])["resource"]["amount"]["total"] == 12_900


async def test_while_a_merchant_migrates_its_messages_come_under_both_keys(
    migrating_shop: Merchant, channels: RunningSandbox, listener: Listener
) -> None:
    for n in range(24):
        await channels.pay(await migrating_shop.code(f"MIGRATE-{n:04d}"))
    heard = await listener.count(24)
    assert all(migrating_shop.opened(one) for one in heard)
    keys = migrating_shop.keys
    assert {one.headers["Wechatpay-Serial"] for one in heard} == {keys.platform_serial_no, keys.public_key_id}


async def test_nobody_at_the_address(shop: Merchant, channels: RunningSandbox) -> None:
    shop.notify_url = "http://127.0.0.1:1/notify"
    await channels.pay(await shop.code())
    await until(lambda: tries(channels) == [(1, "honest", "unreachable")])


async def test_an_address_that_accepts_and_stays_silent_costs_its_time_and_no_more(
    shop: Merchant, channels: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WechatWire, "notify_timeout_s", 0.05)
    callers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _reader, writer: callers.append(writer), "127.0.0.1", 0)
    async with silent:
        shop.notify_url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/notify"
        await channels.pay(await shop.code())
        await until(lambda: tries(channels) == [(1, "honest", "timeout")])
        (caller,) = callers
        caller.close()
        await caller.wait_closed()


class SlowShop:
    """Answers only when told, and counts how many callers it holds."""

    def __init__(self) -> None:
        self.held = 0
        self.most_held = 0
        self.done = 0
        self.release = asyncio.Event()

    async def hear(self, _request: web.Request) -> web.Response:
        self.held += 1
        self.most_held = max(self.most_held, self.held)
        await self.release.wait()
        self.held -= 1
        self.done += 1
        return web.Response(status=204)


@pytest.fixture
async def slow_shop() -> AsyncIterator[tuple[SlowShop, str]]:
    shop = SlowShop()
    app = web.Application()
    app.router.add_post("/notify", shop.hear)
    async with serving(app) as port:
        yield shop, f"http://127.0.0.1:{port}/notify"
        shop.release.set()


async def test_only_a_bounded_number_is_on_the_wire_at_once(
    world: World, night: ManualClock, slow_shop: tuple[SlowShop, str]
) -> None:
    slow, url = slow_shop
    async with running_sandbox(world, clock=night, settings=Settings(notify_connections=3)) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night, url)
        for n in range(8):
            await sandbox.pay(await shop.code(f"MANY-{n:04d}"))
        await until(lambda: slow.held == 3)
        assert (sandbox.core.notifier.pending, slow.most_held) == (8, 3)
        slow.release.set()
        await until(lambda: sandbox.core.notifier.pending == 0)
        assert slow.done == 8


async def test_the_diary_of_notifications_can_be_read(channels: RunningSandbox, listener: Listener, sale: str) -> None:
    await channels.pay(sale)
    await until(lambda: channels.core.notifier.pending == 0)
    async with channels.session.get(
        f"{channels.base_url}/_sandbox/notifications", timeout=aiohttp.ClientTimeout(total=5)
    ) as answer:
        diary = await answer.json()
    assert diary["pending"] == 0
    assert [(t["account"], t["channel_order_no"], t["status"]) for t in diary["tries"]] == [
        ("wechat-main", "NIGHT-0001", 204)
    ]
