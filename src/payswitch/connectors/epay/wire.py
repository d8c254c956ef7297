"""Bytes to and from an epay platform: JSON answers, forms, amounts and times.

Nothing here judges; nothing here raises for what a platform sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from payswitch import __version__
from payswitch.kit.clock import BEIJING
from payswitch.kit.money import fen_from_yuan

_GET_HEADERS: Final = {"accept": "application/json", "user-agent": f"PaySwitch/{__version__}"}
_POST_HEADERS: Final = {**_GET_HEADERS, "content-type": "application/x-www-form-urlencoded"}
_WIRE_TIME: Final = "%Y-%m-%d %H:%M:%S"

Fields = Mapping[str, str]
"""A flat answer. Numbers keep the text they were written with: no amount is ever a float, and the signature is over
that text. Lists and objects are not in here: the protocol does not sign them."""


def headers_for(method: str) -> Mapping[str, str]:
    """Firewalls in front of small platforms refuse calls without a User-Agent."""
    return _POST_HEADERS if method == "POST" else _GET_HEADERS


def read_answer(body: bytes) -> Fields | None:
    """The flat fields of a JSON answer; None if the body is none, or names a field twice.

    PHP files saved with a byte order mark send it before the JSON.
    """
    value = _read_object(body)
    return None if value is None else _flat_fields(value)


def read_rows(body: bytes, name: str) -> list[Fields] | None:
    """The objects in an answer's list, flat; None if there is no such list, or anything else in it."""
    rows = (_read_object(body) or {}).get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    return [_flat_fields(row) for row in rows]


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _flat_fields(value: Mapping[str, Any]) -> Fields:
    return {name: text for name, item in value.items() if (text := _flat(item)) is not None}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _flat(item: object) -> str | None:
    """As PHP writes a value into a text; None for what has no text."""
    if isinstance(item, str):
        return item
    if item is None or item is False:
        return ""
    return "1" if item is True else None


def fen_of(fields: Fields, name: str) -> int | None:
    """The amount in fen, None when it is missing or not exactly readable: an amount is never guessed.

    Platforms echo what the merchant wrote or what their database makes of it: `1`, `1.0` and `1.00` are one yuan.
    """
    try:
        return fen_from_yuan(fields.get(name, ""))
    except ValueError:
        return None


def ms_of(fields: Fields, name: str) -> int | None:
    """A Beijing wall time (`2016-08-06 22:55:52`) as Unix milliseconds, else None."""
    try:
        moment = datetime.strptime(fields.get(name, ""), _WIRE_TIME).replace(tzinfo=BEIJING)
        return int(moment.timestamp()) * 1_000
    except (ValueError, OverflowError):
        return None
