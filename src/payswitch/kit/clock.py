"""Time, injected: nothing in PaySwitch reads the machine's clock except through a `Clock`."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol

from payswitch.kit.durations import HOUR_MS

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The wall time of every Chinese channel's wire formats. China has had no daylight saving since 1991."""


class Clock(Protocol):
    """Wall time for records, monotonic time for durations, and the only way to wait."""

    def now_ms(self) -> int:
        """Wall time as Unix milliseconds: what is stored and sent."""
        ...

    def monotonic_ms(self) -> float:
        """Milliseconds that never jump: what deadlines and latencies are measured with."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait. Tests inject a clock whose sleep returns when the test moves time."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> float:
        return time.monotonic_ns() / 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that moves only when told: `advance()` wakes the sleepers whose time has come."""

    def __init__(self, start_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = float(start_ms)
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        return int(self._now_ms)

    def monotonic_ms(self) -> float:
        return self._now_ms

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now_ms + seconds * 1_000, future))
        await future

    def advance(self, *, seconds: float = 0.0, ms: float = 0.0) -> None:
        """Move time forward and release every sleeper that is due, the earliest first."""
        self._now_ms += seconds * 1_000 + ms
        due = sorted((s for s in self._sleepers if s[0] <= self._now_ms), key=lambda s: s[0])
        self._sleepers = [s for s in self._sleepers if s[0] > self._now_ms]
        for _, future in due:
            if not future.done():
                future.set_result(None)


def iso_utc(ms: int) -> str:
    """Unix milliseconds as RFC 3339 in UTC with milliseconds, e.g. `2026-11-11T12:37:00.000Z`."""
    return f"{_iso_second(ms // 1_000)}.{ms % 1_000:03d}Z"


def iso_or_none(ms: int | None) -> str | None:
    """The same for a moment that may not have come."""
    return None if ms is None else iso_utc(ms)


@lru_cache(maxsize=1_024)
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def beijing_hour(ms: int) -> int:
    """The hour of the day in Beijing, 0..23."""
    return (ms // HOUR_MS + 8) % 24


def beijing_day(ms: int) -> int:
    """The day in Beijing, counted from 1970-01-01."""
    return (ms // HOUR_MS + 8) // 24


def beijing(ms: int) -> datetime:
    """Unix milliseconds as an aware Beijing time, for the channels' wire formats and for people."""
    return datetime.fromtimestamp(ms / 1_000, BEIJING)


def beijing_date(ms: int) -> str:
    """The date in Beijing, `2026-11-11`: what a bill is for."""
    return beijing(ms).date().isoformat()


def beijing_time(ms: int) -> str:
    """For people, to the second: `2026-11-11 20:37:00`."""
    return beijing(ms).strftime("%Y-%m-%d %H:%M:%S")


def beijing_midnight_ms(date: str) -> int:
    """The moment a Beijing date begins. ValueError for what is no date."""
    return int(datetime.fromisoformat(f"{date}T00:00:00+08:00").timestamp()) * 1_000
