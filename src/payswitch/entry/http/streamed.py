"""An answer whose body is made while it is sent, so that a long one is never whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from litestar.response.base import ASGIResponse


class Streamed(ASGIResponse):
    """Sends each chunk as it comes. A client that reads slowly slows the making: the server holds `send` back.

    When making it fails half-way the connection is cut without an end, so that nobody takes the part for the whole.
    """

    def __init__(self, chunks: AsyncIterator[bytes], content_type: str, headers: Mapping[str, str]) -> None:
        self._chunks = chunks
        found = {"content-type": content_type, **headers}
        self._headers = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in found.items()]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
