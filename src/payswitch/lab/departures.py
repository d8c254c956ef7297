"""How fast a dead channel is left, and how fast a recovered one is back.

Only channels that carried a third of the first choices before they fell are watched: who never used a channel cannot
leave it.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from payswitch.lab.outage import DEAD, Outage
from payswitch.lab.world import WARM_UP_S, World

_RECENT: Final = 50
"""First choices by which the use before the fall is judged."""
_IN_USE: Final = 0.3
_LEFT_AFTER: Final = 20
"""So many first choices in a row elsewhere: it has been left."""
_BACK_OF: Final = 20
_BACK: Final = 10
"""So many of the last `_BACK_OF` first choices: it is back."""
_TOO_LATE_S: Final = 120.0
"""Recoveries this close to the end of the world are not timed."""


class _Watch:
    """One dead channel."""

    __slots__ = ("back_s", "elsewhere", "left", "lost", "outage", "recent")

    def __init__(self, outage: Outage) -> None:
        self.outage = outage
        self.lost = 0
        self.elsewhere = 0
        self.left = False
        self.recent: deque[bool] = deque(maxlen=_BACK_OF)
        self.back_s: float | None = None

    def down(self, here: bool) -> None:
        if here:
            self.lost += 1
            self.elsewhere = 0
        else:
            self.elsewhere += 1
            self.left = self.left or self.elsewhere >= _LEFT_AFTER

    def up(self, now_s: float, here: bool) -> None:
        self.recent.append(here)
        if sum(self.recent) >= _BACK:
            self.back_s = now_s - self.outage.end_s


class Departures:
    """Watches the first choices of one run."""

    def __init__(self, world: World) -> None:
        self._length_s = world.length_s
        self._ahead = deque(o for o in world.outages if o.kind in DEAD and WARM_UP_S <= o.start_s < world.length_s)
        self._recent: deque[int] = deque(maxlen=_RECENT)
        self._watching: list[_Watch] = []
        self._done: list[_Watch] = []

    def first_choice(self, now_s: float, channel: int) -> None:
        """One payment's first channel, in order of time."""
        while self._ahead and self._ahead[0].start_s <= now_s:
            outage = self._ahead.popleft()
            if len(self._recent) == _RECENT and self._recent.count(outage.channel) >= _IN_USE * _RECENT:
                self._watching.append(_Watch(outage))
        self._recent.append(channel)
        for watch in list(self._watching):
            here = watch.outage.channel == channel
            if now_s < watch.outage.end_s:
                if not watch.left:
                    watch.down(here)
            else:
                watch.up(now_s, here)
                if watch.back_s is not None:
                    self._watching.remove(watch)
                    self._done.append(watch)

    @property
    def lost(self) -> list[int]:
        return [watch.lost for watch in (*self._done, *self._watching)]

    def back_s(self) -> list[float]:
        """Seconds; those that never came back count with the time until the world's end."""
        found = [watch.back_s for watch in self._done if watch.left and watch.back_s is not None]
        for watch in self._watching:
            rest_s = self._length_s - watch.outage.end_s
            if watch.left and rest_s > _TOO_LATE_S:
                found.append(rest_s)
        return found
