"""W3C Trace Context at the door: whoever listens is told which span of the caller's a request belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from payswitch.entry.http import asgi

MOST = 256
"""Characters of the header; version 00 has 55."""


class Traceparent:
    """ASGI layer around the application; only where traces are switched on."""

    def __init__(self, app: asgi.AsgiApp, note: Callable[[str | None], None]) -> None:
        self._app = app
        self._note = note

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            header = asgi.header(scope, b"traceparent")
            self._note(header if header is not None and len(header) <= MOST else None)
        await self._app(scope, receive, send)
