from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.postgres_server import elsewhere, new_database
from tests.storage.builders import NOW_MS
from tests.storage.conformance import KINDS, empty_postgres, empty_sqlite_store

from payswitch.kit.clock import ManualClock
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.upgrading import upgrade
from payswitch.storage.store import DatabaseStore


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_MS)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    """A database with our tables, which the tests of a session use one after the other."""
    with new_database(postgres_server) as address:
        assert elsewhere(upgrade(address)) is True
        yield address


@pytest.fixture
async def empty_database(migrated_postgres: str) -> str:
    """The same without a row in it."""
    await empty_postgres(migrated_postgres)
    return migrated_postgres


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[DatabaseStore]:
    """An open, empty store of each kind."""
    if request.param == "sqlite":
        unopened: DatabaseStore = empty_sqlite_store(tmp_path, clock)
    else:
        address = request.getfixturevalue("migrated_postgres")
        await empty_postgres(address)
        unopened = PostgresStore(address, clock=clock)
    async with unopened as opened:
        yield opened
