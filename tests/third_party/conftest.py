"""The sandbox's channels, and third-party clients in Node that are pointed at them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.sandbox.epay.shop import Ears, listening_shop
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox
from tests.third_party import nodejs

from payswitch.kit.clock import SystemClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.world import World, alipay_account, wechat_account


@pytest.fixture(scope="session")
def node_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts with their packages: kept in pytest's cache, so that only the first run downloads.

    Without Node or without a registry the tests are skipped with the reason; in CI that is a failure.
    """
    cache = getattr(request.config, "cache", None)  # absent when pytest runs without its cache plugin
    folder = cache.mkdir("third-party") if cache is not None else tmp_path_factory.mktemp("third-party")
    try:
        return nodejs.install(folder)
    except nodejs.NoNodeError as reason:
        if os.environ.get("CI"):
            pytest.fail(f"third-party clients in Node: {reason}")
        pytest.skip(f"third-party clients in Node: {reason}")


@pytest.fixture(scope="session")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        wechat_account("wechat-certificate", address),
        wechat_account("wechat-public-key", address, platform_certificate=False, public_key=True),
        alipay_account("alipay-public-key", address),
        alipay_account("alipay-certificate", address, certificate_mode=True),
        epay_account("epay", address),
    ]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    """On the machine's clock: the clients take their timestamps from there."""
    settings = Settings(refund_delay_s=0.02, notify_time_scale=0.001)
    async with running_sandbox(world, clock=SystemClock(), settings=settings) as made:
        yield made


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as made:
        yield made


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with listening_shop() as made:
        yield made
