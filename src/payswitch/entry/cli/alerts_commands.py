"""`payswitch alerts ...` over the admin API of a running service."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.table import Table

from payswitch.entry.cli.admin_client import AdminClient

_ALERTS = "/v1/admin/alerts"
_COLOURS = {"critical": "red", "warning": "yellow", "info": "blue"}
_STATES = {"open": "待处理 open", "acknowledged": "处理中 acknowledged", "resolved": "已恢复 resolved"}
NOT_ARRIVED = 1


def list_alerts(*, history: bool, url: str, key_file: Path | None) -> None:
    state = "all" if history else "live"
    groups = AdminClient(url, key_file).call("GET", f"{_ALERTS}?state={state}&limit=50")["data"]
    console = Console(highlight=False)
    if not groups:
        console.print("没有告警 / no alerts")
    for group in groups:
        colour = "green" if group["state"] == "resolved" else _COLOURS[group["severity"]]
        by = f" · {group['acknowledged_by']} {group['note']}".rstrip() if group["acknowledged_by"] else ""
        console.print(f"[{colour}]●[/] {group['group_id']}  {_STATES[group['state']]}{by}")
        console.print(f"  {group['title_zh']} / {group['title']} · {group['since']}", markup=False, soft_wrap=True)
        for alert in group["alerts"]:
            console.print(f"    {alert['text_zh']} / {alert['text']}", markup=False, soft_wrap=True)


def acknowledge(group: str, *, note: str, url: str, key_file: Path | None) -> None:
    AdminClient(url, key_file).call("POST", f"{_ALERTS}/{group}/acknowledge", {"note": note})
    typer.echo(f"已确认，不再升级 / acknowledged: {group}")


def make_silence(
    subject: str,
    *,
    minutes: int,
    why: str,
    rule: str | None,
    merchant: str | None,
    url: str,
    key_file: Path | None,
) -> None:
    body = {"subject": subject, "minutes": minutes, "why": why, "rule": rule, "merchant_id": merchant}
    made = AdminClient(url, key_file).call("POST", "/v1/admin/alert-silences", body)
    typer.echo(f"已静默至 / silenced until {made['until_at']}: {made['silence_id']}")


def show_rules(*, merchant: str | None, url: str, key_file: Path | None) -> None:
    query = "?" + urlencode({"merchant_id": merchant}) if merchant else ""
    found = AdminClient(url, key_file).call("GET", f"/v1/admin/alert-rules{query}")["data"]
    table = Table(box=None, pad_edge=False)
    for head in ("规则 rule", "", "级别 severity", "阈值 thresholds"):
        table.add_column(head)
    for rule in found:
        on = "" if rule["enabled"] else "已关闭 off"
        values = "; ".join(_threshold(one) for one in rule["thresholds"])
        table.add_row(f"{rule['rule']}  {rule['title_zh']}", on, rule["severity"], values)
    Console(highlight=False).print(table)


def _threshold(one: dict[str, Any]) -> str:
    changed = "" if one["value"] == one["default"] else f" (默认 default {one['default']:g})"
    return f"{one['title_zh']} {one['value']:g} {one['unit']}{changed}"


def show_receivers(*, url: str, key_file: Path | None) -> None:
    found = AdminClient(url, key_file).call("GET", "/v1/admin/alert-receivers")["data"]
    console = Console(highlight=False)
    if not found:
        console.print("没有接收人，告警无人会收到 / no receivers: nobody would be told")
    for one in found:
        turn = f"{one['after_minutes']} min 后 / after" if one["after_minutes"] else "立即 / at once"
        state = one["last_error"] if one["failing"] else one["last_delivered_at"] or "尚未送达过 / nothing yet"
        line = f"{one['receiver_id']}  {one['kind']}  {one['name']}  {turn}  {state}"
        console.print(line, markup=False, soft_wrap=True, style="red" if one["failing"] else "")


def test(receiver: str, *, url: str, key_file: Path | None) -> None:
    """Exit status 1 when it did not arrive."""
    done = AdminClient(url, key_file).call("POST", f"/v1/admin/alert-receivers/{receiver}/test")
    if not done["delivered"]:
        typer.echo(f"未送达 / did not arrive: {done['code']} {done['error']}", err=True)
        raise typer.Exit(NOT_ARRIVED)
    typer.echo(f"测试消息已送达 / the test message arrived: {receiver}")
