"""The storage conformance suite: `test_conformance_*.py` run once per kind of database listed here.

A new database adds one way to make an empty store and must pass every story unchanged. What only one database has
(files, threads, connections that break, other writers) is tested beside it in `test_sqlite_*.py` and
`test_postgres_*.py`.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import asyncpg
from sqlalchemy import delete

from payswitch.kit.clock import Clock
from payswitch.storage.schema import metadata
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.sqlite.upgrading import upgrade

KINDS = ("sqlite", "postgres")

# Rows that nobody may delete are deleted all the same: triggers do not fire for a replica.
_EMPTY = "SET session_replication_role = replica; " + "; ".join(
    str(delete(table)) for table in reversed(metadata.sorted_tables)
)


@functools.cache
def _empty_sqlite_file() -> bytes:
    """A migrated file, made once: a hundred tests need not run the migrations a hundred times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        upgrade(path)
        return path.read_bytes()


def empty_sqlite_store(folder: Path, clock: Clock) -> SqliteStore:
    path = folder / "payswitch.sqlite"
    path.write_bytes(_empty_sqlite_file())
    return SqliteStore(path, clock=clock)


async def empty_postgres(address: str) -> None:
    """Take out every row: a hundred times quicker than to make the tables anew."""
    connection = await asyncpg.connect(address)
    await connection.execute(_EMPTY)
    await connection.close()
