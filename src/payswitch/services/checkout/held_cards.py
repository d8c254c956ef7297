"""The particulars of cards that are being signed up, between applying and the SMS code.

The channel wants card and holder a second time, with the code, and the shop shall not have to keep or send them again.
So they are held here: in this process's memory, as `Secret`, for ten minutes, and nowhere else. After a restart they
are gone, and the customer applies again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from payswitch.domain.exchange import AgreementOrder
from payswitch.kit.secrets import fingerprint
from payswitch.services.last_times import LastTimes

HELD_MS: Final = 600_000
MOST_HELD: Final = 10_000
"""The oldest is dropped first: a flood of applications must not fill the memory."""
SMS_GAP_MS: Final = 60_000
"""One SMS to one phone a minute: the banks' own rule, and nobody's phone becomes a toy."""
MOST_WRONG_CODES: Final = 5


@dataclass(slots=True)
class HeldCard:
    """One application. `repr` shows no secret: what is secret is a `Secret`."""

    order: AgreementOrder
    until_ms: float
    wrong_codes: int = 0


@dataclass(slots=True)
class HeldCards:
    """By agreement id. Times are monotonic milliseconds."""

    _cards: dict[str, HeldCard] = field(default_factory=dict)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _sms: LastTimes = field(default_factory=lambda: LastTimes(SMS_GAP_MS))
    """When the last SMS went to a phone, by the fingerprint of its number."""

    def hold(self, agreement_id: str, order: AgreementOrder, now_ms: float) -> None:
        self._cards[agreement_id] = HeldCard(order, now_ms + HELD_MS)
        self.forget_old(now_ms)

    def get(self, agreement_id: str, now_ms: float) -> HeldCard | None:
        self.forget_old(now_ms)
        return self._cards.get(agreement_id)

    def drop(self, agreement_id: str) -> None:
        self._cards.pop(agreement_id, None)

    def forget_old(self, now_ms: float) -> None:
        """Called by whoever looks, and by the worker's round: nothing stays because nobody came back."""
        while self._cards:
            agreement_id, card = next(iter(self._cards.items()))
            if card.until_ms > now_ms and len(self._cards) <= MOST_HELD:
                return
            del self._cards[agreement_id]

    def lock(self, name: str) -> asyncio.Lock:
        """One at a time for one card or one application."""
        return self._locks.setdefault(name, asyncio.Lock())

    def sms_is_due(self, order: AgreementOrder, now_ms: float) -> bool:
        return self._sms.is_due(_phone(order), now_ms)

    def sms_sent(self, order: AgreementOrder, now_ms: float) -> None:
        self._sms.note(_phone(order), now_ms)

    def __len__(self) -> int:
        return len(self._cards)


def _phone(order: AgreementOrder) -> str:
    return fingerprint(order.mobile.reveal())
