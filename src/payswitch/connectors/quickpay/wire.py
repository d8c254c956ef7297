"""Bytes to and from 收银宝: forms out, flat JSON objects in, forms again for notifications; times, amounts, texts.

Nothing here judges; nothing here raises for what a channel sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from payswitch.kit.clock import BEIJING, beijing

FORM: Final = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8", "accept": "application/json"}
WIRE_TIME: Final = "%Y%m%d%H%M%S"
"""Beijing time."""
_TIME_DIGITS: Final = 14
LONGEST_MESSAGE: Final = 200
_DIGITS: Final = re.compile(r"[0-9]{7,}[0-9Xx]?")
"""Card, phone and identity numbers. Seven digits and more are nothing that a person needs to read in an error."""
_AMOUNT: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_NOT_IN_SUBJECT: Final = str.maketrans("&=", "  ")

Fields = Mapping[str, str]

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(Any)


def form(fields: Fields) -> bytes:
    return urlencode(fields).encode("ascii")


def read_object(body: bytes) -> dict[str, str] | None:
    """The members of a JSON object as texts: a string's content, anything else as it is written, null as nothing.

    The signature is over texts, and an amount must never become a float on the way. None for anything but an object.
    """
    try:
        return {name: _text(raw) for name, raw in _OBJECT.decode(body).items()}
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _text(raw: msgspec.Raw) -> str:
    written = bytes(raw)
    if written.startswith(b'"'):
        return str(_VALUE.decode(written))
    return "" if written == b"null" else written.decode()


def fen_of(fields: Fields, *names: str) -> int | None:
    """The first of these amounts that is given, in fen; None when there is none or it is not exactly readable."""
    text = next((fields[name] for name in names if fields.get(name)), "")
    return int(text) if _AMOUNT.fullmatch(text) else None


def ms_of(fields: Fields, *names: str) -> int | None:
    """The first of these times (`20261111203700`) that is given and readable, as Unix milliseconds."""
    for name in names:
        text = fields.get(name, "")
        try:
            moment = datetime.strptime(text if len(text) == _TIME_DIGITS else "", WIRE_TIME).replace(tzinfo=BEIJING)
            return int(moment.timestamp()) * 1_000
        except (ValueError, OverflowError):
            continue
    return None


def wire_time(at_ms: int) -> str:
    return beijing(at_ms).strftime(WIRE_TIME)


def clean_message(text: str) -> str:
    """A channel's message as it may be kept and shown: no long numbers in it, at most 200 characters.

    Banks like to repeat the card, phone or identity number that they did not like.
    """
    return _DIGITS.sub("***", text)[:LONGEST_MESSAGE]


def clean_subject(text: str, longest: int, otherwise: str) -> str:
    """One printable line without `&` and `=`.

    收银宝 repeats the text in notifications, whose signed text has no escaping: `x&trxstatus=0000&z=` as an order's
    title could make a genuine signature fit other fields.
    """
    plain = "".join(c if c.isprintable() else " " for c in text.translate(_NOT_IN_SUBJECT))
    return " ".join(plain.split())[:longest].rstrip() or otherwise
