"""计划维护: windows as whole Beijing minutes, compared with integers; no calendar library, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from payswitch.domain.channel import MaintenanceWindow, Product
from payswitch.kit.durations import MINUTE_MS
from payswitch.routing.beijing import days_since_epoch

_DAY_MIN: Final = 1_440
_BEIJING_MIN: Final = 480
"""UTC+8, all year: China has had no daylight saving since 1991."""
_DAILY = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_ONCE = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T]([01]\d|2[0-3]):([0-5]\d)")


class Window(msgspec.Struct, frozen=True):
    """Half-open: in maintenance from `start` on, out of it at `end`. Minutes of the day, or of the Unix epoch."""

    start: int
    end: int
    daily: bool
    channel: str
    product: Product | None = None

    def covers(self, now_ms: int) -> bool:
        """Whether the window is on at this moment (Unix milliseconds)."""
        minute = now_ms // MINUTE_MS + _BEIJING_MIN
        if self.daily:
            minute %= _DAY_MIN
            if self.start > self.end:
                return minute >= self.start or minute < self.end
        return self.start <= minute < self.end


def minutes_of(text: str | int) -> tuple[int, bool]:
    """(minutes, whether daily). An integer is minutes of the day: YAML 1.1 reads an unquoted `12:30` as 750.

    Raises ValueError when it is no time; the caller names the place and the fix.
    """
    if isinstance(text, int):
        if not 0 <= text <= _DAY_MIN:
            raise ValueError(text)
        return text, True
    if match := _DAILY.fullmatch(text.strip()):
        minutes = int(match[1]) * 60 + int(match[2])
        if minutes > _DAY_MIN:
            raise ValueError(text)
        return minutes, True
    if match := _ONCE.fullmatch(text.strip()):
        year, month, day, hour, minute = (int(part) for part in match.groups())
        try:
            return days_since_epoch(year, month, day) * _DAY_MIN + hour * 60 + minute, False
        except ValueError:
            raise ValueError(text) from None
    raise ValueError(text)


def window_of(channel: str, product: Product | None, start: str | int, end: str | int) -> Window:
    """Raises ValueError when the two are of different forms, empty, or no times at all."""
    start_min, daily = minutes_of(start)
    end_min, end_daily = minutes_of(end)
    if daily != end_daily or start_min == end_min or (not daily and start_min > end_min):
        raise ValueError(f"{start} .. {end}")
    return Window(start_min, end_min, daily, channel, product)


def unreadable_windows(windows: Iterable[MaintenanceWindow]) -> list[int]:
    """The places (from 0) of a channel's own windows that are no windows: no times, two forms, or empty."""
    found = []
    for place, window in enumerate(windows):
        try:
            window_of("", window.product, window.start, window.end)
        except ValueError:
            found.append(place)
    return found


WINDOW_WANTED: Final = (
    "needs two different times of one form, HH:MM (every day) or YYYY-MM-DD HH:MM (once), Beijing time",
    "须为两个形式相同且不相等的北京时间：HH:MM（每天）或 YYYY-MM-DD HH:MM（一次）",
)
"""What a window must be, in both languages."""
