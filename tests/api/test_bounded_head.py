"""Strangers who send no whole request: neither memory nor connections are theirs to keep."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from payswitch.entry.http.bounded_head import BoundedHead
from tests.api.server import heard_until_closed, hello, serving

ASK = b"GET / HTTP/1.1\r\nhost: shop.example\r\n\r\n"


class Small(BoundedHead):
    max_head_bytes = 1_000


class Impatient(BoundedHead):
    head_time_s = 0.02
    looked: asyncio.Event

    def _end_if_late(self) -> None:
        super()._end_if_late()
        self.looked.set()


class Wire(asyncio.Transport):
    """What the server writes, without a network: so that it is certain what arrives in one piece."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\nx: ", b"GET /"], ids=["header", "address"])
async def test_a_head_without_end_is_cut_off(first: bytes) -> None:
    """A header that never ends, an address that never ends."""
    config = uvicorn.Config(hello, ws="none", lifespan="off", log_config=None)
    connection, wire = Small(config, ServerState(), {}), Wire()
    connection.connection_made(wire)
    connection.data_received(first)
    connection.data_received(b"a" * 1_000)
    assert not wire.closed

    connection.data_received(b"a")

    assert wire.written.startswith(b"HTTP/1.1 431 ")
    assert wire.closed
    connection.connection_lost(None)


async def test_a_head_in_many_pieces_is_fine() -> None:
    async with serving(hello, http=Small) as port:
        pieces = [ASK[at : at + 1] for at in range(len(ASK) - 4)]
        heard = await heard_until_closed(port, *pieces, b"\r\nconnection: close\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 200 ")


UNREAD_BODY = b"POST / HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 9\r\n\r\nhalf"


@pytest.mark.parametrize(
    ("start", "answered"),
    [(b"", False), (b"GET / HT", False), (b"\r\n\r\n", False), (ASK, True), (UNREAD_BODY, True)],
    ids=["nothing", "half a head", "blanks", "no second request", "half a body that nobody reads"],
)
async def test_who_sends_no_whole_head_is_let_go(start: bytes, answered: bool) -> None:
    Impatient.looked = asyncio.Event()
    async with serving(hello, http=Impatient) as port:
        heard = await heard_until_closed(port, start)

    assert heard.startswith(b"HTTP/1.1 200 ") == answered


async def test_who_waits_for_an_answer_is_not_let_go() -> None:
    """A refund may take ten seconds at the channel: the clock for the next head starts after the answer."""
    Impatient.looked = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await Impatient.looked.wait()
        await hello(scope, receive, send)

    async with serving(slow, http=Impatient) as port:
        heard = await heard_until_closed(port, ASK)

    assert b"hello" in heard
