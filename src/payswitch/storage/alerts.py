"""Alerts in SQL: their life, the messages about them, silences, receivers, settings, and who is just now at work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import case, delete, select, tuple_, update

from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    GroupState,
    NodeFindings,
    Notice,
    RuleSetting,
    SealedReceiver,
    ShopTally,
    Silence,
    Watch,
)
from payswitch.storage import schema
from payswitch.storage.codec import RowCodec
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared, Statement, prepared_upsert, upsert
from payswitch.storage.scripts import AskEach, Script, rows, write

ALERT: Final = RowCodec(Alert)
GROUP: Final = RowCodec(AlertGroup)
NOTICE: Final = RowCodec(Notice)
SILENCE: Final = RowCodec(Silence)
RECEIVER: Final = RowCodec(SealedReceiver)
SETTING: Final = RowCodec(RuleSetting)
NODE: Final = RowCodec(NodeFindings)
TALLY: Final = RowCodec(ShopTally)
WATCH: Final = RowCodec(Watch)


_SAVE_ALERT: Final = upsert(schema.alerts)
_SAVE_NOTICE: Final = upsert(schema.alert_notices)
_SAVE_SILENCE: Final = upsert(schema.alert_silences)
_SAVE_RECEIVER: Final = upsert(schema.alert_receivers)
_SAVE_SETTING: Final = upsert(schema.alert_rules)
_SAVE_NODE: Final = upsert(schema.alert_nodes)
_SAVE_TALLY: Final = upsert(schema.alert_hours)
_SAVE_WATCH: Final = upsert(schema.alert_watches)

_ACKNOWLEDGEMENT: Final = ("state", "acknowledged_at_ms", "acknowledged_by", "note")


def _save_group(insert: Any) -> Statement:
    """As `_saving`, but an acknowledgement that came while a round (of another node) was under way is never lost: it
    ends with the group, or when the group is opened again."""
    table = schema.alert_groups
    statement = insert(table)
    new = statement.excluded
    taken = table.c.state == schema.literal(GroupState.ACKNOWLEDGED)
    keeps = taken & (new.state == schema.literal(GroupState.OPEN)) & (table.c.reopened == new.reopened)
    changing = {
        c.name: case((keeps, c), else_=new[c.name]) if c.name in _ACKNOWLEDGEMENT else new[c.name]
        for c in table.columns
        if not c.primary_key
    }
    saved: Statement = statement.on_conflict_do_update(index_elements=["group_id"], set_=changing)
    return saved


_SAVE_GROUP: Final = prepared_upsert(_save_group)

_alerts, _groups, _notices = schema.alerts, schema.alert_groups, schema.alert_notices
_live = _groups.c.state != schema.literal(schema.RESOLVED_GROUP)
OPEN_ALERTS: Final = Prepared(select(*_alerts.columns).where(_alerts.c.resolved_at_ms.is_(None)))
ALERTS_RESOLVED_SINCE: Final = Prepared(
    select(*_alerts.columns).where(_alerts.c.resolved_at_ms >= bound_number("since_ms"))
)
ALERTS_OF: Final = Prepared(
    select(*_alerts.columns)
    .where(_alerts.c.group_id == bound_text("group_id"))
    .order_by(_alerts.c.raised_at_ms, _alerts.c.alert_id)
)
LIVE_GROUPS: Final = Prepared(select(*_groups.columns).where(_live))
GROUP_BY_ID: Final = Prepared(select(*_groups.columns).where(_groups.c.group_id == bound_text("group_id")))


def _group_page(*, live: bool, after_place: bool) -> Prepared:
    place = (_groups.c.opened_at_ms, _groups.c.group_id)
    statement = select(*_groups.columns).where(_groups.c.merchant_id == bound_text("merchant_id"))
    if live:
        statement = statement.where(_live)
    if after_place:
        statement = statement.where(tuple_(*place) < tuple_(bound_number("place_ms"), bound_text("place_id")))
    return Prepared(statement.order_by(*(column.desc() for column in place)).limit(LIMIT))


GROUP_PAGES: Final = {
    (live, after): _group_page(live=live, after_place=after) for live in (False, True) for after in (False, True)
}

NOTICES_OF_GROUP: Final = Prepared(
    select(*_notices.columns).where(_notices.c.group_id == bound_text("group_id")).order_by(_notices.c.notice_id)
)
NOTICES_OF_RECEIVER: Final = Prepared(
    select(*_notices.columns)
    .where(_notices.c.receiver_id == bound_text("receiver_id"))
    .order_by(_notices.c.notice_id.desc())
    .limit(LIMIT)
)
DUE_NOTICES: Final = Prepared(
    select(*_notices.columns)
    .where(
        _notices.c.state.in_(schema.literals(schema.UNDELIVERED_NOTICES)),
        _notices.c.due_at_ms <= bound_number("now_ms"),
    )
    .order_by(_notices.c.due_at_ms, _notices.c.notice_id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True, of=_notices)
)
_LEASE_NOTICE: Final = Prepared(
    update(_notices).where(_notices.c.notice_id == bound_text("notice")).values(due_at_ms=bound_number("until_ms"))
)

SILENCES_SINCE: Final = Prepared(
    select(*schema.alert_silences.columns)
    .where(schema.alert_silences.c.until_ms > bound_number("since_ms"))
    .order_by(schema.alert_silences.c.until_ms.desc())
)
SILENCE_BY_ID: Final = Prepared(
    select(*schema.alert_silences.columns).where(schema.alert_silences.c.silence_id == bound_text("silence_id"))
)
RECEIVERS: Final = Prepared(select(*schema.alert_receivers.columns).order_by(schema.alert_receivers.c.receiver_id))
_DROP_RECEIVER: Final = Prepared(
    delete(schema.alert_receivers).where(schema.alert_receivers.c.receiver_id == bound_text("receiver_id"))
)
SETTINGS: Final = Prepared(select(*schema.alert_rules.columns))
NODES: Final = Prepared(
    select(*schema.alert_nodes.columns).where(schema.alert_nodes.c.at_ms >= bound_number("since_ms"))
)
_FORGET_NODES: Final = Prepared(
    delete(schema.alert_nodes).where(schema.alert_nodes.c.at_ms < bound_number("before_ms"))
)
HOURS_SINCE: Final = Prepared(
    select(*schema.alert_hours.columns)
    .where(schema.alert_hours.c.at_ms >= bound_number("since_ms"))
    .order_by(schema.alert_hours.c.at_ms)
)
_FORGET_HOURS: Final = Prepared(
    delete(schema.alert_hours).where(schema.alert_hours.c.at_ms < bound_number("before_ms"))
)
WATCHES: Final = Prepared(select(*schema.alert_watches.columns))
LEASE: Final = Prepared(
    select(schema.alert_leases.c.holder, schema.alert_leases.c.until_ms).where(
        schema.alert_leases.c.name == bound_text("name")
    )
)


def _take_lease(insert: Any) -> Statement:
    """Ours, unless somebody else's is still running."""
    new = insert(schema.alert_leases).values(
        name=bound_text("name"), holder=bound_text("holder"), until_ms=bound_number("until_ms")
    )
    taken: Statement = new.on_conflict_do_update(
        index_elements=[schema.alert_leases.c.name],
        set_={"holder": new.excluded.holder, "until_ms": new.excluded.until_ms},
        where=(schema.alert_leases.c.until_ms <= bound_number("now_ms"))
        | (schema.alert_leases.c.holder == new.excluded.holder),
    )
    return taken


