"""`payswitch reconcile` and `payswitch breaks`: a day's bills against the books, and what is to be done about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from payswitch.domain.errors import PaySwitchError
from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.bills_command import yuan
from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, LOSS, fail, run_async
from payswitch.kit import logs
from payswitch.settings import Settings, SettingsError

_STATES = {
    "done": ("[green]done 完成[/]"),
    "waiting": ("[yellow]waiting 未出账[/]"),
    "refused": ("[red]refused 不可信[/]"),
}
_OWNERS = {"operator": "operator 运营", "shop": "shop 店铺", "channel": "channel 渠道"}


def run(
    *, date: str, channel_id: str | None, as_json: bool, config: Path, url: str | None, key_file: Path | None
) -> None:
    """By the running service, or with its database for ourselves."""
    if url is not None:
        body = {"date": date, "channel_id": channel_id}
        found = AdminClient(url, key_file).call("POST", "/v1/admin/reconciliations", body)
    else:
        found = _here(load_or_fail(config), date, channel_id, config)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        show(Console(highlight=False), found)
    if any(run["state"] != "done" for run in found["runs"]):
        raise typer.Exit(CANNOT_RUN)
    if any(one["state"] == "open" for one in found["breaks"]):
        raise typer.Exit(LOSS)


def _here(settings: Settings, date: str, channel_id: str | None, config: Path) -> dict[str, Any]:
    from payswitch.app import StartProblem

    logs.configure("error")
    try:
        return run_async(lambda: _reconcile(settings, date, channel_id))
    except StartProblem as problem:
        details = [*problem.problems, "is a service running? then give --url / 若服务正在运行，请使用 --url"]
        fail(CANNOT_RUN, "the database cannot be used / 无法使用数据库", details)
    except SettingsError as error:
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", error.problems)
    except PaySwitchError as error:
        fail(BAD_INPUT, f"{error.detail} / {error.detail_zh}")


async def _reconcile(settings: Settings, date: str, channel_id: str | None) -> dict[str, Any]:
    from payswitch.entry.api.admin.books.bill_views import reconciled_view
    from payswitch.services.books.bills import ReconcileDay, reconcile_day
    from payswitch.serving import without_service

    async with without_service(settings) as app:
        command = ReconcileDay(date=date, channel_id=channel_id)
        days = await reconcile_day(app.ctx, None, command)
        found: dict[str, Any] = msgspec.to_builtins(reconciled_view(date, days, app.ctx.clock.now_ms()))
        return found


def list_breaks(*, url: str, key_file: Path | None, settled: bool, as_json: bool) -> None:
    state = "all" if settled else "open"
    found = AdminClient(url, key_file).call("GET", f"/v1/admin/breaks?state={state}&limit=100")["data"]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not found:
        console.print("no breaks / 无差异")
    for one in found:
        _print_break(console, one)


def resolve_break(break_id: str, *, note: str, url: str, key_file: Path | None) -> None:
    if not break_id.replace("_", "").isalnum():
        fail(BAD_INPUT, f"not a break's id / 不是差异编号: {break_id}")
    found = AdminClient(url, key_file).call("POST", f"/v1/admin/breaks/{break_id}/resolve", {"note": note})
    _print_break(Console(highlight=False), found)


def show(console: Console, found: dict[str, Any]) -> None:
    """A row per channel, then every break of the day with what to do."""
    console.print(f"[bold]{escape(found['date'])}[/]  {len(found['runs'])} bills / 对账单\n")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("渠道 channel")
    table.add_column("状态 state")
    for title in ("行 lines", "一致 agree", "补单 repaired", "结转 carried", "差异 breaks"):
        table.add_column(title, justify="right")
    for title in ("收款 paid", "退款 refunded", "手续费 fees"):
        table.add_column(title, justify="right")
    for run in found["runs"]:
        counts = [str(run[name]) for name in ("lines", "matched", "repaired", "carried", "breaks")]
        sums = [yuan(run[name]) for name in ("paid_fen", "refunded_fen", "fees_fen")]
        state = _STATES[run["state"]] + (f" {escape(run['code'])}" if run["code"] else "")
        table.add_row(escape(run["channel_id"]), state, *counts, *sums)
    console.print(table)
    for one in found["breaks"]:
        console.print()
        _print_break(console, one)


def _print_break(console: Console, one: dict[str, Any]) -> None:
    mark = "[red]●[/]" if one["state"] == "open" else "[green]✓[/]"
    number = one["out_refund_no"] or one["channel_order_no"]
    here, there = (_fen(one["here_fen"]), _fen(one["there_fen"]))
    console.print(f"{mark} [bold]{one['title_zh']}[/] {one['title']}  {one['channel_id']} {escape(number)}")
    console.print(f"    {one['kind']} · 我方 here {here} · 渠道 there {there} · {one['break_id']}", style="dim")
    if one["payment_id"]:
        console.print(f"    {one['payment_id']} {escape(one['transaction_id'])}", style="dim")
    if one["state"] == "open":
        console.print(f"    原因 {one['cause_zh']} / {one['cause']}")
        owner = _OWNERS[one["owner"]]
        console.print(f"    处理 ({owner}, {one['age_hours']} h) {one['action_zh']} / {one['action']}")
    else:
        console.print(f"    {one['resolved_by']} {one['resolved_at']}: {escape(one['note'])}")


def _fen(fen: int | None) -> str:
    return "-" if fen is None else yuan(fen)
