"""All or nothing, at most one winner of a race, and no bad neighbour: what a commit promises."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.storage.builders import (
    NOW_MS,
    a_decision,
    a_payment,
    a_refund,
    an_attempt,
    an_event,
    exposed,
    launched,
    next_version,
    paid,
)

from payswitch.domain.changes import Changes, CommitConflict, IdempotencyRecord, UniqueViolation
from payswitch.domain.payment import AttemptState, Incident, PaymentState
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore


async def test_a_payment_is_readable_the_moment_its_commit_returns(store: DatabaseStore) -> None:
    await store.commit(launched())

    file = await store.payment_file("pay_1")

    assert file is not None
    assert file.payment == a_payment(state=PaymentState.PENDING)
    assert file.attempts == (an_attempt(),)
    assert file.refunds == ()


async def test_a_payment_from_order_to_money(store: DatabaseStore) -> None:
    for step in (launched(), exposed(), paid(from_version=2)):
        await store.commit(step)

    file = await store.payment_file("pay_1")

    assert file is not None
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.payment.version == 3
    assert file.payment.winner_attempt_id == "att_1"
    assert file.attempt("att_1").state is AttemptState.SUCCEEDED
    events = await store.list_events("shop-1", payment_id="pay_1", before=None, limit=10)
    assert [event.event_id for event in events] == ["evt_1"]


async def test_every_kind_of_row_goes_in_with_one_commit(store: DatabaseStore) -> None:
    await store.commit(
        Changes(
            insert_payments=[a_payment()],
            insert_attempts=[an_attempt()],
            insert_refunds=[a_refund()],
            insert_events=[an_event()],
            insert_decisions=[a_decision()],
            insert_incidents=[Incident(incident_id="inc_1", kind="untrusted", at_ms=NOW_MS, payment_id="pay_1")],
            idempotency=[IdempotencyRecord("shop-1", "key-1", "hash", "pay_1", NOW_MS)],
        )
    )

    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.refunds == (a_refund(),)
    assert await store.decisions("pay_1") == [a_decision()]
    assert [incident.incident_id for incident in await store.list_incidents(limit=10)] == ["inc_1"]
    assert await store.idempotency("shop-1", "key-1") == IdempotencyRecord("shop-1", "key-1", "hash", "pay_1", NOW_MS)


async def test_an_empty_commit_changes_nothing(store: DatabaseStore) -> None:
    await store.commit(Changes())

    assert (await store.counts()).payments == {}


async def test_who_read_an_old_version_must_read_again(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(exposed())

    with pytest.raises(CommitConflict):
        await store.commit(paid(from_version=1))

    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.payment.state is PaymentState.PENDING
    assert file.attempt("att_1").state is AttemptState.EXPOSED, "the whole unit is taken back"


async def test_a_payment_that_does_not_exist_cannot_be_updated(store: DatabaseStore) -> None:
    with pytest.raises(CommitConflict):
        await store.commit(Changes(update_payments=[a_payment("none", version=2)]))


async def test_a_conflict_late_in_the_unit_takes_back_what_came_before(store: DatabaseStore) -> None:
    await store.commit(launched(1))

    with pytest.raises(CommitConflict):
        await store.commit(
            Changes(
                insert_payments=[a_payment(2)],
                insert_attempts=[an_attempt(2, 2)],
                update_payments=[a_payment(1, version=9)],
            )
        )

    assert await store.payment_file("pay_2") is None


async def test_notification_and_query_meet_and_exactly_one_wins(store: DatabaseStore) -> None:
    await store.commit(launched())
    rivals = [paid(from_version=1), exposed(), paid(from_version=1)]

    answers = await asyncio.gather(*(store.commit(rival) for rival in rivals), return_exceptions=True)

    assert answers.count(None) == 1
    assert sum(isinstance(answer, CommitConflict) for answer in answers) == 2
    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.payment.version == 2


async def test_a_counter_under_many_hands_loses_no_step(store: DatabaseStore) -> None:
    """Forty tasks change one payment by read, decide, commit, and again on conflict: forty changes arrive."""
    await store.commit(launched())

    async def one_more() -> None:
        while True:
            file = await store.payment_file("pay_1")
            assert file is not None
            try:
                await store.commit(
                    Changes(
                        update_payments=[next_version(file.payment, event_sequence=file.payment.event_sequence + 1)]
                    )
                )
            except CommitConflict:
                continue
            return

    await asyncio.gather(*(one_more() for _ in range(40)))

    file = await store.payment_file("pay_1")
    assert file is not None
    assert (file.payment.event_sequence, file.payment.version) == (40, 41)


async def test_a_bad_order_among_good_ones_fails_alone(store: DatabaseStore) -> None:
    units = [launched(n) for n in range(20)]
    units[7] = Changes(insert_payments=[a_payment(7, amount_fen=0)])
    units[11] = Changes(insert_payments=[a_payment("11b", out_trade_no="T3")])
    units[15] = Changes(update_payments=[a_payment(3, version=7)])
    units[17] = Changes(insert_payments=[a_payment(17, amount_fen=1 << 70)])

    answers = await asyncio.gather(*(store.commit(unit) for unit in units), return_exceptions=True)

    failed = {n: type(answer) for n, answer in enumerate(answers) if answer is not None}
    assert failed == {7: InvariantViolation, 11: UniqueViolation, 15: CommitConflict, 17: InvariantViolation}
    listed = await store.list_payments("shop-1", state=None, before=None, limit=100)
    assert len(listed) == 16


async def test_a_big_rush_is_committed_whole(store: DatabaseStore) -> None:
    """More units at once than one transaction takes."""
    await asyncio.gather(*(store.commit(launched(n)) for n in range(700)))

    assert (await store.counts()).payments == {"pending": 700}


async def test_one_unit_with_many_rows(store: DatabaseStore) -> None:
    many = range(300)
    await store.commit(
        Changes(insert_payments=[a_payment(n) for n in many], insert_attempts=[an_attempt(n, n) for n in many])
    )

    assert (await store.counts()).attempts == {"created": 300}


async def test_giving_up_waiting_does_not_take_the_commit_back(store: DatabaseStore) -> None:
    impatient = asyncio.ensure_future(store.commit(launched(1)))
    await asyncio.sleep(0)  # let it hand the unit over, then give up
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient

    await store.commit(launched(2))  # units are applied in order

    assert await store.payment_file("pay_1") is not None


@pytest.mark.parametrize(
    "changes",
    [
        Changes(insert_attempts=[an_attempt()]),
        Changes(update_attempts=[an_attempt()]),
        Changes(insert_refunds=[a_refund()]),
        Changes(update_refunds=[a_refund()]),
        Changes(insert_events=[an_event()]),
        Changes(update_payments=[a_payment("other", version=2)], update_attempts=[an_attempt()]),
    ],
)
async def test_nothing_of_a_payment_changes_without_it(store: DatabaseStore, changes: Changes) -> None:
    """The payment's version guards every commit: a unit that forgets the payment is a bug, and is told so."""
    await store.commit(launched())

    with pytest.raises(InvariantViolation, match="payment_missing"):
        await store.commit(changes)


