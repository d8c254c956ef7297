"""The oracles: routers that read the world's truth. No router can do better than the informed one; the lagged one shows
how much of the gap is only the time that news takes."""

from __future__ import annotations

from payswitch.lab.baselines.common import Baseline
from payswitch.lab.contender import Ask
from payswitch.lab.world import World


class Oracle(Baseline):
    """Knows every channel's chance for this very payment, as it was `lag_s` ago."""

    def __init__(self, world: World, *, lag_s: float = 0.0) -> None:
        super().__init__(world.channels, world.dice)
        self._world, self._lag_s = world, lag_s

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        payer, at_s = self._world.payers[ask.payment], max(0.0, ask.now_s - self._lag_s)
        return sorted(usable, key=lambda k: -self._world.chance(k, at_s, payer))
