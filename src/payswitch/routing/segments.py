"""Segments: the parts of a channel that can fail, or do better, on their own: a bank, an amount band, a kind of device.

A bank's line to one acquirer breaks while the channel works; a wallet refuses large amounts in the evening; a page does
not open on old phones. Estimates and outages hang below the channel per segment, so that one sick part neither goes
unseen nor takes the whole channel down.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

BAND_EDGES_FEN: Final = (5_000, 50_000, 500_000)
"""50, 500 and 5,000 yuan: pocket money, everyday, considered, and where per-payment limits begin to bite."""
BANDS: Final = ("to_50", "to_500", "to_5000", "over_5000")
"""Names of the amount bands, in yuan; the upper edge belongs to the next band."""

_BANK: Final = "bank:"

_FAMILIES: Final = (
    ("ios", ("ios", "iphone", "ipad", "ipod")),
    ("harmony", ("harmony", "openharmony")),
    ("android", ("android",)),
    ("desktop", ("desktop", "windows", "macos", "mac", "linux", "pc")),
)


Key = str
"""One segment by its kind and value, e.g. `bank:ICBC`. A text, not a pair: its hash is reckoned once, and a decision
looks every key up in every line."""


class Segments(msgspec.Struct, frozen=True, kw_only=True):
    """Where one payment stands. An empty text: not known, so nothing is learned or assumed about it."""

    bank: str = ""
    amount: str = ""
    device: str = ""

    def named(self) -> tuple[Key, ...]:
        """The known ones: the keys of everything that is kept per segment."""
        return _named(self.bank, self.amount, self.device)


@lru_cache(maxsize=4_096)
def _named(bank: str, amount: str, device: str) -> tuple[Key, ...]:
    """Kept: the same texts as last time are found in a line by identity, without comparing letters."""
    pairs = (("bank", bank), ("amount", amount), ("device", device))
    return tuple([f"{kind}:{value}" for kind, value in pairs if value])


def bank_in(keys: Iterable[Key]) -> str:
    """The bank among the segments; empty when it is not known."""
    for key in keys:
        if key.startswith(_BANK):
            return key[len(_BANK) :]
    return ""


@lru_cache(maxsize=1_024)
def device_family(device: str | None) -> str:
    """`ios`, `android`, `harmony`, `desktop`, `other`; empty when nobody knows.

    Few families on purpose: the shop's own words are unbounded, and thin segments teach nothing.
    """
    if not device:
        return ""
    word = device.casefold()
    for family, starts in _FAMILIES:
        if word.startswith(starts):
            return family
    return "other"


def segments_of(amount_fen: int, device: str | None = None, bank: str = "") -> Segments:
    """The segments of a payment. The one place where they are derived: a plan and what is learned of it must agree."""
    return Segments(bank=bank, amount=BANDS[bisect_right(BAND_EDGES_FEN, amount_fen)], device=device_family(device))
