"""The published routers' parameters: for each the best of its grid (`tuning.py`), by mean final success.

Found with `payswitch lab tune --seeds 1-4 --minutes 10` on calm, mild, moderate and severe. Never tune on the seeds
that are compared (100 and more), nor on a scenario that is held out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TUNING_SEEDS: Final = tuple(range(1, 5))
Parameters = Mapping[str, float]

TUNED: Final[Mapping[str, Parameters]] = {
    "epsilon-greedy": {"epsilon": 0.01, "step": 0.03},
    "sw-ucb": {"window": 4_000, "xi": 0.02},
    "d-ucb": {"gamma": 0.999, "xi": 0.003},
    "d-ts": {"gamma": 0.9995},
    "sw-ts": {"window": 4_000},
    "glr-klucb": {"delta": 0.001, "forced": 0.0},
    "count-window": {"size": 60, "explore": 0.0, "threshold": 0.6},
    "count-window-explore": {"size": 125, "explore": 0.01, "threshold": 0.6},
    "ejection": {"errors": 3, "base_s": 30.0, "most": 0.5},
    "breaker-mean": {"open_s": 10.0, "window_s": 1_200.0},
}
