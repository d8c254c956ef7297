"""The budget of recovery probes: a customer's payment is lent to a suspect, so not too many of them may be."""

from __future__ import annotations

from math import sqrt
from typing import Final

from payswitch.routing.overlay import REPAIR_PER_S
from payswitch.routing.policy import Triggers

_SAVED_UP: Final = 2.0
"""At most so many probes in a burst: enough to bring one channel back with two payments in a row."""

_COST: Final = 0.15
"""A failed probe costs its customer about this part of a payment's worth (some give up in spite of the failover) ..."""
_GAIN: Final = 0.05
"""... and every payment gains this much once the channel is back, since the next best one is so much worse."""
_LEAST_GAP_S: Final = 3.0


def law_gap_s(calls_per_s: float) -> float:
    """Time between probes by the square-root law: sqrt(2 x cost of a failed probe / (repair rate x gain per second)).

    Much traffic is worth asking often for (6.6 s at fifty calls a second), little is not (46 s at one).
    """
    if calls_per_s <= 0:
        return 3_600.0
    return max(_LEAST_GAP_S, sqrt(2 * _COST / (REPAIR_PER_S * _GAIN * calls_per_s)))


class ProbeBudget:
    """A token bucket per merchant: each first attempt adds `probe_share`, each probe takes one."""

    def __init__(self) -> None:
        self._saved: dict[str, float] = {}

    def accrue(self, merchant_id: str, triggers: Triggers) -> bool:
        """Count one first attempt; True when a probe can be afforded."""
        saved = min(_SAVED_UP, self._saved.get(merchant_id, _SAVED_UP) + triggers.probe_share)
        self._saved[merchant_id] = saved
        return saved >= 1.0

    def spend(self, merchant_id: str) -> None:
        """Take one probe out of what was saved."""
        self._saved[merchant_id] -= 1.0
