"""`/console/`: the operator's console. One page with many addresses, which its script tells apart; the data comes from
the admin API, so nothing here is worth hiding from a stranger."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.entry.console.app_files import HASHED, INDEX, AppFile, AppFiles
from payswitch.entry.http import asgi, pages, problems

ROOT: Final = "/console"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts only from us and never inline. Styles may be inline: Naive UI writes its own into the page."""
_OF_PAGE: Final = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "same-origin"}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}

AnyRequest = Request[Any, Any, Any]


def app_routes(files: AppFiles) -> list[HTTPRouteHandler]:
    """The console's pages and files. Without a built front end: a page that says how to build it."""
    unbuilt = "" if files.built else pages.Templates("payswitch.entry.console").render("unbuilt.html")

    @get([ROOT, ROOT + "/{rest:path}"], name="console")
    async def console(request: AnyRequest) -> ASGIResponse:
        name = str(request.scope["path_params"].get("rest", "")).lstrip("/")
        found = await files.file(name)
        if found is not None and name != INDEX:
            return _answer(request, found, _FOR_EVER if name.startswith(HASHED) else _A_DAY)
        if name.startswith(HASHED):
            # Never the page instead of a file: a browser would run it as a script, or keep it as one.
            return problems.problem(PaySwitchError(NOT_FOUND), request.scope)
        page = await files.file(INDEX)
        return pages.page(unbuilt, status=503) if page is None else _answer(request, page, _OF_PAGE)

    return [console]


def _answer(request: AnyRequest, file: AppFile, caching: dict[str, str]) -> ASGIResponse:
    headers = {**pages.security_headers(), **caching, "Vary": "Accept-Encoding"}
    body = file.body
    if file.packed is not None and asgi.takes_gzip(request.scope):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    return asgi.answer(body, content_type=file.media_type, headers=headers)
