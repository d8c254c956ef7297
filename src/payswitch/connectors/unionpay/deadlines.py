"""Until when an order could be paid, as far as this process knows.

A query names an order by number and time of creation, not by its deadline, and UnionPay's answer does not repeat
`payTimeout`. So the client remembers the orders it made; for others (made before a restart) only the longest possible
deadline proves anything. Forgetting is harmless: an order is called dead later, never sooner.
"""

from __future__ import annotations

from typing import Final

LONGEST_ORDER_MS: Final = 7_200_000
"""No payment may be made with a longer expiry (`expires_in_s` of `POST /v1/payments`)."""
CLOCKS_DIFFER_MS: Final = 60_000
"""UnionPay's clock decides whether an order is too late, ours whether we call it dead."""
_MOST_KEPT: Final = 20_000


class Deadlines:
    """A bounded memory; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._expires_at_ms: dict[str, int] = {}

    def remember(self, channel_order_no: str, expires_at_ms: int) -> None:
        if len(self._expires_at_ms) >= _MOST_KEPT:
            del self._expires_at_ms[next(iter(self._expires_at_ms))]
        self._expires_at_ms[channel_order_no] = expires_at_ms

    def is_past(self, channel_order_no: str, *, created_at_ms: int, now_ms: int) -> bool:
        """True only when the order certainly cannot be paid any more."""
        expires_at_ms = self._expires_at_ms.get(channel_order_no, created_at_ms + LONGEST_ORDER_MS)
        return now_ms > expires_at_ms + CLOCKS_DIFFER_MS
