"""What to expect of a channel in a segment: counts, drawn towards the channel's own mean where they are thin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from payswitch.lab.replay.recorded import Record

_PRIOR: Final = 10.0
"""The mean above weighs like so many outcomes."""


class SuccessModel:
    """Success by channel and segment, from some of the records."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._cells: dict[tuple[str, str], list[int]] = {}
        self._channels: dict[str, list[int]] = {}
        good = trials = 0
        for record in records:
            for count in (
                self._cells.setdefault((record.segment, record.channel), [0, 0]),
                self._channels.setdefault(record.channel, [0, 0]),
            ):
                count[0] += record.success
                count[1] += 1
            good += record.success
            trials += 1
        self._mean = good / trials if trials else 0.5

    def success(self, segment: str, channel: str) -> float:
        """Expected success, 0..1; a channel nobody has seen is taken to be like all together."""
        good, trials = self._channels.get(channel, (0, 0))
        of_channel = (good + _PRIOR * self._mean) / (trials + _PRIOR)
        good, trials = self._cells.get((segment, channel), (0, 0))
        return (good + _PRIOR * of_channel) / (trials + _PRIOR)

    def best(self, segment: str) -> str:
        """The channel with the highest expectation; the first by name among equals."""
        return max(sorted(self._channels), key=lambda channel: self.success(segment, channel))
