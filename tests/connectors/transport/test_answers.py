"""A whole answer: exactly what was sent, exactly what came back, and nothing that aiohttp would add by itself."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.connectors.transport.conftest import RunStory
from tests.connectors.transport.raw_server import Exchange, raw_server
from tests.connectors.transport.test_not_sent import opened
from tests.connectors.transport.tls import server_context, trusting_context

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.kit.clock import ManualClock, SystemClock


async def fine(exchange: Exchange) -> None:
    while await exchange.read_request() is not None:
        await exchange.answer(b'{"ok":1}', headers=b"Request-ID: A-1\r\nSet-Cookie: s=1\r\nX-Odd: \xff\r\n")


async def get(transport: AiohttpTransport, url: str) -> HttpAnswer:
    answer = await transport.send("GET", url, headers={}, body=b"", timeout_ms=2_000)
    assert isinstance(answer, HttpAnswer), answer
    return answer


def test_the_request_is_sent_as_it_was_signed(run: RunStory) -> None:
    async def story() -> None:
        async with raw_server(fine) as server, opened() as transport:
            path = "/v3/pay/transactions/out-trade-no/A%7CB%2a?mchid=1900000001&x=%E4%B8%AD"
            answer = await transport.send(
                "POST",
                f"http://127.0.0.1:{server.port}{path}",
                headers={
                    "Content-Type": "application/json",
                    "Authorization": "WECHATPAY2 x",
                    "User-Agent": "PaySwitch",
                },
                body=b'{ "a": "\\/" }',
                timeout_ms=2_000,
            )
            assert isinstance(answer, HttpAnswer)
            assert (answer.status, answer.body) == (200, b'{"ok":1}')
            assert answer.headers["request-id"] == "A-1"
            head, _, body = server.requests[0].partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            assert lines[0] == f"POST {path} HTTP/1.1".encode()
            assert body == b'{ "a": "\\/" }'
            names = sorted(line.split(b":")[0].lower() for line in lines[1:])
            assert names == [b"accept", b"authorization", b"content-length", b"content-type", b"host", b"user-agent"]

    run(story())


def test_connections_are_kept_and_cookies_are_not(run: RunStory) -> None:
    async def story() -> None:
        async with raw_server(fine) as server, opened() as transport:
            for _ in range(5):
                await get(transport, server.url)
            assert server.connections == 1
            assert all(b"cookie" not in request.lower() for request in server.requests)

    run(story())


def test_a_redirect_is_an_answer_like_any_other(run: RunStory) -> None:
    async def redirect(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.answer(b"", "302 Found", b"Location: /elsewhere\r\n")

    async def story() -> None:
        async with raw_server(redirect) as server, opened() as transport:
            assert (await get(transport, server.url)).status == 302
            assert len(server.requests) == 1

    run(story())


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_a_body(run: RunStory, status: str) -> None:
    async def empty(exchange: Exchange) -> None:
        while await exchange.read_request() is not None:
            await exchange.write(f"HTTP/1.1 {status}\r\nWechatpay-Nonce: n\r\n\r\n".encode())

    async def story() -> None:
        async with raw_server(empty) as server, opened() as transport:
            for _ in range(2):
                answer = await get(transport, server.url)
                assert (answer.body, answer.headers["wechatpay-nonce"]) == (b"", "n")
            assert server.connections == 1

    run(story())


def test_a_body_that_ends_with_the_connection(run: RunStory) -> None:
    async def old_style(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.write(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        await exchange.hang_up()

    async def story() -> None:
        async with raw_server(old_style) as server, opened() as transport:
            assert (await get(transport, server.url)).body == b"all of it"

    run(story())


def test_the_environment_names_a_proxy(run: RunStory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable on the machine must never see our requests; only a configured proxy does."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def story() -> None:
        async with raw_server(fine) as server, opened() as transport:
            assert (await get(transport, server.url)).status == 200

    run(story())


def test_a_configured_proxy_is_used(run: RunStory) -> None:
    async def story() -> None:
        async with raw_server(fine) as server, opened(proxy=f"http://127.0.0.1:{server.port}") as transport:
            assert (await get(transport, "http://channel.invalid/v3/x")).status == 200
            assert server.requests[0].startswith(b"GET http://channel.invalid/v3/x HTTP/1.1\r\n")

    run(story())


def test_tls_with_an_own_ca(run: RunStory) -> None:
    async def story() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            await reader.read()
            writer.transport.abort()

        listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_context())
        port = listening.sockets[0].getsockname()[1]
        async with opened(ssl_context=trusting_context()) as transport:
            assert (await get(transport, f"https://127.0.0.1:{port}/")).body == b"ok"
        listening.close()

    run(story())


def test_whatever_the_other_side_writes_is_an_answer_or_a_failure(run: RunStory) -> None:
    """A channel gone mad raises nothing here: 300 answers, each cut up and damaged by one seed."""
    randomness = random.Random(20_261_111)
    good = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=b; x\r\nContent-Length: 9\r\n\r\n" + (
        b'{"a":"b"}'
    )

    def damaged() -> bytes:
        data = bytearray(good)
        for _ in range(randomness.randrange(1, 6)):
            place = randomness.randrange(len(data))
            kind = randomness.randrange(3)
            if kind == 0:
                data[place] = randomness.randrange(256)
            elif kind == 1:
                del data[place : place + randomness.randrange(1, 12)]
            else:
                data[place:place] = randomness.randbytes(randomness.randrange(1, 12))
            data = data or bytearray(b"\r")
        return bytes(data)

    async def mad(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.write(damaged())
        await exchange.hang_up()

    async def story() -> None:
        seen: set[str] = set()
        async with raw_server(mad) as server, opened() as transport:
            for _ in range(300):
                answer = await transport.send("POST", server.url, headers={}, body=b"x", timeout_ms=2_000)
                assert isinstance(answer, HttpAnswer | SendFailure)
                seen.add("answer" if isinstance(answer, HttpAnswer) else answer.code)
                if isinstance(answer, SendFailure):
                    assert answer.sent
            # A request that met a connection in the act of closing counts as sent and was never read.
            assert 200 < len(server.requests) <= 300
        assert {"answer", "unreadable", "connection_lost"} <= seen

    run(story())


def test_latency_is_measured_with_the_injected_clock(run: RunStory) -> None:
    clock = ManualClock()

    async def slow(exchange: Exchange) -> None:
        await exchange.read_request()
        clock.advance(ms=120)
        await exchange.answer()

    async def story() -> None:
        transport = AiohttpTransport(clock=clock)
        await transport.open()
        async with raw_server(slow) as server:
            assert (await get(transport, server.url)).latency_ms == 120
        await transport.aclose()

    run(story())


async def test_a_transport_that_is_not_open_says_so() -> None:
    transport = AiohttpTransport(clock=SystemClock())
    with pytest.raises(RuntimeError, match="not open"):
        await transport.send("GET", "http://127.0.0.1/", headers={}, body=b"", timeout_ms=1)
    await transport.aclose()


def test_a_bill_may_be_larger_than_any_other_answer(run: RunStory) -> None:
    """`max_bytes` is for one call: the next one has the usual limit again."""
    size = 3_000_000

    async def large(exchange: Exchange) -> None:
        while await exchange.read_request() is not None:
            await exchange.answer(b"x" * size)

    async def story() -> None:
        async with raw_server(large) as server, opened() as transport:

            async def fetch(**limit: int) -> HttpAnswer | SendFailure:
                return await transport.send("GET", server.url, headers={}, body=b"", timeout_ms=5_000, **limit)

            whole = await fetch(max_bytes=size)
            assert isinstance(whole, HttpAnswer)
            assert len(whole.body) == size
            for limit in ({"max_bytes": size - 1}, {}):
                refused = await fetch(**limit)
                assert isinstance(refused, SendFailure)
                assert (refused.sent, refused.code) == (True, "too_large")

    run(story())
