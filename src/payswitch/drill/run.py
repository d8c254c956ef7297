"""One drill: the same shoppers twice, with one channel and with all, and the comparison of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from payswitch.drill.books import Difference
from payswitch.drill.client import one_reason
from payswitch.drill.journey import Visit
from payswitch.drill.measure import DrillResult, RunResult, measure
from payswitch.drill.ports import free_port
from payswitch.drill.promises import broken
from payswitch.drill.scenario import USUAL_CHANNELS, Scenario
from payswitch.drill.scenario_check import Problem, check_channels
from payswitch.drill.scenario_file import ScenarioProblem
from payswitch.drill.settling import Settling, orders_of
from payswitch.drill.shopper import Shopper, crowd
from payswitch.drill.stage import Stage, StagePlan
from payswitch.drill.station import Station, prepare, station_for_run
from payswitch.drill.traffic import Evening
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

PROTOCOL_FILE = "visits.jsonl"
RUNS = ("single", "switching")


class DrillOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to run."""

    scenario: Scenario
    payments: int
    seed: int
    folder: Path
    """Keys, databases and logs of both runs go here."""
    databases: Mapping[str, str] = {}
    """An empty database for each run by its name, if it shall not be a file in the folder."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two runs, with what the report shows beyond the numbers."""

    name: str
    result: RunResult
    visits: Sequence[Visit]
    differences: Sequence[Difference]
    repeats: int
    """Event deliveries of an id that the shop knew already."""
    kills: int
    settle_s: float
    in_time: bool


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """Both runs."""

    result: DrillResult
    runs: Sequence[Run]


async def run_drill(order: DrillOrder, clock: Clock, watcher: Watcher) -> Drill:
    """Run the scenario twice and compare. Raises ScenarioProblem before anything starts, DrillError when a part
    of the stage breaks; whatever the result, no process is left behind."""
    scenario = order.scenario
    check_moments(scenario, order.payments)
    watcher.phase("准备密钥 / making keys")
    sandbox_url = f"http://127.0.0.1:{free_port()}"
    station = prepare(order.folder / "keys", sandbox_url)
    problems = list(check_channels(scenario, station.channel_ids))
    if problems:
        raise ScenarioProblem(scenario.name, problems)
    shoppers = crowd(scenario, order.payments, order.seed)
    channels = scenario.channels or USUAL_CHANNELS
    with one_reason():
        single = await run_once(RUNS[0], (scenario.single,), order, station, shoppers, clock, watcher)
        switching = await run_once(RUNS[1], channels, order, station, shoppers, clock, watcher)
    result = DrillResult(
        scenario=scenario.name,
        seed=order.seed,
        single=single.result,
        switching=switching.result,
        promises_broken=tuple(broken(scenario.promises, switching.result)),
    )
    return Drill(result=result, runs=(single, switching))


def check_moments(scenario: Scenario, payments: int) -> None:
    """A kill that would come after the traffic would test nothing: say so instead."""
    traffic_s = scenario.traffic.time_s(payments)
    problems = [
        Problem(
            f"service_kills[{number}].at_s",
            f"{kill.at_s:g} s lies after the traffic's end ({traffic_s:g} s with {payments} payments)",
            "Use `at` (0..1), or more payments",
        )
        for number, kill in enumerate(scenario.service_kills)
        if kill.at_s is not None and kill.at_s > traffic_s
    ]
    if problems:
        raise ScenarioProblem(scenario.name, problems)


async def run_once(
    name: str,
    channels: tuple[str, ...],
    order: DrillOrder,
    keys: Station,
    shoppers: Sequence[Shopper],
    clock: Clock,
    watcher: Watcher,
) -> Run:
    """One evening with these channels, from an empty file to compared books."""
    scenario = order.scenario
    folder = order.folder / name
    station = station_for_run(keys, folder, order.databases.get(name))
    watcher.phase(f"{name}: 启动服务与沙箱 / starting service and sandbox")
    plan = StagePlan(
        station=station,
        service_url=f"http://127.0.0.1:{free_port()}",
        sandbox_url=keys.world.base_url,
        channels=channels,
        seed=order.seed,
        notify_time_scale=scenario.notify_time_scale,
    )
    async with Stage(plan, clock) as stage:
        watcher.phase(f"{name}: {len(channels)} 条渠道 / channels {', '.join(channels)}", len(shoppers))
        visits = await Evening(scenario, stage, clock, watcher).run(shoppers)
        limit_s = scenario.traffic.expires_in_s + scenario.settle_s
        settled = await Settling(stage, clock, watcher).run(orders_of(visits), limit_s)
    write_protocols(folder / PROTOCOL_FILE, visits)
    result = measure(visits, settled.payments, settled.differences, keys.methods(channels))
    return Run(
        name=name,
        result=result,
        visits=visits,
        differences=settled.differences,
        repeats=stage.shop.book.repeats,
        kills=stage.kills,
        settle_s=settled.waited_s,
        in_time=settled.in_time,
    )


def write_protocols(path: Path, visits: Sequence[Visit]) -> None:
    """One JSON line per shopper: who they were, what they saw and did. For those who want to know why."""
    path.write_bytes(b"".join(msgspec.json.encode(visit) + b"\n" for visit in visits))
