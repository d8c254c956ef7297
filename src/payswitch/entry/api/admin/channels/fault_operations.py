"""故障演练: the operations of the console's fault panel; only where the service runs with the sandbox."""

from __future__ import annotations

import msgspec

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.illness import FaultSeen, IllnessKind
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.channels import channels, fault_panel


class PatientView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel, what it can suffer from, and what it suffers from now."""

    channel_id: str
    name: str
    kinds: list[IllnessKind]
    faults: list[FaultSeen]
    """Set here or by a script; those for all channels, too."""


class SandboxView(msgspec.Struct, frozen=True, kw_only=True):
    """The fault panel."""

    available: bool
    """False: this service knows no sandbox, and its channels are real."""
    channels: list[PatientView]


async def get_sandbox(call: AdminCall) -> Answer:
    if call.ctx.sandbox is None:
        return Answer(SandboxView(available=False, channels=[]))
    faults = await fault_panel.illnesses(call.ctx)
    found = [record.channel for record in await channels.list_channels(call.ctx, call.operator)]
    patients = [
        PatientView(
            channel_id=one.channel_id,
            name=one.name,
            kinds=fault_panel.kinds_of(one),
            faults=[fault for fault in faults if fault.account in ("*", one.channel_id)],
        )
        for one in found
    ]
    return Answer(SandboxView(available=True, channels=patients))


async def make_ill(call: AdminCall) -> Answer:
    await fault_panel.make_ill(call.ctx, call.operator, call.path["channel_id"], call.command)
    return await get_sandbox(call)


async def make_well(call: AdminCall) -> Answer:
    await fault_panel.make_well(call.ctx, call.operator, call.path["channel_id"])
    return await get_sandbox(call)


_SANDBOX = "/v1/admin/sandbox"
_PATIENT = _SANDBOX + "/channels/{channel_id}"
_PROBLEMS = (NOT_FOUND, kinds.SANDBOX_AWAY)

FAULT_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="getSandbox",
        method="GET",
        path=_SANDBOX,
        needs=Permission.VIEW,
        run=get_sandbox,
        title="Whether this service runs with the sandbox, and which of its channels are ill on purpose",
        title_zh="本服务是否连接沙箱，以及哪些渠道正在演练故障",
        answer=SandboxView,
        problems=(kinds.SANDBOX_AWAY,),
    ),
    Operation(
        name="makeIll",
        method="POST",
        path=_PATIENT + "/fault",
        needs=Permission.OPERATE,
        run=make_ill,
        title="Make a channel of the sandbox ill",
        title_zh="让沙箱渠道出现故障",
        body=fault_panel.MakeIll,
        answer=SandboxView,
        problems=_PROBLEMS,
    ),
    Operation(
        name="makeWell",
        method="POST",
        path=_PATIENT + "/recover",
        needs=Permission.OPERATE,
        run=make_well,
        title="Make it well again",
        title_zh="让沙箱渠道恢复正常",
        answer=SandboxView,
        problems=_PROBLEMS,
    ),
)
