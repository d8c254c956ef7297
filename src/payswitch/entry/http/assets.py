"""Style sheets and scripts of a page, served by us from memory under addresses that change with their content."""

from __future__ import annotations

import gzip
import hashlib
from importlib import resources
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.entry.http import asgi, problems

_MEDIA_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


class Assets:
    """The `static` folder of one package, read once."""

    def __init__(self, package: str, prefix: str) -> None:
        self._prefix = prefix
        self._files: dict[str, bytes] = {}
        self._packed: dict[str, bytes] = {}
        self._urls: dict[str, str] = {}
        for file in resources.files(package).joinpath("static").iterdir():
            body = file.read_bytes()
            stem, _, ending = file.name.rpartition(".")
            if ending not in _MEDIA_TYPES:
                continue
            served = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"
            self._files[served] = body
            self._packed[served] = gzip.compress(body, compresslevel=9, mtime=0)
            self._urls[file.name] = f"{prefix}/{served}"

    def url(self, name: str) -> str:
        """The address of a file by its name in the folder."""
        return self._urls[name]

    def route(self) -> HTTPRouteHandler:
        @get(self._prefix + "/{name:str}", name=f"assets:{self._prefix}")
        async def asset(request: Request[Any, Any, Any]) -> ASGIResponse:
            name = request.scope["path_params"]["name"]
            body = self._files.get(name)
            if body is None:
                return problems.problem(PaySwitchError(NOT_FOUND), request.scope)
            headers = _HEADERS
            if asgi.takes_gzip(request.scope):
                body, headers = self._packed[name], _HEADERS | {"Content-Encoding": "gzip"}
            return asgi.answer(body, content_type=_MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)

        return asset
