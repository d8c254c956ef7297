"""uvicorn's HTTP protocol with limits for the head of a request (its first line and headers).

uvicorn reads a head of any length, for as long as the client likes: one stranger could hold the memory, a thousand
idle ones every connection. The body has its limits in `guard.py`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from payswitch.entry.http.asgi import STREAMING

MAX_HEAD_BYTES = 64 * 1024
"""A browser's head is about 1 KB, a channel's 2 KB. What arrives in one piece with its beginning is not counted: the
exact limit is this plus one read of the socket."""
HEAD_TIME_S = 10.0
"""From the connection, or from the end of the answer before, to the last byte of the next head."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedHead(HttpToolsProtocol):
    """One connection. Hands whole heads on as uvicorn does, and ends the connection of who sends none."""

    max_head_bytes = MAX_HEAD_BYTES
    head_time_s = HEAD_TIME_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._heads_begun = 0
        self._in_head = True
        self._waiting_since: float | None = None
        """When the wait for the next head began; None while a request is being read or answered."""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._waiting_since = self.loop.time()
        self._timer = self.loop.call_later(self.head_time_s, self._end_if_late)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        begun = self._heads_begun
        super().data_received(data)
        if not self._in_head or self._heads_begun != begun or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > self.max_head_bytes:
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._heads_begun += 1
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._waiting_since = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._waiting_since = self.loop.time()

    def on_response_complete(self) -> None:
        """Also when the rest of a body is still coming, which nobody reads any more."""
        super().on_response_complete()
        self._waiting_since = self.loop.time()

    def shutdown(self) -> None:
        """The server stops. A stream of events would go on for as long as its page is open: it is ended here, and its
        page connects again; every other answer is finished first."""
        cycle: Any = self.cycle
        super().shutdown()
        if cycle is not None and not cycle.response_complete and cycle.scope.get(STREAMING):
            self.transport.close()

    def _end_if_late(self) -> None:
        """One timer per connection that looks again and again: cheaper than one per request."""
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle  # None before the first request, whatever uvicorn's annotation says
        answering = cycle is not None and not cycle.response_complete
        left_s = self.head_time_s
        if self._waiting_since is not None and not answering:
            left_s += self._waiting_since - self.loop.time()
        if left_s > 0:
            self._timer = self.loop.call_later(left_s, self._end_if_late)
        else:
            self.transport.close()
