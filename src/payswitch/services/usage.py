"""What each channel has taken today (Beijing days): the daily caps of contracts are kept without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping

DAY_MS = 86_400_000
BEIJING_OFFSET_MS = 8 * 3_600_000


def day_start_ms(now_ms: int) -> int:
    """The last midnight in Beijing."""
    return (now_ms + BEIJING_OFFSET_MS) // DAY_MS * DAY_MS - BEIJING_OFFSET_MS


class DailyUsage:
    """Sums of today's received money per channel, in fen. Restored from storage at start, then counted in memory.

    Refunds do not give a cap free again: channels count what was received.
    """

    def __init__(self) -> None:
        self._day_ms = 0
        self._used_fen: dict[str, int] = {}

    def restore(self, used_fen: Mapping[str, int], now_ms: int) -> None:
        """Begin with what storage says was received since midnight."""
        self._day_ms = day_start_ms(now_ms)
        self._used_fen = dict(used_fen)

    def add(self, channel_id: str, amount_fen: int, now_ms: int) -> None:
        """Money arrived through this channel."""
        used = self._roll(now_ms)
        used[channel_id] = used.get(channel_id, 0) + amount_fen

    def today(self, now_ms: int) -> Mapping[str, int]:
        """Received today, by channel; empty just after midnight."""
        return self._roll(now_ms)

    def _roll(self, now_ms: int) -> dict[str, int]:
        day_ms = day_start_ms(now_ms)
        if day_ms != self._day_ms:
            self._day_ms, self._used_fen = day_ms, {}
        return self._used_fen
