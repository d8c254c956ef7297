"""The commands about channels' daily bills. What each does is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_bills = typer.Typer(help="对账单: the channels' daily bills", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds `bills ...`."""
    app.add_typer(_bills, name="bills")


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
