"""A QR code as one SVG path: a few hundred bytes, drawn alike by the page with and without script."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
import segno

_BORDER = 2
"""Modules of white around the code. The page's own white frame adds the rest of the four that the standard wants."""
_DARK = re.compile(rb"\x01+")


class QrCode(msgspec.Struct, frozen=True):
    size: int
    """Modules along one side, border included."""
    path: str


@lru_cache(maxsize=512)
def qr_code(text: str) -> QrCode | None:
    """The code of a text; None for one that is too long."""
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError:
        return None
    rows = [bytes(row) for row in code.matrix_iter(border=_BORDER)]
    parts = []
    for y, row in enumerate(rows):
        for run in _DARK.finditer(row):
            x, length = run.start(), run.end() - run.start()
            parts.append(f"M{x} {y}h{length}v1h-{length}z")
    return QrCode(size=len(rows), path="".join(parts))
