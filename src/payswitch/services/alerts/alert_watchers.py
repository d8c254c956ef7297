"""What people see of the alerts, and what they do about them. Another merchant's do not exist for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from payswitch.alerting.catalog import CATALOG
from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    AlertRule,
    GroupState,
    Notice,
    RuleSetting,
    Silence,
)
from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, WRONG_STATE, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.trail import TrailKind
from payswitch.kit.durations import DAY_MS, MINUTE_MS
from payswitch.services.alerts.alert_commands import AcknowledgeAlert, MakeSilence, SetRule
from payswitch.services.alerts.alert_desk import AlertDesk, alert_desk_of
from payswitch.services.context import Context
from payswitch.services.people.trail import deed, record

MOST_SILENCE_MIN: Final = 30 * 24 * 60
ENDED_SHOWN_MS: Final = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class GroupFile:
    """A group with all that belongs to it."""

    group: AlertGroup
    alerts: Sequence[Alert]
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What the badge says."""

    open: int
    unacknowledged: int
    critical: int
    receivers: int
    last_round_ms: int


async def merchants_of(ctx: Context, operator: Operator) -> list[str]:
    """Whose alerts this operator sees; who runs all merchants sees those about the whole service, too."""
    everybody = {shop.merchant_id for shop in await ctx.store.shops()}
    return sorted(operator.merchant_ids) + ([""] if everybody <= operator.merchant_ids else [])


def merchant_for(operator: Operator, merchant_id: str | None) -> str:
    """The one that was named, or the operator's only one. Raises `not_found`, `invalid_request`."""
    if merchant_id is None and len(operator.merchant_ids) == 1:
        return next(iter(operator.merchant_ids))
    if merchant_id is None:
        raise _wrong("merchant_id", "say which merchant", "请指明商户")
    if not operator.manages(merchant_id):
        raise PaySwitchError(NOT_FOUND, "there is no such merchant", "商户不存在")
    return merchant_id


async def list_groups(
    ctx: Context, operator: Operator, *, live: bool, before: str | None, limit: int
) -> list[GroupFile]:
    """Newest first."""
    desk = alert_desk_of(ctx.alerts)
    place = None
    if before is not None:
        last = await _group(ctx, desk, operator, before)
        place = (last.opened_at_ms, last.group_id)
    found: list[AlertGroup] = []
    for merchant_id in await merchants_of(ctx, operator):
        found += await desk.store.list_groups(merchant_id, live=live, place=place, limit=limit)
    found.sort(key=lambda group: (group.opened_at_ms, group.group_id), reverse=True)
    return [GroupFile(group, await desk.store.alerts_of(group.group_id)) for group in found[:limit]]


async def get_group(ctx: Context, operator: Operator, group_id: str) -> GroupFile:
    desk = alert_desk_of(ctx.alerts)
    group = await _group(ctx, desk, operator, group_id)
    alerts = await desk.store.alerts_of(group_id)
    return GroupFile(group, alerts, await desk.store.notices_of_group(group_id))


async def summary(ctx: Context, operator: Operator) -> Summary:
    desk = alert_desk_of(ctx.alerts)
    mine = await merchants_of(ctx, operator)
    groups = [group for group in await desk.store.live_groups() if group.merchant_id in mine]
    stored = [one for one in await desk.store.alert_receivers() if operator.manages(one.merchant_id)]
    return Summary(
        open=len(groups),
        unacknowledged=sum(group.state is GroupState.OPEN for group in groups),
        critical=sum(group.severity.value == "critical" for group in groups),
        receivers=len(stored) + len(desk.file_receivers),
        last_round_ms=desk.memory.last_round_ms,
    )


async def acknowledge(ctx: Context, operator: Operator, group_id: str, command: AcknowledgeAlert) -> GroupFile:
    """Somebody looks after it. Said again, it stays with whoever was first. Raises `wrong_state` when it is over."""
    desk = alert_desk_of(ctx.alerts)
    note = command.note.strip()
    async with desk.lock:
        group = await _group(ctx, desk, operator, group_id)
        if group.state is GroupState.RESOLVED:
            raise PaySwitchError(WRONG_STATE, "the alert is over already", "该告警已恢复")
        if group.state is GroupState.OPEN:
            taken = replace(
                group,
                state=GroupState.ACKNOWLEDGED,
                acknowledged_at_ms=ctx.clock.now_ms(),
                acknowledged_by=operator.name or operator.operator_id,
                note=note,
            )
            merchant_id = group.merchant_id
            await record(ctx, deed(ctx, operator, "acknowledge", TrailKind.ALERT, group_id, merchant_id, note=note))
            await desk.store.change_alerts(AlertChange(groups=(taken,)))
    return await get_group(ctx, operator, group_id)


async def list_silences(ctx: Context, operator: Operator) -> list[Silence]:
    """Those in force and those that ended in the last week."""
    desk = alert_desk_of(ctx.alerts)
    found = await desk.store.silences_since(ctx.clock.now_ms() - ENDED_SHOWN_MS)
    return [silence for silence in found if operator.manages(silence.merchant_id)]


