"""Many units, one COMMIT: they share the server's disk, and a bad one fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import msgspec
import pytest
from tests.storage.builders import a_payment, an_attempt, exposed, launched, next_version, paid

from payswitch.domain.changes import Changes, CommitConflict, StorageUnavailable, UniqueViolation
from payswitch.domain.payment import PaymentState
from payswitch.kit.clock import ManualClock
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.postgres import PostgresStore


@pytest.fixture
async def postgres(empty_database: str, clock: ManualClock) -> AsyncIterator[PostgresStore]:
    async with PostgresStore(empty_database, clock=clock) as store:
        yield store


async def all_at_once(store: PostgresStore, units: Sequence[Changes]) -> list[object]:
    """All of them wait before the writer takes the first."""
    return await asyncio.gather(*(store.commit(unit) for unit in units), return_exceptions=True)


async def transactions(address: str) -> int:
    """How many wrote what is there now."""
    connection = await asyncpg.connect(address)
    count: int = await connection.fetchval("SELECT count(DISTINCT xmin::text) FROM payments")
    await connection.close()
    return count


async def test_units_that_wait_share_a_transaction(postgres: PostgresStore, empty_database: str) -> None:
    assert await all_at_once(postgres, [launched(n) for n in range(600)]) == [None] * 600

    assert await transactions(empty_database) == 3, "of at most 256 units each"
    assert (await postgres.counts()).payments == {"pending": 600}


def too_big(n: int) -> Changes:
    return Changes(insert_payments=[a_payment(n, amount_fen=1 << 80)])


async def test_bad_units_fail_alone_and_leave_no_trace(postgres: PostgresStore) -> None:
    await postgres.commit(launched(0))
    twice = launched(20)
    twice.insert_attempts.append(an_attempt(21, 20))  # a second attempt with the ordinal of the first
    negative = Changes(insert_payments=[a_payment(30, amount_fen=-1)])
    orphan = launched(40)
    orphan.insert_attempts = [an_attempt(41, 40, payment_id="pay_40", channel_order_no="NO0")]
    old = paid(0, from_version=7)
    moved = Changes(update_payments=[next_version(a_payment(0, state=PaymentState.PENDING, amount_fen=1))])
    units = [launched(1), twice, launched(2), negative, old, too_big(50), launched(3), orphan, moved, launched(4)]

    answers = await all_at_once(postgres, units)

    assert [type(answer) for answer in answers] == [
        type(None),
        UniqueViolation,
        type(None),
        InvariantViolation,
        CommitConflict,
        InvariantViolation,
        type(None),
        UniqueViolation,
        InvariantViolation,
        type(None),
    ]
    named = [getattr(answer, "constraint", "") for answer in answers]
    assert named[1] == "uq_attempt_ordinal"
    assert named[3] == "ck_payment_amount"
    assert named[5] == "unstorable_value"
    assert named[7] == "uq_attempt_order_no"
    assert named[8] == "fixed_columns"
    assert (await postgres.counts()).payments == {"pending": 5}
    assert await postgres.payment_file("pay_20") is None


async def test_a_storm_of_double_clicks_among_good_orders(postgres: PostgresStore) -> None:
    """Every fourth order of a full batch is one that is there already."""
    await all_at_once(postgres, [launched(n) for n in range(0, 200, 4)])
    again = [
        Changes(insert_payments=[a_payment(f"again{n}", out_trade_no=f"T{n}")]) if n % 4 == 0 else launched(n)
        for n in range(200)
    ]

    answers = await all_at_once(postgres, again)

    assert [isinstance(answer, UniqueViolation) for answer in answers] == [n % 4 == 0 for n in range(200)]
    assert (await postgres.counts()).payments == {"pending": 200}


async def test_two_units_of_one_payment_go_one_after_the_other(postgres: PostgresStore) -> None:
    """Who gave up waiting for the first may come with the second before the first is written."""
    steps = [launched(1), exposed(1), launched(2), paid(1, from_version=2), exposed(2)]

    assert await all_at_once(postgres, steps) == [None] * 5

    file = await postgres.payment_file("pay_1")
    assert file is not None
    assert file.payment.state is PaymentState.SUCCEEDED


async def test_a_unit_that_updates_one_row_twice_is_a_bug_that_is_told(postgres: PostgresStore) -> None:
    await postgres.commit(launched())
    up = next_version(a_payment(state=PaymentState.PENDING))

    answers = await all_at_once(postgres, [Changes(update_payments=[up, up]), launched(2)])

    assert [type(answer) for answer in answers] == [CommitConflict, type(None)]


async def test_a_rule_of_a_trigger_is_named(postgres: PostgresStore) -> None:
    await postgres.commit(launched())
    await postgres.commit(paid())
    succeeded = paid().update_payments[0]

    with pytest.raises(InvariantViolation) as broken:
        await postgres.commit(
            Changes(
                update_payments=[
                    msgspec.structs.replace(
                        succeeded, version=3, state=PaymentState.CLOSED, winner_attempt_id=None, due_at_ms=None
                    )
                ]
            )
        )

    assert broken.value.constraint in ("ck_payment_terminal", "ck_payment_winner_final")


async def test_a_clean_stop_finishes_what_it_accepted(empty_database: str, clock: ManualClock) -> None:
    store = PostgresStore(empty_database, clock=clock)
    await store.open()
    waiting = [asyncio.ensure_future(store.commit(launched(n))) for n in range(300)]
    await asyncio.sleep(0)  # all of them are in the queue now

    await store.aclose()
    await store.aclose()

    assert await asyncio.gather(*waiting) == [None] * 300
    with pytest.raises(StorageUnavailable):
        await store.commit(launched(301))
    with pytest.raises(StorageUnavailable):
        await store.payment_file("pay_1")
