"""A shop cannot make PaySwitch call into its own network, whatever it writes into its callback address."""

from __future__ import annotations

import base64
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.senders.conftest import FakeShop
from tests.senders.test_webhooks import event

from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret
from payswitch.senders import network_guard
from payswitch.senders.network_guard import GuardedResolver, PrivateAddressError, is_public
from payswitch.senders.webhooks import WebhookSender

SECRET = Secret("whsec_" + base64.b64encode(b"secret").decode())
REFUSED = "the callback address is in a private network, which is not allowed / 不允许回调内网地址"


@pytest.fixture
async def guarded() -> AsyncIterator[WebhookSender]:
    async with WebhookSender(secrets_of=lambda shop_id: [SECRET], clock=ManualClock()) as sender:
        yield sender


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",  # noqa: S104
        "2130706433",
        "0x7f000001",
        "127.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "me@127.0.0.1",
    ],
)
async def test_every_way_of_writing_loopback_is_refused(guarded: WebhookSender, shop: FakeShop, host: str) -> None:
    sentence = await guarded.deliver(event(f"http://{host}:{shop.port}/hook"), 5_000)

    assert sentence is not None
    assert shop.received == []


async def test_the_reason_is_told(guarded: WebhookSender, shop: FakeShop) -> None:
    assert await guarded.deliver(event(shop.url), 5_000) == REFUSED
    assert await guarded.deliver(event(f"http://localhost:{shop.port}/hook"), 5_000) == REFUSED
    assert await guarded.deliver(event("http://169.254.169.254/latest/meta-data"), 5_000) == REFUSED
    assert await guarded.deliver(event("http://[fd00::1]/"), 5_000) == REFUSED


async def test_a_name_that_turns_private_after_the_check_is_refused_too(
    guarded: WebhookSender, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: there is no check apart from the connection itself, so there is nothing to slip between."""

    def rebound(host: str, port: int, *rest: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(network_guard.socket, "getaddrinfo", rebound)

    assert await guarded.deliver(event(f"http://innocent.example:{shop.port}/hook"), 5_000) == REFUSED
    assert shop.received == []


async def test_of_several_addresses_only_the_public_ones_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def mixed(host: str, port: int, *rest: object) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port)),
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", port, 0, 2)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port)),
        ]

    monkeypatch.setattr(network_guard.socket, "getaddrinfo", mixed)
    strict, lenient = GuardedResolver(allow_private_networks=False), GuardedResolver(allow_private_networks=True)

    assert [found["host"] for found in await strict.resolve("shop.example", 443)] == ["93.184.216.34"]
    assert len(await lenient.resolve("shop.example", 443)) == 3

    monkeypatch.setattr(network_guard.socket, "getaddrinfo", lambda *args: mixed("", 443)[:2])
    with pytest.raises(PrivateAddressError):
        await strict.resolve("shop.example", 443)
    await strict.close()
    await lenient.close()


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "223.5.5.5", "2606:4700:4700::1111", "2400:3200::1", "64:ff9b::808:808"],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.0.8",
        "192.0.0.192",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_private_addresses_and_their_disguises(address: str) -> None:
    assert not is_public(address)
