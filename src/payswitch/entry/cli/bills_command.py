"""`payswitch bills`: what a channel says of one day, in the normal form."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import load_registry
from payswitch.domain.bill import BillAnswer, BillSource, totals_of
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.entry.cli.bill_writing import WRITERS, BillDocument
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, LOSS, fail, run_async
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.settings import SettingsError, load
from payswitch.settings.channels import ChannelSettings

_FAILURES: Final = {OutcomeKind.UNTRUSTED: LOSS, OutcomeKind.REFUSED_CONFIG: BAD_INPUT}
"""Anything else that is no bill: CANNOT_RUN, try again later."""


def fetch(*, channel_id: str, day: str, config: Path, out: Path | None, timeout_s: int) -> None:
    """Download, check, print, and write if wanted."""
    if out is not None and out.suffix.lower() not in WRITERS:
        fail(BAD_INPUT, f"--out: {out.name} must end in {' or '.join(WRITERS)} / 导出文件须以 .csv 或 .json 结尾")
    entry = _entry(config, channel_id)
    answer = run_async(lambda: _download(entry, day, timeout_s))
    if answer.outcome.kind is OutcomeKind.NOT_FOUND:
        Console(highlight=False).print(f"{channel_id} {day}: no bill, no trade / 当日无账单\n{_said(answer.outcome)}")
    elif answer.outcome.kind is not OutcomeKind.ACCEPTED:
        status = _FAILURES.get(answer.outcome.kind, CANNOT_RUN)
        title = f"{channel_id} {day}: no bill ({answer.outcome.kind}) / 未取得账单"
        fail(status, title, [_said(answer.outcome)])
    else:
        _show(channel_id, day, answer)
    if out is not None:
        bill = BillDocument(
            channel_id=channel_id, connector=entry.connector, day=day, outcome=answer.outcome, lines=answer.lines
        )
        _write(out, WRITERS[out.suffix.lower()](bill), len(answer.lines))


def _entry(config: Path, channel_id: str) -> ChannelSettings:
    try:
        settings = load(config)
    except SettingsError as error:
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", error.problems)
    channels = {entry.channel_id: entry for entry in settings.channels}
    if channel_id not in channels:
        known = ", ".join(channels)
        fail(BAD_INPUT, f"--channel: there is no {channel_id!r}; the configuration has: {known} / 没有这个渠道")
    return channels[channel_id]


async def _download(entry: ChannelSettings, day: str, timeout_s: int) -> BillAnswer:
    clock = SystemClock()
    transport = AiohttpTransport(clock=clock)
    channel, directory = entry.channel(), Directory(load_registry())
    try:
        directory.open(channel, entry.account, transport=transport, clock=clock, ids=SystemIds())
    except AccountProblem as problem:
        fail(BAD_INPUT, f"channel {channel.channel_id} cannot be opened / 渠道账号有误", problem.problems)
    client = directory.client(channel.channel_id, channel.version)
    if not isinstance(client, BillSource):
        fail(BAD_INPUT, f"connector {channel.connector} has no daily bill / 该连接器没有对账单")
    await transport.open()
    try:
        return await client.download_bill(day, timeout_s * 1_000)
    finally:
        await transport.aclose()


def _said(outcome: Outcome) -> str:
    return " ".join(text for text in (outcome.code, outcome.message) if text) or str(outcome.kind)


def _show(channel_id: str, day: str, answer: BillAnswer) -> None:
    totals = totals_of(answer.lines)
    console = Console(highlight=False)
    console.print(f"[bold]{channel_id}[/]  {day}")
    console.print(f"  payments / 收款  {totals.payments:>8}  {yuan(totals.paid_fen):>16}")
    console.print(f"  refunds / 退款   {totals.refunds:>8}  {yuan(totals.refunded_fen):>16}")
    console.print(f"  fees / 手续费    {'':>8}  {yuan(totals.fees_fen):>16}")
    console.print(f"  net / 净额       {'':>8}  {yuan(totals.net_fen):>16}")
    if answer.outcome.message:
        console.print(f"  ! {_said(answer.outcome)}", markup=False)


def yuan(fen: int) -> str:
    """`-1,299.00`"""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _write(out: Path, text: str, count: int) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(CANNOT_RUN, f"cannot write {out}: {error.strerror} / 无法写入文件")
    Console(highlight=False).print(f"  {count} lines in {out}", markup=False)
