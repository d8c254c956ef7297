"""The plain live page: `/live` and the data it asks for once a second.

It shows amounts and channels to whoever may open it; so by default only this machine may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.entry.console.app_files import AppFiles
from payswitch.entry.console.app_pages import app_routes
from payswitch.entry.console.live_data import LiveData
from payswitch.entry.http import asgi, pages, problems
from payswitch.entry.http.assets import Assets
from payswitch.entry.http.this_machine import from_this_machine
from payswitch.services.context import Context
from payswitch.services.live_board import LiveBoard

_PACKAGE = "payswitch.entry.console"
_encode = msgspec.json.Encoder().encode

LivePage = Literal["loopback", "public", "off"]


def routes(ctx: Context, board: LiveBoard, live_page: LivePage) -> list[HTTPRouteHandler]:
    """The console, and the plain live page where it is not off."""
    return [*app_routes(AppFiles()), *_live_routes(ctx, board, live_page)]


def _live_routes(ctx: Context, board: LiveBoard, live_page: LivePage) -> list[HTTPRouteHandler]:
    if live_page == "off":
        return []
    data = LiveData(ctx, board)
    assets = Assets(_PACKAGE, "/live-assets")
    html = pages.Templates(_PACKAGE).render("live.html", css=assets.url("live.css"), js=assets.url("live.js"))

    def allowed(scope: Mapping[str, Any]) -> bool:
        return live_page == "public" or from_this_machine(scope)

    @get("/live", name="live")
    async def live(request: Request[Any, Any, Any]) -> ASGIResponse:
        return pages.page(html) if allowed(request.scope) else _hidden(request)

    @get("/live/data", name="live-data")
    async def live_data(request: Request[Any, Any, Any]) -> ASGIResponse:
        if not allowed(request.scope):
            return _hidden(request)
        body = _encode(await data.now())
        return asgi.answer(body, content_type="application/json", headers=pages.security_headers())

    return [live, live_data, assets.route()]


def _hidden(request: Request[Any, Any, Any]) -> ASGIResponse:
    """Like an address that does not exist."""
    return problems.problem(PaySwitchError(NOT_FOUND), request.scope)
