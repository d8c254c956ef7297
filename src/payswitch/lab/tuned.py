"""The published routers' parameters: for each the best of its grid (`tuning.py`), by mean final success.

Found with `payswitch lab tune --seeds 1-8 --minutes 20` on calm, mild, moderate and severe. Never tune on the seeds
that are compared (100 and more), nor on a scenario that is held out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TUNING_SEEDS: Final = tuple(range(1, 9))
Parameters = Mapping[str, float]

TUNED: Final[Mapping[str, Parameters]] = {
    "epsilon-greedy": {"epsilon": 0.05, "step": 0.02},
    "sw-ucb": {"window": 1_000, "xi": 0.05},
    "d-ucb": {"gamma": 0.998, "xi": 0.01},
    "d-ts": {"gamma": 0.998},
    "sw-ts": {"window": 1_000},
    "glr-klucb": {"delta": 0.05, "forced": 0.02},
    "count-window": {"size": 125, "explore": 0.0, "threshold": 0.5},
    "count-window-explore": {"size": 125, "explore": 0.05, "threshold": 0.5},
    "ejection": {"errors": 5, "base_s": 30.0, "most": 0.1},
    "breaker-mean": {"open_s": 30.0, "window_s": 300.0},
}
