"""`payswitch lab replay`: recorded decisions against another policy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail
from payswitch.lab.replay.recorded import ReplayProblem, read
from payswitch.lab.replay.replaying import Replay, replay

_ESTIMATORS: Final = ("recorded", "ips", "snips", "dr")


def run(*, file: Path, policies: Sequence[str], seed: int, json_file: Path | None) -> None:
    """Read, estimate each policy, show; the first that cannot be estimated ends it."""
    if json_file is not None and not json_file.absolute().parent.is_dir():
        fail(BAD_INPUT, f"--json: there is no folder {json_file.absolute().parent} / 目录不存在")
    try:
        records = read(file)
        found = [replay(records, policy, seed=seed) for policy in policies]
    except ReplayProblem as problem:
        fail(BAD_INPUT, problem.title, problem.problems)
    console = Console(highlight=False)
    for one in found:
        _show(console, one)
    if json_file is not None:
        try:
            json_file.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
        except OSError as error:
            fail(CANNOT_RUN, f"--json: cannot write {json_file}: {error.strerror} / 无法写入")


def _show(console: Console, found: Replay) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", title=found.policy, title_justify="left")
    table.add_column("估计 estimate")
    table.add_column("成功率 success %", justify="right")
    if found.net_fen is not None:
        table.add_column("净入账 net fen per payment", justify="right")
    for name in _ESTIMATORS:
        one = found.success[name]
        row = [name, f"{100 * one.value:.2f} [{100 * one.low:.2f}, {100 * one.high:.2f}]"]
        if found.net_fen is not None:
            net = found.net_fen[name]
            row.append(f"{net.value:.1f} [{net.low:.1f}, {net.high:.1f}]")
        table.add_row(*row)
    console.print(table)
    overlap = found.overlap
    console.print(
        f"  {overlap.decisions:,} decisions; effective {overlap.effective:,.0f}; support {overlap.support:.1%}; "
        f"matched {overlap.matched:.1%}; largest weight {overlap.largest_weight:.1f}; "
        f"mean weight {overlap.mean_weight:.3f}",
        style="dim",
        soft_wrap=True,
    )
    for warning in overlap.warnings:
        console.print(f"  ! {warning}", soft_wrap=True, markup=False)
