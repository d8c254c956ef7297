"""The commands about the books: bills, reconciliation, breaks, audit. What each does is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payswitch.entry.cli.channels_app import DEFAULT_URL, KeyFile, Url

_bills = typer.Typer(help="对账单: the channels' daily bills", no_args_is_help=True, rich_markup_mode=None)


_breaks = typer.Typer(
    help="对账差异: what bills and books do not agree on, over a running service's admin API",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_Config = Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs. 以 JSON 输出")]


def register(app: typer.Typer) -> None:
    """Adds `bills ...`, `reconcile`, `breaks ...` and `audit`."""
    app.add_typer(_bills, name="bills")
    app.command("reconcile", short_help="对账: a day's bills against our books")(reconcile)
    app.add_typer(_breaks, name="breaks")
    app.command("audit", short_help="审计: do all invariants hold?")(audit)


@_bills.command("fetch", short_help="one day of one channel: totals, and a file in the normal form")
def bills_fetch(
    channel: Annotated[str, typer.Option(help="channel_id of the configuration. 渠道编号")],
    date: Annotated[str, typer.Option(help="A Beijing date, 2026-11-11. 账单日期")],
    config: Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")] = Path("payswitch.toml"),
    out: Annotated[
        Path | None, typer.Option(help="Also write every line to this file: .csv or .json. 导出文件")
    ] = None,
    timeout: Annotated[int, typer.Option(help="Seconds for all of it. 超时秒数", min=1, max=600)] = 60,
) -> None:
    """取账单: downloads a channel's bill of one day, checks it, and prints its totals.

    The file has one row per payment and refund, amounts in fen, the same for every channel. Nothing is stored and
    nothing is changed. A bill that is not understood in every particular gives no rows at all.

    \b
    Exit status / 退出码:
      0  fetched, or the channel says that there was nothing on that day
      1  the bill cannot be believed (signature, hash, sums, a row)
      2  bad input or configuration
      3  not there yet, or could not be fetched

    \b
    Examples / 示例:
      payswitch bills fetch --channel wechat-main --date 2026-11-11
      payswitch bills fetch --channel wechat-main --date 2026-11-11 --out 2026-11-11.csv
    """
    from payswitch.entry.cli.bills_command import fetch

    fetch(channel_id=channel, day=date, config=config, out=out, timeout_s=timeout)


def reconcile(
    date: Annotated[str, typer.Option(help="A Beijing date, 2026-11-11. 账单日期")],
    channel: Annotated[
        str | None, typer.Option(help="Only this channel; default: all that have bills. 渠道编号")
    ] = None,
    as_json: _Json = False,
    config: _Config = Path("payswitch.toml"),
    url: Annotated[
        str | None, typer.Option(help="Let this running service do it; else its database must be free. 服务地址")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """对账: fetches one day's bills, holds them line by line against the books, and names every break.

    What a bill shows and we had not heard (a lost notification) is learned on the spot: the payment becomes paid, or
    its money goes back. A running service does all this by itself every morning; repeating a day is harmless, and
    closes breaks that have become right. See docs/reference/reconciliation.md

    \b
    Exit status / 退出码:
      0  bills and books agree
      1  there are open breaks
      2  bad input or configuration
      3  a bill is not there yet, cannot be believed, or the database is in use (give --url)

    \b
    Examples / 示例:
      payswitch reconcile --date 2026-11-11 --config payswitch.toml
      PAYSWITCH_OPERATOR_KEY=... payswitch reconcile --date 2026-11-11 --url http://127.0.0.1:8080 --json
    """
    from payswitch.entry.cli.reconcile_command import run

    run(date=date, channel_id=channel, as_json=as_json, config=config, url=url, key_file=key_file)


@_breaks.command("list", short_help="what is open, or all")
def breaks_list(
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
    settled: Annotated[bool, typer.Option("--all", help="Settled ones, too. 含已处理")] = False,
    as_json: _Json = False,
) -> None:
    """差异列表: newest first, each with who has to act and how.

    \b
    Example / 示例:
      PAYSWITCH_OPERATOR_KEY=... payswitch breaks list
    """
    from payswitch.entry.cli.reconcile_command import list_breaks

    list_breaks(url=url, key_file=key_file, settled=settled, as_json=as_json)


@_breaks.command("resolve", short_help="a person settled it")
def breaks_resolve(
    break_id: Annotated[str, typer.Argument(help="brk_... 差异编号", metavar="BREAK")],
    note: Annotated[str, typer.Option(help="How it was settled; kept for ever. 处理说明")],
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """差异处理: note that somebody looked into it, and what came of it. It stays settled, whatever later bills say.

    \b
    Example / 示例:
      payswitch breaks resolve brk_5f2c9a0e1b7d4c3a8e6f0b1d --note "微信客服确认 T+1 到账"
    """
    from payswitch.entry.cli.reconcile_command import resolve_break

    resolve_break(break_id, note=note, url=url, key_file=key_file)


def audit(
    config: _Config = Path("payswitch.toml"),
    since: Annotated[
        float | None,
        typer.Option(help="Only what was touched in the last so many hours, and all that is alive. 小时数", min=0.01),
    ] = None,
    as_json: _Json = False,
) -> None:
    """审计: looks for rows that break an invariant, in the database of the configuration. Changes nothing.

    The service may run meanwhile; it does the same every hour by itself. The checks: docs/reference/audit.md

    \b
    Exit status / 退出码:
      0  every invariant holds
      1  one does not: the rows are listed
      2  bad input or configuration
      3  the database cannot be read

    \b
    Examples / 示例:
      payswitch audit --config payswitch.toml
      payswitch audit --since 24 --json
    """
    from payswitch.entry.cli.audit_command import run

    run(config=config, since_hours=since, as_json=as_json)
