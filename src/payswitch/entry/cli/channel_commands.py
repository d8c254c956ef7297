"""`payswitch channels` and `payswitch doctor`: what is configured, and whether it would work."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import load_registry
from payswitch.entry.cli.terminal import BAD_INPUT, LOSS, fail, run_async
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.services.checkup import Finding, Severity, check_certificates, probe
from payswitch.settings import ChannelSettings, Settings, SettingsError, load

_MARKS = {Severity.OK: "[green]✓[/]", Severity.WARNING: "[yellow]![/]", Severity.PROBLEM: "[red]✗[/]"}


def list_channels(*, config: Path) -> None:
    """One line per channel: what it is, what it can do, what it costs."""
    settings = _load(config)
    console = Console(highlight=False)
    console.print(f"{len(settings.channels)} channels / 渠道\n")
    for entry in settings.channels:
        off = "" if entry.enabled else " · [red]disabled / 停用[/]"
        console.print(
            f"[bold]{entry.channel_id}[/]  {entry.name} · {entry.connector} · tier {entry.tier} · "
            f"upstream {entry.upstream} · fee {entry.fee_bp / 100:.2f} %{off}"
        )
        console.print(f"    {', '.join(sorted(entry.products))}", style="dim")


def doctor(*, config: Path, online: bool) -> None:
    """Examine every channel; exit status 1 if one of them would not work."""
    settings = _load(config)
    findings = run_async(lambda: _examine_all(settings, online=online))
    console = Console(highlight=False)
    for finding in findings:
        console.print(f"{_MARKS[finding.severity]} [bold]{finding.channel_id}[/]  {finding.what}")
        if finding.fix:
            console.print(f"    → {finding.fix}")
    problems = sum(finding.severity is Severity.PROBLEM for finding in findings)
    if problems:
        fail(LOSS, f"{problems} problems in {len(settings.channels)} channels / 发现 {problems} 个问题")
    console.print(f"{len(settings.channels)} channels, no problem / 没有发现问题")


def _load(config: Path) -> Settings:
    try:
        return load(config)
    except SettingsError as error:
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", error.problems)


async def _examine_all(settings: Settings, *, online: bool) -> list[Finding]:
    clock = SystemClock()
    transport = AiohttpTransport(clock=clock)
    await transport.open()
    try:
        found: list[Finding] = []
        for entry in settings.channels:
            found += await _examine(entry, transport, clock, online=online)
        return found
    finally:
        await transport.aclose()


async def _examine(
    entry: ChannelSettings, transport: AiohttpTransport, clock: SystemClock, *, online: bool
) -> list[Finding]:
    channel, ids = entry.channel(), SystemIds()
    directory = Directory(load_registry())
    try:
        directory.open(channel, entry.account, transport=transport, clock=clock, ids=ids)
    except AccountProblem as problem:
        return [
            Finding(
                channel_id=channel.channel_id,
                severity=Severity.PROBLEM,
                what=text,
                fix="mend it in [channels.account] / 请修正渠道账号配置",
            )
            for text in problem.problems
        ]
    findings = check_certificates(channel.channel_id, entry.account, clock.now_ms())
    if online:
        findings += await probe(channel, directory.client(channel.channel_id, channel.version), clock, ids)
    return findings
