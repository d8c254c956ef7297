"""A TCP proxy before PostgreSQL that cuts the line at the worst moment: around COMMIT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from urllib.parse import urlsplit, urlunsplit

_COMMIT = b"COMMIT\x00"


class Cut(Enum):
    """What becomes of the next COMMIT."""

    NEVER = "it goes through"
    BEFORE = "it never reaches the server"
    AFTER = "it reaches the server, whose answer is lost"


class CuttingProxy:
    """Passes on both ways until a COMMIT comes."""

    def __init__(self, host: str, port: int) -> None:
        self._server_address = (host, port)
        self._links: set[asyncio.Task[None]] = set()
        self.next_commit = Cut.NEVER

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        up_reader, up_writer = await asyncio.open_connection(*self._server_address)
        down = asyncio.ensure_future(self._down(up_reader, writer))
        try:
            await self._up(reader, up_writer, down, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            down.cancel()
            for side in (writer, up_writer):
                side.transport.abort()
            self._links.discard(task)

    async def _up(
        self,
        reader: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        down: asyncio.Future[None],
        client: asyncio.StreamWriter,
    ) -> None:
        while data := await reader.read(1 << 16):
            if _COMMIT in data and self.next_commit is not Cut.NEVER:
                cut, self.next_commit = self.next_commit, Cut.NEVER
                if cut is Cut.AFTER:
                    down.cancel()
                    client.transport.abort()
                    server.write(data)
                    await server.drain()
                    server.write_eof()  # the server finishes what it has and goes
                return
            server.write(data)
            await server.drain()

    async def _down(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        while data := await server.read(1 << 16):
            client.write(data)
            await client.drain()
        client.close()

    async def cut_all(self) -> None:
        """Every line at once, as when the server or a firewall is restarted."""
        links = list(self._links)
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)


@asynccontextmanager
async def cutting_proxy(address: str) -> AsyncIterator[tuple[CuttingProxy, str]]:
    """A proxy before the server of `address`, and the address through it."""
    parts = urlsplit(address)
    proxy = CuttingProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user, at, _ = parts.netloc.rpartition("@")
    try:
        # No TLS: the proxy reads what passes.
        yield proxy, urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{port}", query="sslmode=disable"))
    finally:
        server.close()
        await proxy.cut_all()
