"""Reading one business parameter at a time: what it must look like, and the refusal when it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from payswitch.kit.clock import BEIJING
from payswitch.kit.durations import DAY_MS, HOUR_MS, MINUTE_MS
from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.alipay.codes import Refused, business

MAX_AMOUNT_FEN = 10_000_000_000
"""100 000 000 yuan: the documented upper end of `total_amount`."""

_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")
_SPAN = re.compile(r"([1-9]\d{0,5})([mhd])")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
"""JSON escapes can spell half a surrogate pair, which no charset can send on."""
_UNIT_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_MAX_SPAN_MS = 15 * DAY_MS

Biz = Mapping[str, object]


def invalid(name: str, why: str = "格式不正确") -> Refused:
    return business("ACQ.INVALID_PARAMETER", f"参数有误。参数{name}{why}")


def text(biz: Biz, name: str, *, limit: int) -> str | None:
    """A text of at most `limit` characters, None when absent or empty."""
    value = biz.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise invalid(name)
    if len(value) > limit:
        raise invalid(name, f"超过{limit}个字符")
    if _HALF_A_PAIR.search(value):
        raise invalid(name, "含有非法字符")
    return value


def required_text(biz: Biz, name: str, *, limit: int) -> str:
    value = text(biz, name, limit=limit)
    if value is None:
        raise invalid(name, "不能为空")
    return value


def number(biz: Biz, name: str) -> str | None:
    """A merchant's number: letters, digits and underscores, at most 64."""
    value = text(biz, name, limit=64)
    if value is not None and not _NUMBER.fullmatch(value):
        raise invalid(name, "只能由数字、字母、下划线组成")
    return value


def required_number(biz: Biz, name: str) -> str:
    value = number(biz, name)
    if value is None:
        raise invalid(name, "不能为空")
    return value


def amount_fen(biz: Biz, name: str) -> int:
    """A positive amount given in yuan with at most two decimals, as fen."""
    value = required_text(biz, name, limit=14)
    try:
        fen = fen_from_yuan(value)
    except ValueError as error:
        raise invalid(name) from error
    if not 1 <= fen <= MAX_AMOUNT_FEN:
        raise invalid(name, "超出范围[0.01,100000000]")
    return fen


def moment_ms(biz: Biz, name: str) -> int | None:
    """An absolute Beijing time (`yyyy-MM-dd HH:mm:ss`, the seconds may be missing) as Unix milliseconds."""
    value = text(biz, name, limit=19)
    if value is None:
        return None
    if not _TIME.fullmatch(value):
        raise invalid(name)
    try:
        return int(datetime.fromisoformat(value).replace(tzinfo=BEIJING).timestamp() * 1_000)
    except ValueError as error:
        raise invalid(name) from error


def span_ms(biz: Biz, name: str) -> int | None:
    """A span such as `90m`, `2h`, `1d` (1 minute to 15 days) in milliseconds."""
    value = text(biz, name, limit=6)
    if value is None:
        return None
    match = _SPAN.fullmatch(value)
    if match is None:
        raise invalid(name)
    span = int(match[1]) * _UNIT_MS[match[2]]
    if span > _MAX_SPAN_MS:
        raise invalid(name, "取值范围1m~15d")
    return span
