"""`payswitch channels quality`: how well each product of each channel does, as the running service knows it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from payswitch.entry.cli.admin_client import AdminClient

_STATES = {
    "healthy": ("正常 healthy", "green"),
    "degraded": ("异常迹象 degraded", "yellow"),
    "open": ("熔断 open", "red"),
    "probing": ("探测中 probing", "yellow"),
}
_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "red")}
WARN_DAYS = 30
WIDE = 105
"""Columns from which the intervals fit beside the rates."""


def run(*, url: str, key_file: Path | None, channel: str | None) -> None:
    """Ask, and print one table and what a person should do something about."""
    client = AdminClient(url, key_file)
    if channel is None:
        show(Console(highlight=False), client.call("GET", "/v1/admin/quality")["data"])
    else:
        show(Console(highlight=False), [client.channel(channel, "/quality")])


def show(console: Console, channels: list[dict[str, Any]]) -> None:
    """A line per channel with its own facts, below it a row per product; a narrow terminal gets no intervals."""
    wide = console.width >= WIDE
    for channel in channels:
        console.print(_heading(channel))
        console.print(_table(channel["lines"], wide=wide))
    legend = (
        "下单、耗时：近 10 分钟 · creates, times: the last ten minutes",
        "支付：已结束的出示 · paid: of exposures that ended" + ("; [ ] 95% 区间 interval" if wide else ""),
    )
    console.print("\n".join(legend), style="dim", markup=False)
    for note in _notes(channels):
        console.print(note)


def _heading(channel: dict[str, Any]) -> Text:
    return Text("  ").join(
        (
            _name(channel),
            Text.assemble(("今日剩 left ", "dim"), _left(channel["limits"])),
            Text.assemble(("证书 ", "dim"), _certificates(channel["certificates"])),
            Text.assemble(("探测 ", "dim"), _probe(channel["probe"])),
        )
    )


def _table(lines: Iterable[dict[str, Any]], *, wide: bool) -> Table:
    """Columns as wide in every channel's table, so that they stand below each other."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    rate = 25 if wide else 14
    for title, width in (("  产品 product", 20), ("状态 state", 17)):
        table.add_column(title, width=width)
    for title, width in (("下单 creates", rate), ("p50/p95 ms", 10), ("支付 paid", rate)):
        table.add_column(title, width=width, justify="right")
    for line in lines:
        table.add_row(*_row(line, wide=wide))
    return table


def _row(line: dict[str, Any], *, wide: bool) -> tuple[Text, ...]:
    state, colour = _STATES.get(line["state"], (line["state"], ""))
    local = "本地签名 local" if wide else "本地 local"
    return (
        Text("  " + line["product"]),
        Text(state, colour),
        _rate(line["creates"], wide=wide) if line["server_created"] else Text(local, "dim"),
        Text(f"{_ms(line['p50_ms'])}/{_ms(line['p95_ms'])}"),
        _rate(line["completions"], wide=wide),
    )


def _name(channel: dict[str, Any]) -> Text:
    return Text(channel["channel_id"], "bold" if channel["enabled"] else "dim strike")


def _rate(rate: dict[str, Any], *, wide: bool) -> Text:
    """With what it rests on: three of three is not yet a hundred per cent."""
    if rate["share"] is None:
        return Text("–", "dim")
    colour = "green" if rate["low"] >= 0.9 else "red" if rate["high"] < 0.9 else ""
    interval = f" [{rate['low']:.0%}–{rate['high']:.0%}]" if wide else ""
    return Text(f"{rate['share']:.1%}{interval} n={rate['of']:.0f}", colour)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _left(limits: dict[str, Any]) -> Text:
    if limits["daily_cap_fen"] is None:
        return Text("无上限 no cap", "dim")
    left, cap = limits["remaining_today_fen"], limits["daily_cap_fen"]
    return Text(f"¥{left / 100:,.2f}", "red" if left * 20 < cap else "")


def _certificates(certificates: Iterable[dict[str, Any]]) -> Text:
    """The one that ends first."""
    days = [one["days_left"] for one in certificates]
    if not days:
        return Text("–", "dim")
    first = min(days)
    return Text(f"{first} 天 d", "red" if first < 7 else "yellow" if first < WARN_DAYS else "")


def _probe(probe: dict[str, Any] | None) -> Text:
    if probe is None:
        return Text("–", "dim")
    mark, colour = _MARKS.get(probe["severity"], ("?", ""))
    return Text(f"{mark} {probe['latency_ms']:.0f} ms {probe['at'][11:16]}Z", colour)


def _notes(channels: Iterable[dict[str, Any]]) -> Iterable[Text]:
    """What stands behind a mark, with what to do about it."""
    for channel in channels:
        probe = channel["probe"]
        if probe is not None and probe["severity"] != "ok":
            yield Text.assemble((channel["channel_id"], "bold"), f"  {probe['what']}\n    → {probe['fix']}")
        for certificate in channel["certificates"]:
            days = certificate["days_left"]
            if days < WARN_DAYS:
                words = f"  {certificate['key']} 证书剩余 {days} 天 / ends in {days} days"
                yield Text.assemble((channel["channel_id"], "bold"), words)
        for line in channel["lines"]:
            if line["state"] != "healthy":
                words = f"  {line['product']}: {line['reason_zh']} / {line['reason']}"
                yield Text.assemble((channel["channel_id"], "bold"), words)
