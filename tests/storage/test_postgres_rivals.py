"""Two services on one database: of two that write one payment one wins, and work is claimed by one alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.storage.builders import (
    NOW_MS,
    a_payment,
    an_event,
    exposed,
    launched,
    next_version,
    paid,
)
from tests.storage.test_conformance_balances import billed, both, fold_all
from tests.storage.test_conformance_ledger import a_transfer, fee, won
from tests.storage.test_postgres_connections import until_somebody_waits

from payswitch.domain.changes import Changes, CommitConflict, StorageUnavailable, UniqueViolation
from payswitch.domain.reconciliation import Billed
from payswitch.kit.clock import ManualClock
from payswitch.storage import ledger, reconciling
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.running import run_script

Pair = tuple[PostgresStore, PostgresStore]


@pytest.fixture
async def pair(empty_database: str, clock: ManualClock) -> AsyncIterator[Pair]:
    """Two services that know nothing of each other."""
    async with PostgresStore(empty_database, clock=clock) as one, PostgresStore(empty_database, clock=clock) as other:
        yield one, other


async def test_of_two_that_write_one_payment_one_wins(pair: Pair) -> None:
    """A notification reaches one service, the query of the other finds the same: forty times, at the same moment."""
    numbers = range(40)
    for n in numbers:
        await pair[n % 2].commit(launched(n))

    results = await asyncio.gather(*(store.commit(paid(n)) for n in numbers for store in pair), return_exceptions=True)

    for n in numbers:
        assert {type(result) for result in results[2 * n : 2 * n + 2]} == {type(None), CommitConflict}
    counts = await pair[0].counts()
    assert (counts.payments, counts.events, counts.broken_payments) == ({"succeeded": 40}, {"pending": 40}, 0)


async def test_a_counter_under_many_hands_of_two_services_loses_no_step(pair: Pair) -> None:
    await pair[0].commit(Changes(insert_payments=[a_payment()]))

    async def add_one(store: PostgresStore) -> None:
        while True:
            file = await store.payment_file("pay_1")
            assert file is not None
            up = next_version(file.payment, event_sequence=file.payment.event_sequence + 1)
            try:
                await store.commit(Changes(update_payments=[up]))
            except CommitConflict:
                continue
            return

    await asyncio.gather(*(add_one(store) for store in pair for _ in range(8)))

    file = await pair[1].payment_file("pay_1")
    assert file is not None
    assert (file.payment.event_sequence, file.payment.version) == (16, 17)


async def test_the_same_order_at_two_services_is_one_payment(pair: Pair) -> None:
    units = [Changes(insert_payments=[a_payment(n, out_trade_no="T1")]) for n in (1, 2)]

    results = await asyncio.gather(
        *(store.commit(unit) for store, unit in zip(pair, units, strict=True)), return_exceptions=True
    )

    assert sorted(str(result) for result in results) == ["None", "uq_payment_shop_trade"]
    assert {type(result) for result in results} == {type(None), UniqueViolation}


async def test_two_workers_at_two_services_never_deliver_one_event(pair: Pair) -> None:
    for n in range(60):
        await pair[0].commit(Changes(insert_payments=[a_payment(n, event_sequence=1)], insert_events=[an_event(n, n)]))

    claims = await asyncio.gather(
        *(store.claim_events(NOW_MS, 30_000, 10) for store in pair for _ in range(4)), return_exceptions=False
    )
    rest = await pair[0].claim_events(NOW_MS, 30_000, 100)

    taken = [event.event_id for claim in (*claims, rest) for event in claim]
    assert len(taken) == len(set(taken)) == 60
    assert sum(bool(claim) for claim in claims) > 1, "the work was shared"
    assert await pair[1].claim_events(NOW_MS, 30_000, 100) == []
    again = await pair[1].claim_events(NOW_MS + 30_000, 30_000, 100)
    assert len(again) == 60, "a worker that died gives everything back"


async def test_an_event_that_somebody_is_just_taking_is_left_to_them(pair: Pair, empty_database: str) -> None:
    await pair[0].commit(
        Changes(
            insert_payments=[a_payment(n, event_sequence=1) for n in (1, 2)],
            insert_events=[an_event(n, n, due_at_ms=NOW_MS + n) for n in (1, 2)],
        )
    )
    other = await asyncpg.connect(empty_database)
    await other.execute("BEGIN; SELECT * FROM events WHERE event_id = 'evt_1' FOR UPDATE")

    claimed = await pair[0].claim_events(NOW_MS + 10, 30_000, 10)

    assert [event.event_id for event in claimed] == ["evt_2"]
    await other.close()


FAILING = """
CREATE SEQUENCE times;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('times') <= TG_ARGV[0]::int THEN RAISE EXCEPTION USING ERRCODE = TG_ARGV[1], MESSAGE = 'busy'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fail BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION fail({times}, '{code}');
"""
"""Makes the server answer the first updates as if somebody else's transaction had been in the way."""
CODES = pytest.mark.parametrize("code", ["40001", "40P01"], ids=["serialization_failure", "deadlock_detected"])


