"""The channel heard nothing: such a call may be repeated or taken elsewhere with no risk to anyone's money."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.connectors.transport.conftest import RunStory
from tests.connectors.transport.raw_server import Exchange, raw_server
from tests.connectors.transport.tls import server_context

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.kit.clock import SystemClock


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock(), **options)
    await transport.open()
    try:
        yield transport
    finally:
        await transport.aclose()


async def post(transport: AiohttpTransport, url: str, timeout_ms: int = 2_000) -> HttpAnswer | SendFailure:
    return await transport.send("POST", url, headers={}, body=b"{}", timeout_ms=timeout_ms)


def expect_not_sent(answer: HttpAnswer | SendFailure, code: str) -> None:
    assert isinstance(answer, SendFailure), answer
    assert (answer.sent, answer.code) == (False, code)
    assert answer.latency_ms >= 0


def test_nobody_listens_on_the_port(run: RunStory) -> None:
    async def story() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            async with opened() as transport:
                expect_not_sent(await post(transport, f"http://127.0.0.1:{port}/"), "connect_failed")

    run(story())


def test_the_name_does_not_exist(run: RunStory) -> None:
    async def story() -> None:
        async with opened() as transport:
            expect_not_sent(await post(transport, "http://no-such-channel.invalid/", 10_000), "dns_failed")

    run(story())


def test_the_host_does_not_take_the_connection_in_time(run: RunStory) -> None:
    async def story() -> None:
        # A listening socket that never accepts, with its queue filled: further SYNs are not answered.
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            address = deaf.getsockname()
            crowd = [socket.socket() for _ in range(4)]
            for visitor in crowd:
                visitor.setblocking(False)
                visitor.connect_ex(address)
            async with opened() as transport:
                answer = await post(transport, f"http://127.0.0.1:{address[1]}/", 300)
            for visitor in crowd:
                visitor.close()
        expect_not_sent(answer, "connect_timeout")

    run(story())


def test_the_other_side_speaks_no_tls(run: RunStory) -> None:
    async def plain(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await exchange.wait_for_hang_up()

    async def story() -> None:
        async with raw_server(plain) as server, opened() as transport:
            expect_not_sent(await post(transport, f"https://127.0.0.1:{server.port}/"), "tls_failed")
            assert server.requests == []

    run(story())


def test_the_certificate_is_not_trusted(run: RunStory) -> None:
    async def story() -> None:
        async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        listening = await asyncio.start_server(never, "127.0.0.1", 0, ssl=server_context())
        port = listening.sockets[0].getsockname()[1]
        async with opened(ssl_context=ssl.create_default_context()) as transport:
            expect_not_sent(await post(transport, f"https://127.0.0.1:{port}/"), "tls_failed")
        listening.close()

    run(story())


def test_the_tls_handshake_hangs(run: RunStory) -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.wait_for_hang_up()

    async def story() -> None:
        async with raw_server(silent) as server, opened() as transport:
            expect_not_sent(await post(transport, f"https://127.0.0.1:{server.port}/", 200), "connect_timeout")

    run(story())


def test_every_connection_to_the_channel_is_taken(run: RunStory) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.wait_for_hang_up()

    async def story() -> None:
        async with raw_server(hang) as server, opened(connections_per_host=1) as transport:
            first = asyncio.create_task(post(transport, server.url, 5_000))
            await server.arrived.wait()
            expect_not_sent(await post(transport, server.url, 100), "pool_timeout")
            assert len(server.requests) == 1, "a call that waited for a connection must leave no trace"
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    run(story())


def test_no_time_is_left(run: RunStory) -> None:
    async def refuse_all(exchange: Exchange) -> None:
        raise AssertionError("nothing may be sent")

    async def story() -> None:
        async with raw_server(refuse_all) as server, opened() as transport:
            expect_not_sent(await post(transport, server.url, 0), "pool_timeout")
            assert server.connections == 0

    run(story())


def test_a_url_that_is_none(run: RunStory) -> None:
    async def story() -> None:
        async with opened() as transport:
            for url in ("ftp://example.com/", "http:///nothing", "not a url"):
                expect_not_sent(await post(transport, url), "connect_failed")

    run(story())


def test_a_connection_refused_by_the_proxy_was_not_sent(run: RunStory) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.answer(b"", "403 Forbidden")

    async def story() -> None:
        async with raw_server(refuse) as server, opened(proxy=f"http://127.0.0.1:{server.port}") as transport:
            expect_not_sent(await post(transport, "https://channel.invalid/v3/pay"), "connect_failed")
            assert [request.split(b" ")[0] for request in server.requests] == [b"CONNECT"]

    run(story())
