"""A gateway call's parameters, however the client chose to send them.

SDKs differ: one puts everything into the query of a GET, one puts the common parameters into the query and
`biz_content` into the form, one posts all as a form. The gateway merges query and form. An order string (app.pay) and a
signed link (page.pay, wap.pay) are the same parameters as text, so the wallet reads them with the same function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from payswitch.sandbox.alipay.codes import business, gateway

FORM_TYPE = "application/x-www-form-urlencoded"
CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gbk", "gb2312": "gb2312"}
"""The charsets that the gateway takes, and Python's names for them."""
MAX_PARAMETERS = 200
"""Far above what any SDK sends; keeps hostile input cheap."""

_CHARSET = re.compile(r"(?:^|&)charset=([^&]*)")


def read_parameters(query: str, body: bytes = b"", content_type: str = FORM_TYPE) -> dict[str, str]:
    """Query and form merged (the form wins), decoded in the call's own charset. GatewayRefused if unreadable."""
    parts = [query]
    if content_type.partition(";")[0].strip().lower() in (FORM_TYPE, ""):
        parts.append(body.decode("latin-1"))
    codec = _codec(parts)
    merged: dict[str, str] = {}
    try:
        for part in parts:
            merged.update(
                parse_qsl(part, keep_blank_values=True, encoding=codec, errors="strict", max_num_fields=MAX_PARAMETERS)
            )
    except UnicodeDecodeError as error:
        raise gateway("isv.invalid-charset", "参数无法按charset解码") from error
    except ValueError as error:
        raise gateway("isv.invalid-parameter", "参数过多") from error
    return merged


def _codec(parts: list[str]) -> str:
    """The charset must be known before anything can be decoded, and is itself one of the parameters."""
    for part in parts:
        found = _CHARSET.search(part)
        if found and found[1]:
            return codec(found[1])
    return "utf-8"


def codec(charset: str) -> str:
    """Python's name for a call's charset; GatewayRefused for any but UTF-8 and GBK."""
    name = CODECS.get(charset.lower())
    if name is None:
        raise gateway("isv.invalid-charset")
    return name


def read_biz_content(params: Mapping[str, str]) -> dict[str, object]:
    """`biz_content` as an object. Numbers stay text: an amount must never become a float on the way."""
    text = params.get("biz_content") or "{}"
    try:
        content: object = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise business("isv.illegal-json", "biz_content不是合法的JSON") from error
    if not isinstance(content, dict):
        raise business("isv.illegal-json", "biz_content不是JSON对象")
    return content
