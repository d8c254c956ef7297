"""操作审计: the operation that shows the trail."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.roles import Permission, Role
from payswitch.domain.trail import OperatorKind, TrailEntry, TrailKind
from payswitch.entry.api import query
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.limits import NUMBER
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, Parameter
from payswitch.kit.clock import beijing_midnight_ms, iso_utc
from payswitch.kit.durations import DAY_MS
from payswitch.services.people.people_desk import desk_or_absent
from payswitch.services.people.trail import read_trail


class TrailEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what, when and from where."""

    audit_id: str
    at: str
    operator_id: str
    operator_kind: OperatorKind
    role: Role | None
    address: str
    merchant_id: str
    action: str
    kind: TrailKind
    object_id: str
    before: dict[str, str]
    after: dict[str, str]
    note: str


class TrailList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[TrailEntryView]
    next: str | None
    """For `before` of the next page; null: this is the last one."""


async def list_trail(call: AdminCall) -> Answer:
    limit = call.query.get("limit", query.PER_PAGE)
    since = call.query.get("since")
    found = await read_trail(
        desk_or_absent(call.ctx.people).store,
        call.operator,
        operator_id=call.query.get("operator_id", ""),
        action=call.query.get("action", ""),
        kind=call.query.get("kind", ""),
        object_id=call.query.get("object_id", ""),
        since_ms=0 if since is None else _begin_ms(since),
        before=call.query.get("before", ""),
        limit=limit,
    )
    return Answer(trail_list(found, limit))


def _begin_ms(date: str) -> int:
    """When a Beijing date begins; the 31st of a shorter month is the day after its last."""
    return beijing_midnight_ms(f"{date[:8]}01") + (int(date[8:]) - 1) * DAY_MS


def trail_list(entries: Sequence[TrailEntry], limit: int) -> TrailList:
    return TrailList(
        data=[_view(entry) for entry in entries],
        next=entries[-1].audit_id if len(entries) == limit else None,
    )


def _view(entry: TrailEntry) -> TrailEntryView:
    told = {name: getattr(entry, name) for name in TrailEntryView.__struct_fields__ if name != "at"}
    return TrailEntryView(at=iso_utc(entry.at_ms), **told)


TRAIL_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listTrail",
        method="GET",
        path="/v1/admin/audit-trail",
        needs=Permission.VIEW,
        run=list_trail,
        title="Every change that a person, a key or a command made, newest first",
        title_zh="操作审计：人员、密钥与命令的全部变更，新的在前",
        parameters=(
            Parameter("operator_id", "Only what this user, or holder of a key, did", pattern=IDENTIFIER),
            Parameter("action", "Only this action: create, update, disable, settle, ...", pattern="[a-z_]{1,40}"),
            Parameter("kind", "Only changes of this kind of thing", choices=TrailKind),
            Parameter("object_id", "Together with kind: only changes of this one", pattern=NUMBER),
            Parameter(
                "since",
                "A Beijing date: only that day and later",
                pattern="20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
                wanted=("a date, 2026-11-11", "日期，如 2026-11-11"),
            ),
            Parameter("before", "An audit id: only older ones", pattern=IDENTIFIER),
            query.LIMIT,
        ),
        answer=TrailList,
        problems=(NOT_FOUND,),
    ),
)
