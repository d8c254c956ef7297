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

    taken: list[str] = []
    while shares := [share for share in await a_round(store) if share]:
        taken += [payment_id for share in shares for payment_id in share]
    assert sorted(taken) == sorted(f"pay_{n}" for n in range(30)), "none twice, none left over"


async def a_round(store: DatabaseStore) -> list[list[str]]:
    """Twelve workers at once. One that meets another on a payment goes home with less; the next round has the rest."""
    return await asyncio.gather(*(claimed(store, limit=4, holder=f"node-{n}") for n in range(12)))


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

SUCCEEDED: dict[str, Any] = {"succeeded_at_ms": NOW_MS}


def with_payment(state: PaymentState, n: str, due_at_ms: int | None) -> Changes:
    more = SUCCEEDED | {"winner_attempt_id": f"att_{n}"} if state is PaymentState.SUCCEEDED else {}
    if state in (PaymentState.CLOSING, PaymentState.CLOSED):
        more = {"close_reason": CloseReason.EXPIRED}
    return Changes(insert_payments=[a_payment(n, state=state, due_at_ms=due_at_ms, **more)])


def ended(n: str, **changes: Any) -> Changes:
    return Changes(insert_payments=[a_payment(n, state=PaymentState.CLOSED, due_at_ms=None)], **changes)


def with_attempt(state: AttemptState, n: str, due_at_ms: int | None) -> Changes:
    return ended(n, insert_attempts=[an_attempt(n, n, state=state, due_at_ms=due_at_ms)])


def with_refund(state: RefundState, n: str, due_at_ms: int | None) -> Changes:
    changes = ended(n, insert_attempts=[an_attempt(n, n, state=AttemptState.SUCCEEDED, surplus=True)])
    changes.insert_refunds.append(a_refund(n, n, n, state=state, due_at_ms=due_at_ms))
    return changes


def with_event(state: DeliveryState, n: str, due_at_ms: int | None) -> Changes:
    return ended(n, insert_events=[an_event(n, n, state=state, due_at_ms=due_at_ms)])


ENDED_EVENTS = (DeliveryState.DELIVERED, DeliveryState.DEAD)
EVERY_STATE: list[tuple[Any, Any, str, bool]] = [
    *((with_payment, state, "pay", state in PAYMENT.terminal) for state in PaymentState),
    *((with_attempt, state, "att", state in ATTEMPT.terminal) for state in AttemptState),
    *((with_refund, state, "ref", state in REFUND.terminal) for state in RefundState),
    *((with_event, state, "evt", state in ENDED_EVENTS) for state in DeliveryState),
]
"""How one of it comes about, the state, the beginning of its id, and whether it has ended."""


async def test_whatever_has_not_ended_needs_a_due_time(store: DatabaseStore) -> None:
    """Every state of every machine: a new one that nobody watches fails here."""
    forgotten = []
    for changes_of, state, prefix, has_ended in EVERY_STATE:
        n = f"{prefix}-{state}"
        await store.commit(changes_of(state, n, None))
        if not has_ended:
            forgotten.append(f"{prefix}_{n}")

    assert sorted(found for _, found in await store.unwatched()) == sorted(forgotten)
    assert (await store.counts()).unwatched == len(forgotten)


async def test_with_one_the_sweeper_gets_it(store: DatabaseStore) -> None:
    waiting = [
        (changes_of, state, f"{prefix}-{state}")
        for changes_of, state, prefix, has_ended in EVERY_STATE
        if not has_ended and state is not PaymentState.CLOSING
    ]
    for changes_of, state, n in waiting:
        await store.commit(changes_of(state, n, NOW_MS))

    assert await store.unwatched() == []
    events = await store.claim_events(NOW_MS, LEASE_MS, 100)
    found = [*(await claimed(store, limit=100)), *(event.payment_id for event in events)]
    assert sorted(found) == sorted(f"pay_{n}" for _, _, n in waiting)


@pytest.mark.parametrize("due_at_ms", [None, NOW_MS])
async def test_a_closing_payment_is_watched_through_its_attempts(store: DatabaseStore, due_at_ms: int | None) -> None:
    changes = with_payment(PaymentState.CLOSING, "1", None)
    changes.insert_attempts.append(an_attempt(state=AttemptState.CLOSING, due_at_ms=due_at_ms))
    await store.commit(changes)

    assert {table for table, _ in await store.unwatched()} == (set() if due_at_ms else {"payments", "attempts"})
