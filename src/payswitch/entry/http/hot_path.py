"""The address that decides the throughput, served without the framework's layers around it.

`make bench` sees those layers: routing, request object and response handling cost about as much as the routing
decision. Everything else is the same: the guard around it, its operation, its errors, its place in the document.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar.response.base import ASGIResponse

from payswitch.entry.http import asgi, problems

Serve = Callable[[Any, Any], Awaitable[ASGIResponse]]
"""From scope and receive to a complete answer."""
HotRoutes = Mapping[tuple[str, str], Serve]
"""By method and exact path."""


class HotPath:
    """ASGI layer between the guard and the framework."""

    def __init__(self, app: asgi.AsgiApp, hot: HotRoutes) -> None:
        self._app = app
        self._hot = hot

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        serve = self._hot.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if serve is None:
            await self._app(scope, receive, send)
            return
        scope["path_params"] = {}
        try:
            answer = await serve(scope, receive)
        except Exception as failure:  # what the framework's exception handler does for every other address
            answer = problems.problem(problems.as_error(failure, scope), scope)
        await answer(scope, receive, send)
