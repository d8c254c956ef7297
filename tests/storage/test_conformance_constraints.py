"""The invariants that hold even if the code above is wrong: the database refuses, and names the rule."""

from __future__ import annotations

import pytest
from tests.storage.builders import (
    NOW_MS,
    a_decision,
    a_payment,
    a_refund,
    an_attempt,
    an_event,
    launched,
    paid,
)

from payswitch.domain.changes import Changes, IdempotencyRecord, UniqueViolation
from payswitch.domain.payment import Attempt, AttemptState, PaymentState
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore

SUCCEEDED = AttemptState.SUCCEEDED


def second_attempt(**changes: object) -> Attempt:
    return an_attempt(2, 1, **({"ordinal": 2} | changes))


async def violation(store: DatabaseStore, changes: Changes) -> str:
    with pytest.raises(UniqueViolation) as caught:
        await store.commit(changes)
    return caught.value.constraint


async def broken_rule(store: DatabaseStore, changes: Changes) -> str:
    with pytest.raises(InvariantViolation) as caught:
        await store.commit(changes)
    return caught.value.constraint


async def test_the_same_out_trade_no_is_never_two_payments(store: DatabaseStore) -> None:
    await store.commit(launched())

    again = Changes(insert_payments=[a_payment(2, out_trade_no="T1")])

    assert await violation(store, again) == "uq_payment_shop_trade"


async def test_another_shop_may_use_the_same_out_trade_no(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(Changes(insert_payments=[a_payment(2, out_trade_no="T1", shop_id="shop-2")]))

    found = await store.file_by_trade_no("shop-2", "T1")
    assert found is not None
    assert found.payment.payment_id == "pay_2"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        (Changes(insert_payments=[a_payment(1, out_trade_no="T9", checkout_token="t9")]), "pk_payments"),
        (Changes(insert_payments=[a_payment(2, checkout_token="token-1")]), "uq_payment_checkout_token"),
        (Changes(insert_decisions=[a_decision(1)]), "pk_decisions"),
        (
            Changes(insert_payments=[a_payment(2)], insert_attempts=[an_attempt(2, 2, channel_order_no="NO1")]),
            "uq_attempt_order_no",
        ),
        (
            Changes(insert_payments=[a_payment(2)], insert_attempts=[an_attempt(1, 2, channel_order_no="NO9")]),
            "pk_attempts",
        ),
    ],
)
async def test_numbers_are_never_used_twice(store: DatabaseStore, changes: Changes, constraint: str) -> None:
    await store.commit(launched())

    assert await violation(store, changes) == constraint


async def test_the_same_number_at_two_channels_is_two_orders(store: DatabaseStore) -> None:
    await store.commit(launched(1))
    await store.commit(
        Changes(
            insert_payments=[a_payment(2)],
            insert_attempts=[an_attempt(2, 2, channel_id="alipay-main", channel_order_no="NO1")],
        )
    )

    found = await store.file_by_order_no("alipay-main", "NO1")
    assert found is not None
    assert found.payment.payment_id == "pay_2"


async def test_attempts_of_a_payment_are_numbered_once(store: DatabaseStore) -> None:
    await store.commit(launched())

    again = Changes(update_payments=[a_payment(version=2)], insert_attempts=[second_attempt(ordinal=1)])

    assert await violation(store, again) == "uq_attempt_ordinal"


async def test_refund_numbers_are_used_once(store: DatabaseStore) -> None:
    await store.commit(launched())
    first = Changes(update_payments=[a_payment(version=2)], insert_refunds=[a_refund(1)])
    await store.commit(first)

    same_out_no = Changes(update_payments=[a_payment(version=3)], insert_refunds=[a_refund(2, out_refund_no="R1")])
    same_shop_no = Changes(update_payments=[a_payment(version=3)], insert_refunds=[a_refund(2, shop_refund_no="SR1")])

    assert await violation(store, same_out_no) == "uq_refund_out_no"
    assert await violation(store, same_shop_no) == "uq_refund_shop_no"


async def test_surplus_refunds_need_no_number_of_the_shop(store: DatabaseStore) -> None:
    await store.commit(launched())

    await store.commit(
        Changes(
            update_payments=[a_payment(version=2)],
            insert_refunds=[a_refund(1, shop_refund_no=None), a_refund(2, shop_refund_no=None)],
        )
    )

    file = await store.payment_file("pay_1")
    assert file is not None
    assert len(file.refunds) == 2


