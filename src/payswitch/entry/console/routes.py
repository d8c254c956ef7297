"""The console's part of the application: its one page and files, and where the plain live page once was."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.entry.console.app_files import AppFiles
from payswitch.entry.console.app_pages import ROOT, app_routes
from payswitch.entry.http import pages


def routes(files: AppFiles | None = None) -> list[HTTPRouteHandler]:
    """`files`: the built front end; None: the package's own."""

    @get("/live", name="live")
    async def live() -> ASGIResponse:
        """Bookmarks of the page that was here before the console."""
        return pages.see_other(f"{ROOT}/live")

    return [live, *app_routes(files or AppFiles())]
