"""The TLS port: real handshakes by the switch's own transport, and a stand-in that looks who is there."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from tests.sandbox.support import PATIENCE_S, RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import ClientTls, HttpAnswer, SendFailure
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.crypto import generate_private_pem
from payswitch.kit.secrets import Secret
from payswitch.sandbox.authority import make_authority, shows
from payswitch.sandbox.certificates import Subject
from payswitch.sandbox.server import listen, make_app, serving
from payswitch.sandbox.world import World


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    made = AiohttpTransport(clock=SystemClock())
    await made.open()
    yield made
    await made.aclose()


def identity(world: World, channel_id: str) -> ClientTls:
    account = world.account(channel_id).connector_account()
    return ClientTls(
        certificate_pem=account["merchant_certificate"],
        private_key_pem=Secret(account["merchant_private_key"]),
        trusted_ca_pem=account["ca_certificate"],
    )


@asynccontextmanager
async def door_of(world: World, channel_id: str, clock: ManualClock) -> AsyncIterator[tuple[World, str]]:
    """A sandbox with one more route, that says whether the caller shows this account's certificate."""

    async def door(request: web.Request) -> web.Response:
        return web.Response(text="yes" if shows(request, world.account(channel_id).client_certificate) else "no")

    sock, tls_sock = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in (sock, tls_sock)]
    moved = world.at(f"http://{addresses[0]}", f"https://{addresses[1]}")
    app = make_app(moved, clock=clock)
    app.router.add_get("/door", door)
    async with serving(app, sock=sock, tls_sock=tls_sock):
        yield moved, "/door"


async def get(transport: AiohttpTransport, url: str, tls: ClientTls | None = None) -> HttpAnswer | SendFailure:
    return await transport.send("GET", url, headers={}, body=b"", timeout_ms=5_000, tls=tls)


async def test_each_account_is_known_by_its_own_certificate(
    world: World, night: ManualClock, transport: AiohttpTransport
) -> None:
    async with door_of(world, "wechat-main", night) as (moved, path):
        said = {}
        for channel_id in ("wechat-main", "wechat-backup"):
            answer = await get(transport, moved.base_url_tls + path, identity(moved, channel_id))
            assert isinstance(answer, HttpAnswer)
            said[channel_id] = answer.body
        assert said == {"wechat-main": b"yes", "wechat-backup": b"no"}
        plain = await get(transport, moved.base_url + path)
        assert isinstance(plain, HttpAnswer)
        assert plain.body == b"no", "the plain port knows nobody"


async def test_a_certificate_of_another_authority_is_refused_in_the_handshake(
    channels: RunningSandbox, transport: AiohttpTransport
) -> None:
    ours = identity(channels.world, "wechat-main")
    key = generate_private_pem()
    stranger = make_authority().issue_client(Subject("1600000000", "Sandbox", "Somebody else"), key)
    tls = ClientTls(certificate_pem=stranger, private_key_pem=Secret(key), trusted_ca_pem=ours.trusted_ca_pem)
    answer = await get(transport, channels.world.base_url_tls + "/_sandbox/health", tls)
    assert isinstance(answer, SendFailure)
    assert not answer.sent


async def test_whoever_does_not_trust_the_sandbox_sends_nothing(
    channels: RunningSandbox, transport: AiohttpTransport
) -> None:
    answer = await get(transport, channels.world.base_url_tls + "/_sandbox/health")
    assert isinstance(answer, SendFailure)
    assert (answer.sent, answer.code) == (False, "tls_failed")


async def test_a_caller_without_a_certificate_is_let_in_and_is_nobody(
    world: World, night: ManualClock, transport: AiohttpTransport
) -> None:
    """The plain calls work on the TLS port, too; only the wires that ask for a certificate turn it away."""
    async with door_of(world, "wechat-main", night) as (moved, path):
        trusting = ssl.create_default_context(cadata=moved.authority.certificate)
        anonymous = AiohttpTransport(clock=SystemClock(), ssl_context=trusting)
        await anonymous.open()
        answer = await get(anonymous, moved.base_url_tls + path)
        await anonymous.aclose()
        assert isinstance(answer, HttpAnswer)
        assert answer.body == b"no"


async def test_a_client_that_never_says_goodbye_is_hung_up_on(world: World, night: ManualClock) -> None:
    async with running_sandbox(world, clock=night) as sandbox:
        trusting = ssl.create_default_context(cadata=sandbox.world.authority.certificate)
        port = urlsplit(sandbox.world.base_url_tls).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.write(b"GET /_sandbox/health HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        await reader.readuntil(b'{"ok":true}')
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.transport.abort()


def test_the_authoritys_key_is_not_printed(world: World) -> None:
    assert "PRIVATE" not in repr(world.authority)
