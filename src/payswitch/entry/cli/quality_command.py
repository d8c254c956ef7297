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


def run(*, url: str, key_file: Path | None, channel: str | None) -> None:
    """Ask, and print one table and what a person should do something about."""
    client = AdminClient(url, key_file)
    if channel is None:
        show(Console(highlight=False), client.call("GET", "/v1/admin/quality")["data"])
    else:
        show(Console(highlight=False), [client.channel(channel, "/quality")])


def show(console: Console, channels: list[dict[str, Any]]) -> None:
    """One row per product; the channel's own facts stand at its first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("渠道 channel", "产品 product", "状态 state"):
        table.add_column(title)
    for title in ("下单 creates", "p50/p95 ms", "支付 paid", "今日余额 left today", "证书 cert", "探测 probe"):
        table.add_column(title, justify="right")
    for channel in channels:
        for number, line in enumerate(channel["lines"]):
            table.add_row(*_row(channel, line, first=number == 0))
    console.print(table)
    console.print(
        "\n下单、耗时：近 10 分钟 · creates and times: the last ten minutes; "
        "[ ] 95% 区间 interval; 支付 paid: 已结束的出示 exposures that ended",
        style="dim",
        markup=False,
    )
    for note in _notes(channels):
        console.print(note)


def _row(channel: dict[str, Any], line: dict[str, Any], *, first: bool) -> tuple[Text, ...]:
    state, colour = _STATES.get(line["state"], (line["state"], ""))
    return (
        _name(channel) if first else Text(""),
        Text(line["product"]),
        Text(state, colour),
        _rate(line["creates"]) if line["server_created"] else Text("本地签名 local", "dim"),
        Text(f"{_ms(line['p50_ms'])}/{_ms(line['p95_ms'])}"),
        _rate(line["completions"]),
        _left(channel["limits"]) if first else Text(""),
        _certificates(channel["certificates"]) if first else Text(""),
        _probe(channel["probe"]) if first else Text(""),
    )


def _name(channel: dict[str, Any]) -> Text:
    return Text(channel["channel_id"], "bold" if channel["enabled"] else "dim strike")


def _rate(rate: dict[str, Any]) -> Text:
    """With what it rests on: three of three is not yet a hundred per cent."""
    if rate["share"] is None:
        return Text("–", "dim")
    colour = "green" if rate["low"] >= 0.9 else "red" if rate["high"] < 0.9 else ""
    return Text(f"{rate['share']:.1%} [{rate['low']:.0%}–{rate['high']:.0%}] n={rate['of']:.0f}", colour)


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
