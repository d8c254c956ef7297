"""Routers that do not learn: what most shops run."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.lab.baselines.common import Baseline, first
from payswitch.lab.contender import Ask, Pick
from payswitch.lab.world import TRY_LIMIT_MS


class Single(Baseline):
    """One channel and one retry on it: the shop of the story."""

    def order(self, ask: Ask) -> Sequence[Pick]:
        return [Pick(0, TRY_LIMIT_MS)] * 2


class StaticPriority(Baseline):
    """Always in the operator's order, with failover."""


class FixedSplit(Baseline):
    """70/20/10 by lot: the first, the second, any other; failover in the operator's order."""

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        if ask.tried or len(usable) < 3:
            return usable
        point = self.chance(ask)
        if point < 0.7:
            return usable
        if point < 0.9:
            return first(usable[1], usable)
        return first(usable[2 + int((point - 0.9) / 0.1 * (len(usable) - 2))], usable)
