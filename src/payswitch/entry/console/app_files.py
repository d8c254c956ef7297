"""The console's built front end: its files as `web.build` left them in this package's `app` folder."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

INDEX: Final = "index.html"
HASHED: Final = "assets/"
"""Files below carry a hash of their content in their name: what a name once meant it means for ever."""
_MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_PACKED_ALREADY: Final = frozenset({"woff2"})


@dataclass(frozen=True, slots=True)
class AppFile:
    """One file, ready to be sent."""

    body: bytes
    packed: bytes | None
    """With gzip; None where it would not become smaller."""
    media_type: str


class AppFiles:
    """What was built, by name. A file is read and packed when it is first asked for, beside the loop: starting the
    service costs nothing, and no payment waits for it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(str(resources.files("payswitch.entry.console").joinpath("app")))
        self._names = frozenset(_names(self._folder))
        self._read: dict[str, AppFile] = {}

    @property
    def built(self) -> bool:
        return INDEX in self._names

    async def file(self, name: str) -> AppFile | None:
        """None for a name that was not built; nothing outside of the folder can be named."""
        if name not in self._names:
            return None
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = await asyncio.to_thread(_read, self._folder / name)
        return found


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix[1:] in _MEDIA_TYPES
    ]


def _read(path: Path) -> AppFile:
    body, ending = path.read_bytes(), path.suffix[1:]
    packed = None if ending in _PACKED_ALREADY else gzip.compress(body, compresslevel=9, mtime=0)
    return AppFile(body=body, packed=packed, media_type=_MEDIA_TYPES[ending])
