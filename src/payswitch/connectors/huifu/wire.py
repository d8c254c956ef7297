"""Bytes to and from Huifu: the call's body, the parts of an answer, forms, times and amounts.

Nothing here judges; nothing here raises for what a channel sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from payswitch.connectors.huifu.signing import Members
from payswitch.kit.clock import BEIJING, beijing
from payswitch.kit.money import fen_from_yuan

JSON: Final = {"content-type": "application/json;charset=utf-8", "accept": "application/json"}
_DAY: Final = "%Y%m%d"
_MOMENT: Final = "%Y%m%d%H%M%S"

Fields = Mapping[str, str]
"""The text members of a `data` object. Amounts and codes are text on this wire; what is none is not needed here."""


class Envelope(msgspec.Struct, frozen=True):
    """An answer's outermost object. Some errors come without `data` and `sign`, with the code beside them."""

    data: msgspec.Raw = msgspec.Raw(b"")
    sign: str = ""
    resp_code: str = ""
    resp_desc: str = ""


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def call_body(sys_id: str, product_id: str, data: bytes, sign: str) -> bytes:
    """The complete call around exactly the bytes that were signed."""
    return msgspec.json.encode({"sys_id": sys_id, "product_id": product_id, "data": msgspec.Raw(data), "sign": sign})


def read_envelope(body: bytes) -> Envelope | None:
    """None if the body is no object of this kind."""
    try:
        return _ENVELOPE.decode(body)
    except _UNREADABLE:
        return None


def read_members(data: bytes) -> Members | None:
    """The members of `data` with their texts; None if it is no JSON object."""
    try:
        return _MEMBERS.decode(data)
    except _UNREADABLE:
        return None


def text_fields(members: Members) -> Fields:
    """Those members that are texts."""
    fields: dict[str, str] = {}
    for name, raw in members.items():
        if bytes(raw)[:1] != b'"':
            continue
        try:
            fields[name] = _TEXT.decode(raw)
        except _UNREADABLE:
            continue
    return fields


def read_objects(members: Members, name: str) -> list[Fields]:
    """The texts of the objects in a member: a list of objects, one object, or either written as a JSON text (Huifu's
    interfaces differ in this). Empty when there is nothing of the kind."""
    raw = bytes(members.get(name, b""))
    if raw[:1] == b'"':
        raw = text_fields(members).get(name, "").encode("utf-8", "replace")
    try:
        value = msgspec.json.decode(raw) if raw else None
    except _UNREADABLE:
        return []
    objects = value if isinstance(value, list) else [value]
    return [
        {key: text for key, text in item.items() if isinstance(text, str)} for item in objects if isinstance(item, dict)
    ]


def day_of(ms: int) -> str:
    """The Beijing date, `20261111`: one half of every number on this wire."""
    return beijing(ms).strftime(_DAY)


def moment_of(ms: int) -> str:
    """The Beijing wall time, `20261111203700`."""
    return beijing(ms).strftime(_MOMENT)


def ms_of(text: str) -> int | None:
    """A Beijing wall time as Unix milliseconds; None when it is not readable."""
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return None
    try:
        return int(datetime.strptime(text, _MOMENT).replace(tzinfo=BEIJING).timestamp()) * 1_000
    except (ValueError, OverflowError):
        return None


def fen_of(text: str) -> int | None:
    """The amount in fen, None when it is missing or not exactly readable: an amount is never guessed."""
    try:
        return fen_from_yuan(text)
    except ValueError:
        return None


def plain_text(text: str, longest: int) -> str:
    """One line of printable characters (no control characters, no halves of surrogate pairs), cut to length."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:longest].rstrip()
