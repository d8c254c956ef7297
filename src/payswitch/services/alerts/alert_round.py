"""One round of the alerts: every node looks at itself, one of them reads the books, raises, groups, resolves and tells.

It runs beside the payments, every few seconds and at once when a breaker moves. What it decided is committed together
with the messages that people get: a crash loses neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from payswitch.alerting.catalog import Settings
from payswitch.alerting.life import COMES_BACK_MS, Known, Step, advance
from payswitch.alerting.rules import LANE_RULES, PAYMENT_RULES
from payswitch.alerting.rules_of_books import BOOK_RULES, evaluate
from payswitch.alerting.telling import Told, tell
from payswitch.alerting.texts import message
from payswitch.alerting.view import OpenMoney, View
from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    AlertRule,
    Family,
    Finding,
    GroupState,
    NodeFindings,
    Notice,
    NoticeKind,
    NoticeState,
    Receiver,
    Watch,
)
from payswitch.domain.changes import UniqueViolation
from payswitch.kit.logs import get_logger
from payswitch.services.alerts import alert_shops
from payswitch.services.alerts.alert_books import book_view
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.alerts.alert_lanes import lane_findings, open_money
from payswitch.services.alerts.alert_receivers import receivers_of
from payswitch.services.context import Context

LEASE: Final = "alerts"
LEASE_MS: Final = 30_000
"""A node that died leaves the alerts to another one so long after its last round."""
NODE_FRESH_MS: Final = 60_000
"""What a node has seen is believed for so long after it last said so."""
SLOW_GAP_MS: Final = 30_000
_QUICK: Final = {name: rule for name, rule in PAYMENT_RULES.items() if name not in LANE_RULES}
_QUICK.pop(AlertRule.CHANNEL_REFUSED)
_SLOW: Final = {**BOOK_RULES, AlertRule.CHANNEL_REFUSED: PAYMENT_RULES[AlertRule.CHANNEL_REFUSED]}

log = get_logger(__name__)


async def alert_round(ctx: Context) -> int:
    """Gives how many groups still wait to be told of: then the next round should come soon."""
    desk = ctx.alerts
    if desk is None or not ctx.timings.alert_gap_s:
        return 0
    now_ms = ctx.clock.now_ms()
    desk.ears.tick(now_ms)
    desk.settings = Settings(await desk.store.rule_settings())
    money = await open_money(ctx, desk)
    mine = lane_findings(ctx, desk, money)
    if not await _leads(ctx, desk, mine, now_ms):
        return 0
    if not desk.memory.begun:
        await alert_shops.begin(ctx, desk)
    watches = await alert_shops.look_on(ctx, desk)
    findings = [*mine, *await _of_others(ctx, desk, now_ms), *await _quick(ctx, desk, money), *await _slow(ctx, desk)]
    at_home = await _at_home(ctx, findings)
    async with desk.lock:
        waiting = await _go_on(ctx, desk, at_home, watches, now_ms)
    desk.memory.last_round_ms = now_ms
    return waiting


async def _go_on(
    ctx: Context, desk: AlertDesk, findings: Sequence[Finding], watches: Sequence[Watch], now_ms: int
) -> int:
    """From what is open to what is open now, in one commit with what people are told."""
    known = await _known(desk, now_ms)
    step = advance(known, findings, now_ms, lambda prefix: ctx.ids.new(prefix, now_ms))
    change, waiting = await _with_notices(ctx, desk, step, now_ms)
    change = replace(change, watches=tuple(watches))
    if change:
        await _commit(desk, change)
    return waiting


async def _leads(ctx: Context, desk: AlertDesk, mine: Sequence[Finding], now_ms: int) -> bool:
    """Whether this node tells people. The others write down what only they can see."""
    if not ctx.store.shared:
        return True
    node = NodeFindings(node_id=ctx.node_id, at_ms=now_ms, findings=tuple(mine))
    await desk.store.save_node_findings(node, now_ms - 10 * NODE_FRESH_MS)
    leads = await desk.store.take_lease(LEASE, ctx.node_id, now_ms, now_ms + LEASE_MS)
    if leads and not desk.memory.leading:
        desk.memory.begun = False  # whoever led before knows more than what we remember
    desk.memory.leading = leads
    return leads


async def _of_others(ctx: Context, desk: AlertDesk, now_ms: int) -> list[Finding]:
    if not ctx.store.shared:
        return []
    nodes = await desk.store.node_findings(now_ms - NODE_FRESH_MS)
    return [finding for node in nodes if node.node_id != ctx.node_id for finding in node.findings]


async def _quick(ctx: Context, desk: AlertDesk, money: Sequence[OpenMoney]) -> list[Finding]:
    view = View(now_ms=ctx.clock.now_ms(), shops=await alert_shops.shop_views(ctx, desk), money=money)
    return evaluate(view, desk.settings, _QUICK)


async def _slow(ctx: Context, desk: AlertDesk) -> Sequence[Finding]:
    now_ms = ctx.clock.now_ms()
    if not 0 <= now_ms - desk.memory.slow_at_ms < SLOW_GAP_MS:
        desk.memory.slow = evaluate(await book_view(ctx, desk), desk.settings, _SLOW)
        desk.memory.slow_at_ms = now_ms
    return desk.memory.slow


async def _at_home(ctx: Context, findings: Sequence[Finding]) -> list[Finding]:
    """Where there is one merchant, what is about the whole service is theirs."""
    merchants = {shop.merchant_id for shop in await ctx.store.shops()}
    if len(merchants) != 1:
        return list(findings)
    [home] = merchants
    return [one if one.merchant_id else replace(one, merchant_id=home) for one in findings]


async def _known(desk: AlertDesk, now_ms: int) -> Known:
    resolved = await desk.store.alerts_resolved_since(now_ms - COMES_BACK_MS)
    groups = await desk.store.live_groups()
    live = {group.group_id for group in groups}
    back: dict[str, AlertGroup] = {}
    for group_id in {alert.group_id for alert in resolved} - live:
        group = await desk.store.alert_group(group_id)
        if group is not None:
            back[group_id] = group
    return Known(alerts=await desk.store.open_alerts(), groups=groups, resolved=resolved, resolved_groups=back)


async def _with_notices(ctx: Context, desk: AlertDesk, step: Step, now_ms: int) -> tuple[AlertChange, int]:
    """What is written down, with the messages that follow from it; and how many groups nobody was told of yet."""
    groups = {group.group_id: group for group in step.groups}
    notices: list[Notice] = []
    waiting = 0
    if step.live:
        receivers = [one.receiver for one in await receivers_of(desk)]
        silences = await desk.store.silences_since(now_ms)
        for group, alerts in step.live:
            told = tell(group, alerts, _healthy(receivers, group, alerts), silences, now_ms)
            if told.group != group:
                groups[group.group_id] = told.group
            audible = [one for one in alerts if not any(silence.covers(one, now_ms) for silence in silences)]
            notices += await _notices(ctx, desk, told, audible, now_ms)
            waiting += told.group.told_at_ms is None and group.state is GroupState.OPEN
    return AlertChange(alerts=step.alerts, groups=tuple(groups.values()), notices=tuple(notices)), waiting


def _healthy(receivers: Sequence[Receiver], group: AlertGroup, alerts: Sequence[Alert]) -> list[Receiver]:
    """That a receiver is dead is told to the others."""
    dead = {alert.subject for alert in alerts} if group.family is Family.RECEIVERS else set()
    return [one for one in receivers if one.receiver_id not in dead]


async def _notices(ctx: Context, desk: AlertDesk, told: Told, audible: Sequence[Alert], now_ms: int) -> list[Notice]:
    if told.kind is None or not told.receivers:
        return []
    about = audible
    if told.kind is NoticeKind.RESOLVED:  # the whole story, also what had ended before
        stored = {alert.alert_id: alert for alert in await desk.store.alerts_of(told.group.group_id)}
        about = list((stored | {alert.alert_id: alert for alert in audible}).values())
    if not about:
        return []
    return [
        Notice(
            notice_id=ctx.ids.new("ntc_", now_ms),
            group_id=told.group.group_id,
            receiver_id=receiver.receiver_id,
            kind=told.kind,
            message=message(told.group, about, told.kind, receiver.language, ctx.public_url, now_ms),
            state=NoticeState.PENDING,
            created_at_ms=now_ms,
            due_at_ms=now_ms,
        )
        for receiver in told.receivers
    ]


async def _commit(desk: AlertDesk, change: AlertChange) -> None:
    try:
        await desk.store.change_alerts(change)
    except UniqueViolation as error:
        # A node that held the lease before us was slower than its lease: it has opened the same alert. Next round we
        # know of it.
        log.warning("alert_round_overtaken", constraint=error.constraint)