@pytest.mark.parametrize(
    "unit",
    [
        Changes(update_payments=[a_payment(version=2, amount_fen=1)]),
        Changes(update_payments=[a_payment(version=2, shop_id="shop-2")]),
        Changes(update_payments=[a_payment(version=2, out_trade_no="other")]),
        Changes(update_payments=[a_payment(version=2)], update_attempts=[an_attempt(amount_fen=1)]),
        Changes(update_payments=[a_payment(version=2)], update_attempts=[an_attempt(channel_order_no="other")]),
        Changes(update_payments=[a_payment(version=2)], update_attempts=[an_attempt("never-inserted")]),
        Changes(update_payments=[a_payment(version=2)], update_refunds=[a_refund(amount_fen=2)]),
        Changes(update_payments=[a_payment(version=2)], update_refunds=[a_refund(shop_refund_no=None)]),
    ],
)
async def test_amounts_and_numbers_never_change(store: DatabaseStore, unit: Changes) -> None:
    await store.commit(
        Changes(insert_payments=[a_payment()], insert_attempts=[an_attempt()], insert_refunds=[a_refund()])
    )

    with pytest.raises(InvariantViolation, match="fixed_columns"):
        await store.commit(unit)

    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.payment.version == 1
    assert msgspec.structs.asdict(file.refunds[0]) == msgspec.structs.asdict(a_refund())
