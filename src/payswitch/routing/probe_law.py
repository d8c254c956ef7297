"""How often to ask an ill channel whether it is back: not so often that it costs, not so rarely that it costs."""

from __future__ import annotations

from math import sqrt
from typing import Final

from payswitch.routing.overlay import REPAIR_PER_S

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
