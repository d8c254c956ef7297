"""What is late in the books, counted for the alert rules."""

from __future__ import annotations

import msgspec


class OpenEvents(msgspec.Struct, frozen=True):
    """Events that one shop has refused at least once and not taken yet."""

    shop_id: str
    count: int
    oldest_ms: int
    tries: int
    last_error: str
