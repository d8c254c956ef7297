"""What each channel has taken today and this month (Beijing): the caps of contracts are kept without asking anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from payswitch.kit.clock import beijing
from payswitch.kit.durations import BEIJING_OFFSET_MS, DAY_MS


def day_start_ms(now_ms: int) -> int:
    """The last midnight in Beijing."""
    return (now_ms + BEIJING_OFFSET_MS) // DAY_MS * DAY_MS - BEIJING_OFFSET_MS


def month_start_ms(now_ms: int) -> int:
    """The midnight in Beijing with which the calendar month began."""
    return day_start_ms(now_ms) - (beijing(now_ms).day - 1) * DAY_MS


class _Period:
    """Sums since the period began; the first look into a new one begins with nothing."""

    def __init__(self, start_of: Callable[[int], int]) -> None:
        self._start_of = start_of
        self._start_ms = 0
        self._day_ms = 0
        self._used_fen: dict[str, int] = {}

    def restore(self, used_fen: Mapping[str, int], now_ms: int) -> None:
        self._day_ms, self._start_ms = day_start_ms(now_ms), self._start_of(now_ms)
        self._used_fen = dict(used_fen)

    def roll(self, now_ms: int) -> dict[str, int]:
        """The sums; the calendar is only asked when the day has changed."""
        day_ms = day_start_ms(now_ms)
        if day_ms != self._day_ms:
            self._day_ms, start_ms = day_ms, self._start_of(now_ms)
            if start_ms != self._start_ms:
                self._start_ms, self._used_fen = start_ms, {}
        return self._used_fen


class Usage:
    """Sums of the received money per channel, in fen. Restored from storage at start, then counted in memory.

    Refunds do not give a cap free again: channels count what was received.
    """

    def __init__(self) -> None:
        self._day = _Period(day_start_ms)
        self._month = _Period(month_start_ms)

    def restore(self, day_fen: Mapping[str, int], month_fen: Mapping[str, int], now_ms: int) -> None:
        """Begin with what storage says was received since midnight, and since the first of the month."""
        self._day.restore(day_fen, now_ms)
        self._month.restore(month_fen, now_ms)

    def add(self, channel_id: str, amount_fen: int, now_ms: int) -> None:
        """Money arrived through this channel."""
        for period in (self._day, self._month):
            used = period.roll(now_ms)
            used[channel_id] = used.get(channel_id, 0) + amount_fen

    def today(self, now_ms: int) -> Mapping[str, int]:
        """Received today, by channel; empty just after midnight."""
        return self._day.roll(now_ms)

    def this_month(self, now_ms: int) -> Mapping[str, int]:
        """Received this calendar month, by channel."""
        return self._month.roll(now_ms)
