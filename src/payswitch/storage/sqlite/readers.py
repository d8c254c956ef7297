"""Readers beside the writer. Both kinds see everything committed before the read began, and never wait for the writer.

- `QuickReader`: on the event loop's own thread, for reads that touch a handful of rows through an index. They take
  some 50 us; handing them to a thread and back takes twice that in CPU, and milliseconds of waiting for the
  interpreter when the process is busy (measured: docs/reference/storage.md).
- `ReaderPool`: on threads, for lists and audits, which may read much and must not stop the event loop.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from payswitch.domain.changes import StorageUnavailable
from payswitch.storage.sqlite.connections import QUICK_BUSY_TIMEOUT_MS, connect_reader
from payswitch.storage.sqlite.errors import unavailable

PATIENCE_S: Final = 2.0
"""A list that somebody waits for has long been read by then; the audit of ten million payments runs for minutes, and is
made again after the next start."""
SAID_AGAIN_S: Final = 0.05

T = TypeVar("T")
Read = Callable[[sqlite3.Cursor], T]


def _in_snapshot(cursor: sqlite3.Cursor, read: Read[T]) -> T:
    """Several statements that see the same moment."""
    cursor.execute("BEGIN")
    try:
        return read(cursor)
    finally:
        cursor.execute("ROLLBACK")


class QuickReader:
    """One read-only connection for the event loop's thread."""

    def __init__(self, path: Path) -> None:
        self._connection = connect_reader(path, busy_timeout_ms=QUICK_BUSY_TIMEOUT_MS)
        self._cursor = self._connection.cursor()

    def run(self, read: Read[T]) -> T:
        """One statement: its own snapshot."""
        try:
            return read(self._cursor)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def run_snapshot(self, read: Read[T]) -> T:
        """Several statements that must see the same moment."""
        return self.run(lambda cursor: _in_snapshot(cursor, read))

    def close(self) -> None:
        self._connection.close()


class ReaderPool:
    """A few read-only connections on threads: a slow read delays neither the writer nor the event loop."""

    def __init__(self, path: Path, size: int, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._free: queue.SimpleQueue[sqlite3.Cursor] = queue.SimpleQueue()
        self._connections = [connect_reader(path) for _ in range(size)]
        for connection in self._connections:
            self._free.put(connection.cursor())
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="payswitch-reader")

    async def run(self, read: Read[T]) -> T:
        """One read of one statement: its own snapshot."""
        return await self._submit(read)

    async def run_snapshot(self, read: Read[T]) -> T:
        """One read of several statements that must see the same moment."""
        return await self._submit(lambda cursor: _in_snapshot(cursor, read))

    async def _submit(self, read: Read[T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._with_cursor, read)
        except sqlite3.Error as error:
            raise unavailable(error) from error
        except RuntimeError as error:
            raise StorageUnavailable("the database is closed") from error

    def _with_cursor(self, read: Read[T]) -> T:
        # As many cursors as threads: there is always a free one.
        cursor = self._free.get_nowait()
        try:
            return read(cursor)
        finally:
            self._free.put(cursor)

    async def aclose(self) -> None:
        """Let running reads end, then close the connections. One that takes longer than a stop may is cut short:
        whoever still waits for it gets StorageUnavailable."""
        ended = asyncio.create_task(asyncio.to_thread(self._threads.shutdown))
        patience_s = self._patience_s
        while not (await asyncio.wait({ended}, timeout=patience_s))[0]:
            # Said again and again: between two statements of a script nobody hears it.
            for connection in self._connections:
                connection.interrupt()
            patience_s = SAID_AGAIN_S
        for connection in self._connections:
            connection.close()
