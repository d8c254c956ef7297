"""What is unfinished, on every database: the piles that metrics and alerts look at."""

from __future__ import annotations

from tests.storage.builders import NOW_MS, a_payment, a_refund, an_attempt, an_event
from tests.storage.test_conformance_bills import a_break, paid_and_refunded

from payswitch.domain.backlog import Pile, Unfinished
from payswitch.domain.changes import Changes
from payswitch.domain.events import DeliveryState
from payswitch.domain.payment import AttemptState, PaymentState, RefundKind, RefundState
from payswitch.domain.reconciliation import Billed
from payswitch.storage.store import DatabaseStore


async def test_a_finished_history_is_no_pile(store: DatabaseStore) -> None:
    await paid_and_refunded(store)
    await store.commit(
        Changes(
            insert_payments=[a_payment(2, state=PaymentState.CLOSED, due_at_ms=None)],
            insert_events=[
                an_event(9, 2, state=DeliveryState.DELIVERED, due_at_ms=None),
                an_event(10, 2, sequence=2, state=DeliveryState.DEAD, due_at_ms=None),
            ],
        )
    )
    # The events of the paid payment are the only thing that still waits.
    found = await store.backlog(NOW_MS)

    assert [(pile.what, pile.state, pile.count) for pile in found.piles] == [(Unfinished.EVENTS, "pending", 2)]


async def test_money_in_doubt_and_refunds_that_wait_for_a_person(store: DatabaseStore) -> None:
    await store.commit(
        Changes(
            insert_payments=[
                a_payment(1, state=PaymentState.PENDING, due_at_ms=NOW_MS + 1),
                a_payment(2, state=PaymentState.PENDING, created_at_ms=NOW_MS - 5_000, due_at_ms=NOW_MS - 200),
            ],
            insert_attempts=[
                an_attempt(1, 1, state=AttemptState.UNKNOWN, due_at_ms=NOW_MS - 100),
                an_attempt(2, 2, state=AttemptState.UNKNOWN, amount_fen=100, due_at_ms=NOW_MS + 1),
                an_attempt(3, 2, ordinal=2, state=AttemptState.FAILED),
            ],
            insert_refunds=[
                a_refund(1, state=RefundState.ABNORMAL, due_at_ms=NOW_MS + 9),
                a_refund(2, 2, 2, kind=RefundKind.SURPLUS, shop_refund_no=None, amount_fen=77, due_at_ms=NOW_MS + 9),
            ],
        )
    )

    found = await store.backlog(NOW_MS)

    assert found.of(Unfinished.PAYMENTS) == [
        Pile(what=Unfinished.PAYMENTS, state="pending", count=2, amount_fen=259_800, oldest_ms=NOW_MS - 5_000)
    ]
    assert found.oldest_age_ms(Unfinished.PAYMENTS) == 5_000
    assert found.count(Unfinished.ATTEMPTS, state="unknown") == 2
    assert found.amount_fen(Unfinished.ATTEMPTS, state="unknown") == 130_000
    assert found.count(Unfinished.REFUNDS, state="abnormal") == 1
    assert found.amount_fen(Unfinished.REFUNDS, kind="surplus") == 77
    assert {pile.kind: (pile.count, pile.oldest_ms) for pile in found.of(Unfinished.DUE)} == {
        "attempt": (1, NOW_MS - 100),
        "payment": (1, NOW_MS - 200),
    }
    assert found.oldest_age_ms(Unfinished.DUE) == 200


async def test_open_breaks_are_counted_by_their_kind(store: DatabaseStore) -> None:
    await store.save_billed(Billed(breaks=[a_break(1), a_break(2)]))

    found = await store.backlog(NOW_MS)

    assert [(pile.kind, pile.count) for pile in found.of(Unfinished.BREAKS)] == [("amount_differs", 2)]


async def test_nothing_at_all(store: DatabaseStore) -> None:
    found = await store.backlog(NOW_MS)

    assert found.piles == ()
    assert found.count(Unfinished.DUE) == 0
    assert found.oldest_age_ms(Unfinished.EVENTS) == 0
