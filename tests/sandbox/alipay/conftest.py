"""A sandbox with two Alipay accounts (one per key mode) on a loopback port, on a clock that the test moves."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from tests.sandbox.alipay.merchant import Merchant, Shop

from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.alipay import AlipayWire
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.server import CORE, make_app
from payswitch.sandbox.world import World, alipay_account

START_MS = 1_794_227_820_000
"""2026-11-09 20:37 in Beijing: the night of the story, with hours to midnight."""


@pytest.fixture(scope="session")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        alipay_account("alipay-main", address, name="支付宝·主"),
        alipay_account("alipay-backup", address, name="支付宝·备", certificate_mode=True),
    ]
    return World(base_url=address, accounts=accounts)


@dataclass
class Sandbox:
    core: SandboxCore
    clock: ManualClock
    base: str

    @property
    def wire(self) -> AlipayWire:
        wire = next(wire for wire in self.core.wires if wire.family == "alipay")
        assert isinstance(wire, AlipayWire)
        return wire


@asynccontextmanager
async def _answering(app: web.Application, sock: socket.socket) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    yield
    await runner.cleanup()


def _address(sock: socket.socket) -> str:
    return f"http://127.0.0.1:{sock.getsockname()[1]}"


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[Sandbox]:
    clock = ManualClock(START_MS)
    sock = socket.create_server(("127.0.0.1", 0))
    app = make_app(world.at(_address(sock)), clock=clock, ids=SeededIds(7))
    async with _answering(app, sock):
        yield Sandbox(app[CORE], clock, _address(sock))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    listening = Shop()
    app = web.Application()
    app.add_routes([web.post("/notify", listening.hear)])
    sock = socket.create_server(("127.0.0.1", 0))
    listening.url = f"{_address(sock)}/notify"
    async with _answering(app, sock):
        yield listening


@pytest.fixture
def merchant(sandbox: Sandbox, session: aiohttp.ClientSession, shop: Shop) -> Merchant:
    """In public-key mode."""
    return Merchant(sandbox.core.world.account("alipay-main"), sandbox.core, sandbox.clock, session, sandbox.base, shop)


@pytest.fixture
def cert_merchant(sandbox: Sandbox, session: aiohttp.ClientSession, shop: Shop) -> Merchant:
    """In certificate mode."""
    return Merchant(
        sandbox.core.world.account("alipay-backup"), sandbox.core, sandbox.clock, session, sandbox.base, shop
    )
