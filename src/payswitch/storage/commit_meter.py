"""How long commits take and how many units of work share one: measured where they are made."""

from __future__ import annotations

from collections.abc import Callable

from payswitch.kit.clock import Clock

Hear = Callable[[int, float], None]
"""Told after every transaction how many units were in it, and how many milliseconds it took until it was on disk (or
failed). On SQLite it is called on the writer's own thread: it must take microseconds and never raise."""


class CommitMeter:
    """One per store. Costs two readings of the clock per transaction while somebody listens, nothing otherwise."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.hear: Hear | None = None

    def begin(self) -> float:
        return self._clock.monotonic_ms() if self.hear is not None else 0.0

    def end(self, units: int, begun_ms: float) -> None:
        if self.hear is not None:
            self.hear(units, self._clock.monotonic_ms() - begun_ms)
