"""A sandbox with two Huifu merchants: one signed up directly, one under a service provider."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.huifu.merchant import HuifuMerchant
from tests.sandbox.huifu.shop import Shop, shop_listening
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.world import World


@pytest.fixture(scope="session")
def huifu_world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [huifu_account("direct", address), huifu_account("provider", address, provider=True)]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def huifu(huifu_world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(huifu_world, clock=night, settings=Settings(refund_delay_s=1.0)) as sandbox:
        yield sandbox


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with shop_listening() as listening:
        yield listening


@pytest.fixture
def merchant(huifu: RunningSandbox, shop: Shop) -> HuifuMerchant:
    return HuifuMerchant(huifu, huifu.world.account("direct"), shop.url)
