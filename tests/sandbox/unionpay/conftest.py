"""A sandbox with two UnionPay merchants (one whose UnionPay signs with an expired certificate), on the test's clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox
from tests.sandbox.unionpay.merchant import REFUND_DELAY_S, Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World

MAIN, EXPIRED = "unionpay-main", "unionpay-expired"


@pytest.fixture(scope="session")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        unionpay_account(address, MAIN, name="银联·主"),
        unionpay_account(address, EXPIRED, name="银联·测试证书", expired_certificate=True),
    ]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def channels(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night, settings=Settings(refund_delay_s=REFUND_DELAY_S)) as sandbox:
        yield sandbox


@pytest.fixture
def shop(listener: Listener) -> Listener:
    listener.answers = [200]
    return listener


@pytest.fixture
def merchant(channels: RunningSandbox, shop: Listener, night: ManualClock) -> Merchant:
    return Merchant(channels, MAIN, shop, night)


@pytest.fixture
def other_merchant(channels: RunningSandbox, shop: Listener, night: ManualClock) -> Merchant:
    """Whose UnionPay signs with a certificate that is out of date."""
    return Merchant(channels, EXPIRED, shop, night)


@pytest.fixture
def sleeping(night: ManualClock) -> Callable[[], int]:
    """How many wait for the clock: a test moves it only once everybody who should sleep sleeps."""
    return lambda: len(night._sleepers)
