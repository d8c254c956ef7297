"""The storage conformance suite: `test_conformance_*.py` run once per store listed here.

A new database (PostgreSQL comes next) adds one factory and must pass every story unchanged. What only one database
has (files, WAL, threads) is tested beside it in `test_sqlite_*.py`.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from payswitch.kit.clock import Clock
from payswitch.storage.migrations.upgrade import upgrade
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.store import DatabaseStore

StoreFactory = Callable[[Path, Clock], AbstractAsyncContextManager[DatabaseStore]]


@functools.cache
def _empty_sqlite_file() -> bytes:
    """A migrated file, made once: a hundred tests need not run the migrations a hundred times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        upgrade(path)
        return path.read_bytes()


def sqlite_store(folder: Path, clock: Clock) -> SqliteStore:
    path = folder / "payswitch.sqlite"
    path.write_bytes(_empty_sqlite_file())
    return SqliteStore(path, clock=clock)


FACTORIES: dict[str, StoreFactory] = {"sqlite": sqlite_store}
