"""The laboratory's tables on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from payswitch.entry.cli.lab_words import against_the_closest, figures_of, share, signed
from payswitch.lab.comparison import Comparison
from payswitch.lab.contenders import Entrant
from payswitch.lab.scenario import Scenario
from payswitch.lab.summary import Chapter, Duel
from payswitch.lab.tuning import Tuned

_COLOURS: Final = {"ours": "bold red", "baseline": "", "oracle": "dim"}
_SHOWN_POINTS: Final = 3
_TITLES: Final = (
    "成功率 %\nsuccess",
    "可付 %\nable",
    "首次 %\nfirst",
    "遗憾\nregret",
    "尝试\ntries",
    "损失\nlost",
    "恢复秒\nback s",
    "µs",
)
"""Final success of all and of payable payments, first-attempt success, regret in points, attempts per payment, payments
lost until a dead channel was left, seconds until it was back (and the share within 60 s), cost of a decision."""


def show(console: Console, found: Comparison) -> None:
    """A table per scenario, what the paired differences say, and how to run it again."""
    for chapter in found.chapters:
        _show_chapter(console, chapter)
    _show_overall(console, found)
    console.print(f"\nPaySwitch {found.version} · {found.command}", style="dim", soft_wrap=True)


def _show_chapter(console: Console, chapter: Chapter) -> None:
    held_out = " · held out 未用于调参" if chapter.held_out else ""
    size = f"{chapter.worlds} worlds, {chapter.channels} channels, {chapter.payments:,} payments"
    console.print(f"\n[bold]{chapter.title_zh} {chapter.scenario}[/bold]: {chapter.title} · {size}{held_out}")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("策略\npolicy", no_wrap=True)
    for title in _TITLES:
        table.add_column(title, justify="right", no_wrap=True)
    for line in chapter.lines:
        table.add_row(line.policy, *figures_of(line), f"{line.decision_us.mean:.0f}", style=_COLOURS[line.role])
    console.print(table)
    for duel in chapter.duels:
        console.print(Text("  " + _duel_words(duel)), soft_wrap=True)


def _duel_words(duel: Duel) -> str:
    words = [
        f"{duel.ours} - {duel.best_baseline}: success {signed(duel.success)}",
        f"attempts {signed(duel.attempts, 3)}",
    ]
    if duel.gap_share is not None:
        words.append(f"gap share {share(duel.gap_share)}")
    if duel.regret_share is not None:
        words.append(f"regret {share(duel.regret_share)} of {duel.lowest_regret_baseline}'s")
    if duel.below:
        words.append(f"below {', '.join(duel.below)}")
    return "; ".join(words)


def _show_overall(console: Console, found: Comparison) -> None:
    for ours, pairs in found.overall.items():
        if pairs and len(found.chapters) > 1:
            console.print(f"\n{against_the_closest(ours, pairs)}", soft_wrap=True, markup=False)


def show_scenarios(
    console: Console,
    scenarios: Iterable[Scenario],
    routers: Iterable[Entrant],
    parameters_of: Callable[[str], Mapping[str, float]],
) -> None:
    """Two lists."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("scenario 场景", "what 说明", "payments/s", "channels", "held out"):
        table.add_column(title, no_wrap=True)
    for one in scenarios:
        rate, size = f"{one.arrivals_per_s:g}", str(one.channels)
        table.add_row(one.name, f"{one.title_zh} {one.title}", rate, size, "yes" if one.held_out else "")
    console.print(table)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("\npolicy 策略", "\nwhat 说明", "\nparameters 参数"):
        table.add_column(title, no_wrap=True)
    for router in routers:
        table.add_row(router.name, router.title, _parameters(parameters_of(router.name)))
    console.print(table)


def _parameters(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in parameters.items())


def show_tuning(console: Console, found: Sequence[Tuned]) -> None:
    """The best points of each grid."""
    for one in found:
        for place, (point, success) in enumerate(one.ranking[:_SHOWN_POINTS]):
            name = one.policy if place == 0 else ""
            console.print(f"{name:<22} {success:7.3f} %  {_parameters(point)}", markup=False)
