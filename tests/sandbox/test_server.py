"""The sandbox as a process: started, stopped, started again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from tests.sandbox.support import Listener, running_sandbox, until
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.drill.ports import free_port
from payswitch.kit.clock import ManualClock
from payswitch.sandbox.server import listen, make_app, run
from payswitch.sandbox.world import World


async def test_it_serves_until_it_is_told_to_stop(world: World, night: ManualClock) -> None:
    port, stop = free_port(), asyncio.Event()
    serving = asyncio.create_task(run(world, port=port, clock=night, stop=stop))
    async with aiohttp.ClientSession() as client, asyncio.timeout(10):
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{port}/_sandbox/health") as answer:
                    assert await answer.json() == {"ok": True}
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.01)
        stop.set()
        await serving


async def test_a_taken_address_is_said_at_once(world: World, night: ManualClock) -> None:
    taken = listen("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        await run(world, port=taken.getsockname()[1], clock=night)
    taken.close()


async def test_a_message_that_nobody_acknowledged_survives_a_restart(
    world: World, night: ManualClock, listener: Listener, tmp_path: Path
) -> None:
    books = tmp_path / "sandbox.sqlite"
    listener.answers = [500, 204]
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night, listener.url)
        await sandbox.pay(await shop.code())
        await until(lambda: len(sandbox.core.notifier.tries) == 1)
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        first, second = await listener.count(2)
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night)
        assert shop.opened(first)["id"] == shop.opened(second)["id"]
        await until(lambda: sandbox.core.notifier.pending == 0)
        assert sandbox.core.ledger.entries()[0].untold == []
        assert await shop.state() == "SUCCESS"


async def test_a_world_may_have_accounts_of_one_family_only(world: World, night: ManualClock) -> None:
    wechat_only = World(base_url=world.base_url, accounts=[world.account("wechat-main")])
    app = make_app(wechat_only, clock=night)
    paths = {resource.canonical for resource in app.router.resources()}
    assert "/v3/certificates" in paths
    assert "/gateway.do" not in paths
