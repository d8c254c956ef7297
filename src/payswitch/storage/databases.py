"""Which store, and which way to upgrade, for which database. Only the driver that is needed is loaded."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from payswitch.domain.changes import StorageUnavailable
from payswitch.kit.clock import Clock, SystemClock
from payswitch.storage.addresses import is_postgres, shown
from payswitch.storage.errors import DatabaseInUse
from payswitch.storage.migrations.upgrade import HEAD, another_version, known_revisions
from payswitch.storage.store import DatabaseStore


def make_store(
    database: str, *, clock: Clock, pool_size: int | None = None, timeout_ms: int | None = None
) -> DatabaseStore:
    """A store that is not open yet, for the path of a SQLite file or an address of PostgreSQL (which alone has a pool
    and a timeout for statements)."""
    if not is_postgres(database):
        from payswitch.storage.sqlite import SqliteStore

        return SqliteStore(Path(database), clock=clock)
    from payswitch.storage.postgres import PostgresStore
    from payswitch.storage.postgres.connections import POOL_SIZE, STATEMENT_TIMEOUT_MS

    return PostgresStore(
        database,
        clock=clock,
        pool_size=pool_size or POOL_SIZE,
        timeout_ms=timeout_ms or STATEMENT_TIMEOUT_MS,
    )


@asynccontextmanager
async def open_beside(database: str, *, clock: Clock) -> AsyncIterator[DatabaseStore]:
    """An open store for a command that writes a few rows which no service keeps in memory, whether or not a service
    works with the database just now. Raises StorageUnavailable, SchemaMismatch."""
    store = make_store(database, clock=clock)
    try:
        await store.open()
    except DatabaseInUse:
        from payswitch.storage.sqlite import SqliteStore

        store = SqliteStore(Path(database), clock=clock, guest=True)
        await store.open()
    try:
        yield store
    finally:
        await store.aclose()


class SchemaState(NamedTuple):
    """Which revision a database has, None for an empty one, and which this version needs."""

    stored: str | None
    needed: str


async def schema_state(database: str) -> SchemaState:
    """Look, and change nothing. Raises StorageUnavailable; SchemaMismatch for the schema of a newer PaySwitch."""
    if is_postgres(database):
        from payswitch.storage.postgres.upgrading import stored_revision

        stored = await stored_revision(database)
    else:
        stored = _revision_of_file(Path(database))
    if stored not in (None, HEAD) and stored not in known_revisions():
        raise another_version(shown(database), f"its schema is {stored}, this version knows up to {HEAD}")
    return SchemaState(stored, HEAD)


def _revision_of_file(path: Path) -> str | None:
    from payswitch.storage.sqlite.errors import unavailable
    from payswitch.storage.sqlite.upgrading import stored_revision

    if not path.exists():
        raise StorageUnavailable("there is no such file; a service makes it at its first start / 文件不存在")
    try:
        return stored_revision(path)
    except sqlite3.Error as error:
        raise unavailable(error) from error


async def upgrade_schema(database: str) -> None:
    """Bring it to the newest schema. Raises DatabaseInUse for a file that a service works with, StorageUnavailable,
    SchemaMismatch."""
    if is_postgres(database):
        from payswitch.storage.postgres.upgrading import upgrade

        await upgrade(database)
        return
    store = make_store(database, clock=SystemClock())
    await store.prepare()
    await store.aclose()
