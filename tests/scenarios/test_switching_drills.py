"""The nights of a channel that never answers and of customers who pay twice: real processes, real HTTP, short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from payswitch.drill import scenario_file
from payswitch.drill.promises import broken
from payswitch.drill.run import DrillOrder, Run, run_once
from payswitch.drill.scenario import USUAL_CHANNELS, Traffic
from payswitch.drill.shopper import crowd
from payswitch.drill.station import Station
from payswitch.drill.watching import Nobody
from payswitch.kit.clock import SystemClock

EVERYBODY_PAYS = {"no_money": 0.0, "one_wallet_empty": 0.0, "leaves": 0.0, "patience_s": (20.0, 30.0)}
"""So that nothing has to be waited for until it expires."""


async def night(name: str, drill_keys: Station, folder: Path, payments: int, **shoppers: Any) -> Run:
    """A built-in scenario, made short."""
    scenario = scenario_file.load(name)
    scenario = msgspec.structs.replace(
        scenario,
        traffic=Traffic(payments=payments, per_second=15, minimum_s=3, expires_in_s=30),
        shoppers=msgspec.structs.replace(scenario.shoppers, **EVERYBODY_PAYS, **shoppers),
    )
    order = DrillOrder(scenario=scenario, payments=payments, seed=1, folder=folder)
    people = crowd(scenario, payments, order.seed)
    run = await run_once("switching", USUAL_CHANNELS, order, drill_keys, people, SystemClock(), Nobody())
    assert list(run.differences) == []
    assert run.result.books_equal
    assert run.result.nonterminal == run.result.events_lost == run.result.surplus_unrefunded == 0
    assert [problem for visit in run.visits for problem in visit.problems] == []
    return run


@pytest.mark.slow
async def test_behind_a_black_hole_everybody_is_shown_a_code_and_few_are_asked_for_twice(
    drill_keys: Station, tmp_path: Path
) -> None:
    run = await night("black-hole", drill_keys, tmp_path, 75, changes_mind=0.0)
    assert run.result.payable_success_rate == 1.0
    assert 0 < run.result.hedges <= 10, "the breaker ends the need for hedges"
    assert run.result.surplus == 0, "what nobody was shown nobody paid"


@pytest.mark.slow
async def test_whoever_pays_the_old_code_too_has_it_back_within_a_minute(drill_keys: Station, tmp_path: Path) -> None:
    run = await night("double-pay", drill_keys, tmp_path, 45)
    assert run.result.surplus >= 10, "nobody paid twice: nothing was tried"
    assert list(broken(scenario_file.load("double-pay").promises, run.result)) == []
