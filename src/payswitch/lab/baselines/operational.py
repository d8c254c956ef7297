"""Routers from operations: the count-window success-rate router, ejection of outliers, and the plain breaker."""

from __future__ import annotations

from collections import deque
from typing import Final

from payswitch.lab.baselines.common import Baseline, first
from payswitch.lab.contender import Answer, Ask
from payswitch.lab.dice import Dice

_SOFT_RESET_S: Final = 900.0
_PENALTY: Final = 5.0


class CountWindow(Baseline):
    """The success-rate router of the strongest open-source switch, by its behaviour: success among the last `size`
    outcomes, each window full of successes at first; the best one gets everything; optionally a share explores. A
    score below `threshold` counts a fifth; 15 minutes later the window is filled with successes again (soft reset)."""

    def __init__(self, channels: int, dice: Dice, *, size: int, explore: float, threshold: float) -> None:
        super().__init__(channels, dice)
        self._size, self._explore, self._threshold = size, explore, threshold
        self._windows = [deque([1] * size, maxlen=size) for _ in range(channels)]
        self._good = [size] * channels
        self._down_since: list[float | None] = [None] * channels

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        for k in usable:
            since_s = self._down_since[k]
            if since_s is not None and ask.now_s - since_s >= _SOFT_RESET_S:
                self._windows[k] = deque([1] * self._size, maxlen=self._size)
                self._good[k], self._down_since[k] = self._size, None
        best = sorted(usable, key=self._score, reverse=True)
        point = self.chance(ask)
        if ask.tried or point >= self._explore:
            return best
        return first(usable[int(point / self._explore * len(usable))], best)

    def _score(self, k: int) -> float:
        score = self._good[k] / self._size
        return score / _PENALTY if self._down_since[k] is not None else score

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        window = self._windows[channel]
        self._good[channel] += value - window[0]
        window.append(value)
        if self._good[channel] / self._size >= self._threshold:
            self._down_since[channel] = None
        elif self._down_since[channel] is None:
            self._down_since[channel] = now_s


class Ejection(Baseline):
    """Envoy's outlier detection on the operator's order: so many errors in a row eject a channel for `base_s` times the
    number of its ejections; at most `most` of the channels at once, but at least one; with half of them out, nobody is
    (panic)."""

    _PANIC: Final = 0.5

    def __init__(self, channels: int, dice: Dice, *, errors: int, base_s: float, most: float) -> None:
        super().__init__(channels, dice)
        self._errors, self._base_s = errors, base_s
        self._room = max(1, int(most * channels))
        self._in_a_row = [0] * channels
        self._ejections = [0] * channels
        self._until_s = [0.0] * channels

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        healthy = [k for k in usable if self._until_s[k] <= ask.now_s]
        if len(healthy) < self._PANIC * len(usable):
            return usable
        return [*healthy, *(k for k in usable if self._until_s[k] > ask.now_s)]

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        if value:
            self._in_a_row[channel] = 0
            if now_s - self._until_s[channel] > 2 * self._base_s:
                self._ejections[channel] = max(0, self._ejections[channel] - 1)
            return
        self._in_a_row[channel] += 1
        out = sum(until_s > now_s for until_s in self._until_s)
        if self._in_a_row[channel] >= self._errors and self._until_s[channel] <= now_s and out < self._room:
            self._ejections[channel] += 1
            self._until_s[channel] = now_s + self._base_s * self._ejections[channel]
            self._in_a_row[channel] = 0


class BreakerMean(Baseline):
    """The mission's triggers and nothing else: 2 of the last 3 calls timed out, or more than 5 % errors in a minute
    with 20 calls; open for `open_s`; the others by their mean over the last `window_s`."""

    def __init__(self, channels: int, dice: Dice, *, open_s: float, window_s: float) -> None:
        super().__init__(channels, dice)
        self._open_s, self._window_s = open_s, window_s
        self._timeouts = [deque([False] * 3, maxlen=3) for _ in range(channels)]
        self._calls: list[deque[tuple[float, bool]]] = [deque() for _ in range(channels)]
        self._ends: list[deque[tuple[float, int]]] = [deque() for _ in range(channels)]
        self._paid = [0] * channels
        self._until_s = [0.0] * channels

    def ranked(self, ask: Ask, usable: list[int]) -> list[int]:
        for k in usable:
            ends = self._ends[k]
            while ends and ends[0][0] < ask.now_s - self._window_s:
                self._paid[k] -= ends.popleft()[1]
        best = sorted(usable, key=lambda k: -(self._paid[k] + 9) / (len(self._ends[k]) + 10))
        closed = [k for k in best if self._until_s[k] <= ask.now_s]
        return [*closed, *(k for k in best if self._until_s[k] > ask.now_s)]

    def saw_call(self, now_s: float, ask: Ask, channel: int, answer: Answer, latency_ms: float) -> None:
        super().saw_call(now_s, ask, channel, answer, latency_ms)
        timeouts, calls = self._timeouts[channel], self._calls[channel]
        timeouts.append(answer is Answer.TIMEOUT)
        calls.append((now_s, answer is not Answer.MADE))
        while calls[0][0] < now_s - 60.0:
            calls.popleft()
        bad = sum(failed for _, failed in calls)
        if sum(timeouts) >= 2 or (len(calls) >= 20 and bad > 0.05 * len(calls)):
            self._until_s[channel] = now_s + self._open_s
            timeouts.extend([False] * 3)
            calls.clear()

    def reward(self, now_s: float, ask: Ask, channel: int, value: int) -> None:
        self._ends[channel].append((now_s, value))
        self._paid[channel] += value
