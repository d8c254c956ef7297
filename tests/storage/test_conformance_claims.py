"""Two workers never work on one payment at once, a dead one's work comes back, and nothing is ever forgotten."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.storage.builders import NOW_MS, a_payment, a_refund, an_attempt, an_event, next_version

from payswitch.domain.changes import Changes
from payswitch.domain.events import DeliveryState
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState, RefundState
from payswitch.domain.transitions import ATTEMPT, PAYMENT, REFUND
from payswitch.storage.store import DatabaseStore

LEASE_MS = 30_000


async def claimed(store: DatabaseStore, now_ms: int = NOW_MS, *, limit: int = 10, holder: str = "node-a") -> list[str]:
    return list(await store.claim_payments(now_ms, LEASE_MS, limit, holder))


async def due_at(store: DatabaseStore, **times_ms: int) -> None:
    """Payments by the number in their name, each due at a time of its own."""
    payments = [a_payment(name.removeprefix("p"), due_at_ms=at_ms) for name, at_ms in times_ms.items()]
    await store.commit(Changes(insert_payments=payments))


async def test_what_is_due_by_payment_attempt_or_refund_is_claimed_the_longest_due_first(store: DatabaseStore) -> None:
    async def add(n: int, payment: int | None, attempt: int | None, refund: int | None) -> None:
        def due(after_ms: int | None) -> int | None:
            return None if after_ms is None else NOW_MS + after_ms

        await store.commit(
            Changes(
                insert_payments=[a_payment(n, due_at_ms=due(payment))],
                insert_attempts=[an_attempt(n, n, due_at_ms=due(attempt))],
                insert_refunds=[a_refund(n, n, n, due_at_ms=due(refund))],
            )
        )

    await add(1, 30, None, None)
    await add(2, 500, 10, None)
    await add(3, None, None, 20)
    await add(4, 40, 45, 5)
    await add(5, None, None, None)
    await add(6, 101, 101, 101)

    assert await claimed(store, NOW_MS) == []
    assert await claimed(store, NOW_MS + 100) == ["pay_4", "pay_2", "pay_3", "pay_1"]


async def test_what_is_taken_is_offered_to_nobody_until_its_worker_is_surely_gone(store: DatabaseStore) -> None:
    await due_at(store, p1=NOW_MS)
    assert await claimed(store) == ["pay_1"]

    assert await claimed(store, NOW_MS + LEASE_MS - 1) == []
    assert await claimed(store, NOW_MS + LEASE_MS - 1, holder="node-b") == []
    assert await claimed(store, NOW_MS + LEASE_MS, holder="node-b") == ["pay_1"], "node-a crashed"


async def test_what_is_given_back_can_be_due_again_at_once(store: DatabaseStore) -> None:
    await due_at(store, p1=NOW_MS)
    await claimed(store)

    await store.release_payments("node-a", {"pay_1": None, "pay_9": None})

    assert await claimed(store, holder="node-b") == ["pay_1"]


async def test_what_is_put_off_is_offered_to_nobody_before_its_time(store: DatabaseStore) -> None:
    await due_at(store, p1=NOW_MS)
    await claimed(store)

    await store.release_payments("node-a", {"pay_1": NOW_MS + 5_000})

    assert await claimed(store, NOW_MS + 4_999, holder="node-b") == []
    assert await claimed(store, NOW_MS + 5_000, holder="node-b") == ["pay_1"]


async def test_a_worker_that_was_too_slow_gives_back_nothing_of_its_successors(store: DatabaseStore) -> None:
    await due_at(store, p1=NOW_MS)
    await claimed(store)
    await claimed(store, NOW_MS + LEASE_MS, holder="node-b")

    await store.release_payments("node-a", {"pay_1": None})

    assert await claimed(store, NOW_MS + LEASE_MS + 1, holder="node-c") == []


async def test_many_workers_share_the_work_and_never_a_payment(store: DatabaseStore) -> None:
    await store.commit(Changes(insert_payments=[a_payment(n, due_at_ms=NOW_MS) for n in range(30)]))

    shares = await asyncio.gather(*(claimed(store, limit=4, holder=f"node-{n}") for n in range(12)))

    taken = [payment_id for share in shares for payment_id in share]
    assert sorted(taken) == sorted(f"pay_{n}" for n in range(30))


async def test_a_claim_changes_nothing_of_the_payment(store: DatabaseStore) -> None:
    """A request that is under way must not meet a conflict because a worker looks at the payment."""
    payment = a_payment(due_at_ms=NOW_MS)
    await store.commit(Changes(insert_payments=[payment]))
    await claimed(store)

    await store.commit(Changes(update_payments=[next_version(payment, due_at_ms=NOW_MS + 1)]))
    await store.release_payments("node-a", {"pay_1": None})

    assert await claimed(store) == [], "it was swept: not due any more"
    assert await claimed(store, NOW_MS + 1) == ["pay_1"]


async def test_after_a_long_stop_the_youngest_come_first_and_the_oldest_are_not_starved(store: DatabaseStore) -> None:
    """Ids sort by time: pay_90 was made just before the stop, its customer may still be looking at the code."""
    await store.commit(Changes(insert_payments=[a_payment(n, due_at_ms=NOW_MS - 60_000 + n) for n in range(10, 91)]))

    first = await claimed(store, limit=6)

    assert first == ["pay_90", "pay_89", "pay_88", "pay_10", "pay_11", "pay_12"]
    rounds = [first]
    while found := await claimed(store, limit=6):
        rounds.append(found)
    assert sorted(payment_id for found in rounds for payment_id in found) == [f"pay_{n}" for n in range(10, 91)]


# --- nothing is forgotten -------------------------------------------------------------------------------------------

SUCCEEDED: dict[str, Any] = {"winner_attempt_id": "att_1", "succeeded_at_ms": NOW_MS}


def with_payment(state: PaymentState, due_at_ms: int | None) -> Changes:
    more = SUCCEEDED if state is PaymentState.SUCCEEDED else {}
    if state in (PaymentState.CLOSING, PaymentState.CLOSED):
        more = {"close_reason": CloseReason.EXPIRED}
    return Changes(insert_payments=[a_payment(state=state, due_at_ms=due_at_ms, **more)])


def ended(**changes: Any) -> Changes:
    return Changes(insert_payments=[a_payment(state=PaymentState.CLOSED, due_at_ms=None)], **changes)


def with_attempt(state: AttemptState, due_at_ms: int | None) -> Changes:
    return ended(insert_attempts=[an_attempt(state=state, due_at_ms=due_at_ms)])


def with_refund(state: RefundState, due_at_ms: int | None) -> Changes:
    changes = ended(insert_attempts=[an_attempt(state=AttemptState.SUCCEEDED, surplus=True)])
    changes.insert_refunds.append(a_refund(state=state, due_at_ms=due_at_ms))
    return changes


def with_event(state: DeliveryState, due_at_ms: int | None) -> Changes:
    return ended(insert_events=[an_event(state=state, due_at_ms=due_at_ms)])


ENDED_EVENTS = (DeliveryState.DELIVERED, DeliveryState.DEAD)
EVERY_STATE = [
    *((with_payment, state, "pay_1", state in PAYMENT.terminal) for state in PaymentState),
    *((with_attempt, state, "att_1", state in ATTEMPT.terminal) for state in AttemptState),
    *((with_refund, state, "ref_1", state in REFUND.terminal) for state in RefundState),
    *((with_event, state, "evt_1", state in ENDED_EVENTS) for state in DeliveryState),
]


@pytest.mark.parametrize(
    ("changes_of", "state", "name", "has_ended"), EVERY_STATE, ids=lambda v: getattr(v, "__name__", None) or str(v)
)
async def test_whatever_has_not_ended_needs_a_due_time(
    store: DatabaseStore, changes_of: Any, state: Any, name: str, has_ended: bool
) -> None:
    """Every state of every machine: a new one that nobody watches fails here."""
    await store.commit(changes_of(state, None))

    assert [found for _, found in await store.unwatched()] == ([] if has_ended else [name])
    assert (await store.counts()).unwatched == (0 if has_ended else 1)


@pytest.mark.parametrize(
    ("changes_of", "state"),
    [(of, state) for of, state, _, has_ended in EVERY_STATE if not has_ended and state is not PaymentState.CLOSING],
    ids=lambda v: getattr(v, "__name__", None) or str(v),
)
async def test_with_one_the_sweeper_gets_it(store: DatabaseStore, changes_of: Any, state: Any) -> None:
    await store.commit(changes_of(state, NOW_MS))

    assert await store.unwatched() == []
    events = await store.claim_events(NOW_MS, LEASE_MS, 10)
    assert [*(await claimed(store)), *(event.payment_id for event in events)] == ["pay_1"]


@pytest.mark.parametrize("due_at_ms", [None, NOW_MS])
async def test_a_closing_payment_is_watched_through_its_attempts(store: DatabaseStore, due_at_ms: int | None) -> None:
    changes = with_payment(PaymentState.CLOSING, None)
    changes.insert_attempts.append(an_attempt(state=AttemptState.CLOSING, due_at_ms=due_at_ms))
    await store.commit(changes)

    assert {table for table, _ in await store.unwatched()} == (set() if due_at_ms else {"payments", "attempts"})
