"""告警的投递: messages from the outbox to people, in order for each receiver, until they arrive or are dead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from payswitch.domain.alert import Notice, NoticeState
from payswitch.domain.alert_delivery import Delivery, OpenReceiver
from payswitch.domain.changes import StorageUnavailable
from payswitch.kit.logs import get_logger
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.alerts.alert_receivers import receivers_of
from payswitch.services.context import Context
from payswitch.services.side_work import wait_a_round

BATCH: Final = 50
LEASE_MS: Final = 60_000
GONE: Final = "the receiver does not exist any more / 接收人已不存在"

log = get_logger(__name__)


async def deliver_notices(ctx: Context) -> int:
    """Begin to deliver every message that is due. Gives how many were begun. A receiver that hangs keeps only itself
    waiting."""
    desk = ctx.alerts
    if desk is None:
        return 0
    due = await desk.store.claim_notices(ctx.clock.now_ms(), LEASE_MS, BATCH)
    if not due:
        return 0
    receivers = {one.receiver.receiver_id: one for one in await receivers_of(desk)}
    tasks = []
    for receiver_id in dict.fromkeys(notice.receiver_id for notice in due):
        mine = sorted((one for one in due if one.receiver_id == receiver_id), key=lambda one: one.notice_id)
        if not desk.sending.is_running(receiver_id):
            work = _in_order(ctx, desk, receivers.get(receiver_id), mine)
            tasks.append(desk.sending.begin(receiver_id, work))
    if tasks:
        await wait_a_round(ctx.clock, tasks)
    return len(tasks)


async def _in_order(ctx: Context, desk: AlertDesk, to: OpenReceiver | None, notices: Sequence[Notice]) -> None:
    """One receiver's messages, oldest first. After one that did not arrive the others wait with it."""
    try:
        for place, notice in enumerate(notices):
            tried = await deliver(ctx, desk, to, notice)
            if tried.due_at_ms is not None:
                for later in notices[place + 1 :]:
                    await desk.store.save_notice(replace(later, due_at_ms=tried.due_at_ms))
                return
    except StorageUnavailable as error:
        log.error("notice_not_stored", reason=str(error))


async def deliver(ctx: Context, desk: AlertDesk, to: OpenReceiver | None, notice: Notice) -> Notice:
    """One try, written down."""
    if to is None:
        outcome = Delivery(error=GONE, hopeless=True)
    else:
        outcome = await desk.sender.deliver(to, notice.message, notice.notice_id, ctx.timings.alert_timeout_ms)
    tried = _after(ctx, notice, outcome)
    await desk.store.save_notice(tried)
    return tried


def _after(ctx: Context, notice: Notice, outcome: Delivery) -> Notice:
    now_ms = ctx.clock.now_ms()
    if not outcome.error:
        return replace(
            notice,
            state=NoticeState.DELIVERED,
            tries=notice.tries + 1,
            due_at_ms=None,
            delivered_at_ms=now_ms,
            last_error="",
        )
    error = f"{outcome.code} {outcome.error}".strip()
    if outcome.retry_after_ms:  # asked to be left alone: that is no failure of theirs
        return replace(notice, state=NoticeState.RETRY, due_at_ms=now_ms + outcome.retry_after_ms, last_error=error)
    tries = notice.tries + 1
    due_ms = None if outcome.hopeless else ctx.timings.next_alert_ms(tries, now_ms)
    state = NoticeState.DEAD if due_ms is None else NoticeState.RETRY
    log.warning("notice_not_delivered", receiver_id=notice.receiver_id, tries=tries, reason=error)
    return replace(notice, state=state, tries=tries, due_at_ms=due_ms, last_error=error)
