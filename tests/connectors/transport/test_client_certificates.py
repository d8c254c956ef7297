"""Mutual TLS: the channel lets in whoever shows the right certificate, and nobody is taken for somebody else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from tests.connectors.transport.conftest import RunStory
from tests.connectors.transport.raw_server import Exchange, raw_server
from tests.connectors.transport.test_not_sent import expect_not_sent, opened
from tests.connectors.transport.tls import certificate, identity, server_context

from payswitch.connectors import client_tls
from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import ClientTls, HttpAnswer, SendFailure
from payswitch.kit.secrets import Secret


class Doorkeeper:
    """A TLS server that wants to see a certificate, and answers each call with the name in it."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.requests = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/secapi/pay/reverse"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        shown = writer.get_extra_info("peercert")
        name = dict(pair for names in shown["subject"] for pair in names)["commonName"] if shown else "nobody"
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()


@asynccontextmanager
async def doorkeeper(*clients: str) -> AsyncIterator[Doorkeeper]:
    door = Doorkeeper()
    listening = await asyncio.start_server(door.serve, "127.0.0.1", 0, ssl=server_context(clients=clients))
    door.port = listening.sockets[0].getsockname()[1]
    try:
        yield door
    finally:
        listening.close()


async def call(transport: AiohttpTransport, url: str, tls: ClientTls | None = None) -> HttpAnswer | SendFailure:
    return await transport.send("GET", url, headers={}, body=b"", timeout_ms=5_000, tls=tls)


async def seen_as(transport: AiohttpTransport, url: str, tls: ClientTls) -> str:
    answer = await call(transport, url, tls)
    assert isinstance(answer, HttpAnswer), answer
    return answer.body.decode()


def test_the_right_certificate_opens_the_door(run: RunStory) -> None:
    async def story() -> None:
        async with doorkeeper("shop-1") as door, opened() as transport:
            assert await seen_as(transport, door.url, identity("shop-1")) == "shop-1"

    run(story())


@pytest.mark.parametrize("tls", [identity("stranger"), None], ids=["somebody else's", "none"])
def test_without_it_not_a_byte_of_the_request_is_sent(run: RunStory, tls: ClientTls | None) -> None:
    """Certificate refused is "not sent", so that a debit or reversal may go out again once it is mended."""

    async def story() -> None:
        trusting = {} if tls else {"ssl_context": _old_style_trust()}
        async with doorkeeper("shop-1") as door, opened(**trusting) as transport:
            answer = await call(transport, door.url, tls)
            assert isinstance(answer, SendFailure)
            assert not answer.sent
            assert door.requests == 0

    run(story())


def _old_style_trust() -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=certificate()[0])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def test_a_refusal_that_is_said_is_called_a_tls_failure(run: RunStory) -> None:
    """The alert that a channel sends when it does not like our certificate."""
    alert_unknown_ca = bytes.fromhex("15030300020230")

    async def refuse(exchange: Exchange) -> None:
        await exchange.write(alert_unknown_ca)
        await exchange.wait_for_hang_up()

    async def story() -> None:
        async with raw_server(refuse) as server, opened() as transport:
            expect_not_sent(
                await call(transport, f"https://127.0.0.1:{server.port}/", identity("shop-1")), "tls_failed"
            )

    run(story())


def test_a_server_from_another_authority_gets_nothing(run: RunStory) -> None:
    """Our certificate names whom it trusts: neither a stranger's root nor, when none is named, an unknown one."""

    async def story() -> None:
        async with doorkeeper("shop-1") as door, opened() as transport:
            for trusted in (certificate("another authority")[0], ""):
                tls = identity("shop-1", trusted_ca_pem=trusted)
                expect_not_sent(await call(transport, door.url, tls), "tls_failed")
            assert door.requests == 0

    run(story())


def test_two_identities_never_share_a_connection(run: RunStory) -> None:
    async def story() -> None:
        async with doorkeeper("shop-1", "shop-2") as door, opened() as transport:
            for _ in range(3):
                assert await seen_as(transport, door.url, identity("shop-1")) == "shop-1"
                assert await seen_as(transport, door.url, identity("shop-2")) == "shop-2"
            assert door.connections == 2, "each keeps its own connection"
            refused = await call(transport, door.url)
            assert isinstance(refused, SendFailure), "an anonymous call rides on nobody's connection"

    run(story())


def test_the_keys_are_read_once_and_leave_no_file(
    run: RunStory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    modes: list[int] = []
    unlink = Path.unlink

    def look_and_unlink(path: Path) -> None:
        modes.append(path.stat().st_mode & 0o777)
        unlink(path)

    monkeypatch.setattr(Path, "unlink", look_and_unlink)

    async def story() -> None:
        async with doorkeeper("shop-1") as door, opened() as transport:
            for _ in range(5):
                await seen_as(transport, door.url, identity("shop-1"))

    run(story())
    assert modes == [0o600], "parsed once, never per call"
    assert list(tmp_path.iterdir()) == []


def _encrypted(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    ).decode()


GOOD = identity("shop-1")
UNUSABLE = [
    (msgspec.structs.replace(GOOD, private_key_pem=identity("shop-2").private_key_pem), "does not belong"),
    (msgspec.structs.replace(GOOD, private_key_pem=Secret("-----BEGIN NONSENSE-----")), "readable PEM"),
    (msgspec.structs.replace(GOOD, private_key_pem=Secret(_encrypted(certificate("shop-1")[1]))), "readable PEM"),
    (msgspec.structs.replace(GOOD, certificate_pem=""), "readable PEM"),
    (msgspec.structs.replace(GOOD, trusted_ca_pem="no certificate"), "readable PEM"),
    (msgspec.structs.replace(GOOD, trusted_ca_pem="caf\N{LATIN SMALL LETTER E WITH ACUTE}"), "readable PEM"),
]


@pytest.mark.parametrize(("tls", "words"), UNUSABLE)
def test_unusable_keys_are_named_when_the_account_is_opened(tls: ClientTls, words: str) -> None:
    problem = client_tls.problem_of(tls)
    assert words in problem
    assert "PRIVATE KEY" not in problem


def test_usable_keys_have_no_problem() -> None:
    assert client_tls.problem_of(GOOD) == ""


def test_unusable_keys_that_nobody_checked_are_not_sent(run: RunStory) -> None:
    async def story() -> None:
        async with opened() as transport:
            for tls, _ in UNUSABLE:
                expect_not_sent(await call(transport, "https://127.0.0.1:1/", tls), "tls_failed")

    run(story())


def test_an_identity_does_not_print_its_key() -> None:
    assert "PRIVATE KEY" not in repr(GOOD)
    assert certificate("shop-1")[1].splitlines()[1] not in repr(GOOD)
