from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.quickpay.merchant import Merchant
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.quickpay.accounts import quickpay_account
from payswitch.sandbox.world import World

ADDRESS = "http://127.0.0.1:1"


@pytest.fixture(scope="session")
def world() -> World:
    accounts = [
        quickpay_account("allinpay-rsa", ADDRESS),
        quickpay_account("allinpay-md5", ADDRESS, sign_type="MD5", ecny_paytype=""),
    ]
    return World(base_url=ADDRESS, accounts=accounts)


@pytest.fixture
async def sandbox(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night) as running:
        yield running


@pytest.fixture(params=["allinpay-rsa", "allinpay-md5"])
def merchant(request: pytest.FixtureRequest, sandbox: RunningSandbox, listener: Listener) -> Merchant:
    """In both kinds of signature."""
    return Merchant(sandbox, request.param, listener.url)


@pytest.fixture
def rsa_merchant(sandbox: RunningSandbox, listener: Listener) -> Merchant:
    return Merchant(sandbox, "allinpay-rsa", listener.url)
