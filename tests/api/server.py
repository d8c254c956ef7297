"""A real uvicorn server on loopback, for what only shows on a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """An application that says hello to the address it was called from."""
    body = f"hello {scope['client'][0]}".encode()
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncIterator[int]:
    """Serve the application with uvicorn's `options`; gives the port."""
    usual = {"host": "127.0.0.1", "ws": "none", "log_config": None, "access_log": False}
    config = uvicorn.Config(app, **{**usual, **options, "port": 0, "lifespan": "off"})
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


async def heard_until_closed(port: int, *pieces: bytes) -> bytes:
    """Send the pieces one after the other; everything that came back until the server hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()
