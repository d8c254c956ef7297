"""The merchants of the WeChat accounts."""

from __future__ import annotations

import pytest
from tests.sandbox.support import Listener, RunningSandbox
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.world import World


@pytest.fixture(scope="session")
def world(world: World) -> World:
    """WeChat's accounts only: nobody here needs the others' keys."""
    return World(base_url=world.base_url, accounts=[a for a in world.accounts if a.family == "wechatpay"])


@pytest.fixture
def shop(channels: RunningSandbox, night: ManualClock, listener: Listener) -> Merchant:
    """wechat-main: platform-certificate mode."""
    return Merchant(channels, channels.world.account("wechat-main"), night, listener.url)


@pytest.fixture
def migrating_shop(channels: RunningSandbox, night: ManualClock, listener: Listener) -> Merchant:
    """Has both a platform certificate and a public key."""
    return Merchant(channels, channels.world.account("wechat-migrating"), night, listener.url)
