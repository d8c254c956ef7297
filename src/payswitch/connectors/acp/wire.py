"""Bytes to and from the gateway: forms out, `name=value&name=value` bodies in. Nothing here judges or raises for what
a channel sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

FORM: Final = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
RENMINBI: Final = "156"
"""CNY, as UnionPay writes it."""
_AMOUNT: Final = re.compile(r"[0-9]{1,12}")
_MARKS: Final = re.compile("[{}&]")

Fields = Mapping[str, str]
"""One message. Values are as they were signed: neither trimmed nor unescaped."""


def form_body(fields: Fields) -> bytes:
    """The body of a request."""
    return urlencode(fields).encode("ascii")


def read_answer(body: bytes) -> dict[str, str] | None:
    """The fields of an answer's body; None if it is no such body."""
    try:
        return read_pairs(body.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def read_pairs(text: str) -> dict[str, str] | None:
    """`a=1&b={c=2&d=3}` as fields: values are not escaped, and an `&` inside braces belongs to the value. None for
    anything else, and when a name comes twice: which of the two was meant must not depend on the reader."""
    found: dict[str, str] = {}
    for part in _parts(text):
        name, equals, value = part.partition("=")
        if not name or not equals or name in found:
            return None
        found[name] = value
    return found


def _parts(text: str) -> Iterator[str]:
    start = depth = 0
    for mark in _MARKS.finditer(text):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield text[start : mark.start()]
            start = mark.end()
    yield text[start:]


def fen_of(fields: Fields, name: str) -> int | None:
    """The amount, which UnionPay writes in fen; None when it is missing or not plain digits: never guessed."""
    text = fields.get(name, "")
    return int(text) if _AMOUNT.fullmatch(text) else None
