"""One minute of one merchant's payments, counted out of storage: what a process that has just started did not see."""

from __future__ import annotations

import msgspec


class LiveMinute(msgspec.Struct, frozen=True):
    """Payments that began in this minute, and those that ended in it. Amounts in fen."""

    merchant_id: str
    at_ms: int
    created: int = 0
    created_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    lost: int = 0
    lost_fen: int = 0
    lost_by_customer: int = 0
    saved: int = 0
    saved_fen: int = 0
