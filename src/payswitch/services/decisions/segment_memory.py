"""Which segment (bank, amount band, device) each recent payment stands in, so that what is learned of an attempt goes
where its plan looked."""

from __future__ import annotations

from typing import Final

from payswitch.domain.payment import Attempt, Payment
from payswitch.routing.segments import Segments, segments_of

_MOST: Final = 50_000
"""Payments remembered: two hours (a payment's life) at seven a second. An older one is known by its amount alone."""


class SegmentMemory:
    """By payment id; the oldest are forgotten first. Lost with a restart, which costs nothing but detail."""

    def __init__(self) -> None:
        self._known: dict[str, Segments] = {}

    def note(self, payment: Payment, bank: str = "") -> None:
        """Remember a payment; a bank that was heard once is kept when it is planned again without one."""
        if payment.payment_id in self._known:
            bank = bank or self._known.pop(payment.payment_id).bank
        elif len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[payment.payment_id] = segments_of(payment.amount_fen, payment.customer.device, bank)

    def bank_of(self, payment_id: str) -> str:
        """The bank of the card that the customer chose; empty when none was, or nobody remembers."""
        known = self._known.get(payment_id)
        return known.bank if known else ""

    def of(self, attempt: Attempt) -> Segments:
        """Where the attempt's payment stands, as far as it is remembered."""
        return self._known.get(attempt.payment_id) or segments_of(attempt.amount_fen)
