"""How a SQLite file is opened, for the writer and for readers."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process that holds the write lock (a backup, an operator's shell)."""
QUICK_BUSY_TIMEOUT_MS = 100
"""The same for reads on the event loop's thread, which must not stop. In WAL mode readers wait for nobody except
during recovery after a crash, which the writer has done before them."""
CACHE_KIB = 32 * 1024
"""Page cache of the writer: the live part of the indexes stays in memory."""
JOURNAL_LIMIT_BYTES = 64 << 20
"""The write-ahead log is cut back to this after a checkpoint that follows a burst."""


def create_private(path: Path) -> None:
    """Make a new database readable by its owner only: it holds customers' openids and addresses. SQLite gives its log
    files the same rights; a file that is there already keeps the rights that its operator gave it."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes: WAL, every commit on disk before it returns, foreign keys checked.

    `synchronous=FULL` is what makes an acknowledged payment survive a power cut; group commit makes it cheap.
    """
    connection = _connect(str(path))
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    # Undo records of savepoints stay in memory: halves the cost of an insert.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_LIMIT_BYTES}")
    return connection


def connect_reader(path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """A connection that cannot write. The file must exist and be in WAL mode already: the writer comes first."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
    connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(target: str) -> sqlite3.Connection:
    # Autocommit mode: transactions are begun and ended in plain sight. Each connection is used by one thread at a
    # time, which the writer and the pool of readers see to.
    return sqlite3.connect(
        target, isolation_level=None, check_same_thread=False, cached_statements=256, uri=target.startswith("file:")
    )
