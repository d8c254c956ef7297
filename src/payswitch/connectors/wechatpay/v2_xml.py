"""API V2 speaks XML: one flat element, whose children are the fields.

Read as strictly as that: no document type, no entity of its own, no attribute, no nesting, no field twice, no more than
a few kilobytes. Whatever is anything else is unreadable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

MAX_BYTES: Final = 65_536
"""WeChat's answers are below 4 kB; a longer text is not one of them."""
MAX_FIELDS: Final = 200

Fields = Mapping[str, str]


def read_xml(body: bytes) -> dict[str, str] | None:
    """The fields, or None for anything that is not a flat `<xml>`. Never raises, whatever the bytes."""
    if len(body) > MAX_BYTES:
        return None
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, _NotFlat):
        return None
    return reader.fields


def write_xml(fields: Fields) -> bytes:
    """A request. Values are escaped, so that no title can end its field."""
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


class _NotFlat(Exception):
    """More, or less, than a list of fields."""


class _Reader:
    """Collects the fields of one document."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = 0
        self._name = ""
        self._parts: list[str] = []
        # The encoding is given and not asked for: a document cannot choose one.
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.ProcessingInstructionHandler = _refuse

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        root_is_wrong = self._depth == 1 and name != "xml"
        if attributes or root_is_wrong or self._depth > 2 or name in self.fields or len(self.fields) >= MAX_FIELDS:
            raise _NotFlat
        self._name, self._parts = name, []

    def _close(self, name: str) -> None:
        if self._depth == 2:
            self.fields[name] = "".join(self._parts)
            self._parts = []
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._depth == 2:
            self._parts.append(text)
        elif text.strip():
            raise _NotFlat


def _refuse(*_: object) -> None:
    raise _NotFlat
