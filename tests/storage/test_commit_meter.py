"""How long commits take and how many share one is measured where they are made, in both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.storage.builders import launched
from tests.storage.conformance import empty_sqlite_store

from payswitch.kit.clock import ManualClock
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.store import DatabaseStore


async def commits_of(store: DatabaseStore, units: int) -> list[int]:
    """The sizes of the transactions in which so many units were written."""
    told: list[tuple[int, float]] = []
    store.commits.hear = lambda size, took_ms: told.append((size, took_ms))
    async with store:
        await asyncio.gather(*(store.commit(launched(n)) for n in range(units)))
        assert all(took_ms >= 0 for _, took_ms in told)
        return [size for size, _ in told]


async def test_on_sqlite(tmp_path: Path) -> None:
    clock = ManualClock()

    sizes = await commits_of(empty_sqlite_store(tmp_path, clock), 300)

    assert sum(sizes) == 300, "every unit in exactly one transaction"
    assert max(sizes) > 1, "units that wait share one"


async def test_on_postgresql(empty_database: str) -> None:
    sizes = await commits_of(PostgresStore(empty_database, clock=ManualClock()), 300)

    assert sum(sizes) == 300
    assert max(sizes) > 1


async def test_nobody_who_listens_costs_nothing(tmp_path: Path) -> None:
    async with empty_sqlite_store(tmp_path, ManualClock()) as store:
        assert store.commits.begin() == 0.0
        await store.commit(launched(1))
