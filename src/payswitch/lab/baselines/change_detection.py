"""GLR-klUCB: bandit with change detection (Besson and Kaufmann, 2019, "Efficient change-point detection ...")."""

from __future__ import annotations

from math import log, sqrt
from typing import Final

from payswitch.lab.baselines.common import Baseline, first
from payswitch.lab.contender import Ask
from payswitch.lab.dice import Dice

_CHECK_EVERY: Final = 10
"""Rewards between two looks for a change: the authors' down-sampling, which costs them little."""
_SPLIT_EVERY: Final = 10
_HISTORY: Final = 1_000
"""Rewards of a channel that are looked at."""
_EPS: Final = 1e-9


def kl(p: float, q: float) -> float:
    """Kullback-Leibler divergence of two Bernoulli distributions."""
    p, q = min(max(p, _EPS), 1 - _EPS), min(max(q, _EPS), 1 - _EPS)
    return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


def kl_upper(mean: float, level: float) -> float:
    """The largest q with kl(mean, q) <= level: the index of klUCB, by halving."""
    low, high = mean, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        if kl(mean, middle) > level:
            high = middle
        else:
            low = middle
    return low


def changed(rewards: list[int], delta: float) -> bool:
    """The generalised likelihood ratio test: would two means explain the rewards so much better than one?"""
    n, total = len(rewards), sum(rewards)
    mean, threshold = total / n, log(n * sqrt(n) / delta)
    head = 0
    for s in range(1, n):
        head += rewards[s - 1]
        if s % _SPLIT_EVERY:
            continue
        found = s * kl(head / s, mean) + (n - s) * kl((total - head) / (n - s), mean)
        if found > threshold:
            return True
    return False


class GlrKlUcb(Baseline):
    """klUCB since the last restart; a channel whose rewards changed is restarted (local); a share is forced."""

    def __init__(self, channels: int, dice: Dice, *, delta: float, forced: float) -> None:
        super().__init__(channels, dice)
        self._delta, self._forced = delta, forced
        self._rewards: list[list[int]] = [[] for _ in range(channels)]
        self._sums = [0] * channels

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        plays = sum(len(rewards) for rewards in self._rewards)
        level = log(max(2, plays))

        def index(k: int) -> float:
            n = len(self._rewards[k])
            return 2.0 if n == 0 else kl_upper(self._sums[k] / n, level / n)

        best = sorted(usable, key=index, reverse=True)
        point = self.chance(ask)
        if not ask.tried and point < self._forced:
            return first(usable[int(point / self._forced * len(usable))], best)
        return best

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        rewards = self._rewards[channel]
        rewards.append(value)
        self._sums[channel] += value
        if len(rewards) > _HISTORY:
            self._sums[channel] -= rewards.pop(0)
        if len(rewards) % _CHECK_EVERY == 0 and len(rewards) > _SPLIT_EVERY and changed(rewards, self._delta):
            self._rewards[channel] = []
            self._sums[channel] = 0
