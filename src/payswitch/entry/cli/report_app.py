"""`payswitch report ...` and `payswitch analytics ...`: the commands and their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payswitch.entry.cli.channels_app import DEFAULT_URL, KeyFile, Url

report_app = typer.Typer(
    help="报告: the week or the day, judged, with proposals", no_args_is_help=True, rich_markup_mode=None
)
analytics_app = typer.Typer(
    help="分析库: the columnar store beside the database", no_args_is_help=True, rich_markup_mode=None
)

_Date = Annotated[str | None, typer.Option(help="Its last day (Beijing); default: the newest that is over. 日期")]
_Out = Annotated[
    Path | None, typer.Option(help="Write the page here: .html, or .pdf printed by this machine's Chromium. 输出文件")
]
_Merchant = Annotated[str | None, typer.Option(help="Default: the operator's only one. 商户编号")]
_Config = Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")]


@report_app.command(short_help="the week that ends with this day")
def weekly(
    date: _Date = None, out: _Out = None, merchant: _Merchant = None, url: Url = DEFAULT_URL, key_file: KeyFile = None
) -> None:
    """周报: success with intervals, what changed, why payments fail and who can mend it, what switching saved, fees,
    and proposals for the policy with their expected gain.

    \b
    Examples / 示例:
      payswitch report weekly
      payswitch report weekly --date 2026-11-15 --out week.pdf
    """
    from payswitch.entry.cli.report_commands import make

    make("weekly", date=date, out=out, merchant=merchant, url=url, key_file=key_file)


@report_app.command(short_help="one day")
def daily(
    date: _Date = None, out: _Out = None, merchant: _Merchant = None, url: Url = DEFAULT_URL, key_file: KeyFile = None
) -> None:
    """日报: the same for one day, compared with the week before it."""
    from payswitch.entry.cli.report_commands import make

    make("daily", date=date, out=out, merchant=merchant, url=url, key_file=key_file)


@analytics_app.command(short_help="rows to a file")
def export(
    out: Annotated[Path, typer.Option(help="A .parquet or .csv file. 输出文件")],
    merchant: Annotated[str, typer.Option(help="Whose payments. 商户编号")],
    from_date: Annotated[str, typer.Option("--from", help="First Beijing date. 起始日期")],
    to_date: Annotated[str, typer.Option("--to", help="Last Beijing date, included. 截止日期")],
    config: _Config = Path("payswitch.toml"),
) -> None:
    """导出: one merchant's attempts with their decisions, one row each; nothing in it identifies a customer.

    Reads files only: the service may run meanwhile. What each column means: docs/reference/analytics.md
    """
    from payswitch.entry.cli.report_commands import export_rows

    export_rows(out=out, merchant=merchant, from_date=from_date, to_date=to_date, config=config)


@analytics_app.command(short_help="delete old days")
def prune(
    before: Annotated[str, typer.Option(help="Beijing date: older days are deleted. 日期")],
    config: _Config = Path("payswitch.toml"),
) -> None:
    """清理: deletes days of all merchants from the analytics store. The payments themselves stay in the database; the
    service does the same by itself after `[service] analytics_days`."""
    from payswitch.entry.cli.report_commands import prune_days

    prune_days(before=before, config=config)


def register(app: typer.Typer) -> None:
    """Add both to the command line."""
    app.add_typer(report_app, name="report")
    app.add_typer(analytics_app, name="analytics")
