"""The service's own audit, asked of the database while the service runs; and SQLite's word on its own file."""

from __future__ import annotations

import asyncio
import time

from payswitch.drill.station import DATABASE_FILE
from payswitch.storage.reading import audit_database
from tests.crash.books import sqlite_is_whole
from tests.crash.stage import CrashStage


async def audit(stage: CrashStage) -> list[str]:
    """What is broken; empty when nothing is."""
    path = stage.station.folder / DATABASE_FILE
    report = await audit_database(stage.database or str(path), now_ms=time.time_ns() // 1_000_000, since_ms=0)
    found = [f"audit {broken.number} {broken.name}: {row}" for broken in report.violations for row in broken.rows]
    if stage.database is None:
        found += [f"audit database: {line}" for line in await asyncio.to_thread(sqlite_is_whole, path)]
    return found
