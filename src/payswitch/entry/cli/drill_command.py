"""`payswitch drill`."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import msgspec
import typer

from payswitch.drill import scenario_file
from payswitch.drill.client import DrillError
from payswitch.drill.run import Drill, DrillOrder, run_drill
from payswitch.drill.scenario import Scenario
from payswitch.drill.scenario_file import ScenarioProblem
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, INTERRUPTED, LOSS, fail, run_async
from payswitch.kit.clock import SystemClock


def show_list() -> None:
    """The built-in scenarios, one a line."""
    for name in scenario_file.builtin_names():
        scenario = scenario_file.load(name)
        typer.echo(f"{name:<20} {scenario.title}")


def run(*, scenario: str | None, payments: int | None, seed: int, json_file: Path | None, keep: Path | None) -> None:
    """Check everything first, run, report, and end with the status that scripts rely on."""
    chosen = _load(scenario)
    _require_writable(json_file)
    with tempfile.TemporaryDirectory(prefix="payswitch-drill-") if keep is None else nullcontext(str(keep)) as folder:
        order = DrillOrder(
            scenario=chosen, payments=payments or chosen.traffic.payments, seed=seed, folder=Path(folder)
        )
        result = _run(order, quiet=json_file == Path("-"))
        if json_file is not None:
            _write(json_file, msgspec.json.format(msgspec.json.encode(result.result), indent=2))
    if not result.result.sound:
        raise typer.Exit(LOSS)


def _load(name: str | None) -> Scenario:
    if name is None:
        names = ", ".join(scenario_file.builtin_names())
        fail(BAD_INPUT, "which scenario? / 请指定场景", [f"There are: {names}", "payswitch drill outage-night"])
    try:
        return scenario_file.load(name)
    except ScenarioProblem as problem:
        _bad_scenario(problem)


def _bad_scenario(problem: ScenarioProblem) -> NoReturn:
    fail(BAD_INPUT, f"the scenario cannot be run / 场景有误: {problem.source}", [str(p) for p in problem.problems])


def _require_writable(json_file: Path | None) -> None:
    """Now, not after two minutes of drill."""
    if json_file is not None and json_file != Path("-") and not json_file.absolute().parent.is_dir():
        fail(BAD_INPUT, f"--json: there is no folder {json_file.absolute().parent} / 目录不存在")


def _run(order: DrillOrder, *, quiet: bool) -> Drill:
    from payswitch.entry.cli.drill_screen import DrillScreen

    screen = DrillScreen(order, quiet=quiet)
    try:
        with screen:
            drill = run_async(lambda: run_drill(order, SystemClock(), screen))
    except ScenarioProblem as problem:
        _bad_scenario(problem)
    except DrillError as error:
        fail(CANNOT_RUN, f"the drill could not go on / 演练无法继续: {error}")
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing is left running / 已中断，所有进程已结束", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        title = f"the drill could not go on / 演练无法继续: {error.strerror or error}"
        fail(CANNOT_RUN, title, [f"Folder: {order.folder}"])
    screen.report(drill)
    return drill


def _write(path: Path, text: bytes) -> None:
    if path == Path("-"):
        typer.echo(text.decode())
        return
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        fail(CANNOT_RUN, f"--json: cannot write {path}: {error.strerror} / 无法写入")
