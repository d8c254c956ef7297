"""Reading a database that a service may be writing meanwhile: for commands that change nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from payswitch.domain.audit import AuditReport
from payswitch.kit.clock import SystemClock
from payswitch.storage import auditor
from payswitch.storage.addresses import is_postgres, shown
from payswitch.storage.databases import make_store, schema_state
from payswitch.storage.errors import SchemaMismatch


async def audit_database(database: str, *, now_ms: int, since_ms: int) -> AuditReport:
    """All checks in one snapshot. Raises StorageUnavailable, or SchemaMismatch for a schema of another version."""
    state = await schema_state(database)
    if state.stored != state.needed:
        raise SchemaMismatch(
            f"{shown(database)} has schema {state.stored or 'none'}, this version needs {state.needed}: "
            "run `payswitch db upgrade` / 请先运行 payswitch db upgrade"
        )
    if not is_postgres(database):
        return await asyncio.to_thread(_audit_file, Path(database), now_ms, since_ms)
    async with make_store(database, clock=SystemClock()) as store:
        return await store.audit(now_ms=now_ms, since_ms=since_ms)


def _audit_file(path: Path, now_ms: int, since_ms: int) -> AuditReport:
    """Beside a service that holds the file's lock: a reader needs none."""
    from payswitch.storage.sqlite.connections import connect_reader
    from payswitch.storage.sqlite.errors import unavailable
    from payswitch.storage.sqlite.running import run_script

    try:
        with closing(connect_reader(path)) as connection:
            cursor = connection.cursor()
            cursor.execute("BEGIN")
            return run_script(cursor, auditor.audit(now_ms=now_ms, since_ms=since_ms, in_time=True))
    except sqlite3.Error as error:
        raise unavailable(error) from error
