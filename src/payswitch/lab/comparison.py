"""The whole comparison as one document: what was asked, what was run, and what came out. Enough to run it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from payswitch import __version__
from payswitch.lab.comparing import Entry, Run, WorldOrder, play_all
from payswitch.lab.contenders import Entrant, entrants, parameters_of
from payswitch.lab.scenario import SCENARIOS
from payswitch.lab.statistics import Interval
from payswitch.lab.summary import Chapter, duels_of, lines_of, overall


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be compared."""

    scenarios: tuple[str, ...]
    policies: tuple[str, ...]
    seeds: tuple[int, ...]
    minutes: float
    jobs: int = 2

    @property
    def command(self) -> str:
        """What to type to get the same again."""
        seeds = f"{self.seeds[0]}-{self.seeds[-1]}"
        if self.seeds != tuple(range(self.seeds[0], self.seeds[-1] + 1)):
            seeds = ",".join(str(seed) for seed in self.seeds)
        return (
            f"payswitch lab compare --scenarios {','.join(self.scenarios)} --policies {','.join(self.policies)} "
            f"--seeds {seeds} --minutes {self.minutes:g}"
        )


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The result file."""

    version: str
    command: str
    minutes: float
    seeds: list[int]
    parameters: dict[str, dict[str, float]]
    chapters: list[Chapter]
    overall: dict[str, dict[str, Interval]]
    """Ours minus theirs in final success, in points, each scenario weighing the same."""
    runs: list[Run]


def compare(wish: Wish, tell: Callable[[WorldOrder], None]) -> Comparison:
    """Play it all. Same wish, same result, but for the decisions' cost, which is the machine's."""
    entries = tuple(Entry(label=name, name=name) for name in wish.policies)
    orders = [
        WorldOrder(scenario=scenario, seed=seed, minutes=wish.minutes, entries=entries)
        for scenario in wish.scenarios
        for seed in wish.seeds
    ]
    runs = play_all(orders, wish.jobs, tell)
    known = entrants()
    chosen = [known[name] for name in wish.policies]
    return Comparison(
        version=__version__,
        command=wish.command,
        minutes=wish.minutes,
        seeds=list(wish.seeds),
        parameters={name: dict(parameters_of(name)) for name in wish.policies if parameters_of(name)},
        chapters=[_chapter(name, [run for run in runs if run.scenario == name], chosen) for name in wish.scenarios],
        overall=overall(runs, chosen),
        runs=runs,
    )


def _chapter(name: str, runs: Sequence[Run], chosen: Sequence[Entrant]) -> Chapter:
    scenario = SCENARIOS[name]
    return Chapter(
        scenario=name,
        title=scenario.title,
        title_zh=scenario.title_zh,
        held_out=scenario.held_out,
        worlds=len({run.seed for run in runs}),
        channels=scenario.channels,
        payments=sum({run.seed: run.payments for run in runs}.values()),
        lines=lines_of(runs, chosen),
        duels=duels_of(runs, chosen),
    )
