"""`payswitch connectors`: what there is, and what stands behind it."""

from __future__ import annotations

from rich.console import Console

from payswitch.connectors.contract import Connector
from payswitch.connectors.quality import Level, Quality, QualityProblem, RuleState, quality_of
from payswitch.connectors.registry import load_registry
from payswitch.entry.cli.terminal import LOSS, fail

_COLOURS = {Level.SIMULATED: "yellow", Level.THIRD_PARTY_CLIENT: "cyan", Level.LIVE: "green"}


def list_connectors(*, todo: bool) -> None:
    """A few lines for each; exit status 1 if an installed one is broken."""
    registry = load_registry()
    console = Console(highlight=False)
    console.print(f"{len(registry.connectors)} connectors / 连接器\n")
    for connector in registry.connectors.values():
        _show(console, connector, todo=todo)
    if registry.broken:
        problems = [f"{name}: {what}" for name, what in registry.broken.items()]
        fail(LOSS, f"{len(problems)} installed connectors cannot be used / 个已安装的连接器无法使用", problems)


def _show(console: Console, connector: Connector, *, todo: bool) -> None:
    heading = f"[bold]{connector.name}[/]  {connector.title_zh} {connector.title_en}"
    try:
        quality = quality_of(connector)
    except QualityProblem as problem:
        console.print(f"{heading} · [red]level unknown / 级别未知[/]")
        for text in problem.problems:
            console.print(f"    ! {text}", markup=False)
    else:
        open_points = len(quality.of(RuleState.TODO))
        colour = _COLOURS[quality.level]
        console.print(f"{heading} · [{colour}]{quality.level}[/] · {open_points} open / 待办")
        if todo:
            _show_open(console, quality)
    console.print(f"    {', '.join(sorted(connector.capabilities))}", style="dim")


def _show_open(console: Console, quality: Quality) -> None:
    for rule in quality.of(RuleState.TODO):
        console.print(f"    - {rule.name}: {rule.text}", markup=False)
