"""Beijing's calendar as whole numbers: no calendar library, no clock. UTC+8 all year, since 1991."""

from __future__ import annotations

import re
from typing import Final

from payswitch.kit.durations import BEIJING_OFFSET_MS, DAY_MS

_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def day_at(now_ms: int) -> int:
    """The Beijing day of a moment, counted from 1970-01-01."""
    return (now_ms + BEIJING_OFFSET_MS) // DAY_MS


def next_midnight_ms(now_ms: int) -> int:
    """When the Beijing day of this moment ends."""
    return (day_at(now_ms) + 1) * DAY_MS - BEIJING_OFFSET_MS


def weekday_of(day: int) -> int:
    """1 Monday .. 7 Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7 + 1


def days_in_month(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _MONTH_DAYS[month - 1]


def days_since_epoch(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the Gregorian calendar. Raises ValueError for a day that does not exist, or is before."""
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise ValueError(f"{year}-{month}-{day}")
    before = year - 1
    leap_days = (before // 4 - before // 100 + before // 400) - (1969 // 4 - 1969 // 100 + 1969 // 400)
    return (year - 1970) * 365 + leap_days + sum(days_in_month(year, m) for m in range(1, month)) + day - 1


def day_of(text: str) -> int:
    """The day that `YYYY-MM-DD` names. Raises ValueError when it names none."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in match.groups())
    return days_since_epoch(year, month, day)
