"""V2's XML and its signature, by the documents' rules: one level of elements, a digest over the sorted fields."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from collections.abc import Mapping

MAX_CHARACTERS = 20_000
_DOCUMENT = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?<xml>(.*)</xml>\s*", re.DOTALL)
_ELEMENT = re.compile(r"\s*<(\w+)>(?:\s*<!\[CDATA\[(.*?)\]\]>\s*|([^<]*))</\1>\s*", re.DOTALL)


def parse(body: bytes) -> dict[str, str] | None:
    """The fields of a request; None for anything else."""
    text = body.decode("utf-8", "replace")
    document = _DOCUMENT.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    if document is None:
        return None
    inside, at, fields = document[1], 0, {}
    while at < len(inside):
        element = _ELEMENT.match(inside, at)
        if element is None:
            return None
        fields[element[1]] = element[2] if element[2] is not None else html.unescape(element[3])
        at = element.end()
    return fields


def render(fields: Mapping[str, str]) -> bytes:
    """An answer, with every value in CDATA as WeChat writes it."""
    lines = [f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()]
    return "\n".join(["<xml>", *lines, "</xml>"]).encode()


def signature(fields: Mapping[str, str], key: str, sign_type: str) -> str:
    """Empty for a kind that does not exist."""
    pairs = sorted((name, value) for name, value in fields.items() if value and name != "sign")
    text = "&".join(f"{name}={value}" for name, value in [*pairs, ("key", key)]).encode()
    if sign_type == "HMAC-SHA256":
        return hmac.digest(key.encode(), text, "sha256").hex().upper()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper() if sign_type == "MD5" else ""
