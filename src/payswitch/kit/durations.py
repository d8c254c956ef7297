"""Lengths of time that everybody means alike, in milliseconds."""

from __future__ import annotations

from typing import Final

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
"""Of Beijing's clock, too: China has had no daylight saving time since 1991."""
BEIJING_OFFSET_MS: Final = 8 * HOUR_MS
"""By how much Beijing's wall clock is ahead of UTC."""