async def make_silence(ctx: Context, operator: Operator, command: MakeSilence) -> Silence:
    desk = alert_desk_of(ctx.alerts)
    merchant_id = merchant_for(operator, command.merchant_id)
    if not 1 <= command.minutes <= MOST_SILENCE_MIN:
        raise _wrong("minutes", f"must be from 1 to {MOST_SILENCE_MIN}", f"须为 1 到 {MOST_SILENCE_MIN}")
    if len(command.why.strip()) < 2:
        raise _wrong("why", "say why, in at least 2 characters", "请填写原因，至少 2 个字")
    if not 1 <= len(command.subject) <= 200:
        raise _wrong("subject", "must have 1 to 200 characters", "须为 1 到 200 个字符")
    now_ms = ctx.clock.now_ms()
    silence = Silence(
        silence_id=ctx.ids.new("sil_", now_ms),
        merchant_id=merchant_id,
        rule=command.rule,
        subject=command.subject,
        from_ms=now_ms,
        until_ms=now_ms + command.minutes * MINUTE_MS,
        created_by=operator.name or operator.operator_id,
        why=command.why.strip(),
    )
    after = {"rule": command.rule or "*", "subject": command.subject, "minutes": command.minutes}
    await record(
        ctx,
        deed(
            ctx,
            operator,
            "silence",
            TrailKind.ALERT,
            silence.silence_id,
            merchant_id,
            after=after,
            note=silence.why,
        ),
    )
    await desk.store.save_silence(silence)
    return silence


async def end_silence(ctx: Context, operator: Operator, silence_id: str) -> Silence:
    """From now on people hear again. Ending an ended one changes nothing."""
    desk = alert_desk_of(ctx.alerts)
    silence = await desk.store.silence(silence_id)
    if silence is None or not operator.manages(silence.merchant_id):
        raise PaySwitchError(NOT_FOUND, f"there is no silence {silence_id}", "没有此静默")
    now_ms = ctx.clock.now_ms()
    if silence.until_ms <= now_ms:
        return silence
    ended = replace(silence, until_ms=now_ms)
    await record(ctx, deed(ctx, operator, "unsilence", TrailKind.ALERT, silence_id, silence.merchant_id))
    await desk.store.save_silence(ended)
    return ended


async def rule_settings(ctx: Context, operator: Operator, merchant_id: str | None) -> dict[AlertRule, RuleSetting]:
    """What this merchant has set; rules that are missing are as the catalogue has them."""
    desk = alert_desk_of(ctx.alerts)
    merchant = merchant_for(operator, merchant_id)
    return {one.rule: one for one in await desk.store.rule_settings() if one.merchant_id == merchant}


async def set_rule(ctx: Context, operator: Operator, rule: AlertRule, command: SetRule) -> RuleSetting:
    """Raises `invalid_request` for a threshold that the rule does not have, or one out of its limits."""
    desk = alert_desk_of(ctx.alerts)
    merchant_id = merchant_for(operator, command.merchant_id)
    known = CATALOG[rule].thresholds
    for name, value in command.thresholds.items():
        if name not in known:
            raise _wrong(f"thresholds.{name}", "is not known for this rule", "该规则没有此阈值")
        if not known[name].least <= value <= known[name].most:
            limits = f"{known[name].least:g} – {known[name].most:g}"
            raise _wrong(f"thresholds.{name}", f"must be in {limits}", f"须在 {limits} 之间")
    before = (await rule_settings(ctx, operator, merchant_id)).get(rule)
    setting = RuleSetting(
        merchant_id=merchant_id,
        rule=rule,
        enabled=command.enabled,
        thresholds=command.thresholds,
        updated_at_ms=ctx.clock.now_ms(),
        updated_by=operator.name or operator.operator_id,
    )
    was = {"enabled": before.enabled, **before.thresholds} if before else {}
    now = {"enabled": setting.enabled, **setting.thresholds}
    await record(
        ctx, deed(ctx, operator, "update", TrailKind.ALERT_RULE, rule.value, merchant_id, before=was, after=now)
    )
    await desk.store.save_rule_setting(setting)
    desk.ears.wake.set()
    return setting


async def _group(ctx: Context, desk: AlertDesk, operator: Operator, group_id: str) -> AlertGroup:
    group = await desk.store.alert_group(group_id)
    if group is None or group.merchant_id not in await merchants_of(ctx, operator):
        raise PaySwitchError(NOT_FOUND, f"there is no alert {group_id}", "没有此告警")
    return group


def _wrong(field: str, english: str, chinese: str) -> PaySwitchError:
    return PaySwitchError(
        INVALID_REQUEST,
        detail=f"mend these: {field}",
        detail_zh=f"请修正：{field}",
        errors=[{"field": field, "message": f"{english} / {chinese}"}],
    )
