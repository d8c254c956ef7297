"""`payswitch drill`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
import typer

from payswitch.drill import scenario_file
from payswitch.drill.client import DrillError
from payswitch.drill.run import RUNS, DrillOrder
from payswitch.drill.scenario import Scenario
from payswitch.drill.scenario_file import ScenarioProblem
from payswitch.drill.special import ALL_CHANNELS, CHECKOUT_NIGHT, SPECIALS, Special
from payswitch.entry.cli.drill_databases import databases_for
from payswitch.entry.cli.drill_screen import DrillScreen
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, INTERRUPTED, LOSS, fail, run_async
from payswitch.kit.clock import SystemClock

T = TypeVar("T")


def show_list() -> None:
    """The built-in drills, one a line."""
    titles = {name: scenario_file.load(name).title for name in scenario_file.builtin_names()}
    titles |= {name: special.title for name, special in SPECIALS.items()}
    for name, title in sorted(titles.items()):
        typer.echo(f"{name:<20} {title}")


def run(
    *,
    scenario: str | None,
    payments: int | None,
    seed: int,
    json_file: Path | None,
    keep: Path | None,
    database: str | None,
) -> None:
    """Check everything first, run, report, and end with the status that scripts rely on."""
    special = SPECIALS.get(scenario or "")
    chosen = None if special is not None else _load(scenario)
    _require_writable(json_file)
    quiet = json_file == Path("-")
    runs = RUNS if chosen is not None else ("evening",)
    with _folder(keep) as folder, databases_for(runs, database, keep=keep is not None) as databases:
        if chosen is not None:
            size = payments or chosen.traffic.payments
            order = DrillOrder(scenario=chosen, payments=size, seed=seed, folder=Path(folder), databases=databases)
            result, sound = _run_night(order, quiet=quiet)
        elif special is ALL_CHANNELS:
            result, sound = _run_tour(Path(folder), seed, databases.get("evening"), quiet=quiet)
        elif special is CHECKOUT_NIGHT:
            result, sound = _run_checkout_night(Path(folder), payments, seed, databases.get("evening"), quiet=quiet)
        else:
            result, sound = _run_bank_night(Path(folder), payments, seed, databases.get("evening"), quiet=quiet)
    if json_file is not None:
        _write(json_file, msgspec.json.format(msgspec.json.encode(result), indent=2))
    if not sound:
        raise typer.Exit(LOSS)


def _folder(keep: Path | None) -> AbstractContextManager[str]:
    return tempfile.TemporaryDirectory(prefix="payswitch-drill-") if keep is None else nullcontext(str(keep))


def _load(name: str | None) -> Scenario:
    if name is None:
        names = ", ".join(sorted([*scenario_file.builtin_names(), *SPECIALS]))
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


def _run_night(order: DrillOrder, *, quiet: bool) -> tuple[object, bool]:
    from payswitch.drill.report import details, table, verdict
    from payswitch.drill.run import run_drill

    scenario = order.scenario
    screen = DrillScreen(scenario.title, scenario.story, f"seed {order.seed}, {order.payments} payments", quiet=quiet)
    drill = _on_screen(screen, order.folder, lambda: run_drill(order, SystemClock(), screen))
    screen.report(table(drill), details(drill), verdict(drill), sound=drill.result.sound)
    return drill.result, drill.result.sound


def _screen_of(special: Special, facts: str, *, quiet: bool) -> DrillScreen:
    return DrillScreen(special.title, special.story, facts, quiet=quiet)


def _run_tour(folder: Path, seed: int, database: str | None, *, quiet: bool) -> tuple[object, bool]:
    from payswitch.drill.special_reports import tour_details, tour_table, tour_verdict
    from payswitch.drill.tour import run_tour

    screen = _screen_of(ALL_CHANNELS, f"seed {seed}", quiet=quiet)
    result = _on_screen(screen, folder, lambda: run_tour(folder, seed, SystemClock(), screen, database))
    screen.report(tour_table(result), tour_details(result), tour_verdict(result), sound=result.sound)
    return result, result.sound


def _run_bank_night(
    folder: Path, payments: int | None, seed: int, database: str | None, *, quiet: bool
) -> tuple[object, bool]:
    from payswitch.drill.bank_night import run_bank_night
    from payswitch.drill.special import ONE_BANK_DOWN
    from payswitch.drill.special_reports import bank_details, bank_table, bank_verdict

    size = payments or ONE_BANK_DOWN.payments or 1
    screen = _screen_of(ONE_BANK_DOWN, f"seed {seed}, {size} payments", quiet=quiet)
    result = _on_screen(screen, folder, lambda: run_bank_night(folder, size, seed, SystemClock(), screen, database))
    screen.report(bank_table(result), bank_details(result), bank_verdict(result), sound=result.sound)
    return result, result.sound


def _run_checkout_night(
    folder: Path, payments: int | None, seed: int, database: str | None, *, quiet: bool
) -> tuple[object, bool]:
    from payswitch.drill.checkout_night import run_checkout_night
    from payswitch.drill.special_reports import checkout_details, checkout_table, checkout_verdict

    size = payments or CHECKOUT_NIGHT.payments or 1
    screen = _screen_of(CHECKOUT_NIGHT, f"seed {seed}, {size} shoppers", quiet=quiet)
    result = _on_screen(screen, folder, lambda: run_checkout_night(folder, size, seed, SystemClock(), screen, database))
    screen.report(checkout_table(result), checkout_details(result), checkout_verdict(result), sound=result.sound)
    return result, result.sound


def _on_screen(screen: DrillScreen, folder: Path, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it with its screen; whatever keeps it from going on is told in words, and nothing is left running."""
    try:
        with screen:
            return run_async(work)
    except ScenarioProblem as problem:
        _bad_scenario(problem)
    except DrillError as error:
        fail(CANNOT_RUN, f"the drill could not go on / 演练无法继续: {error}")
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing is left running / 已中断，所有进程已结束", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        title = f"the drill could not go on / 演练无法继续: {error.strerror or error}"
        fail(CANNOT_RUN, title, [f"Folder: {folder}"])


def _write(path: Path, text: bytes) -> None:
    if path == Path("-"):
        typer.echo(text.decode())
        return
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        fail(CANNOT_RUN, f"--json: cannot write {path}: {error.strerror} / 无法写入")
