"""The ledger's SQLite file: one row an order, written through at every change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sandbox_order (
    n INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    channel_order_no TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (account, channel_order_no)
) STRICT
"""
_PUT = """
INSERT INTO sandbox_order (n, account, channel_order_no, document) VALUES (?, ?, ?, ?)
ON CONFLICT (n) DO UPDATE SET document = excluded.document
"""


class LedgerFile:
    """Survives a kill of the sandbox's process (WAL, `synchronous=NORMAL`: about 30 us a write, no fsync each).

    The event loop writes directly: at these costs a thread would be dearer than the write.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(_SCHEMA)

    def put(self, n: int, account: str, channel_order_no: str, document: bytes) -> None:
        """Insert or replace one order; sqlite3.IntegrityError if the number belongs to another one."""
        self._db.execute(_PUT, (n, account, channel_order_no, document))

    def documents(self) -> Iterator[bytes]:
        """Every order, in the order of their making."""
        for (document,) in self._db.execute("SELECT document FROM sandbox_order ORDER BY n"):
            yield document

    def close(self) -> None:
        self._db.close()
