"""故障演练: the operations of the console's fault panel; only where the service runs with the sandbox."""

from __future__ import annotations

import msgspec

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.illness import FaultSeen, IllnessKind, SandboxBank
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.channels import fault_panel, illnesses
from payswitch.services.channels.fault_panel import Patient


class PatientView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel, what it can suffer from, and what it suffers from now."""

    channel_id: str
    name: str
    kinds: list[IllnessKind]
    call_banks: list[str]
    """Whose customers alone it can suffer for, of every kind but `wallet_error`. Empty: its calls tell no bank."""
    wallet_banks: list[str]
    """The same of `wallet_error`."""
    busy_code: str
    """What it says when it is busy, and nobody gave another code. Empty: a code must be given."""
    bank_code: str
    """What it says when a bank is out of order."""
    faults: list[FaultSeen]
    """Set here or by a script; those for all channels, too. Without those that are over."""


class SandboxView(msgspec.Struct, frozen=True, kw_only=True):
    """The fault panel."""

    available: bool
    """False: this service knows no sandbox, and its channels are real."""
    channels: list[PatientView]
    """Those of the operator's channels that the sandbox plays."""
    banks: list[SandboxBank]


async def get_sandbox(call: AdminCall) -> Answer:
    patients, banks = await fault_panel.ward(call.ctx, call.operator)
    return Answer(
        SandboxView(
            available=call.ctx.sandbox is not None,
            channels=[_patient(patient) for patient in patients],
            banks=list(banks),
        )
    )


def _patient(patient: Patient) -> PatientView:
    channel, account = patient.channel, patient.account
    busy, bank_down = illnesses.usual_saying(channel), illnesses.usual_saying(channel, account.call_banks)
    return PatientView(
        channel_id=channel.channel_id,
        name=channel.name,
        kinds=illnesses.kinds_of(channel),
        call_banks=list(illnesses.banks_of(channel, account, IllnessKind.HANG)),
        wallet_banks=list(illnesses.banks_of(channel, account, IllnessKind.WALLET_ERROR)),
        busy_code="" if busy is None else busy.code,
        bank_code="" if bank_down is None else bank_down.code,
        faults=list(patient.faults),
    )


async def make_ill(call: AdminCall) -> Answer:
    await fault_panel.make_ill(call.ctx, call.operator, call.path["channel_id"], call.command)
    return await get_sandbox(call)


async def make_well(call: AdminCall) -> Answer:
    await fault_panel.make_well(call.ctx, call.operator, call.path["channel_id"])
    return await get_sandbox(call)


async def make_all_well(call: AdminCall) -> Answer:
    await fault_panel.make_all_well(call.ctx, call.operator)
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
        body=illnesses.MakeIll,
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
    Operation(
        name="makeAllWell",
        method="POST",
        path=_SANDBOX + "/recover",
        needs=Permission.OPERATE,
        run=make_all_well,
        title="Make every channel of the sandbox well again",
        title_zh="让全部沙箱渠道恢复正常",
        answer=SandboxView,
        problems=_PROBLEMS,
    ),
)
