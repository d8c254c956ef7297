"""A database from before the balances were kept: its upgrade adds the ledger up once."""

from __future__ import annotations

from pathlib import Path

import asyncpg
from alembic import command
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from tests.postgres_server import elsewhere
from tests.storage.conformance import empty_sqlite_store
from tests.storage.test_conformance_balances import both
from tests.storage.test_conformance_ledger import a_transfer, fee, won

from payswitch.kit.clock import ManualClock
from payswitch.storage.migrations.upgrade import alembic_config
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.upgrading import upgrade
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.store import DatabaseStore

BEFORE_THE_BALANCES = "0011"
OPENED = {"clearing/wechat-main": 3 * 129_121, "fees/wechat-main": 3 * 779, "shop/shop-1": -3 * 129_900}


def downgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, BEFORE_THE_BALANCES)


async def some_payments(store: DatabaseStore) -> None:
    for n in range(3):
        await store.commit(won(n, a_transfer(n), fee(n)))


async def goes_on(store: DatabaseStore) -> None:
    """The balances are there, none of it twice, and what comes next is added to them."""
    assert await store.ledger_balances() == OPENED
    assert await store.fold_ledger() == 0
    await store.commit(won(3, a_transfer(3)))
    await store.fold_ledger()
    summed, kept = await both(store)
    assert kept == summed
    assert kept["shop/shop-1"] == -4 * 129_900


async def test_of_a_file(tmp_path: Path, clock: ManualClock) -> None:
    async with empty_sqlite_store(tmp_path, clock) as store:
        await some_payments(store)
    with create_engine(f"sqlite:///{store.path}", poolclass=NullPool).connect() as connection:
        downgrade(connection)
        connection.commit()

    async with SqliteStore(store.path, clock=clock) as upgraded:
        await goes_on(upgraded)


async def test_of_a_server(fresh_postgres: str, clock: ManualClock) -> None:
    async with PostgresStore(fresh_postgres, clock=clock) as store:
        await some_payments(store)
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(fresh_postgres)
    )
    async with engine.begin() as connection:
        await connection.run_sync(downgrade)
    await engine.dispose()

    assert elsewhere(upgrade(fresh_postgres)) is True

    async with PostgresStore(fresh_postgres, clock=clock) as upgraded:
        await goes_on(upgraded)
