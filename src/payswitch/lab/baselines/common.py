"""What the published routers have in common here: an index per channel, and rewards of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from payswitch.lab.contender import Answer, Ask, Pick
from payswitch.lab.dice import NOBODY, Dice, Purpose
from payswitch.lab.world import TRY_LIMIT_MS

MAX_FIRSTS: Final = 5
"""Picks handed out: more than a payment can use."""


class Baseline:
    """Told everything, remembers nothing. What the customer has to answer for never counts: the published routers are
    given the classification that they lack, so that they are compared at their best."""

    def __init__(self, channels: int, dice: Dice) -> None:
        self.channels = channels
        self._dice = dice

    def order(self, ask: Ask) -> Sequence[Pick]:
        usable = [k for k in range(self.channels) if k not in ask.closed]
        fresh = [k for k in usable if k not in ask.tried] or usable
        return [Pick(channel, TRY_LIMIT_MS) for channel in self.ranked(ask, fresh)[:MAX_FIRSTS]]

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        """The usable channels, best first. Channels that failed in this payment are out while others are left."""
        return usable

    def saw_call(self, now_s: float, ask: Ask, channel: int, answer: Answer, latency_ms: float) -> None:
        if answer is not Answer.MADE:
            self.reward(now_s, ask, channel, 0)

    def saw_exposed(self, now_s: float, ask: Ask, channel: int) -> None:
        """No published router looks at what is on its way."""

    def saw_final(self, now_s: float, ask: Ask, channel: int, *, paid: bool, payer_side: bool, waited_s: float) -> None:
        if not payer_side:
            self.reward(now_s, ask, channel, int(paid))

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        """One attempt succeeded (1) or failed (0) for a reason that is not the customer's."""

    def chance(self, ask: Ask, nth: int = 0) -> float:
        """The router's own chance for this payment."""
        return self._dice.roll(ask.payment, NOBODY, nth + 100 * len(ask.tried), Purpose.ROUTER)


def first(chosen: int, rest: list[int]) -> list[int]:
    """One channel first, the others behind it in their order."""
    return [chosen, *(k for k in rest if k != chosen)]
