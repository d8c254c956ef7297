"""The shop hears everything, in order, at least once, for three days."""

from __future__ import annotations

import asyncio

import msgspec

from payswitch.domain.events import DeliveryState, Event
from payswitch.services.commands import CreateRefund
from payswitch.services.events import deliveries
from payswitch.services.payments import payments
from payswitch.services.refunds.refunds import create_refund
from tests.services.harness import SHOP, Night, command


async def paid_event(tonight: Night) -> Event:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0])
    (event,) = await deliveries.list_events(tonight.ctx, SHOP, payment_id=None, before=None, limit=10)
    return event


async def test_the_shop_was_down_and_hears_the_same_bytes_later(tonight: Night) -> None:
    tonight.shop.down = True
    event = await paid_event(tonight)
    assert await deliveries.deliver_due(tonight.ctx) == 1
    assert await deliveries.deliver_due(tonight.ctx) == 0, "not before its time"
    tonight.shop.down = False
    tonight.clock.advance(seconds=6)
    await deliveries.deliver_due(tonight.ctx)
    (heard,) = tonight.shop.heard
    assert (heard.event_id, heard.body) == (event.event_id, event.body)


async def test_three_days_without_an_answer_and_a_person_is_told(tonight: Night) -> None:
    tonight.shop.down = True
    await paid_event(tonight)
    began = tonight.clock.now_ms()
    while (await deliveries.list_events(tonight.ctx, SHOP, payment_id=None, before=None, limit=1))[
        0
    ].state is not DeliveryState.DEAD:
        await deliveries.deliver_due(tonight.ctx)
        tonight.clock.advance(seconds=600)
    days = (tonight.clock.now_ms() - began) / 86_400_000
    assert 2.9 < days < 3.3
    assert [i.kind for i in await tonight.store.list_incidents(limit=10)] == ["event_dead"]


async def test_a_dead_event_is_sent_again_when_the_shop_asks(tonight: Night) -> None:
    event = await paid_event(tonight)
    await deliveries.deliver_due(tonight.ctx)
    await deliveries.resend_event(tonight.ctx, SHOP, event.event_id)
    await deliveries.deliver_due(tonight.ctx)
    assert [heard.event_id for heard in tonight.shop.heard] == [event.event_id, event.event_id]


async def test_later_news_waits_for_earlier_news(tonight: Night) -> None:
    tonight.shop.down = True
    event = await paid_event(tonight)
    await deliveries.deliver_due(tonight.ctx)
    await create_refund(tonight.ctx, SHOP, event.payment_id, CreateRefund(refund_no="r-1", amount_fen=1))
    tonight.shop.down = False
    assert await deliveries.deliver_due(tonight.ctx) == 0
    tonight.clock.advance(seconds=6)
    while await deliveries.deliver_due(tonight.ctx):
        pass
    assert tonight.shop.types() == ["payment.succeeded", "refund.succeeded"]


async def test_a_shop_that_hangs_holds_up_nobody_elses_news(tonight: Night) -> None:
    """Two shops; one of them takes connections and never answers."""
    hanging, heard_one = asyncio.Event(), asyncio.Event()
    neighbour = msgspec.structs.replace(SHOP, shop_id="shop-2", name="邻居")
    await tonight.store.save_shop(neighbour, [])

    async def deliver(event: Event, timeout_ms: int) -> str | None:
        if event.shop_id == SHOP.shop_id:
            await hanging.wait()
        tonight.shop.heard.append(event)
        heard_one.set()
        return None

    tonight.shop.deliver = deliver  # type: ignore[method-assign]
    for number in range(40):
        await tonight.pays((await tonight.order(f"order-{number}")).file.attempts[0])
    theirs = await payments.create_payment(tonight.ctx, neighbour, command("order-1"), None)
    await tonight.pays(theirs.file.attempts[0])

    round_ = asyncio.create_task(deliveries.deliver_due(tonight.ctx))
    await heard_one.wait()
    assert [event.shop_id for event in tonight.shop.heard] == ["shop-2"]
    hanging.set()
    await round_
    await deliveries.settle_deliveries(tonight.ctx)
    assert len(tonight.shop.heard) == 41


async def test_a_worker_that_dies_with_an_event_in_hand_gives_it_back(tonight: Night) -> None:
    await paid_event(tonight)
    taken = await tonight.store.claim_events(tonight.clock.now_ms(), tonight.ctx.timings.event_lease_ms, 10)
    assert len(taken) == 1
    assert await deliveries.deliver_due(tonight.ctx) == 0
    tonight.clock.advance(ms=tonight.ctx.timings.event_lease_ms)
    assert await deliveries.deliver_due(tonight.ctx) == 1
