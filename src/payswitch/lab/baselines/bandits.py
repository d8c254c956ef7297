"""The non-stationary bandits, among them those that Dream11 serves (arXiv 2308.01028)."""

from __future__ import annotations

from collections import deque
from math import log, sqrt
from random import Random

from payswitch.lab.baselines.common import Baseline, first
from payswitch.lab.contender import Ask
from payswitch.lab.dice import Dice


class EpsilonGreedy(Baseline):
    """Sutton and Barto, Reinforcement Learning, 2.5: a constant step follows drift; epsilon of the payments explore."""

    def __init__(self, channels: int, dice: Dice, *, epsilon: float, step: float) -> None:
        super().__init__(channels, dice)
        self._epsilon, self._step = epsilon, step
        self._values = [1.0] * channels

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        best = sorted(usable, key=lambda k: -self._values[k])
        point = self.chance(ask)
        if ask.tried or point >= self._epsilon:
            return best
        return first(usable[int(point / self._epsilon * len(usable))], best)

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        self._values[channel] += self._step * (value - self._values[channel])


class _Window:
    """The last rewards of all channels together, as both sliding-window methods keep them."""

    def __init__(self, channels: int, size: int) -> None:
        self._last: deque[tuple[int, int]] = deque()
        self._size = size
        self.good = [0] * channels
        self.trials = [0] * channels

    def add(self, channel: int, value: int) -> None:
        self._last.append((channel, value))
        self.good[channel] += value
        self.trials[channel] += 1
        if len(self._last) > self._size:
            old, old_value = self._last.popleft()
            self.good[old] -= old_value
            self.trials[old] -= 1

    def __len__(self) -> int:
        return len(self._last)


class SlidingWindowUcb(Baseline):
    """Garivier and Moulines 2011: mean of the last `window` plays plus sqrt(xi log(min(t, window)) / plays)."""

    def __init__(self, channels: int, dice: Dice, *, window: int, xi: float) -> None:
        super().__init__(channels, dice)
        self._window = _Window(channels, window)
        self._xi = xi

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        window = self._window
        width = self._xi * log(max(2, len(window)))

        def index(k: int) -> float:
            plays = window.trials[k]
            return 2.0 if plays == 0 else window.good[k] / plays + sqrt(width / plays)

        return sorted(usable, key=index, reverse=True)

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        self._window.add(channel, value)


class _Discounted(Baseline):
    """Counts of all channels that shrink by `gamma` with each reward."""

    def __init__(self, channels: int, dice: Dice, *, gamma: float) -> None:
        super().__init__(channels, dice)
        self._gamma = gamma
        self._good = [0.0] * channels
        self._bad = [0.0] * channels

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        gamma = self._gamma
        self._good = [x * gamma for x in self._good]
        self._bad = [x * gamma for x in self._bad]
        if value:
            self._good[channel] += 1.0
        else:
            self._bad[channel] += 1.0


class DiscountedUcb(_Discounted):
    """Kocsis and Szepesvari 2006; Garivier and Moulines 2011: discounted mean plus 2 sqrt(xi log(n) / plays)."""

    def __init__(self, channels: int, dice: Dice, *, gamma: float, xi: float) -> None:
        super().__init__(channels, dice, gamma=gamma)
        self._xi = xi

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        width = self._xi * log(max(2.0, sum(self._good) + sum(self._bad)))

        def index(k: int) -> float:
            plays = self._good[k] + self._bad[k]
            return 3.0 if plays < 1e-9 else self._good[k] / plays + 2.0 * sqrt(width / plays)

        return sorted(usable, key=index, reverse=True)


class DiscountedThompson(_Discounted):
    """Raj and Kalyani 2017: Beta posteriors of the discounted counts; first by a sample, then by mean."""

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        return _thompson(self, ask, usable, self._good, self._bad)


class SlidingWindowThompson(Baseline):
    """Trovo et al. 2020: Beta posteriors of the last `window` plays."""

    def __init__(self, channels: int, dice: Dice, *, window: int) -> None:
        super().__init__(channels, dice)
        self._window = _Window(channels, window)

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        good = [float(x) for x in self._window.good]
        bad = [trials - x for trials, x in zip(self._window.trials, good, strict=True)]
        return _thompson(self, ask, usable, good, bad)

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        self._window.add(channel, value)


def _thompson(router: Baseline, ask: Ask, usable: list[int], good: list[float], bad: list[float]) -> list[int]:
    by_mean = sorted(usable, key=lambda k: -(good[k] + 1) / (good[k] + bad[k] + 2))
    if ask.tried:
        return by_mean
    random = Random(router.chance(ask))
    return first(max(usable, key=lambda k: random.betavariate(good[k] + 1, bad[k] + 1)), by_mean)