async def test_an_event_number_is_told_once(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(Changes(update_payments=[a_payment(version=2)], insert_events=[an_event(1)]))

    again = Changes(update_payments=[a_payment(version=3)], insert_events=[an_event(2)])

    assert await violation(store, again) == "uq_event_sequence"


async def test_an_idempotency_key_makes_one_thing(store: DatabaseStore) -> None:
    record = IdempotencyRecord("shop-1", "k", "h", "pay_1", NOW_MS)
    await store.commit(Changes(idempotency=[record]))

    other = IdempotencyRecord("shop-1", "k", "h2", "pay_2", NOW_MS)

    assert await violation(store, Changes(idempotency=[other])) == "uq_idempotency"
    await store.commit(Changes(idempotency=[IdempotencyRecord("shop-2", "k", "h2", "pay_2", NOW_MS)]))


async def test_a_payment_has_at_most_one_winner(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(paid())

    second_winner = Changes(
        update_payments=[a_payment(state=PaymentState.SUCCEEDED, winner_attempt_id="att_1", version=3)],
        insert_attempts=[second_attempt(state=SUCCEEDED)],
    )
    assert await violation(store, second_winner) == "uq_payment_winner"

    surplus = Changes(
        update_payments=[a_payment(state=PaymentState.SUCCEEDED, winner_attempt_id="att_1", version=3)],
        insert_attempts=[second_attempt(state=SUCCEEDED, surplus=True)],
    )
    await store.commit(surplus)


async def test_one_attempt_wins_one_payment(store: DatabaseStore) -> None:
    await store.commit(launched(1))
    await store.commit(paid(1))

    thief = Changes(insert_payments=[a_payment(2, state=PaymentState.SUCCEEDED, winner_attempt_id="att_1")])

    assert await violation(store, thief) == "uq_payment_winner_attempt"


@pytest.mark.parametrize(
    ("payment", "rule"),
    [
        ({"amount_fen": 0}, "ck_payment_amount"),
        ({"amount_fen": -1}, "ck_payment_amount"),
        ({"version": 0}, "ck_payment_version"),
        ({"state": PaymentState.SUCCEEDED}, "ck_payment_winner"),
        ({"state": PaymentState.PENDING, "winner_attempt_id": "att_1"}, "ck_payment_winner"),
        ({"state": PaymentState.CLOSED, "winner_attempt_id": "att_1"}, "ck_payment_winner"),
    ],
)
async def test_a_payment_that_makes_no_sense_is_refused(
    store: DatabaseStore, payment: dict[str, object], rule: str
) -> None:
    assert await broken_rule(store, Changes(insert_payments=[a_payment(**payment)])) == rule


@pytest.mark.parametrize(
    ("attempt", "rule"),
    [
        ({"amount_fen": 0}, "ck_attempt_amount"),
        ({"refunded_fen": -1}, "ck_attempt_refunded"),
        ({"refunded_fen": 129_901}, "ck_attempt_refunded"),
        ({"surplus": True, "state": AttemptState.EXPOSED}, "ck_attempt_surplus"),
    ],
)
async def test_an_attempt_that_makes_no_sense_is_refused(
    store: DatabaseStore, attempt: dict[str, object], rule: str
) -> None:
    unit = Changes(insert_payments=[a_payment()], insert_attempts=[an_attempt(**attempt)])
    assert await broken_rule(store, unit) == rule


async def test_refunds_are_positive_and_of_something(store: DatabaseStore) -> None:
    await store.commit(launched())

    free = Changes(update_payments=[a_payment(version=2)], insert_refunds=[a_refund(amount_fen=0)])
    astray = Changes(update_payments=[a_payment(version=2)], insert_refunds=[a_refund(attempt="none")])

    assert await broken_rule(store, free) == "ck_refund_amount"
    assert await broken_rule(store, astray) == "foreign_key"


async def test_a_state_that_does_not_exist_is_refused(store: DatabaseStore) -> None:
    payment = Changes(insert_payments=[a_payment(state="happy")])
    attempt = Changes(insert_payments=[a_payment()], insert_attempts=[an_attempt(state="happy")])

    assert await broken_rule(store, payment) == "ck_payment_state"
    assert await broken_rule(store, attempt) == "ck_attempt_state"


@pytest.mark.parametrize("state", [PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSING])
async def test_a_closed_payment_stays_closed(store: DatabaseStore, state: PaymentState) -> None:
    await store.commit(Changes(insert_payments=[a_payment(state=PaymentState.CLOSED)]))

    assert await broken_rule(store, Changes(update_payments=[a_payment(state=state, version=2)])) == (
        "ck_payment_terminal"
    )


async def test_a_closed_payment_is_not_paid_after_all(store: DatabaseStore) -> None:
    """A late success is surplus: the payment keeps saying closed."""
    await store.commit(Changes(insert_payments=[a_payment(state=PaymentState.CLOSED)], insert_attempts=[an_attempt()]))
    revived = a_payment(state=PaymentState.SUCCEEDED, winner_attempt_id="att_1", version=2)

    assert await broken_rule(store, Changes(update_payments=[revived])) == "ck_payment_terminal"


async def test_success_is_for_ever(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(paid())

    unpaid = Changes(update_payments=[a_payment(state=PaymentState.CLOSED, version=3)])
    other_winner = Changes(
        update_payments=[a_payment(state=PaymentState.SUCCEEDED, winner_attempt_id="att_9", version=3)]
    )
    undone = Changes(
        update_payments=[a_payment(state=PaymentState.SUCCEEDED, winner_attempt_id="att_1", version=3)],
        update_attempts=[an_attempt(state=AttemptState.FAILED)],
    )

    # Two rules forbid it; which of them speaks first is the database's choice.
    assert await broken_rule(store, unpaid) in ("ck_payment_terminal", "ck_payment_winner_final")
    assert await broken_rule(store, other_winner) == "ck_payment_winner_final"
    assert await broken_rule(store, undone) == "ck_attempt_succeeded_final"


async def test_a_terminal_payment_still_counts_its_changes(store: DatabaseStore) -> None:
    """Refunds and late news bump the version of a finished payment; only its state is final."""
    await store.commit(launched())
    await store.commit(paid())

    await store.commit(
        Changes(
            update_payments=[
                a_payment(
                    state=PaymentState.SUCCEEDED, winner_attempt_id="att_1", version=3, event_sequence=1, due_at_ms=None
                )
            ],
            update_attempts=[an_attempt(state=SUCCEEDED, refunded_fen=100)],
            insert_refunds=[a_refund()],
        )
    )

    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.attempt("att_1").refunded_fen == 100
