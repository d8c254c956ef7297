"""`payswitch channels list`, `show`, `audit`: what is configured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.terminal import BAD_INPUT, fail
from payswitch.settings import Settings, SettingsError, load

_LIMITS = ("min_fen", "max_fen", "daily_cap_fen", "monthly_cap_fen")


def list_declared(*, config: Path) -> None:
    """One line per channel of the file: what it is, what it can do, what it costs."""
    settings = load_or_fail(config)
    console = Console(highlight=False)
    console.print(f"{len(settings.channels)} channels / 渠道\n")
    for entry in settings.channels:
        off = "" if entry.enabled else " · [red]disabled / 停用[/]"
        console.print(
            f"[bold]{escape(entry.channel_id)}[/]  {escape(entry.name)} · {entry.connector} · tier {entry.tier} · "
            f"upstream {escape(entry.upstream)} · fee {entry.fee_bp / 100:.2f} %{off}"
        )
        console.print(f"    {', '.join(sorted(entry.products))}", style="dim")


def load_or_fail(config: Path) -> Settings:
    try:
        return load(config)
    except SettingsError as error:
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", error.problems)


def list_served(*, url: str, key_file: Path | None) -> None:
    """The same for the channels of a running service, with where each stands in its life."""
    found = AdminClient(url, key_file).channels()
    console = Console(highlight=False)
    console.print(f"{len(found)} channels / 渠道\n")
    for view in found:
        print_line(console, view)
        console.print(f"    {', '.join(view['products'])}", style="dim")


def print_line(console: Console, view: dict[str, Any]) -> None:
    """One channel in one line."""
    colour = {"enabled": "green", "retired": "dim"}.get(view["state"], "yellow")
    origin = "file / 配置文件" if view["origin"] == "file" else f"revision {view['revision']}"
    console.print(
        f"[bold]{escape(view['channel_id'])}[/]  [{colour}]{view['state']}[/]  {escape(view['name'])} · "
        f"{view['connector']} · tier {view['tier']} · upstream {escape(view['upstream'])} · "
        f"fee {view['fee_bp'] / 100:.2f} % · keys v{view['version']} · {origin}"
    )
    if view["disabled"]:
        out = view["disabled"]
        console.print(f"    disabled / 停用: {out['at']} · {escape(out['operator_id'])} · {escape(out['reason'])}")


def show_channel(channel_id: str, *, url: str, key_file: Path | None) -> None:
    """Everything an operator may see of one channel."""
    view = AdminClient(url, key_file).channel(channel_id)
    console = Console(highlight=False)
    print_line(console, view)
    console.print(f"    products {', '.join(view['products'])}")
    console.print("    " + " · ".join(f"{name} {view[name]}" for name in _LIMITS))
    for window in view["maintenance"]:
        only = f" ({window['product']})" if window["product"] else ""
        console.print(f"    maintenance {window['start']} .. {window['end']}{only}")
    console.print(f"    notify URL {escape(view['notify_url'])}")
    for version in view["credentials"]:
        console.print(f"\n    keys v{version['version']} · {version['created_at']} · {escape(version['created_by'])}")
        if version["entries"] is None:
            console.print("      does not open with the master keys at hand / 缺少主密钥，无法打开")
        for entry in version["entries"] or ():
            _print_entry(console, entry)


def _print_entry(console: Console, entry: dict[str, Any]) -> None:
    shown = entry["value"] if entry["kind"] == "value" else entry["fingerprint"]
    console.print(f"      {escape(entry['key'])}  {entry['kind']}  {escape(shown or '')}")
    for one in entry["certificates"]:
        console.print(f"        {escape(one['subject'])} · until {one['valid_until'][:10]} · serial {one['serial']}")


def show_audit(channel_id: str, *, url: str, key_file: Path | None) -> None:
    """Who changed it when."""
    console = Console(highlight=False)
    for entry in AdminClient(url, key_file).channel(channel_id, "/audit?limit=100")["data"]:
        detail = ", ".join(f"{name} {value}" for name, value in entry["detail"].items())
        console.print(f"{entry['at']}  {escape(entry['operator_id'])}  {entry['action']}  {escape(detail)}")
