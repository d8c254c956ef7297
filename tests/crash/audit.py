"""The database's own rules, asked of the database itself while the service runs."""

from __future__ import annotations

import asyncio

from payswitch.storage.connections import connect_reader

from payswitch.drill.station import DATABASE_FILE
from payswitch.storage.audit import Counts, count_all
from tests.crash.books import sqlite_is_whole
from tests.crash.stage import CrashStage


async def audit(stage: CrashStage) -> list[str]:
    """What is broken; empty when nothing is."""
    if stage.database is not None:
        return []
    path = stage.station.folder / DATABASE_FILE

    def read() -> Counts:
        connection = connect_reader(path)
        try:
            return count_all(connection.cursor())
        finally:
            connection.close()

    counts = await asyncio.to_thread(read)
    found = [f"audit database: {line}" for line in await asyncio.to_thread(sqlite_is_whole, path)]
    if counts.broken_payments:
        found.append(f"audit winners: {counts.broken_payments} payments")
    if counts.broken_refunds:
        found.append(f"audit refunds: {counts.broken_refunds} attempts")
    return found
