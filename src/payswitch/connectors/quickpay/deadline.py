"""Several calls under the one deadline that a method of the contract has."""

from __future__ import annotations

from payswitch.kit.clock import Clock

LEAST_CALL_MS = 20
"""With less time than this no call is begun: it could only end in silence."""


class Until:
    """What is left of one method's `timeout_ms`, by the monotonic clock."""

    def __init__(self, clock: Clock, timeout_ms: int) -> None:
        self._clock = clock
        self._ends_ms = clock.monotonic_ms() + timeout_ms

    def left(self) -> int:
        """Milliseconds for the next call; 0 when too few."""
        left = int(self._ends_ms - self._clock.monotonic_ms())
        return left if left >= LEAST_CALL_MS else 0
