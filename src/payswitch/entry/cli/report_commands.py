"""What `payswitch report` and `payswitch analytics` do."""

from __future__ import annotations

import asyncio
from datetime import date as calendar_date
from pathlib import Path
from typing import Any

import typer

from payswitch.domain.analysis import Scope
from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail
from payswitch.kit.clock import beijing_midnight_ms
from payswitch.kit.durations import DAY_MS

_REPORTS = "/v1/admin/reports"


def make(
    kind: str, *, date: str | None, out: Path | None, merchant: str | None, url: str, key_file: Path | None
) -> None:
    """Have the service make it, print its summary, and write the page or the PDF."""
    if out is not None and out.suffix not in (".html", ".pdf"):
        fail(BAD_INPUT, f"--out must end in .html or .pdf / 须以 .html 或 .pdf 结尾: {out}")
    client = AdminClient(url, key_file)
    wanted = {"kind": kind, "date": date, "merchant_id": merchant}
    made = client.call("POST", _REPORTS, {name: value for name, value in wanted.items() if value is not None})
    typer.echo(made["summary"])
    if out is None:
        return
    page = client.call("GET", f"{_REPORTS}/{made['report']['report_id']}/page")["html"]
    if out.suffix == ".html":
        out.write_text(page, encoding="utf-8")
    else:
        out.write_bytes(_printed(page))
    typer.echo(f"{out}")


def _printed(page: str) -> bytes:
    from payswitch.entry.reports.pdf import NoBrowser, PrintFailed, report_pdf

    try:
        return asyncio.run(report_pdf(page))
    except (NoBrowser, PrintFailed) as problem:
        fail(CANNOT_RUN, str(problem), ["--out week.html needs none / 可改用 --out week.html"])


def export_rows(*, out: Path, merchant: str, from_date: str, to_date: str, config: Path) -> None:
    """The rows of these days to a file."""
    if out.suffix not in (".parquet", ".csv"):
        fail(BAD_INPUT, f"--out must end in .parquet or .csv / 须以 .parquet 或 .csv 结尾: {out}")
    first, last = _day("--from", from_date), _day("--to", to_date)
    scope = Scope(
        merchant_ids=frozenset({merchant}),
        from_ms=beijing_midnight_ms(first),
        to_ms=beijing_midnight_ms(last) + DAY_MS,
    )

    async def run(lake: Any) -> int:
        return int(await lake.export(scope, out))

    typer.echo(f"{out}: {asyncio.run(_with_lake(config, run)):,} rows / 行")


def prune_days(*, before: str, config: Path) -> None:
    """Delete what is older."""
    day = _day("--before", before)

    async def run(lake: Any) -> int:
        return int(await lake.prune(day))

    typer.echo(f"{asyncio.run(_with_lake(config, run)):,} files deleted / 已删除文件")


async def _with_lake(config: Path, run: Any) -> int:
    from payswitch.settings import SettingsError, load
    from payswitch.storage.analytics.lake import ParquetLake

    try:
        path = load(config).analytics_path
    except SettingsError as error:
        fail(BAD_INPUT, f"{config} cannot be used / 配置有误", error.problems)
    if path is None or not path.is_dir():
        fail(BAD_INPUT, f"there is no analytics store / 没有分析库: {path or 'off'}")
    lake = ParquetLake(path)
    try:
        return int(await run(lake))
    finally:
        await lake.aclose()


def _day(option: str, text: str) -> str:
    try:
        return calendar_date.fromisoformat(text).isoformat()
    except ValueError:
        fail(BAD_INPUT, f"{option} must be a date, 2026-11-11 / 须为日期，如 2026-11-11: {text}")
