"""From single runs to what may be said: means over worlds, paired differences, and the gap to the oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean
from typing import Final

import msgspec

from payswitch.lab.comparing import Run
from payswitch.lab.contenders import INFORMED, Entrant
from payswitch.lab.statistics import Interval, interval, paired

_RESAMPLES: Final = 1_000
_BACK_SOON_S: Final = 60.0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One router in one scenario."""

    policy: str
    role: str
    success: Interval
    success_of_payable: Interval
    first_attempt: Interval
    regret: Interval
    attempts: Interval
    decision_us: Interval
    lost_until_left: Interval | None
    """Over all dead channels that it had been using; None: there were none."""
    back_after_s: Interval | None
    back_within_60s: float | None
    """Share of them, 0..1."""


class Duel(msgspec.Struct, frozen=True, kw_only=True):
    """One of ours against the best published router of the scenario, world by world."""

    ours: str
    best_baseline: str
    """By mean final success in these very worlds: chosen with hindsight, which favours it."""
    success: Interval
    """Ours minus theirs, in points."""
    regret: Interval
    attempts: Interval
    gap_share: Interval | None
    """(oracle - ours) / (oracle - theirs) in final success: 0 is as good as the oracle, 1 as good as they are."""
    lowest_regret_baseline: str
    regret_share: Interval | None
    """Our regret as a part of the smallest one of any published router."""
    below: list[str]
    """Published routers that ours is below, with the whole 95 % interval of the paired difference under zero."""


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario."""

    scenario: str
    title: str
    title_zh: str
    held_out: bool
    worlds: int
    channels: int
    payments: int
    """In all its worlds, warm-up not counted."""
    lines: list[Line]
    duels: list[Duel]


def lines_of(runs: Sequence[Run], entrants: Sequence[Entrant]) -> list[Line]:
    """The table of one scenario."""
    return [_line(entrant, [run for run in runs if run.policy == entrant.name]) for entrant in entrants]


def _line(entrant: Entrant, runs: Sequence[Run]) -> Line:
    back = [seconds for run in runs for seconds in run.back_after_s]
    return Line(
        policy=entrant.name,
        role=entrant.role,
        success=_mean(runs, lambda run: run.success),
        success_of_payable=_mean(runs, lambda run: run.success_of_payable),
        first_attempt=_mean(runs, lambda run: run.first_attempt),
        regret=_mean(runs, lambda run: run.regret),
        attempts=_mean(runs, lambda run: run.attempts),
        decision_us=_mean(runs, lambda run: run.decision_us),
        lost_until_left=interval([float(lost) for run in runs for lost in run.lost_until_left]),
        back_after_s=interval(back),
        back_within_60s=fmean(seconds <= _BACK_SOON_S for seconds in back) if back else None,
    )


def _mean(runs: Sequence[Run], figure: Callable[[Run], float]) -> Interval:
    found = interval([figure(run) for run in runs])
    assert found is not None, "a router without runs"  # noqa: S101 (an invariant of this module)
    return found


def duels_of(runs: Sequence[Run], entrants: Sequence[Entrant]) -> list[Duel]:
    """Each of ours against the published ones; empty when one side is missing."""
    by_name = {entrant.name: [run for run in runs if run.policy == entrant.name] for entrant in entrants}
    baselines = [entrant.name for entrant in entrants if entrant.role == "baseline"]
    ours = [entrant.name for entrant in entrants if entrant.role == "ours"]
    return [_duel(name, by_name, baselines) for name in ours] if baselines else []


def _duel(ours: str, by_name: dict[str, list[Run]], baselines: Sequence[str]) -> Duel:
    mine = by_name[ours]
    best = max(baselines, key=lambda name: fmean(run.success for run in by_name[name]))
    calmest = min(baselines, key=lambda name: fmean(run.regret for run in by_name[name]))
    oracle = [run.success for run in by_name.get(INFORMED, [])]
    my_success, my_regret = [run.success for run in mine], [run.regret for run in mine]
    best_success = [run.success for run in by_name[best]]
    return Duel(
        ours=ours,
        best_baseline=best,
        success=_difference(mine, by_name[best], lambda run: run.success),
        regret=_difference(mine, by_name[best], lambda run: run.regret),
        attempts=_difference(mine, by_name[best], lambda run: run.attempts),
        gap_share=_ratio(_minus(oracle, my_success), _minus(oracle, best_success)) if oracle else None,
        lowest_regret_baseline=calmest,
        regret_share=_ratio(my_regret, [run.regret for run in by_name[calmest]]),
        below=[name for name in baselines if _difference(mine, by_name[name], lambda run: run.success).high < 0],
    )


def _minus(left: Sequence[float], right: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(left, right, strict=True)]


def _difference(ours: Sequence[Run], theirs: Sequence[Run], figure: Callable[[Run], float]) -> Interval:
    found = paired([figure(run) for run in ours], [figure(run) for run in theirs])
    assert found is not None, "a router without runs"  # noqa: S101 (an invariant of this module)
    return found


def _ratio(above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """Of two means, with an interval by drawing the worlds anew (paired). None when there is no gap to speak of."""
    if fmean(below) <= 0:
        return None
    random, n = Random(1), len(above)
    drawn = []
    for _ in range(_RESAMPLES):
        worlds = [random.randrange(n) for _ in range(n)]
        total = sum(below[w] for w in worlds)
        if total > 0:
            drawn.append(sum(above[w] for w in worlds) / total)
    drawn.sort()
    low, high = drawn[int(0.025 * len(drawn))], drawn[min(len(drawn) - 1, int(0.975 * len(drawn)))]
    return Interval(mean=fmean(above) / fmean(below), low=low, high=high, n=n)


def overall(runs: Sequence[Run], entrants: Sequence[Entrant]) -> dict[str, dict[str, Interval]]:
    """For each of ours and each published router: the paired difference in final success over all scenarios, each
    scenario weighing the same."""
    scenarios = list(dict.fromkeys(run.scenario for run in runs))
    by_key = {(run.policy, run.scenario, run.seed): run.success for run in runs}
    seeds = sorted({run.seed for run in runs})

    def averages(name: str) -> list[float]:
        return [fmean(by_key[name, scenario, seed] for scenario in scenarios) for seed in seeds]

    baselines = [entrant.name for entrant in entrants if entrant.role == "baseline"]
    found: dict[str, dict[str, Interval]] = {}
    for ours in (entrant.name for entrant in entrants if entrant.role == "ours"):
        mine = averages(ours)
        pairs = {name: paired(mine, averages(name)) for name in baselines}
        found[ours] = {name: pair for name, pair in pairs.items() if pair is not None}
    return found
