"""The outermost layer: gives every request an id, bounds its body in bytes and in time.

Without it a client could hold memory (an endless body) or a connection (one byte a second). It answers before the
application is bothered, wherever the `Content-Length` tells enough.
"""

from __future__ import annotations

import asyncio
from typing import Any

from payswitch.domain.errors import BODY_CUT_OFF, BODY_TOO_LARGE, BODY_TOO_SLOW, PaySwitchError
from payswitch.entry.http import asgi, problems
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

MAX_BODY_BYTES = 64 * 1024
"""A payment is about 1 KB, a channel's notification at most about 4 KB."""
BODY_TIME_S = 10.0
"""From the first wait for the body to its last byte; a phone on a bad network needs far less for 1 KB."""


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self,
        app: asgi.AsgiApp,
        *,
        clock: Clock,
        ids: IdSource,
        max_body_bytes: int = MAX_BODY_BYTES,
        body_time_s: float = BODY_TIME_S,
    ) -> None:
        self._app = app
        self._clock = clock
        self._ids = ids
        self._max_body_bytes = max_body_bytes
        self._body_time_s = body_time_s

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._ids.new("req_", self._clock.now_ms())
        scope[asgi.REQUEST_ID] = request_id
        named = _named_send(send, (b"x-request-id", request_id.encode("ascii")))
        declared = asgi.header(scope, b"content-length")
        if declared is not None and declared.isdecimal() and int(declared) > self._max_body_bytes:
            refusal = problems.problem(self._too_large(), scope, {"Connection": "close"})
            await refusal(scope, receive, named)
            return
        bounded = _BoundedReceive(receive, self._too_large(), self._max_body_bytes, self._body_time_s)
        await self._app(scope, bounded, named)

    def _too_large(self) -> PaySwitchError:
        most = self._max_body_bytes
        return PaySwitchError(
            BODY_TOO_LARGE, detail=f"at most {most} bytes are taken", detail_zh=f"请求体最多 {most} 字节"
        )


class _BoundedReceive:
    """`receive` that counts the body's bytes and limits the time for all of it."""

    def __init__(
        self, receive: asgi.Receive, too_large: PaySwitchError, max_body_bytes: int, body_time_s: float
    ) -> None:
        self._receive = receive
        self._too_large = too_large
        self._left = max_body_bytes
        self._body_time_s = body_time_s
        self._deadline: float | None = None
        self._complete = False

    async def __call__(self) -> asgi.Message:
        if self._complete:
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._body_time_s
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise PaySwitchError(
                BODY_TOO_SLOW,
                detail=f"the whole body must arrive within {self._body_time_s:g} seconds",
                detail_zh=f"请求体须在 {self._body_time_s:g} 秒内送达",
            ) from None
        if message["type"] == "http.disconnect":
            # Half a body must never be read as a whole one: half a notification looks like a forged one.
            raise PaySwitchError(BODY_CUT_OFF)
        self._left -= len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._left < 0:
            raise self._too_large
        return message


def _named_send(send: asgi.Send, name: tuple[bytes, bytes]) -> Any:
    async def named(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], name]
        await send(message)

    return named
