"""Lines that break: nobody is told that a commit failed when it may have happened, and the next one finds a way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import func, select
from tests.storage.builders import exposed, launched
from tests.storage.cutting_proxy import Cut, CuttingProxy, cutting_proxy

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.payment import AttemptState
from payswitch.kit.clock import ManualClock
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.errors import cannot_connect
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import one


@pytest.fixture
async def line(empty_database: str) -> AsyncIterator[tuple[CuttingProxy, str]]:
    async with cutting_proxy(empty_database) as found:
        yield found


@pytest.fixture
async def far_store(line: tuple[CuttingProxy, str], clock: ManualClock) -> AsyncIterator[PostgresStore]:
    """A store whose server is behind the proxy."""
    async with PostgresStore(line[1], clock=clock) as store:
        yield store


@pytest.mark.parametrize(("cut", "stored"), [(Cut.BEFORE, None), (Cut.AFTER, "pay_1")])
async def test_a_line_cut_at_commit_leaves_the_outcome_open_until_one_reads_again(
    line: tuple[CuttingProxy, str], far_store: PostgresStore, empty_database: str, cut: Cut, stored: str | None
) -> None:
    line[0].next_commit = cut

    answers = await asyncio.gather(*(far_store.commit(launched(n)) for n in (1, 2)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [StorageUnavailable] * 2
    assert answers[0] is not answers[1], "each waiter has an error of its own"
    await nobody_writes(empty_database)
    file = await far_store.payment_file("pay_1")
    assert (file and file.payment.payment_id) == stored
    if stored is None:
        await far_store.commit(launched(1))
    await far_store.commit(exposed(1))
    file = await far_store.payment_file("pay_1")
    assert file is not None
    assert file.attempts[0].state is AttemptState.EXPOSED


WRITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (state LIKE '%in transaction%' OR (state = 'active' AND query = 'COMMIT'))
"""


async def nobody_writes(address: str) -> None:
    """Wait until the session whose line was cut is through, whatever it did last."""
    connection = await asyncpg.connect(address)
    while await connection.fetchval(WRITING):
        pass
    await connection.close()


async def test_after_a_restart_of_the_server_everything_finds_a_new_line(
    line: tuple[CuttingProxy, str], far_store: PostgresStore
) -> None:
    await far_store.commit(launched(1))

    await line[0].cut_all()

    await far_store.commit(launched(2))
    assert await far_store.payment_file("pay_1") is not None
    assert (await far_store.counts()).payments == {"pending": 2}
    assert await far_store.claim_events(0, 1_000, 10) == []


async def test_a_read_over_a_line_that_breaks_says_so(
    line: tuple[CuttingProxy, str], far_store: PostgresStore, empty_database: str
) -> None:
    blocker = await asyncpg.connect(empty_database)
    await blocker.execute("BEGIN; LOCK TABLE payments")
    reading = asyncio.ensure_future(far_store.payment_file("pay_1"))
    await until_somebody_waits(blocker)

    await line[0].cut_all()

    with pytest.raises(StorageUnavailable, match="could not be used just now"):
        await reading
    await blocker.close()


async def until_somebody_waits(connection: asyncpg.Connection) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not await connection.fetchval(waiting):
        pass


async def test_a_lock_that_somebody_forgot_is_unavailable_not_a_hang(empty_database: str, clock: ManualClock) -> None:
    async with PostgresStore(empty_database, clock=clock, timeout_ms=100) as store:
        await store.commit(launched())
        forgetful = await asyncpg.connect(empty_database)
        await forgetful.execute("BEGIN; SELECT * FROM payments FOR UPDATE")

        with pytest.raises(StorageUnavailable, match=r"LockNotAvailable|QueryCanceled"):
            await store.commit(exposed())

        await forgetful.close()
        await store.commit(exposed())


async def test_every_session_is_told_to_wait_for_the_disk(fresh_postgres: str, clock: ManualClock) -> None:
    """Whatever the database's owner has set: an acknowledged payment survives a power cut."""
    connection = await asyncpg.connect(fresh_postgres)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()

    async with PostgresStore(fresh_postgres, clock=clock) as store:
        for setting, value in (("synchronous_commit", "on"), ("statement_timeout", "10s"), ("lock_timeout", "5s")):
            assert await store.look(one(Prepared(select(func.current_setting(setting))))) == value


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("postgresql://postgres:s3cret@127.0.0.1:1/shop", "no PostgreSQL server answers there"),
        ("{server}/no_such_database", "createdb"),
    ],
)
async def test_what_is_wrong_with_an_address_is_said_without_its_password(
    postgres_server: str, clock: ManualClock, path: str, advice: str
) -> None:
    address = path.format(server=postgres_server.rpartition("/")[0])

    with pytest.raises(StorageUnavailable, match=advice) as refused:
        await PostgresStore(address, clock=clock).open()

    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in PostgresStore(address, clock=clock).place


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (asyncpg.InvalidPasswordError("password authentication failed"), "用户名或密码错误"),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), "database_pool"),
        (asyncpg.CannotConnectNowError("the database system is starting up"), "refused the connection"),
        (TimeoutError(), "host and port"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_refusal_has_its_advice(error: Exception, advice: str) -> None:
    assert advice in str(cannot_connect("postgresql://shop:s3cret@db/shop", error))
