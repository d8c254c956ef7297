"""When something was last done, by name: so that it is not done again too soon."""

from __future__ import annotations


class LastTimes:
    """Remembers names for `gap_ms` and then forgets them by itself, so that it cannot grow for ever.

    Measured with the monotonic clock: a wall clock that is set back must not silence anything for an hour.
    """

    def __init__(self, gap_ms: float) -> None:
        self._gap_ms = gap_ms
        self._at_ms: dict[str, float] = {}

    def is_due(self, name: str, monotonic_ms: float) -> bool:
        """Whether `name` was not done within the gap."""
        self._forget(monotonic_ms)
        return name not in self._at_ms

    def note(self, name: str, monotonic_ms: float) -> None:
        """`name` is done now."""
        self._at_ms.pop(name, None)
        self._at_ms[name] = monotonic_ms

    def _forget(self, monotonic_ms: float) -> None:
        """The dictionary is in the order of time: the oldest stand first."""
        while self._at_ms:
            name, at_ms = next(iter(self._at_ms.items()))
            if monotonic_ms - at_ms < self._gap_ms:
                return
            del self._at_ms[name]

    def __len__(self) -> int:
        return len(self._at_ms)
