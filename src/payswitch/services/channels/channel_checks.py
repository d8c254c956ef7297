"""渠道体检, for a channel of the running service: the doctor's findings, over the keys in use."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.domain.account import AccountProblem
from payswitch.domain.managed_channel import ChannelRecord
from payswitch.domain.operator import Operator
from payswitch.services.channels.channel_commits import channel_deed, newest_account
from payswitch.services.channels.channels import desk_of, get_channel
from payswitch.services.channels.checkup import Finding, Severity, check_certificates, probe, try_orders
from payswitch.services.context import Context
from payswitch.services.people.trail import record as record_deed


async def check_channel(ctx: Context, operator: Operator, channel_id: str, *, orders: bool) -> list[Finding]:
    """What is wrong with a channel and how to mend it. Moves no money; makes an order only if `orders` says so."""
    record = await get_channel(ctx, operator, channel_id)
    channel = record.channel
    await record_deed(ctx, channel_deed(ctx, operator, channel, "check", after={"orders": orders}))
    account = await _account_of(ctx, record)
    findings = check_certificates(channel_id, account, ctx.clock.now_ms())
    try:
        client = ctx.directory.client(channel_id, channel.version)
    except LookupError:
        return findings + _unopened(ctx, record, account)
    findings += await probe(channel, client, ctx.clock, ctx.ids)
    if orders:
        capabilities = ctx.directory.capabilities(channel.connector)
        findings += await try_orders(channel, capabilities, client, ctx.notify_url(channel_id), ctx.clock, ctx.ids)
    return findings


async def _account_of(ctx: Context, record: ChannelRecord) -> Mapping[str, str]:
    desk = desk_of(ctx)
    channel_id = record.channel.channel_id
    if record.revision is None:
        return desk.file_accounts.get(channel_id, {})
    return await newest_account(desk, channel_id)


def _unopened(ctx: Context, record: ChannelRecord, account: Mapping[str, str]) -> list[Finding]:
    """The keys decrypt, and this version of the connector does not take them."""
    try:
        desk_of(ctx).workshop.open(record.channel, account)
    except AccountProblem as problem:
        return [account_finding(record.channel.channel_id, text) for text in problem.problems]
    return []


def account_finding(channel_id: str, text: str) -> Finding:
    """What the connector says of an account that it cannot open."""
    return Finding(
        channel_id=channel_id,
        severity=Severity.PROBLEM,
        what=text,
        fix="mend it in the channel's account (file) or rotate its keys (admin API) / 请修正配置文件中的账户或更换密钥",
    )