@CODES
async def test_what_the_server_takes_back_for_somebody_else_is_begun_again(
    fresh_postgres: str, clock: ManualClock, code: str
) -> None:
    async with PostgresStore(fresh_postgres, clock=clock) as store:
        await store.commit(launched())
        connection = await asyncpg.connect(fresh_postgres)
        await connection.execute(FAILING.format(times=2, code=code))

        await store.commit(exposed())

        assert await connection.fetchval("SELECT last_value FROM times") == 3, "at the third try"
        await connection.close()


@CODES
async def test_but_not_for_ever(fresh_postgres: str, clock: ManualClock, code: str) -> None:
    async with PostgresStore(fresh_postgres, clock=clock) as store:
        await store.commit(launched())
        connection = await asyncpg.connect(fresh_postgres)
        await connection.execute(FAILING.format(times=99, code=code))

        with pytest.raises(StorageUnavailable, match="busy"):
            await store.commit(exposed())

        await connection.execute("DROP TRIGGER fail ON payments")
        await connection.close()
        await store.commit(exposed())


async def test_a_real_deadlock_ends_in_a_commit(pair: Pair, empty_database: str) -> None:
    """Somebody holds payment 2 and wants 1, our unit holds 1 and wants 2: the server frees one of them."""
    await pair[0].commit(Changes(insert_payments=[a_payment(1), a_payment(2)]))
    watcher, other = await asyncpg.connect(empty_database), await asyncpg.connect(empty_database)
    await other.execute("BEGIN; SELECT 1 FROM payments WHERE payment_id = 'pay_2' FOR UPDATE")
    both = Changes(update_payments=[next_version(a_payment(n), due_at_ms=None) for n in (1, 2)])
    ours = asyncio.ensure_future(pair[0].commit(both))
    await until_somebody_waits(watcher)

    theirs = await asyncio.gather(
        other.execute("SELECT 1 FROM payments WHERE payment_id = 'pay_1' FOR UPDATE"), return_exceptions=True
    )

    assert isinstance(theirs[0], str | asyncpg.DeadlockDetectedError)
    await other.execute("ROLLBACK")
    await ours
    files = [await pair[1].payment_file(f"pay_{n}") for n in (1, 2)]
    assert [file.payment.version for file in files if file is not None] == [2, 2]
    await watcher.close()
    await other.close()


async def test_a_transaction_that_ends_after_a_younger_one_was_folded_is_not_forgotten(
    pair: Pair, empty_database: str
) -> None:
    """Its notes have the lower numbers and are seen last: no order of numbers may decide what was folded."""
    await pair[0].commit(won(1, a_transfer(1), fee(1)))
    slow = await asyncpg.connect(empty_database)
    transaction = slow.transaction()
    await transaction.start()
    await run_script(slow, reconciling.save(Billed(transfers=[billed(1)])))
    await pair[1].commit(won(2, a_transfer(2), fee(2)))

    assert await fold_all(pair[0]) > 0
    await transaction.commit()
    await slow.close()

    summed, kept = await both(pair[1])
    assert kept == summed
    assert kept["fees/wechat-main"] == 2 * 779 + 21
    assert await fold_all(pair[1]) == 2
    assert (await both(pair[0])) == (summed, summed)


async def test_two_services_that_fold_at_once_fold_everything_once(pair: Pair) -> None:
    for n in range(30):
        await pair[n % 2].commit(won(n, a_transfer(n), fee(n)))

    async def fold(store: PostgresStore) -> int:
        return await store.write(lambda: ledger.fold(7))

    taken = await asyncio.gather(*(fold(pair[n % 2]) for n in range(30)))

    summed, kept = await both(pair[0])
    assert kept == summed
    assert sum(taken) + await fold_all(pair[0]) == 30 * 3
