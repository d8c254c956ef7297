"""商户通知的投递: from the outbox to the shop, at least once, in order, for three days."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.payment import Incident
from payswitch.domain.shop import Shop
from payswitch.kit.logs import get_logger
from payswitch.services.context import Context
from payswitch.services.side_work import wait_a_round

BATCH = 100

log = get_logger(__name__)


async def deliver_due(ctx: Context) -> int:
    """Begin to deliver every event that is due. Gives how many were begun.

    A shop that is slow to answer keeps its own lane busy; the other shops hear of their money all the same.
    """
    events = await ctx.store.claim_events(ctx.clock.now_ms(), ctx.timings.event_lease_ms, BATCH)
    todo = [event for event in events if not ctx.delivering.is_running(event.event_id)]
    tasks = [ctx.delivering.begin(event.event_id, _deliver_in_lane(ctx, event)) for event in todo]
    if tasks:
        await wait_a_round(ctx.clock, tasks)
    return len(tasks)


async def settle_deliveries(ctx: Context) -> None:
    """Wait until everything that was begun is done: before a clean shutdown."""
    await ctx.delivering.finished()


async def _deliver_in_lane(ctx: Context, event: Event) -> None:
    """What cannot be delivered or recorded just now comes back when its lease is over."""
    lane = ctx.delivering.lane(event.shop_id)
    if lane.is_full:
        return
    try:
        async with lane.place(ctx.clock):
            await deliver(ctx, event)
    except StorageUnavailable as error:
        log.error("delivery_not_stored", event_id=event.event_id, reason=str(error))


async def deliver(ctx: Context, event: Event) -> Event:
    """One try. A shop that answers 2xx has heard it; everything else is tried again later, same id, same bytes."""
    begun = ctx.clock.monotonic_ms()
    error = await ctx.sender.deliver(event, ctx.timings.event_timeout_ms)
    now_ms, took_ms = ctx.clock.now_ms(), ctx.clock.monotonic_ms() - begun
    tries = event.tries + 1
    if error is None:
        event = replace(
            event,
            state=DeliveryState.DELIVERED,
            tries=tries,
            due_at_ms=None,
            delivered_at_ms=now_ms,
            last_error="",
        )
    else:
        event = _failed(ctx, event, tries, error, now_ms)
    if event.state is DeliveryState.DEAD:
        # First: killed between the two, the event is tried once more, and nothing is dead that nobody was told of.
        await _tell_dead(ctx, event, now_ms)
    await ctx.store.save_delivery(event)
    ctx.feed.tell(
        "event_delivered" if error is None else "event_failed",
        {
            "event_id": event.event_id,
            "payment_id": event.payment_id,
            "shop_id": event.shop_id,
            "type": event.type.value,
            "tries": tries,
            "state": event.state.value,
            "latency_ms": took_ms,
            "age_ms": now_ms - event.created_at_ms,
        },
    )
    return event


def _failed(ctx: Context, event: Event, tries: int, error: str, now_ms: int) -> Event:
    due = ctx.timings.next_event_ms(tries, now_ms)
    state = DeliveryState.DEAD if due is None else DeliveryState.RETRY
    return replace(event, state=state, tries=tries, due_at_ms=due, last_error=error)


async def _tell_dead(ctx: Context, event: Event, now_ms: int) -> None:
    incident = Incident(
        incident_id=ctx.ids.new("inc_", now_ms),
        kind="event_dead",
        at_ms=now_ms,
        payment_id=event.payment_id,
        detail=(
            f"商户通知 {event.event_id} 三天未送达 / the shop did not take the event in three days "
            f"({event.last_error}); mend the shop's address, then resend the event"
        ),
    )
    await ctx.store.commit(Changes(insert_incidents=[incident]))


async def list_events(
    ctx: Context, shop: Shop, *, payment_id: str | None, before: str | None, limit: int
) -> Sequence[Event]:
    return await ctx.store.list_events(shop.shop_id, payment_id=payment_id, before=before, limit=limit)


async def resend_event(ctx: Context, shop: Shop, event_id: str) -> Event:
    """Send an event again now, delivered or dead alike: same id, same bytes, so that the shop can tell."""
    event = await ctx.store.event(event_id)
    if event is None or event.shop_id != shop.shop_id:
        raise PaySwitchError(NOT_FOUND, f"there is no event {event_id} in this shop", "该店铺没有此通知")
    return await send_again(ctx, event)


async def send_again(ctx: Context, event: Event) -> Event:
    """The same for whoever has found the event already."""
    event = replace(event, state=DeliveryState.RETRY, tries=0, due_at_ms=ctx.clock.now_ms())
    await ctx.store.save_delivery(event)
    ctx.outbox_wake.set()
    return event
