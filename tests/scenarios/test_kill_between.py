"""`kill -9` between a commit and its answer: the shop repeats its request, and it is the same payment or refund."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from payswitch.drill.ports import free_port
from payswitch.drill.station import Station, write_config
from payswitch.kit.clock import SystemClock
from payswitch.sandbox.core import Settings as SandboxSettings
from payswitch.sandbox.world import World, wechat_account
from payswitch.settings import Settings, load
from tests.sandbox.support import RunningSandbox, running_sandbox
from tests.scenarios.served import a_service
from tests.scenarios.support import WEBHOOK_SECRET, until_it_listens

pytestmark = pytest.mark.slow
CLOCK = SystemClock()
ORDER = {"out_trade_no": "T-1", "amount_fen": 12_900, "subject": "明前龙井 250 g", "environment": "desktop"}
REFUND = {"refund_no": "R-1", "amount_fen": 5_000, "reason": "破损"}


@dataclass
class Shop:
    """A shop's program that sends the same key with the same request, however often it must."""

    session: aiohttp.ClientSession
    api_key: str

    async def post(self, service: str, path: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.api_key}", "Idempotency-Key": key}
        async with self.session.post(service + path, json=body, headers=headers) as answer:
            view: dict[str, Any] = await answer.json()
            return answer.status, view


@dataclass
class Street:
    sandbox: RunningSandbox
    config: Path
    port: int
    shop: Shop

    async def dies(self, commits: int, path: str, body: Any, key: str) -> None:
        """The request reaches a service that is killed after so many commits: no answer ever comes."""
        arguments = ("-m", "tests.scenarios.killed_service", str(self.config), str(commits))
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        try:
            await until_it_listens(f"http://127.0.0.1:{self.port}", process, self.shop.session)
            with pytest.raises(aiohttp.ClientError):
                await self.shop.post(f"http://127.0.0.1:{self.port}", path, body, key)
            assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @asynccontextmanager
    async def service(self) -> AsyncIterator[str]:
        """The service on the same file, whole."""

        def settings(_: RunningSandbox, __: Path, port: int) -> Settings:
            found = load(self.config)
            service = msgspec.structs.replace(found.service, port=port, public_url=f"http://127.0.0.1:{port}")
            return msgspec.structs.replace(found, service=service)

        async with a_service(self.sandbox, self.config.parent, settings) as (_, address):
            yield address

    async def orders(self) -> list[dict[str, Any]]:
        """The channel's own books."""
        return list(await self.sandbox.ledger())


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    world = World(base_url="http://127.0.0.1:1", accounts=[wechat_account("wechat-main", "http://127.0.0.1:1")])
    quick = SandboxSettings(notify_time_scale=0.01, refund_delay_s=0.01)
    async with running_sandbox(world, clock=CLOCK, settings=quick) as sandbox, aiohttp.ClientSession() as session:
        station = Station(
            folder=tmp_path,
            world=sandbox.world,
            api_key="key-tea",
            webhook_secret=WEBHOOK_SECRET,
            operator_key="key-lin",
        )
        port = free_port()
        config = write_config(station, service_url=f"http://127.0.0.1:{port}", notify_url=None, log_level="error")
        yield Street(sandbox, config, port, Shop(session, "key-tea"))


@pytest.mark.parametrize("commits", [1, 2], ids=["before-the-channel-hears", "before-the-shop-hears"])
async def test_a_payment_that_was_committed_and_never_answered(street: Street, commits: int) -> None:
    await street.dies(commits, "/v1/payments", ORDER, "key-1")
    at_the_channel = len(await street.orders())
    assert at_the_channel == commits - 1, "a number is committed before the channel hears of it"
    async with street.service() as service:
        status, other = await street.shop.post(service, "/v1/payments", {**ORDER, "amount_fen": 1}, "key-1")
        assert (status, other["code"]) == (409, "idempotency_conflict")
        status, made = await street.shop.post(service, "/v1/payments", ORDER, "key-1")
        assert status == 200, "a repeat"
        again = await street.shop.post(service, "/v1/payments", ORDER, "key-1")
        assert (again[1]["payment_id"], again[1]["credential"]) == (made["payment_id"], made["credential"])
        assert len([one for one in made["attempts"] if one["exposed_at_ms"] is not None]) == 1
        assert (await street.sandbox.pay(made["credential"]["content"]))["result"] == "paid"
    assert sum(order["state"] == "paid" for order in await street.orders()) == 1


@pytest.mark.parametrize("commits", [1, 2], ids=["before-the-channel-hears", "before-the-shop-hears"])
async def test_a_refund_that_was_committed_and_never_answered(street: Street, commits: int) -> None:
    async with street.service() as service:
        _, made = await street.shop.post(service, "/v1/payments", ORDER, "key-1")
        await street.sandbox.pay(made["credential"]["content"])
        await until_paid(street, service, made["payment_id"])
    path = f"/v1/payments/{made['payment_id']}/refunds"
    await street.dies(commits, path, REFUND, "key-2")
    async with street.service() as service:
        status, other = await street.shop.post(service, path, {**REFUND, "refund_no": "R-2"}, "key-2")
        assert (status, other["code"]) == (409, "idempotency_conflict")
        _, first = await street.shop.post(service, path, REFUND, "key-2")
        _, second = await street.shop.post(service, path, REFUND, "key-2")
        assert first["refund_id"] == second["refund_id"]
    (order,) = await street.orders()
    assert [refund["amount_fen"] for refund in order["refunds"]] in ([], [5_000]), "at most once"


async def until_paid(street: Street, service: str, payment_id: str) -> None:
    headers = {"Authorization": f"Bearer {street.shop.api_key}"}
    for _ in range(400):
        async with street.shop.session.get(f"{service}/v1/payments/{payment_id}", headers=headers) as answer:
            if (await answer.json())["state"] == "succeeded":
                return
        await CLOCK.sleep(0.05)
    raise AssertionError("the payment did not succeed")
