"""`payswitch lab compare`, `scenarios` and `tune`: read the wish, run, show, write."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from payswitch.entry.cli import lab_screen
from payswitch.entry.cli.lab_markdown import markdown as as_markdown
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, INTERRUPTED, fail
from payswitch.lab.comparing import WorldOrder
from payswitch.lab.comparison import Comparison, Wish
from payswitch.lab.comparison import compare as play_comparison
from payswitch.lab.contenders import entrants, parameters_of
from payswitch.lab.plot import svg
from payswitch.lab.scenario import MAIN_NAMES, SCENARIOS
from payswitch.lab.tuning import GRIDS
from payswitch.lab.tuning import tune as play_tuning

T = TypeVar("T")
_MOST_WORLDS: Final = 10_000


def compare(
    *,
    scenarios: str,
    policies: str,
    seeds: str,
    minutes: float,
    jobs: int,
    json_file: Path | None,
    plot: Path | None,
) -> None:
    """Check everything first, play, print the tables, write the files."""
    problems: list[str] = []
    wish = Wish(
        scenarios=_names(scenarios, {"main": MAIN_NAMES, "all": tuple(SCENARIOS)}, SCENARIOS, "--scenarios", problems),
        policies=_names(policies, {"all": tuple(entrants())}, entrants(), "--policies", problems),
        seeds=_seeds(seeds, problems),
        minutes=minutes,
        jobs=jobs,
    )
    _check_file(json_file, ".json", "--json", problems)
    _check_file(plot, ".svg", "--plot", problems)
    _refuse(problems)
    console = Console(highlight=False)
    found = _with_bar(len(wish.scenarios) * len(wish.seeds), lambda tell: play_comparison(wish, tell))
    lab_screen.show(console, found)
    if json_file is not None:
        _write(json_file, msgspec.json.format(msgspec.json.encode(found), indent=1), "--json")
    if plot is not None:
        _write(plot, svg(found).encode(), "--plot")


def show_again(file: Path, *, markdown: bool) -> None:
    """The tables of a stored comparison."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Comparison)
    except OSError as error:
        fail(CANNOT_RUN, f"{file} cannot be read / 无法读取", [error.strerror or str(error)])
    except msgspec.MsgspecError as error:
        fail(BAD_INPUT, f"{file} is no result of `payswitch lab compare --json` / 不是对比结果文件", [str(error)])
    if markdown:
        typer.echo(as_markdown(found), nl=False)
    else:
        lab_screen.show(Console(highlight=False), found)


def tune(*, policies: str, seeds: str, minutes: float, jobs: int, json_file: Path | None) -> None:
    """Rank every grid and print the best points."""
    problems: list[str] = []
    names = _names(policies, {"all": tuple(GRIDS)}, GRIDS, "--policies", problems)
    wanted = _seeds(seeds, problems)
    _check_file(json_file, ".json", "--json", problems)
    _refuse(problems)
    worlds = len(MAIN_NAMES) * len(wanted)
    found = _with_bar(worlds, lambda tell: play_tuning(names, wanted, minutes, jobs, tell))
    lab_screen.show_tuning(Console(highlight=False), found)
    if json_file is not None:
        _write(json_file, msgspec.json.format(msgspec.json.encode(found), indent=1), "--json")


def show_list() -> None:
    """What can be named."""
    lab_screen.show_scenarios(Console(highlight=False), SCENARIOS.values(), entrants().values(), parameters_of)


def _names(
    text: str, groups: dict[str, tuple[str, ...]], known: Iterable[str], option: str, problems: list[str]
) -> tuple[str, ...]:
    """Names and groups, in the order given, each once."""
    found: dict[str, None] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        if word in groups:
            found.update(dict.fromkeys(groups[word]))
        elif word in known:
            found[word] = None
        else:
            there = ", ".join([*groups, *known])
            problems.append(f"{option}: there is no {word!r}; there are: {there} / 没有 {word!r}")
    if not found and not problems:
        problems.append(f"{option}: name at least one / 至少写一个")
    return tuple(found)


def _seeds(text: str, problems: list[str]) -> tuple[int, ...]:
    """`100-129`, `3`, `1,5-8`."""
    found: dict[int, None] = {}
    for word in text.split(","):
        first, dash, last = word.strip().partition("-")
        if not (first.isdecimal() and (last.isdecimal() if dash else not last)):
            problems.append(f"--seeds: {word.strip()!r} is neither a number nor a range like 100-129 / 种子格式有误")
        elif int(last or first) < int(first):
            problems.append(f"--seeds: {word.strip()!r} ends before it begins / 区间首尾颠倒")
        elif int(last or first) - int(first) >= _MOST_WORLDS:
            problems.append(f"--seeds: {word.strip()!r} is more than {_MOST_WORLDS} worlds / 世界太多")
        else:
            found.update(dict.fromkeys(range(int(first), int(last or first) + 1)))
    return tuple(found)


def _check_file(path: Path | None, suffix: str, option: str, problems: list[str]) -> None:
    """Now, not after half an hour of worlds."""
    if path is None:
        return
    if path.suffix != suffix:
        problems.append(f"{option}: {path.name} must end in {suffix} / 文件须以 {suffix} 结尾")
    if not path.absolute().parent.is_dir():
        problems.append(f"{option}: there is no folder {path.absolute().parent} / 目录不存在")


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        fail(BAD_INPUT, "this cannot be run / 无法运行", problems)


def _with_bar(worlds: int, work: Callable[[Callable[[WorldOrder], None]], T]) -> T:
    before = signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # ends it as Ctrl-C does: no process is left behind
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("worlds 世界", total=worlds)

            def tell(order: WorldOrder) -> None:
                progress.update(task, advance=1, description=order.scenario)

            return work(tell)
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing is left running / 已中断，所有进程已结束", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _write(path: Path, text: bytes, option: str) -> None:
    try:
        path.write_bytes(text)
    except OSError as error:
        fail(CANNOT_RUN, f"{option}: cannot write {path}: {error.strerror} / 无法写入")
