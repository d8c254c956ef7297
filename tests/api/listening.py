"""Somebody whose page is open: hears server-sent events until it is left."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from payswitch.entry.http.asgi import AsgiApp


class Listening:
    """A page that is open."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.headers: dict[str, str] = {}
        self.left = asyncio.Event()
        self._begun = False
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)

    async def receive(self) -> dict[str, Any]:
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        body = message.get("body", b"")
        text = (self._unpack.decompress(body) if self.headers.get("content-encoding") == "gzip" else body).decode()
        for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", text):
            self.events.put_nowait((name, json.loads(data) if data else None))

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.events.get(), 10)


@asynccontextmanager
async def listening(app: AsgiApp, path: str, headers: Mapping[str, str]) -> AsyncIterator[Listening]:
    page = Listening()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": "pay.example", **headers}.items()],
        "client": ("203.0.113.9", 1),
        "server": ("127.0.0.1", 8080),
    }
    stream = asyncio.ensure_future(app(scope, page.receive, page.send))
    try:
        yield page
    finally:
        page.left.set()
        await asyncio.wait_for(stream, 10)
