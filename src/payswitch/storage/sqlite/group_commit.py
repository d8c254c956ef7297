"""One writer thread that commits many units of work with one fsync.

Units queue up while the thread waits for the disk; then it takes all that wait, opens one transaction, runs each unit
in its own SAVEPOINT (so that a bad one does not fail its neighbours), commits once, and wakes all waiters in one call
into their event loop. With `synchronous=FULL` a waiter hears of success only after the data is on disk.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

from payswitch.domain.changes import StorageUnavailable
from payswitch.storage import ledger
from payswitch.storage.commit_meter import CommitMeter
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.sqlite.errors import integrity_error, unavailable
from payswitch.storage.sqlite.running import run_script

T = TypeVar("T")
Work = Callable[[sqlite3.Cursor], T]
"""What runs inside the transaction. It must not commit, roll back or keep the cursor."""

MAX_BATCH = 256
"""Units per transaction: bounds how long the first unit of a batch waits for the last (about 10 ms)."""
NO_MOVES: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: asyncio.Future[Any]
    moves: Mapping[str, int]
    result: Any = None
    error: BaseException | None = None


class GroupCommit:
    """The only way to write. Owned by one event loop; `run()` may be called by any number of its tasks."""

    def __init__(
        self, connection: sqlite3.Connection, *, max_batch: int = MAX_BATCH, meter: CommitMeter | None = None
    ) -> None:
        """Takes over `connection` (autocommit mode, made with `check_same_thread=False`)."""
        self._connection = connection
        self._cursor = connection.cursor()
        self._max_batch = max_batch
        self._meter = meter
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        # A daemon: what is not acknowledged may be lost with the process, what is acknowledged is on disk.
        self._thread = threading.Thread(target=self._serve, name="payswitch-writer", daemon=True)
        self._closed = False
        self._thread.start()

    async def run(self, work: Work[T], *, moves: Mapping[str, int] = NO_MOVES) -> T:
        """Run `work` in the next transaction and return its result once that is on disk. `moves`: what the transfers
        that it writes move, by account.

        Raises what the unit raised (constraint errors in PaySwitch's words), or StorageUnavailable when the
        transaction as a whole failed. Cancelling the caller does not take the unit back.
        """
        if self._closed:
            raise StorageUnavailable("the database is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Job(work, future, moves))
        return await future

    async def aclose(self) -> None:
        """Finish everything that was accepted, then close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        open_for_work = True
        while open_for_work:
            batch, open_for_work = self._next_batch()
            if batch:
                self._commit_measured(batch)
                self._wake(batch)
        self._connection.close()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Everything that waits, at least one; False when the last unit was taken."""
        job = self._queue.get()
        batch: list[_Job] = []
        while job is not None:
            batch.append(job)
            if len(batch) == self._max_batch:
                return batch, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit_measured(self, batch: list[_Job]) -> None:
        if self._meter is None:
            self._commit_batch(batch)
            return
        begun_ms = self._meter.begin()
        self._commit_batch(batch)
        self._meter.end(len(batch), begun_ms)

    def _commit_batch(self, batch: list[_Job]) -> None:
        """One transaction. Each job ends with its result or its own error."""
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._run_unit(job)
            run_script(self._cursor, ledger.note(ledger.together(job.moves for job in batch if job.error is None)))
            self._cursor.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            for job in batch:
                job.error = unavailable(error)

    def _run_unit(self, job: _Job) -> None:
        """Run one unit; on its own error only its own rows are taken back.

        Raises sqlite3.Error when the transaction itself is gone (disk full, I/O error): then all units failed.
        """
        cursor = self._cursor
        cursor.execute("SAVEPOINT unit")
        try:
            job.result = job.work(cursor)
        except sqlite3.IntegrityError as error:
            job.error = integrity_error(error)
        except sqlite3.OperationalError:
            raise
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            job.error = InvariantViolation("unstorable_value", str(error))
        except Exception as error:
            # Whatever else a unit raises is its own answer: its neighbours and this thread must go on.
            job.error = error
        if job.error is not None:
            cursor.execute("ROLLBACK TO unit")
        cursor.execute("RELEASE unit")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                self._cursor.execute("ROLLBACK")
            except sqlite3.Error:
                # SQLite has rolled back by itself; the next BEGIN says whether the file is usable.
                return

    def _wake(self, batch: list[_Job]) -> None:
        try:
            self._loop.call_soon_threadsafe(_resolve, batch)
        except RuntimeError:
            # The event loop is gone, and with it everybody who could have heard the answer.
            return


def _resolve(batch: list[_Job]) -> None:
    for job in batch:
        if job.future.done():  # the caller was cancelled meanwhile
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
