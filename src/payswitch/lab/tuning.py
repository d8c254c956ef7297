"""Finds the published routers' parameters: a small grid each, by mean final success, on seeds of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from statistics import fmean
from typing import Final

import msgspec

from payswitch.lab.comparing import Entry, Run, WorldOrder, play_all
from payswitch.lab.scenario import MAIN_NAMES
from payswitch.lab.tuned import Parameters

GRIDS: Final[Mapping[str, Mapping[str, Sequence[float]]]] = {
    "epsilon-greedy": {"epsilon": (0.01, 0.03, 0.1), "step": (0.01, 0.03, 0.1)},
    "sw-ucb": {"window": (1_000, 2_000, 4_000), "xi": (0.005, 0.02, 0.1)},
    "d-ucb": {"gamma": (0.998, 0.999, 0.9995), "xi": (0.0005, 0.003, 0.02)},
    "d-ts": {"gamma": (0.995, 0.998, 0.999, 0.9995)},
    "sw-ts": {"window": (500, 1_000, 2_000, 4_000)},
    "glr-klucb": {"delta": (0.001, 0.05), "forced": (0.0, 0.01, 0.05)},
    "count-window": {"size": (30, 60, 125, 250), "explore": (0.0,), "threshold": (0.3, 0.6)},
    "count-window-explore": {"size": (30, 60, 125, 250), "explore": (0.01, 0.05), "threshold": (0.3, 0.6)},
    "ejection": {"errors": (3, 4, 5), "base_s": (15, 30, 60), "most": (0.1, 0.5)},
    "breaker-mean": {"open_s": (10, 30, 60), "window_s": (120, 300, 600, 1_200)},
}


class Tuned(msgspec.Struct, frozen=True, kw_only=True):
    """One router's grid, best first."""

    policy: str
    ranking: list[tuple[dict[str, float], float]]
    """Parameters and mean final success."""


def tune(
    policies: Sequence[str], seeds: Sequence[int], minutes: float, jobs: int, tell: Callable[[WorldOrder], None]
) -> list[Tuned]:
    """Every point of every grid in the four main scenarios."""
    points = {f"{name}/{n}": (name, point) for name in policies for n, point in enumerate(grid_of(name))}
    entries = tuple(Entry(label=label, name=name, parameters=point) for label, (name, point) in points.items())
    orders = [
        WorldOrder(scenario=scenario, seed=seed, minutes=minutes, entries=entries)
        for scenario in MAIN_NAMES
        for seed in seeds
    ]
    means = _means(play_all(orders, jobs, tell))
    return [
        Tuned(
            policy=name,
            ranking=sorted(
                ((dict(point), means[label]) for label, (owner, point) in points.items() if owner == name),
                key=lambda pair: -pair[1],
            ),
        )
        for name in policies
    ]


def grid_of(name: str) -> Iterator[Parameters]:
    """All points of a router's grid."""
    grid = GRIDS[name]
    for values in product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def _means(runs: Sequence[Run]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for run in runs:
        found.setdefault(run.policy, []).append(run.success)
    return {label: fmean(values) for label, values in found.items()}
