"""`payswitch doctor` and `payswitch channels check`: would every channel work, and if not, what mends it?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import load_registry
from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import LOSS, fail, run_async
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.services.channels.channel_checks import account_finding
from payswitch.services.channels.checkup import Finding, Severity, check_certificates, probe, try_orders
from payswitch.settings import Settings
from payswitch.settings.channels import ChannelSettings

_MARKS = {Severity.OK: "[green]✓[/]", Severity.WARNING: "[yellow]![/]", Severity.PROBLEM: "[red]✗[/]"}


def run(*, config: Path, online: bool, orders: bool, url: str | None, key_file: Path | None) -> None:
    """Examine every channel; exit status 1 if one of them would not work. With a URL: the service's own channels
    too, and the configuration file only if it is there."""
    findings: list[Finding] = []
    count = 0
    if url is None or config.exists():
        settings = load_or_fail(config)
        count += len(settings.channels)
        findings += run_async(lambda: _examine_all(settings, online=online, orders=orders))
    if url is not None:
        client = AdminClient(url, key_file)
        managed = [view["channel_id"] for view in client.channels() if view["origin"] == "admin"]
        count += len(managed)
        for channel_id in managed:
            findings += _served_findings(client, channel_id, orders=orders)
    _report(findings, count)


def check_served(channel_id: str, *, orders: bool, url: str, key_file: Path | None) -> None:
    """One channel of a running service, whether of the file or managed."""
    _report(_served_findings(AdminClient(url, key_file), channel_id, orders=orders), 1)


def _served_findings(client: AdminClient, channel_id: str, *, orders: bool) -> list[Finding]:
    view = client.channel(channel_id, "/check", body={"orders": orders})
    return [
        Finding(channel_id=channel_id, severity=Severity(one["severity"]), what=one["what"], fix=one["fix"])
        for one in view["findings"]
    ]


def _report(findings: Sequence[Finding], count: int) -> None:
    console = Console(highlight=False)
    for finding in findings:
        console.print(f"{_MARKS[finding.severity]} [bold]{escape(finding.channel_id)}[/]  {escape(finding.what)}")
        if finding.fix:
            console.print(f"    → {escape(finding.fix)}")
    problems = sum(finding.severity is Severity.PROBLEM for finding in findings)
    if problems:
        fail(LOSS, f"{problems} problems in {count} channels / 发现 {problems} 个问题")
    console.print(f"{count} channels, no problem / 没有发现问题")


async def _examine_all(settings: Settings, *, online: bool, orders: bool) -> list[Finding]:
    clock = SystemClock()
    transport = AiohttpTransport(clock=clock)
    await transport.open()
    try:
        found: list[Finding] = []
        for entry in settings.channels:
            found += await _examine(entry, transport, clock, settings.public_url, online=online, orders=orders)
        return found
    finally:
        await transport.aclose()


async def _examine(
    entry: ChannelSettings,
    transport: AiohttpTransport,
    clock: SystemClock,
    public_url: str,
    *,
    online: bool,
    orders: bool,
) -> list[Finding]:
    channel, ids = entry.channel(), SystemIds()
    directory = Directory(load_registry())
    # Also for an account that does not open: an ended certificate may be why.
    findings = check_certificates(channel.channel_id, entry.account, clock.now_ms())
    try:
        directory.open(channel, entry.account, transport=transport, clock=clock, ids=ids)
    except AccountProblem as problem:
        return findings + [account_finding(channel.channel_id, text) for text in problem.problems]
    client = directory.client(channel.channel_id, channel.version)
    if online:
        findings += await probe(channel, client, clock, ids)
    if orders:
        notify_url = f"{public_url}/notify/{channel.channel_id}"
        capabilities = directory.capabilities(channel.connector)
        findings += await try_orders(channel, capabilities, client, notify_url, clock, ids)
    return findings
