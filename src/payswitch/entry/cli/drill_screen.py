"""A drill on the terminal: progress while it runs, the report when it is over. Everything goes to stderr when the
JSON goes to stdout."""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from payswitch.drill.journey import Ending, Visit
from payswitch.drill.scenario import Text


class DrillScreen:
    """The `Watcher` of a person at the terminal. `facts`: seed and size, in the headline."""

    def __init__(self, title: Text, story: Text, facts: str, *, quiet: bool) -> None:
        self._title = title
        self._story = story
        self._facts = facts
        self._console = Console(stderr=quiet)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[news]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._paid = 0
        self._lost = 0
        self._begun_s = time.monotonic()

    def __enter__(self) -> DrillScreen:
        self._console.print(f"[bold]{self._title}[/bold]  {self._facts}")
        self._console.print(f"{self._story.zh.strip()}\n{self._story.en.strip()}\n", style="dim", highlight=False)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def phase(self, text: str, total: int | None = None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._paid = self._lost = 0
        self._task = self._progress.add_task(text, total=total, news="")
        if not self._console.is_terminal:
            self._print(text)

    def say(self, text: str) -> None:
        self._print(text)

    def left(self, visit: Visit) -> None:
        self._paid += visit.ending is Ending.PAID
        self._lost += visit.ending is Ending.GAVE_UP
        if self._task is not None:
            news = f"成功 paid {self._paid} · 流失 lost {self._lost}"
            self._progress.update(self._task, advance=1, news=news)

    def step(self, text: str, *, ok: bool) -> None:
        self._paid += ok
        self._lost += not ok
        if self._task is not None:
            self._progress.update(self._task, advance=1, news=f"{text} · ✓ {self._paid} ✗ {self._lost}")

    def report(self, table: Table, details: Iterable[str], verdict: str, *, sound: bool) -> None:
        """The table, what the table cannot say, and the verdict in a sentence."""
        self._console.print(table)
        for line in details:
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)
        style = "bold green" if sound else "bold red"
        self._console.print(f"\n{verdict}", style=style, highlight=False, soft_wrap=True)

    def _print(self, text: str) -> None:
        stamp = f"{time.monotonic() - self._begun_s:6.1f} s"
        self._console.print(f"{stamp}  {text}", highlight=False, markup=False, soft_wrap=True)
