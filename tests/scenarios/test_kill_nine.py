"""`kill -9` of the service in mid-traffic, a restart on the same file: every payment ends, the books are equal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from payswitch.drill import scenario_file
from payswitch.drill.run import DrillOrder, Run, run_once
from payswitch.drill.scenario import Scenario, ServiceKill, Traffic
from payswitch.drill.shopper import crowd
from payswitch.drill.station import Station
from payswitch.drill.watching import Nobody
from payswitch.kit.clock import SystemClock

PAYMENTS = 120


def short(scenario: Scenario) -> Scenario:
    """The built-in scenario with one kill in the thick of it, so that the test takes about a minute."""
    return msgspec.structs.replace(
        scenario,
        traffic=Traffic(payments=PAYMENTS, per_second=15, minimum_s=8, expires_in_s=30),
        shoppers=msgspec.structs.replace(scenario.shoppers, patience_s=(15, 25), changes_mind=0.2, leaves=0.05),
        service_kills=(ServiceKill(at=0.5, down_s=0.5),),
    )


async def evening(station: Station, folder: Path) -> Run:
    scenario = short(scenario_file.load("kill-nine"))
    clock = SystemClock()
    order = DrillOrder(scenario=scenario, payments=PAYMENTS, seed=1, folder=folder)
    people = crowd(scenario, PAYMENTS, order.seed)
    return await run_once("switching", tuple(station.channel_ids), order, station, people, clock, Nobody())


@pytest.mark.slow
async def test_a_service_killed_in_mid_traffic_loses_nothing(drill_keys: Station, tmp_path: Path) -> None:
    run = await evening(drill_keys, tmp_path)

    assert run.kills == 1
    assert list(run.differences) == []
    assert run.result.nonterminal == 0
    assert run.result.events_lost == 0
    assert run.result.surplus_unrefunded == 0
    assert run.result.books_equal
    assert run.result.payable_success_rate > 0.9
    met_the_kill = [visit for visit in run.visits if any(request.status == 0 for request in visit.requests)]
    assert met_the_kill, "nobody was paying when the service was killed: the test proved nothing"
    assert [problem for visit in run.visits for problem in visit.problems] == []
