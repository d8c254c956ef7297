"""An epay platform with one merchant of each protocol version, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.epay.shop import Ears, Shop, listening_shop
from tests.sandbox.support import RunningSandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.world import World


@pytest.fixture(scope="session")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        epay_account("epay-v1", address, name="易支付 V1"),
        epay_account("epay-v2", address, name="易支付 V2", version="2"),
    ]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with listening_shop() as made:
        yield made


@pytest.fixture
def shop(channels: RunningSandbox, night: ManualClock, ears: Ears) -> Shop:
    """Protocol V1."""
    return Shop(channels, channels.world.account("epay-v1"), night, ears)


@pytest.fixture
def rsa_shop(channels: RunningSandbox, night: ManualClock, ears: Ears) -> Shop:
    """Protocol V2."""
    return Shop(channels, channels.world.account("epay-v2"), night, ears)
