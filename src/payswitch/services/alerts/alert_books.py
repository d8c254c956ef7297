"""What is looked at every half minute: refunds, events, contracts, bills, audits, and the receivers themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from payswitch.alerting.view import (
    AuditView,
    CertificateView,
    EventView,
    QuotaView,
    ReceiverView,
    RefundView,
    TroubleView,
    View,
)
from payswitch.domain.alert import Notice, NoticeState
from payswitch.domain.audit import AuditRecord
from payswitch.domain.payment import Incident, RefundKind, RefundState
from payswitch.domain.reconciliation import RunState
from payswitch.kit.clock import beijing_date
from payswitch.kit.durations import DAY_MS
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.alerts.alert_receivers import receivers_of
from payswitch.services.context import Context
from payswitch.services.decisions.usage import day_start_ms, month_start_ms

INCIDENTS: Final = 200
NOTICES: Final = 12
_REFUSED_KINDS: Final = ("channel_refused", "untrusted_notify", "apple_pay_session_refused")
_DEAD_EVENT: Final = "event_dead"


async def book_view(ctx: Context, desk: AlertDesk) -> View:
    """The slow half of the picture."""
    now_ms = ctx.clock.now_ms()
    incidents = await desk.store.incidents_since(now_ms - 3 * DAY_MS, INCIDENTS)
    refunds = await desk.store.open_refund_sums()
    return View(
        now_ms=now_ms,
        surplus=_refunds(
            (one.merchant_id, one.count, one.amount_fen, one.oldest_ms)
            for one in refunds
            if one.kind == RefundKind.SURPLUS.value and one.state != RefundState.ABNORMAL.value
        ),
        abnormal=_refunds(
            (one.merchant_id, one.count, one.amount_fen, one.oldest_ms)
            for one in refunds
            if one.state == RefundState.ABNORMAL.value
        ),
        events=await _events(ctx, desk, incidents),
        certificates=_certificates(ctx),
        quotas=_quotas(ctx, now_ms),
        refused=_refused(ctx, incidents),
        bills=await _bills(ctx, now_ms),
        audits=_audits(await desk.store.audits_since(now_ms - 2 * DAY_MS)),
        receivers=await _receivers(desk),
    )


def _refunds(sums: Iterable[tuple[str, int, int, int]]) -> list[RefundView]:
    """By merchant."""
    found: dict[str, RefundView] = {}
    for merchant_id, count, amount_fen, oldest_ms in sums:
        before = found.get(merchant_id)
        found[merchant_id] = RefundView(
            merchant_id=merchant_id,
            count=count + (before.count if before else 0),
            amount_fen=amount_fen + (before.amount_fen if before else 0),
            oldest_ms=min(oldest_ms, before.oldest_ms) if before else oldest_ms,
        )
    return list(found.values())


async def _events(ctx: Context, desk: AlertDesk, incidents: Iterable[Incident]) -> list[EventView]:
    now_ms = ctx.clock.now_ms()
    shops = {shop.shop_id: shop for shop in await ctx.store.shops()}
    dead: dict[str, int] = {}
    for incident in incidents:
        if incident.kind == _DEAD_EVENT and incident.payment_id and incident.at_ms >= now_ms - DAY_MS:
            file = await ctx.store.payment_file(incident.payment_id)
            if file is not None:
                dead[file.payment.shop_id] = dead.get(file.payment.shop_id, 0) + 1
    waiting = {one.shop_id: one for one in await desk.store.open_event_sums()}
    return [
        EventView(
            merchant_id=shops[shop_id].merchant_id,
            shop_id=shop_id,
            name=shops[shop_id].name,
            count=waiting[shop_id].count if shop_id in waiting else 0,
            oldest_ms=waiting[shop_id].oldest_ms if shop_id in waiting else now_ms,
            tries=waiting[shop_id].tries if shop_id in waiting else 0,
            error=waiting[shop_id].last_error if shop_id in waiting else "",
            dead=dead.get(shop_id, 0),
        )
        for shop_id in sorted(waiting.keys() | dead.keys())
        if shop_id in shops
    ]


def _certificates(ctx: Context) -> list[CertificateView]:
    return [
        CertificateView(
            merchant_id=channel.merchant_id,
            channel_id=channel.channel_id,
            name=channel.name,
            key=end.key,
            ends_at_ms=end.ends_at_ms,
        )
        for channel in ctx.directory.all_channels()
        if channel.enabled
        for end in ctx.directory.certificates(channel.channel_id)
    ]


def _quotas(ctx: Context, now_ms: int) -> list[QuotaView]:
    today, month = ctx.usage.today(now_ms), ctx.usage.this_month(now_ms)
    found = []
    for channel in ctx.directory.all_channels():
        for period, used, cap_fen, began_ms in (
            ("day", today, channel.daily_cap_fen, day_start_ms(now_ms)),
            ("month", month, channel.monthly_cap_fen, month_start_ms(now_ms)),
        ):
            if channel.enabled and cap_fen:
                found.append(
                    QuotaView(
                        merchant_id=channel.merchant_id,
                        channel_id=channel.channel_id,
                        name=channel.name,
                        period=period,
                        used_fen=used.get(channel.channel_id, 0),
                        cap_fen=cap_fen,
                        began_ms=began_ms,
                    )
                )
    return found


def _refused(ctx: Context, newest_first: Iterable[Incident]) -> list[TroubleView]:
    """The last one of each channel."""
    found: dict[str, TroubleView] = {}
    for incident in newest_first:
        channel = ctx.directory.channel(incident.channel_id) if incident.channel_id else None
        if incident.kind in _REFUSED_KINDS and channel is not None and channel.channel_id not in found:
            found[channel.channel_id] = TroubleView(
                merchant_id=channel.merchant_id,
                subject=channel.channel_id,
                name=channel.name,
                since_ms=incident.at_ms,
                detail=incident.detail,
            )
    return list(found.values())


async def _bills(ctx: Context, now_ms: int) -> list[TroubleView]:
    if ctx.books is None:
        return []
    found = []
    for run in await ctx.books.runs_since(beijing_date(now_ms - 4 * DAY_MS), 500):
        channel = ctx.directory.channel(run.channel_id)
        if run.state is not RunState.DONE and channel is not None:
            found.append(
                TroubleView(
                    merchant_id=run.merchant_id,
                    subject=f"{run.channel_id}/{run.day}",
                    name=channel.name,
                    since_ms=run.first_try_ms,
                    detail=f"{run.day} {run.code}".strip(),
                )
            )
    return found


def _audits(newest_first: Iterable[AuditRecord]) -> list[AuditView]:
    """Every violation since the last audit of everything: an hourly one, which looks at less, does not end it."""
    found: dict[str, AuditView] = {}
    for record in newest_first:
        for violation in record.violations:
            before = found.get(violation.number)
            found[violation.number] = AuditView(
                number=violation.number,
                name=violation.name,
                title=violation.title,
                title_zh=violation.title_zh,
                rows=max(len(violation.rows), before.rows if before else 0),
                more=violation.more or (before is not None and before.more),
                since_ms=record.at_ms,
            )
        if record.since_ms == 0:
            break
    return list(found.values())


async def _receivers(desk: AlertDesk) -> list[ReceiverView]:
    """Those whose newest messages did not arrive."""
    found = []
    for one in await receivers_of(desk):
        notices = await desk.store.notices_of_receiver(one.receiver.receiver_id, NOTICES)
        view = _failing(
            one.stored.merchant_id if one.stored else "", one.receiver.receiver_id, one.receiver.name, notices
        )
        if view is not None:
            found.append(view)
    return found


def _failing(merchant_id: str, receiver_id: str, name: str, newest_first: Iterable[Notice]) -> ReceiverView | None:
    lost: list[Notice] = []
    for notice in newest_first:
        if notice.state is NoticeState.DELIVERED:
            break
        if notice.tries:
            lost.append(notice)
    if not lost:
        return None
    return ReceiverView(
        merchant_id=merchant_id,
        receiver_id=receiver_id,
        name=name,
        failures=sum(notice.tries for notice in lost),
        dead=sum(notice.state is NoticeState.DEAD for notice in lost),
        since_ms=lost[-1].created_at_ms,
        error=lost[0].last_error,
    )
