"""`/payswitch.js`: the snippet for shops' own pages, under an address that never changes."""

from __future__ import annotations

from importlib import resources

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.entry.checkout.desk import PACKAGE
from payswitch.entry.checkout.reading import AnyRequest
from payswitch.entry.http import asgi

_HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def route() -> HTTPRouteHandler:
    script = resources.files(PACKAGE).joinpath("static", "payswitch.js").read_bytes()

    @get("/payswitch.js", name="payswitch.js")
    async def snippet(request: AnyRequest) -> ASGIResponse:
        return asgi.answer(script, content_type="text/javascript; charset=utf-8", headers=_HEADERS)

    return snippet
