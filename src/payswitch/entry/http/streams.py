"""Server-sent events: an answer that goes on until the client leaves, the source ends, or the server stops."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any, Final

from litestar.response.base import ASGIResponse

from payswitch.entry.http import asgi, pages

EVENT_STREAM: Final = "text/event-stream"


def event(name: str, data: str) -> bytes:
    """One event. `data` has no line breaks: it is JSON."""
    return f"event: {name}\ndata: {data}\n\n".encode()


class EventStream(ASGIResponse):
    """Sends events until the client goes away, the source ends, or the server stops."""

    def __init__(self, source: Callable[[], AsyncIterator[bytes]], *, packed: bool = False) -> None:
        """`packed`: with gzip, for whoever reads it: worth it where every event is large."""
        self._source = source
        self._packed = packed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope[asgi.STREAMING] = True
        headers = {**pages.security_headers(), "content-type": EVENT_STREAM, "x-accel-buffering": "no"}
        packed = self._packed and asgi.takes_gzip(scope)
        if packed:
            headers["content-encoding"] = "gzip"
        encoded = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": encoded})
        gone = asyncio.ensure_future(_until_gone(receive))
        sending = asyncio.ensure_future(self._send_all(send, _Packing() if packed else None))
        try:
            await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, sending):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: asgi.Send, packing: _Packing | None) -> None:
        async for chunk in self._source():
            body = chunk if packing is None else packing.pack(chunk)
            await send({"type": "http.response.body", "body": body, "more_body": True})


class _Packing:
    """gzip whose every event can be read as soon as it has arrived."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(5, zlib.DEFLATED, zlib.MAX_WBITS | 16)

    def pack(self, chunk: bytes) -> bytes:
        return self._packer.compress(chunk) + self._packer.flush(zlib.Z_SYNC_FLUSH)


async def _until_gone(receive: asgi.Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
