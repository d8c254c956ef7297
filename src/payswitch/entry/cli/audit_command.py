"""`payswitch audit`: whether all invariants hold in the configured database."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from payswitch.domain.audit import AuditReport
from payswitch.domain.changes import StorageUnavailable
from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import CANNOT_RUN, LOSS, fail, run_async
from payswitch.kit.clock import SystemClock, iso_utc
from payswitch.kit.durations import HOUR_MS
from payswitch.storage.errors import SchemaMismatch
from payswitch.storage.reading import audit_database


def run(*, config: Path, since_hours: float | None, as_json: bool) -> None:
    """Look, print, and end with 1 when something is broken."""
    settings = load_or_fail(config)
    now_ms = SystemClock().now_ms()
    since_ms = 0 if since_hours is None else max(1, now_ms - int(since_hours * HOUR_MS))
    try:
        report = run_async(lambda: audit_database(settings.database, now_ms=now_ms, since_ms=since_ms))
    except (StorageUnavailable, SchemaMismatch) as error:
        fail(CANNOT_RUN, "the database cannot be read / 无法读取数据库", [str(error)])
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        show(Console(highlight=False), report)
    if not report.clean:
        raise typer.Exit(LOSS)


def show(console: Console, report: AuditReport) -> None:
    """One line when all is well; else every check that does not hold, with its rows."""
    scope = "everything / 全部" if report.since_ms == 0 else f"since / 自 {iso_utc(report.since_ms)}"
    console.print(f"{report.payments} payments / 支付单, {report.checks} checks / 项检查 ({scope})")
    for broken in report.violations:
        console.print(f"[red]✗ {broken.number} {broken.name}[/]  {broken.title_zh} / {broken.title}")
        for row in broken.rows:
            console.print(f"    {escape(row)}")
        if broken.more:
            console.print("    …")
    if report.clean:
        console.print("[green]✓[/] every invariant holds / 全部不变量成立")
