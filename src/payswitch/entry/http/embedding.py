"""JSON inside a page: data for its script, which a browser never runs."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

_encode = msgspec.json.Encoder().encode
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""A subject like `</script>` must not end the element that it stands in."""


def embedded_json(value: object) -> Markup:
    """The value as JSON that may stand inside `<script type="application/json">`; it is plain JSON as well."""
    text = _encode(value).decode()
    for character, escape in _UNSAFE.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 (nothing in it can end the element)