_TAKE_LEASE: Final = prepared_upsert(_take_lease)


def _row(codec: RowCodec[Any], value: Any) -> dict[str, Any]:
    return dict(zip(codec.fields, codec.encode(value), strict=True))


def apply(change: AlertChange) -> Script[None]:
    """One unit of work. Raises UniqueViolation `uq_alert_open` or `uq_alert_group` when another node was faster."""
    for group in change.groups:  # before their alerts: the foreign key is checked row by row
        yield from write(_SAVE_GROUP, _row(GROUP, group))
    for alert in change.alerts:
        yield from write(_SAVE_ALERT, _row(ALERT, alert))
    for notice in change.notices:
        yield from write(_SAVE_NOTICE, _row(NOTICE, notice))
    for watch in change.watches:
        yield from write(_SAVE_WATCH, _row(WATCH, watch))


def claim_notices(now_ms: int, lease_ms: int, limit: int) -> Script[list[Notice]]:
    """Due messages, each with its due time moved by the lease, so that no other node sends it meanwhile."""
    found = [NOTICE.decode(row) for row in (yield from rows(DUE_NOTICES, now_ms=now_ms, limit=limit))]
    if found:
        until_ms = now_ms + lease_ms
        yield AskEach(_LEASE_NOTICE, [{"notice": notice.notice_id, "until_ms": until_ms} for notice in found])
    return found


def save_notice(notice: Notice) -> Script[None]:
    yield from write(_SAVE_NOTICE, _row(NOTICE, notice))


def save_silence(silence: Silence) -> Script[None]:
    yield from write(_SAVE_SILENCE, _row(SILENCE, silence))


def save_receiver(receiver: SealedReceiver) -> Script[None]:
    yield from write(_SAVE_RECEIVER, _row(RECEIVER, receiver))


def drop_receiver(receiver_id: str) -> Script[bool]:
    return (yield from write(_DROP_RECEIVER, {"receiver_id": receiver_id})) == 1


def save_setting(setting: RuleSetting) -> Script[None]:
    yield from write(_SAVE_SETTING, _row(SETTING, setting))


def save_node(node: NodeFindings, forget_before_ms: int) -> Script[None]:
    yield from write(_SAVE_NODE, _row(NODE, node))
    yield from write(_FORGET_NODES, {"before_ms": forget_before_ms})


def save_hours(tallies: Sequence[ShopTally], forget_before_ms: int) -> Script[None]:
    for tally in tallies:
        yield from write(_SAVE_TALLY, _row(TALLY, tally))
    yield from write(_FORGET_HOURS, {"before_ms": forget_before_ms})


def take_lease(name: str, holder: str, now_ms: int, until_ms: int) -> Script[bool]:
    """Whether the work is ours until then."""
    yield from write(_TAKE_LEASE, {"name": name, "holder": holder, "now_ms": now_ms, "until_ms": until_ms})
    found = yield from rows(LEASE, name=name)
    return bool(found) and found[0][0] == holder


def group_page(merchant_id: str, *, live: bool, place: tuple[int, str] | None, limit: int) -> Script[list[AlertGroup]]:
    """Newest first."""
    values: dict[str, Any] = {"merchant_id": merchant_id, "limit": limit}
    if place is not None:
        values |= {"place_ms": place[0], "place_id": place[1]}
    found = yield from rows(GROUP_PAGES[live, place is not None], **values)
    return [GROUP.decode(row) for row in found]
