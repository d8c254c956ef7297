"""故障演练: makes channels of the sandbox ill and well again, at an operator's wish.

Only a service that is told where its sandbox is can do it, and that is asked about nothing but faults: no real channel
is ever touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Channel
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.illness import FaultSeen, SandboxAccount, SandboxBank, SandboxWorld
from payswitch.domain.operator import Operator
from payswitch.services.channels.channel_commits import channel_deed
from payswitch.services.channels.channels import get_channel, list_channels
from payswitch.services.channels.illnesses import MakeIll, as_fault
from payswitch.services.context import Context

EVERYBODY = "*"


class SandboxControl(Protocol):
    """The sandbox's own interface for faults. Raises PaySwitchError `sandbox_away` when it does not answer."""

    async def world(self) -> SandboxWorld: ...

    async def faults(self) -> Sequence[FaultSeen]: ...

    async def set_faults_of(self, account: str, faults: Sequence[Mapping[str, object]]) -> None:
        """Instead of all that were set before for this account (`*`: those for all). Others' go on undisturbed."""
        ...


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """One channel that the sandbox plays, and what it suffers from (or will) now."""

    channel: Channel
    account: SandboxAccount
    faults: Sequence[FaultSeen]


async def ward(ctx: Context, operator: Operator) -> tuple[Sequence[Patient], Sequence[SandboxBank]]:
    """The operator's channels that the sandbox plays, and the banks it knows. Nobody where there is no sandbox."""
    if ctx.sandbox is None:
        return [], []
    world, faults = await ctx.sandbox.world(), await ctx.sandbox.faults()
    patients = []
    for record in await list_channels(ctx, operator):
        account = world.account(record.channel.channel_id)
        if account is not None:
            mine = [one for one in faults if one.account in (EVERYBODY, account.account) and not one.over]
            patients.append(Patient(channel=record.channel, account=account, faults=mine))
    return patients, world.banks


async def make_ill(ctx: Context, operator: Operator, channel_id: str, command: MakeIll) -> None:
    """From now on this channel suffers from this, and from nothing else."""
    channel = (await get_channel(ctx, operator, channel_id)).channel
    sandbox = _sandbox(ctx)
    account = (await sandbox.world()).account(channel_id)
    if account is None:
        raise PaySwitchError(
            NOT_FOUND,
            f"the sandbox plays no account {channel_id}: real channels are never made ill",
            f"沙箱中没有账户 {channel_id}；真实渠道不能演练故障",
        )
    await sandbox.set_faults_of(channel_id, [as_fault(channel, account, command)])
    after: dict[str, Any] = {name: value for name, value in msgspec.to_builtins(command).items() if value}
    trail = channel_deed(ctx, operator, channel, "make_ill", after=after)
    await ctx.store.commit(Changes(insert_trail=[trail]))


async def make_well(ctx: Context, operator: Operator, channel_id: str) -> None:
    """Nothing is wrong with this channel alone any more; what was set for all channels stays."""
    channel = (await get_channel(ctx, operator, channel_id)).channel
    await _sandbox(ctx).set_faults_of(channel_id, [])
    await ctx.store.commit(Changes(insert_trail=[channel_deed(ctx, operator, channel, "make_well")]))


async def make_all_well(ctx: Context, operator: Operator) -> None:
    """Nothing is wrong with any of the operator's channels any more, whoever made them ill."""
    sandbox = _sandbox(ctx)
    patients, _ = await ward(ctx, operator)
    ill = [patient for patient in patients if patient.faults]
    accounts = {fault.account for patient in ill for fault in patient.faults}
    for account in sorted(accounts):
        await sandbox.set_faults_of(account, [])
    trail = [channel_deed(ctx, operator, patient.channel, "make_well") for patient in ill]
    if trail:
        await ctx.store.commit(Changes(insert_trail=trail))


def _sandbox(ctx: Context) -> SandboxControl:
    if ctx.sandbox is None:
        raise PaySwitchError(
            NOT_FOUND,
            "this service knows no sandbox ([service] sandbox_url): real channels are never made ill",
            "本服务未配置沙箱（[service] sandbox_url）；真实渠道不能演练故障",
        )
    return ctx.sandbox
