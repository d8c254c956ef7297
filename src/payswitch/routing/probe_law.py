"""How often to ask an ill channel whether it is back: not so often that it costs, not so rarely that it costs."""

from __future__ import annotations

from math import sqrt
from typing import Final

from payswitch.routing.overlay import REPAIR_PER_S

_COST: Final = 0.15
"""A failed probe costs its customer about this part of a payment's worth (some give up in spite of the failover) ..."""
_GAIN: Final = 0.05
"""... and every payment gains this much once the channel is back, since the next best one is so much worse."""
_COST_BY_WORTH: Final = 0.3
"""Where the gain is reckoned and not assumed, a failed probe is charged twice: a silent one keeps its customer waiting
and may be lost altogether. Chosen in the lab, on worlds that are never compared (`docs/reference/lab.md`)."""
_UNPAID_COST: Final = 0.75
"""Where what is shown is not paid, a failed probe is a payment lost: its customer hears of it late, or never."""
_SHADOW_COST: Final = 0.02
"""A shadow probe costs no customer anything: one order that is made and closed, and the channel's patience."""
_LEAST_GAIN: Final = 0.001
_LEAST_GAP_S: Final = 3.0


def law_gap_s(calls_per_s: float, *, unpaid: bool = False) -> float:
    """Time between probes by the square-root law: sqrt(2 x cost of a failed probe / (repair rate x gain per second)).

    Much traffic is worth asking often for (6.6 s at fifty calls a second), little is not (46 s at one). `unpaid`: the
    answer is whether the customer can pay.
    """
    return _gap_s(calls_per_s, _GAIN, _UNPAID_COST if unpaid else _COST)


def shadow_gap_s(payments_per_s: float, gain: float = _GAIN) -> float:
    """The same for shadow probes: 8 s at five payments a second, 17 s at one."""
    return _gap_s(payments_per_s, max(gain, _LEAST_GAIN), _SHADOW_COST)


def gap_by_worth_s(payments_per_s: float, gain: float, *, unpaid: bool = False) -> float:
    """The same for a channel of which is known what every payment would gain by it (parts of a success, 0..1).

    One that would hardly be chosen if it were back is hardly worth asking: at five payments a second 29 s for a gain
    of five points, a minute and more for less than one.
    """
    return _gap_s(payments_per_s, max(gain, _LEAST_GAIN), _UNPAID_COST if unpaid else _COST_BY_WORTH)


def _gap_s(per_s: float, gain: float, cost: float) -> float:
    if per_s <= 0:
        return 3_600.0
    return max(_LEAST_GAP_S, sqrt(2 * cost / (REPAIR_PER_S * gain * per_s)))
