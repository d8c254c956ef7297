"""What is open in the books, counted for the alert rules."""

from __future__ import annotations

import msgspec


class OpenAttempts(msgspec.Struct, frozen=True):
    """Attempts that have not ended, of one channel, product and state."""

    channel_id: str
    product: str
    state: str
    count: int
    amount_fen: int
    oldest_ms: int


class OpenRefunds(msgspec.Struct, frozen=True):
    """Refunds that have not ended, of one merchant, kind and state."""

    merchant_id: str
    kind: str
    state: str
    count: int
    amount_fen: int
    oldest_ms: int


class OpenEvents(msgspec.Struct, frozen=True):
    """Events that one shop has refused at least once and not taken yet."""

    shop_id: str
    count: int
    oldest_ms: int
    tries: int
    last_error: str
