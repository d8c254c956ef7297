"""Two services, two processes, one PostgreSQL: a shop's repeats and races may reach either, and one of them may die."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from payswitch.drill.ports import free_port
from payswitch.drill.station import DATABASE_FILE, Station, config_text
from payswitch.kit.clock import SystemClock
from payswitch.kit.sealing import new_master_key
from payswitch.sandbox.core import Settings as SandboxSettings
from payswitch.sandbox.world import World, wechat_account
from tests.sandbox.support import RunningSandbox, running_sandbox
from tests.scenarios.support import WEBHOOK_SECRET, until_it_listens

pytestmark = pytest.mark.slow
CLOCK = SystemClock()
KEY = "key-tea"
ORDER = {"out_trade_no": "T-1", "amount_fen": 12_900, "subject": "明前龙井 250 g", "environment": "desktop"}
Heard = tuple[int, dict[str, Any]]


@dataclass
class Node:
    """One `payswitch serve` of its own."""

    address: str
    process: asyncio.subprocess.Process

    async def dies(self) -> None:
        self.process.kill()
        await self.process.wait()


@dataclass
class Town:
    sandbox: RunningSandbox
    session: aiohttp.ClientSession
    nodes: list[Node]

    async def ask(self, node: int, method: str, path: str, body: Any = None, key: str | None = None) -> Heard:
        headers = {"Authorization": f"Bearer {KEY}"} | ({"Idempotency-Key": key} if key else {})
        url = self.nodes[node].address + path
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            view: dict[str, Any] = await answer.json()
            return answer.status, view

    async def until_paid(self, node: int, payment_id: str) -> dict[str, Any]:
        for _ in range(1_200):
            _, view = await self.ask(node, "GET", f"/v1/payments/{payment_id}")
            if view["state"] == "succeeded":
                return view
            await CLOCK.sleep(0.05)
        raise AssertionError("the payment did not succeed")


@asynccontextmanager
async def serving(station: Station, database: str, session: aiohttp.ClientSession) -> AsyncIterator[Node]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    text = config_text(station, service_url=address, notify_url=None, log_level="error")
    config = station.folder / f"node-{port}.toml"
    config.write_text(text.replace(f'"{DATABASE_FILE}"', f'"{database}"'), "utf-8")
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "payswitch", "serve", "--config", str(config))
    try:
        await until_it_listens(address, process, session)
        yield Node(address, process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def town(tmp_path: Path, fresh_postgres: str) -> AsyncIterator[Town]:
    world = World(base_url="http://127.0.0.1:1", accounts=[wechat_account("wechat-main", "http://127.0.0.1:1")])
    quick = SandboxSettings(notify_time_scale=0.01, refund_delay_s=0.01)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(world, clock=CLOCK, settings=quick))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        station = Station(
            folder=tmp_path, world=sandbox.world, api_key=KEY, webhook_secret=WEBHOOK_SECRET, operator_key="key-lin"
        )
        (tmp_path / "master.key").write_text(new_master_key() + "\n", "ascii")
        # One after the other: the first one makes the tables.
        nodes = [await stack.enter_async_context(serving(station, fresh_postgres, session)) for _ in range(2)]
        yield Town(sandbox, session, nodes)


async def test_repeats_races_and_refunds_over_two_processes_and_the_death_of_one(town: Town) -> None:
    # The same request ten times at once, at either node: one payment, one code, one order at the channel.
    answers = await asyncio.gather(*(town.ask(i % 2, "POST", "/v1/payments", ORDER, "key-1") for i in range(10)))
    assert {view["payment_id"] for _, view in answers} == {answers[0][1]["payment_id"]}, answers
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({view["credential"]["content"] for _, view in answers}) == 1
    payment_id, content = answers[0][1]["payment_id"], answers[0][1]["credential"]["content"]

    # One key, two orders, at both nodes at once: one of them never was.
    both = await asyncio.gather(
        *(town.ask(i, "POST", "/v1/payments", {**ORDER, "out_trade_no": f"R-{i}"}, "key-2") for i in range(2))
    )
    assert sorted(status for status, _ in both) == [201, 409], both

    assert (await town.sandbox.pay(content))["result"] == "paid"
    await town.until_paid(1, payment_id)

    # Eight refunds at once, at either node: never more than was paid, however many each of them sees.
    path = f"/v1/payments/{payment_id}/refunds"
    wishes = [{"refund_no": f"B-{i}", "amount_fen": 5_000} for i in range(8)]
    heard = await asyncio.gather(*(town.ask(i % 2, "POST", path, wish, f"b-{i}") for i, wish in enumerate(wishes)))
    assert sorted(status for status, _ in heard) == [201, 201] + [422] * 6, heard
    assert {view["code"] for status, view in heard if status == 422} == {"refund_exceeds_paid"}

    # A customer pays while the node that the channel would notify is dead: the other one finds it.
    _, made = await town.ask(0, "POST", "/v1/payments", {**ORDER, "out_trade_no": "T-2"})
    await town.nodes[0].dies()
    assert (await town.sandbox.pay(made["credential"]["content"]))["result"] == "paid"
    await town.until_paid(1, made["payment_id"])

    books = {order["channel_order_no"]: order for order in await town.sandbox.ledger()}
    returned = [
        sum(refund["amount_fen"] for refund in order["refunds"])  # type: ignore[attr-defined]
        for order in books.values()
        if order["state"] in ("paid", "partly_refunded", "refunded")
    ]
    assert sorted(returned) == [0, 10_000]
