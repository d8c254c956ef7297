"""A TCP server that does exactly what a test says with each connection, and counts what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class RawServer:
    """Reads whole HTTP requests and hands each to the behaviour; `requests` is what really arrived."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.arrived = asyncio.Event()
        self.port = 0

    async def until(self, requests: int) -> None:
        """Wait until so many requests have arrived."""
        while len(self.requests) < requests:
            self.arrived.clear()
            await self.arrived.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v3/pay"


class Exchange:
    """One connection, as a behaviour sees it."""

    def __init__(self, server: RawServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self._reader = reader
        self._writer = writer

    async def read_request(self) -> bytes | None:
        """The next request, head and body; None when the client hung up."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        request = head + await self._reader.readexactly(length)
        self.server.requests.append(request)
        self.server.arrived.set()
        return request

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, body: bytes = b"{}", status: str = "200 OK", headers: bytes = b"") -> None:
        head = b"HTTP/1.1 " + status.encode() + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n"
        await self.write(head + headers + b"\r\n" + body)

    def reset(self) -> None:
        """Drop the connection with a TCP RST."""
        self._writer.transport.abort()

    async def hang_up(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def wait_for_hang_up(self) -> None:
        """Until the client has gone."""
        try:
            while await self._reader.read(65_536):
                pass
        except ConnectionError:
            return


Behaviour = Callable[[Exchange], Awaitable[None]]


@asynccontextmanager
async def raw_server(behaviour: Behaviour) -> AsyncIterator[RawServer]:
    server = RawServer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        try:
            await behaviour(Exchange(server, reader, writer))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
