"""The request left, the answer did not come whole: nothing is known, and nothing is sent a second time."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from tests.connectors.transport.conftest import RunStory
from tests.connectors.transport.raw_server import Behaviour, Exchange, raw_server
from tests.connectors.transport.test_not_sent import opened

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import HttpAnswer, SendFailure

METHODS = pytest.mark.parametrize("method", ["GET", "POST"])


async def call(transport: AiohttpTransport, method: str, url: str, timeout_ms: int = 2_000) -> HttpAnswer | SendFailure:
    body = b'{"amount":1}' if method == "POST" else b""
    return await transport.send(method, url, headers={}, body=body, timeout_ms=timeout_ms)


def expect_unknown(answer: HttpAnswer | SendFailure, code: str) -> None:
    assert isinstance(answer, SendFailure), answer
    assert (answer.sent, answer.code) == (True, code)


async def sent_once(behaviour: Behaviour, method: str, code: str, timeout_ms: int = 2_000, **options: int) -> None:
    async with raw_server(behaviour) as server, opened(**options) as transport:
        expect_unknown(await call(transport, method, server.url, timeout_ms), code)
        assert len(server.requests) == 1, "sent at most once"


async def hang(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.wait_for_hang_up()


async def drip(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await exchange.write(b"1\r\n \r\n")
        await asyncio.sleep(0.01)


async def drip_headers(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        await exchange.write(b"z")
        await asyncio.sleep(0.01)


async def hang_up(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.hang_up()


async def reset(exchange: Exchange) -> None:
    await exchange.read_request()
    exchange.reset()


async def hang_up_in_headers(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await exchange.hang_up()


async def reset_in_body(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    exchange.reset()


async def hang_up_in_body(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await exchange.hang_up()


async def broken_chunk(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot-a-length\r\n")
    await exchange.wait_for_hang_up()


async def no_http(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"220 smtp.example.com ESMTP\r\n\r\n")
    await exchange.wait_for_hang_up()


async def huge_head(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n")
    await exchange.wait_for_hang_up()


async def huge_announced(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
    await exchange.wait_for_hang_up()


async def huge_unannounced(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await exchange.write(b"1000\r\n" + b"x" * 4_096 + b"\r\n")


async def huge_unpacked(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.answer(gzip.compress(b"x" * 1_000_000), headers=b"Content-Encoding: gzip\r\n")
    await exchange.wait_for_hang_up()


@METHODS
@pytest.mark.parametrize("behaviour", [hang, drip, drip_headers], ids=lambda b: b.__name__)
def test_the_answer_never_ends(run: RunStory, behaviour: Behaviour, method: str) -> None:
    run(sent_once(behaviour, method, "timeout", timeout_ms=200))


@METHODS
@pytest.mark.parametrize(
    "behaviour",
    [hang_up, reset, hang_up_in_headers, reset_in_body, hang_up_in_body],
    ids=lambda b: b.__name__,
)
def test_the_answer_breaks_off(run: RunStory, behaviour: Behaviour, method: str) -> None:
    run(sent_once(behaviour, method, "connection_lost"))


@METHODS
@pytest.mark.parametrize("behaviour", [no_http, huge_head, broken_chunk], ids=lambda b: b.__name__)
def test_the_answer_is_no_http(run: RunStory, behaviour: Behaviour, method: str) -> None:
    run(sent_once(behaviour, method, "unreadable"))


@pytest.mark.parametrize("behaviour", [huge_announced, huge_unannounced, huge_unpacked], ids=lambda b: b.__name__)
def test_the_answer_is_larger_than_any_channel_sends(run: RunStory, behaviour: Behaviour) -> None:
    run(sent_once(behaviour, "POST", "too_large", max_answer_bytes=64_000))


@METHODS
def test_a_kept_alive_connection_dies_under_the_second_call(run: RunStory, method: str) -> None:
    """aiohttp would repeat the GET here by itself. One call is one request."""

    async def answer_once_then_die(exchange: Exchange) -> None:
        await exchange.read_request()
        if len(exchange.server.requests) > 1:
            exchange.reset()
            return
        await exchange.answer(b"first")
        await exchange.read_request()
        exchange.reset()

    async def story() -> None:
        async with raw_server(answer_once_then_die) as server, opened() as transport:
            first = await call(transport, method, server.url)
            assert isinstance(first, HttpAnswer)
            expect_unknown(await call(transport, method, server.url), "connection_lost")
            assert len(server.requests) == 2
            assert server.connections == 1, "not even a second connection is opened for the same call"

    run(story())


@METHODS
def test_a_connection_closed_while_idle_is_replaced_before_sending(run: RunStory, method: str) -> None:
    closed = asyncio.Event()

    async def answer_and_close(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.answer(b"fine")
        await exchange.hang_up()
        closed.set()

    async def story() -> None:
        async with raw_server(answer_and_close) as server, opened() as transport:
            for _ in range(3):
                closed.clear()
                answer = await call(transport, method, server.url)
                assert isinstance(answer, HttpAnswer)
                assert answer.body == b"fine"
                await closed.wait()
                # The end of the connection reaches the client with the loop's next rounds.
                for _ in range(20):
                    await asyncio.sleep(0)
            assert len(server.requests) == 3

    run(story())


def test_a_cancelled_call_stops_and_its_connection_serves_no_other(run: RunStory) -> None:
    async def late(exchange: Exchange) -> None:
        while (request := await exchange.read_request()) is not None:
            if b"slow" in request:
                await exchange.wait_for_hang_up()
                return
            await exchange.answer(b"the right answer")

    async def story() -> None:
        async with raw_server(late) as server, opened(connections_per_host=1) as transport:
            slow = asyncio.create_task(call(transport, "POST", server.url + "/slow"))
            await server.arrived.wait()
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            answer = await call(transport, "POST", server.url)
            assert isinstance(answer, HttpAnswer)
            assert answer.body == b"the right answer"
            assert server.connections == 2

    run(story())


def test_a_thousand_cancelled_calls_leave_nothing_behind(run: RunStory) -> None:
    async def hold(exchange: Exchange) -> None:
        while await exchange.read_request() is not None:
            if len(exchange.server.requests) > 2:
                await exchange.answer(b"free")
            else:
                await exchange.wait_for_hang_up()
                return

    async def story() -> None:
        async with raw_server(hold) as server, opened(connections_per_host=2) as transport:
            calls = [asyncio.create_task(call(transport, "POST", server.url, 10_000)) for _ in range(1_000)]
            await server.until(requests=2)
            for task in calls:
                task.cancel()
            ends = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(end, asyncio.CancelledError) for end in ends)
            assert len(server.requests) == 2, "a call that was cancelled in the queue never goes out later"
            answer = await call(transport, "POST", server.url)
            assert isinstance(answer, HttpAnswer)
            assert len(server.requests) == 3

    run(story())
