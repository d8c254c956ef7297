"""The shop hears everything at least once, in order, and two workers never take the same event at once."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.storage.builders import NOW_MS, a_payment, an_event

from payswitch.domain.changes import Changes
from payswitch.domain.events import DeliveryState, Event
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore

LEASE_MS = 30_000


async def told(store: DatabaseStore, payment: int, *events: Event) -> None:
    await store.commit(Changes(insert_payments=[a_payment(payment)], insert_events=list(events)))


async def claimed(store: DatabaseStore, now_ms: int = NOW_MS, limit: int = 10) -> list[str]:
    return [event.event_id for event in await store.claim_events(now_ms, LEASE_MS, limit)]


def delivered(event: Event) -> Event:
    return msgspec.structs.replace(
        event, state=DeliveryState.DELIVERED, tries=event.tries + 1, due_at_ms=None, delivered_at_ms=NOW_MS
    )


async def test_a_due_event_is_offered_with_its_lease(store: DatabaseStore) -> None:
    await told(store, 1, an_event())

    [event] = await store.claim_events(NOW_MS, LEASE_MS, 10)

    assert event == an_event(due_at_ms=NOW_MS + LEASE_MS)


async def test_a_leased_event_is_not_offered_again_until_the_worker_is_surely_gone(store: DatabaseStore) -> None:
    await told(store, 1, an_event())
    assert await claimed(store) == ["evt_1"]

    assert await claimed(store, NOW_MS + LEASE_MS - 1) == []
    assert await claimed(store, NOW_MS + LEASE_MS) == ["evt_1"], "the worker crashed: somebody else takes over"


async def test_two_workers_share_the_work_and_never_an_event(store: DatabaseStore) -> None:
    for n in range(30):
        await told(store, n, an_event(n, n))

    shares = await asyncio.gather(*(claimed(store, limit=4) for _ in range(12)))

    taken = [event_id for share in shares for event_id in share]
    assert sorted(taken) == sorted(f"evt_{n}" for n in range(30))


async def test_later_events_of_a_payment_wait_for_earlier_ones(store: DatabaseStore) -> None:
    await told(store, 1, an_event(12, 1, sequence=2, due_at_ms=NOW_MS - 50), an_event(11, 1, sequence=1))
    await told(store, 2, an_event(21, 2))

    assert await claimed(store) == ["evt_11", "evt_21"]
    await store.save_delivery(
        an_event(11, 1, state=DeliveryState.RETRY, tries=1, due_at_ms=NOW_MS + 60_000, last_error="503")
    )
    assert await claimed(store) == [], "the first one failed: the second still waits"

    for event in await store.claim_events(NOW_MS + 60_000, LEASE_MS, 10):
        await store.save_delivery(delivered(event))

    assert await claimed(store) == ["evt_12"]


async def test_a_dead_event_does_not_hold_up_the_next(store: DatabaseStore) -> None:
    await told(store, 1, an_event(11, 1, sequence=1), an_event(12, 1, sequence=2))
    await store.save_delivery(an_event(11, 1, state=DeliveryState.DEAD, tries=20, due_at_ms=None))

    assert await claimed(store) == ["evt_12"]


async def test_the_longest_waiting_come_first_and_the_future_waits(store: DatabaseStore) -> None:
    for n, after_ms in enumerate((-10, -30, -20, 1)):
        await told(store, n, an_event(n, n, due_at_ms=NOW_MS + after_ms))

    assert await claimed(store, limit=2) == ["evt_1", "evt_2"]
    assert await claimed(store) == ["evt_0"]


async def test_a_shop_without_a_callback_is_never_offered_its_events(store: DatabaseStore) -> None:
    await told(store, 1, an_event(url=None, state=DeliveryState.DELIVERED, due_at_ms=None))

    assert await claimed(store) == []


async def test_a_delivery_is_remembered_and_the_bytes_never_change(store: DatabaseStore) -> None:
    await told(store, 1, an_event())

    await store.save_delivery(
        an_event(
            state=DeliveryState.RETRY,
            tries=3,
            due_at_ms=NOW_MS + 5,
            last_error="answered 500",
            body=b"other",
            url="https://elsewhere.example",
            sequence=7,
        )
    )

    [stored] = await store.list_events("shop-1", payment_id="pay_1", before=None, limit=1)
    assert stored == an_event(state=DeliveryState.RETRY, tries=3, due_at_ms=NOW_MS + 5, last_error="answered 500")


async def test_a_delivered_event_can_be_sent_again_on_request(store: DatabaseStore) -> None:
    await told(store, 1, an_event())
    [event] = await store.claim_events(NOW_MS, LEASE_MS, 1)
    await store.save_delivery(delivered(event))
    assert await claimed(store, NOW_MS + 10 * LEASE_MS) == []

    await store.save_delivery(an_event(state=DeliveryState.PENDING, due_at_ms=NOW_MS))

    assert await claimed(store) == ["evt_1"]


async def test_an_event_that_does_not_exist_cannot_be_delivered(store: DatabaseStore) -> None:
    with pytest.raises(InvariantViolation, match="event_missing"):
        await store.save_delivery(an_event("none"))
