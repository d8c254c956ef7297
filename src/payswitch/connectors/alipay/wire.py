"""Bytes to and from the gateway: the request's URL and form, the answer's raw signed part, times and amounts.

Nothing here judges; nothing here raises for what a channel sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from payswitch.connectors.alipay.signing import WIRE_TIME
from payswitch.kit.clock import BEIJING
from payswitch.kit.money import fen_from_yuan

FORM: Final = {"content-type": "application/x-www-form-urlencoded;charset=utf-8", "accept": "application/json"}
_SPACE: Final = " \t\r\n"

Fields = Mapping[str, Any]
"""A JSON object of Alipay's. Numbers arrive as the text they were written with: no amount is ever a float."""

# Every number stays text: Alipay writes amounts as strings, but its own samples have bare numbers.
_JSON: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an answer that is signed, exactly as it came, with what stands beside it."""

    raw: bytes
    fields: Fields
    sign: str
    cert_sn: str


def gateway_call(gateway: str, params: Mapping[str, str]) -> tuple[str, bytes]:
    """URL and form body of a server's call: common parameters in the query, `biz_content` in the body, as the
    official SDKs do. (The gateway decodes the body by the `charset` it finds in the query.)"""
    common = {name: value for name, value in params.items() if name != "biz_content"}
    body = urlencode({"biz_content": params["biz_content"]}).encode("ascii")
    return f"{gateway}?{urlencode(common)}", body


def read_node(body: bytes, method: str) -> Node | None:
    """The signed node of an answer to `method`; None if the body is no such answer.

    The node's text is cut out by a JSON parser, so braces and quotes inside strings cannot mislead it, and is kept
    as it came (`\\/` and spaces included), because the signature is over those bytes. What is believed later is
    parsed from these bytes and nothing else.
    """
    try:
        parts = _members(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    raw, fields = parts.get(method.replace(".", "_") + "_response") or parts.get("error_response") or ("", None)
    if not isinstance(fields, dict):
        return None
    return Node(
        raw=raw.encode(),
        fields=fields,
        sign=_beside(parts, "sign"),
        cert_sn=_beside(parts, "alipay_cert_sn"),
    )


def _members(text: str) -> dict[str, tuple[str, Any]]:
    """The members of a JSON object, each with its raw text. ValueError for anything else, a repeated name too."""
    found: dict[str, tuple[str, Any]] = {}
    at = _expect(text, 0, "{")
    while True:
        at = _skip_space(text, at)
        name, at = _JSON.raw_decode(text, at)
        if not isinstance(name, str) or name in found:
            raise ValueError("not an object, or a name twice")
        start = _skip_space(text, _expect(text, at, ":"))
        value, end = _JSON.raw_decode(text, start)
        found[name] = (text[start:end], value)
        at = _skip_space(text, end)
        if text[at : at + 1] == ",":
            at += 1
            continue
        at = _expect(text, at, "}")
        if _skip_space(text, at) != len(text):
            raise ValueError("text after the object")
        return found


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _expect(text: str, at: int, character: str) -> int:
    at = _skip_space(text, at)
    if text[at : at + 1] != character:
        raise ValueError(f"expected {character}")
    return at + 1


def _beside(parts: Mapping[str, tuple[str, Any]], name: str) -> str:
    _, value = parts.get(name, ("", ""))
    return value if isinstance(value, str) else ""


def text_of(fields: Fields, name: str) -> str:
    """The field as text; empty when it is missing or is no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def fen_of(fields: Fields, name: str) -> int | None:
    """The amount in fen, None when it is missing or not exactly readable: an amount is never guessed."""
    try:
        return fen_from_yuan(text_of(fields, name))
    except ValueError:
        return None


def ms_of(fields: Fields, name: str) -> int | None:
    """A Beijing wall time (`2026-11-11 20:37:00`, a refund's with `.123`) as Unix milliseconds, else None."""
    text = text_of(fields, name)
    try:
        moment = datetime.strptime(text[:19], WIRE_TIME).replace(tzinfo=BEIJING)
        return int(moment.timestamp()) * 1_000
    except (ValueError, OverflowError):
        return None
