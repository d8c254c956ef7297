"""UnionPay's times: Beijing wall time, with a year (`yyyyMMddHHmmss`) or without one (`MMDDhhmmss`), and the times
that our own numbers carry."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from payswitch.kit.clock import BEIJING, beijing

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE_OF: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_NUMBER_WITH_TIME: Final = re.compile(r"[A-Z](?P<time>[0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{12}")
_LATEST_MS: Final = 4_102_444_800_000
"""The year 2100: a number that claims a later time does not carry one."""


def wire_time(ms: int) -> str:
    """Unix milliseconds as `yyyyMMddHHmmss` in Beijing: `txnTime`, `payTimeout`."""
    return beijing(ms).strftime("%Y%m%d%H%M%S")


def time_in_number(number: str) -> int | None:
    """The Unix milliseconds inside one of our own numbers: a letter, then ten base-32 characters of time, then twelve
    of randomness (`kit/ids.py`). None for a number of another form."""
    match = _NUMBER_WITH_TIME.fullmatch(number)
    if match is None:
        return None
    ms = 0
    for digit in match["time"]:
        ms = ms * 32 + _VALUE_OF[digit]
    return ms if ms <= _LATEST_MS else None


def without_year(text: str, near_ms: int) -> int | None:
    """`MMDDhhmmss` as the Unix milliseconds nearest to `near_ms`: a payment of New Year's Eve that is told on New
    Year's Day was not made a year later. None when the text is no such time."""
    if re.fullmatch(r"[0-9]{10}", text) is None:
        return None
    year = beijing(near_ms).year
    found = [ms for y in (year - 1, year, year + 1) if (ms := _moment(f"{y}{text}")) is not None]
    return min(found, key=lambda ms: abs(ms - near_ms), default=None)


def _moment(text: str) -> int | None:
    try:
        return int(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()) * 1_000
    except ValueError:
        return None
