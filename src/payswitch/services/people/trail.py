"""操作审计: what an operator did, as an entry of the trail; and the trail as operators read it.

Where a change is a commit of ours, its entry goes into that commit (`deed`). Where it is not (an event sent again, a
channel asked), `record` writes it before the change is answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.operator import Operator
from payswitch.domain.trail import TrailEntry, TrailFilters, TrailKind
from payswitch.services.context import Context
from payswitch.services.people.people_desk import Deeds
from payswitch.services.people.people_ports import PeopleStore

LONGEST_VALUE = 400
"""Characters of one value before or after: the trail says what was changed, it is no archive of documents."""


def deed(
    ctx: Deeds,
    operator: Operator,
    action: str,
    kind: TrailKind,
    object_id: str,
    merchant_id: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
    audit_id: str | None = None,
) -> TrailEntry:
    """One entry, not written yet. The values must hold no secret: whoever may see the object may read them."""
    now_ms = ctx.clock.now_ms()
    return TrailEntry(
        audit_id=audit_id or ctx.ids.new("aud_", now_ms),
        merchant_id=merchant_id,
        at_ms=now_ms,
        operator_id=operator.operator_id,
        operator_kind=operator.kind,
        role=operator.role,
        address=operator.address,
        action=action,
        kind=kind,
        object_id=object_id,
        before=_said(before or {}),
        after=_said(after or {}),
        note=note,
    )


def differences(before: object, after: object, names: Sequence[str]) -> tuple[dict[str, object], dict[str, object]]:
    """The fields of two structs that are not the same, as they were and as they are."""
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    return {name: getattr(before, name) for name in changed}, {name: getattr(after, name) for name in changed}


async def record(ctx: Context, entry: TrailEntry) -> None:
    """Write an entry that belongs to no commit, before its change is answered."""
    await ctx.store.commit(Changes(insert_trail=[entry]))


async def read_trail(
    store: PeopleStore, operator: Operator, *, limit: int, **filters: Unpack[TrailFilters]
) -> list[TrailEntry]:
    """The trail of the operator's merchants, newest first. What concerns several of them stands in it once."""
    found: dict[str, TrailEntry] = {}
    for merchant_id in sorted(operator.merchant_ids):
        for entry in await store.trail(merchant_id, limit=limit, **filters):
            found.setdefault(entry.audit_id, entry)
    return sorted(found.values(), key=lambda entry: entry.audit_id, reverse=True)[:limit]


def _said(values: Mapping[str, object]) -> dict[str, str]:
    """Texts as they are, everything else as JSON: `null`, `5000`, `["a","b"]`."""
    return {name: _text(value)[:LONGEST_VALUE] for name, value in values.items()}


def _text(value: object) -> str:
    return value if type(value) is str else msgspec.json.encode(value, order="deterministic").decode()
