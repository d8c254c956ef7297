from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from tests.connectors.wechatpay.fake_wechat import FakeWechat, account, partner_account

from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.connectors.wechatpay.keys import WechatAccount, read_account
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

CHANNEL = Channel(
    channel_id="wechat-main",
    merchant_id="m-1",
    connector="wechatpay",
    name="微信支付·主",
    products=frozenset(CONNECTOR.capabilities),
    upstream="wechat",
)

OpenClient = Callable[..., ChannelClient]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_794_400_620_000)  # 2026-11-11 20:37 in Beijing


@pytest.fixture
def wechat(clock: ManualClock) -> FakeWechat:
    return FakeWechat(clock)


@pytest.fixture
def open_client(wechat: FakeWechat, clock: ManualClock) -> OpenClient:
    """A client of an account in the given key mode, talking to `wechat`."""

    def open_in_mode(mode: str = "public_key", **changes: str) -> ChannelClient:
        table = {**(partner_account() if mode == "partner" else account(mode)), **changes}
        table = {name: value for name, value in table.items() if value}
        return CONNECTOR.open(CHANNEL, table, transport=wechat, clock=clock, ids=SeededIds())

    return open_in_mode


@functools.cache
def _public_key_account() -> WechatAccount:
    """Parsed once for all tests: reading the private key is the dear part."""
    return read_account(CHANNEL.channel_id, account("public_key"))


@pytest.fixture
def client(wechat: FakeWechat, clock: ManualClock) -> ChannelClient:
    """A client of an account in public-key mode."""
    return WechatPayClient(_public_key_account(), transport=wechat, clock=clock, ids=SeededIds())
