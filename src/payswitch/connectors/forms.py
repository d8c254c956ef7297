"""Form bodies as channels post them, read once and strictly: what cannot be read in one way only is not read."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

MOST_FIELDS: Final = 200
"""No channel's notification has a quarter of that."""


def read_form(text: bytes | str) -> dict[str, str] | None:
    """The fields of a form or query string, decoded once; None if it is no UTF-8 form or repeats a name.

    A name that comes twice is the classic way to have one value signed and another one read.
    """
    try:
        pairs = parse_qsl(
            text if isinstance(text, str) else text.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if fields and len(fields) == len(pairs) else None
