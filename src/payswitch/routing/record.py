"""A line's own record: how often its ordinary bad luck would set a trigger off that only counts.

"2 of the last 3 timed out" is a sure sign on a channel that never loses a call. On a channel that loses one in a
hundred it happens by chance eighteen times a day at one payment a second. So the trigger is taken literally (the
channel is left at once) but opens the breaker only where chance is no explanation.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Final

from payswitch.routing.health import Line
from payswitch.routing.policy import Scoring

_DAY_S: Final = 86_400
_DOUBT: Final = 100.0
"""Calls a record must outweigh: a young line's single failure is no record of ordinary failures."""


@dataclass(slots=True, frozen=True)
class Record:
    """Of one channel x product on ordinary days."""

    calls_per_day: float = 0.0
    silence: float = 0.0
    """Share of calls that got no answer."""
    failure: float = 0.0
    """Share of calls that failed in any way."""

    def chances_per_day(self, rate: float, hits: int, of_calls: int) -> float:
        """How often a day chance alone would give so many hits among so many calls, the last of them one."""
        return self.calls_per_day * comb(of_calls - 1, hits - 1) * rate**hits


NO_RECORD: Final = Record()


def record_of(line: Line, now_ms: int, scoring: Scoring) -> Record:
    """What the line has shown within the memory of its estimates."""
    good, trials = line.creation.counts(now_ms, scoring)
    silent, calls = line.silence.counts(now_ms, scoring)
    return Record(
        trials / scoring.time_constant_s * _DAY_S,
        silent / (calls + _DOUBT),
        max(0.0, trials - good) / (trials + _DOUBT),
    )
