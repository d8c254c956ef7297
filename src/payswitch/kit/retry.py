"""Retry schedules: growing gaps as data, so that tests, docs and code show the same numbers."""

from __future__ import annotations

from collections.abc import Sequence


class Schedule:
    """Gaps in seconds between tries; after the last one the schedule is over (or repeats its last gap)."""

    def __init__(self, gaps_s: Sequence[float], *, repeat_last: bool = False) -> None:
        if not gaps_s or any(gap < 0 for gap in gaps_s):
            raise ValueError(f"a schedule needs gaps of zero or more seconds: {gaps_s!r}")
        self.gaps_s = tuple(gaps_s)
        self.repeat_last = repeat_last

    def gap_s(self, tries: int) -> float | None:
        """The wait after `tries` tries (>= 1) were made; None when the schedule is over."""
        if tries <= len(self.gaps_s):
            return self.gaps_s[tries - 1]
        return self.gaps_s[-1] if self.repeat_last else None

    def next_ms(self, tries: int, now_ms: int) -> int | None:
        """Unix milliseconds of the next try, or None when the schedule is over."""
        gap = self.gap_s(tries)
        return None if gap is None else now_ms + int(gap * 1_000)
