"""A sandbox with two 收银宝 accounts (RSA and MD5) on a loopback port, a shop that listens, and a transport."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.kit.clock import SystemClock
from payswitch.sandbox.quickpay.accounts import five_banks, quickpay_account
from payswitch.sandbox.world import World, wechat_account

ADDRESS = "http://127.0.0.1:1"


@pytest.fixture(scope="session")
def world() -> World:
    """A WeChat account too: its codes look like 收银宝's."""
    accounts = [
        wechat_account("wechat-main", ADDRESS),
        quickpay_account("allinpay-rsa", ADDRESS),
        quickpay_account("allinpay-md5", ADDRESS, sign_type="MD5"),
        *five_banks(ADDRESS),
    ]
    return World(base_url=ADDRESS, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()
