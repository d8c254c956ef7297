"""What a bank's bad night did to each bank's customers: a line a bank and phase, and whether the night was sound."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.drill.books import Difference
from payswitch.drill.contracts import BANK_CHANNELS, BANKS
from payswitch.drill.customers import SignedCard
from payswitch.drill.views import PaymentView

ILL_FROM: Final = 0.3
ILL_TO: Final = 0.7
"""Of the traffic's time."""
MOST_SHIFT: Final = 0.05
"""Another bank's share or success may differ by so much between the phases: chance, with a few dozen orders each."""


class Phase(StrEnum):
    BEFORE = "before"
    ILL = "ill"
    AFTER = "after"


class Purchase(msgspec.Struct, kw_only=True):
    """One order of one customer with a signed card."""

    out_trade_no: str
    card: SignedCard
    at_s: float
    amount_fen: int
    phase: Phase
    payment_id: str | None = None
    channel_id: str = ""
    """Through which it was paid; empty: not paid."""
    saw: list[str] = []
    waits: bool = False
    """Told 银行处理中: whether the bank has taken the money is not known yet."""
    problem: str = ""


class BankLine(msgspec.Struct, frozen=True, kw_only=True):
    """One bank's customers in one phase. Shares are 0..1."""

    bank: str
    phase: Phase
    orders: int
    paid: int
    by_card: int
    """Paid with the customer's own card, over the bank's own channel."""

    @property
    def success(self) -> float:
        return self.paid / self.orders if self.orders else 1.0

    @property
    def share(self) -> float:
        """Of the orders, through the bank's own channel."""
        return self.by_card / self.orders if self.orders else 1.0


class BankNightResult(msgspec.Struct, frozen=True, kw_only=True):
    """What `payswitch drill one-bank-down --json` writes."""

    drill: str
    sick_bank: str
    payments: int
    paid: int
    lines: Sequence[BankLine]
    books_equal: bool
    differences: Sequence[Difference]
    problems: Sequence[str]

    @property
    def others_untouched(self) -> bool:
        """Whether the other banks' share and success stayed where they were."""
        others = [line for line in self.lines if line.bank != self.sick_bank]
        return all(line.success >= 1 - MOST_SHIFT and line.share >= 1 - MOST_SHIFT for line in others)

    @property
    def sick_bank_moved(self) -> bool:
        """Whether the ill bank's customers went elsewhere, and paid."""
        ill = next(line for line in self.lines if line.bank == self.sick_bank and line.phase is Phase.ILL)
        return ill.share <= MOST_SHIFT * 4 and ill.success >= 1 - MOST_SHIFT

    @property
    def sound(self) -> bool:
        return self.books_equal and self.others_untouched and self.sick_bank_moved and not self.problems


def phase_at(moment: float) -> Phase:
    """`moment`: 0..1 of the traffic's time."""
    if moment < ILL_FROM:
        return Phase.BEFORE
    return Phase.ILL if moment < ILL_TO else Phase.AFTER


def winner_channel(payment: PaymentView) -> str:
    """The channel that the payment was paid through; empty when it was not."""
    for attempt in payment.attempts:
        if attempt.attempt_id == payment.winner_attempt_id:
            return attempt.channel_id
    return ""


def lines_of(purchases: Sequence[Purchase]) -> list[BankLine]:
    """By bank and phase."""
    lines = []
    for bank in BANKS:
        for phase in Phase:
            mine = [p for p in purchases if p.card.bank == bank and p.phase is phase]
            lines.append(
                BankLine(
                    bank=bank,
                    phase=phase,
                    orders=len(mine),
                    paid=sum(bool(p.channel_id) for p in mine),
                    by_card=sum(p.channel_id == BANK_CHANNELS[bank] for p in mine),
                )
            )
    return lines
