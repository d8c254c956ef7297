"""One connection that commits many units of work with one COMMIT.

Units queue up while the server writes to its disk; then everything that waits goes into one transaction, and all its
waiters hear of the commit together. If a unit breaks a rule, the batch is taken back to a savepoint and cut in halves
until the unit stands alone: its neighbours are written, it is not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from payswitch.domain.changes import CommitConflict, StorageUnavailable
from payswitch.storage import ledger
from payswitch.storage.commit_meter import CommitMeter
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.postgres.batches import Missed, apply_together
from payswitch.storage.postgres.connections import Connect, Connection
from payswitch.storage.postgres.errors import AGAIN, TROUBLE, rule_broken, unavailable
from payswitch.storage.postgres.running import run_script
from payswitch.storage.write_statements import EncodedUnit

MAX_BATCH: Final = 256
"""Units per transaction: bounds how long the first unit of a batch waits for the last."""
TRIES: Final = 4
"""How often a batch is begun when the server takes it back because of somebody else's transaction."""


@dataclass(slots=True, eq=False)
class _Job:
    unit: EncodedUnit
    future: asyncio.Future[None]
    error: BaseException | None = None


class GroupCommit:
    """The way for payments to be written. Owned by one event loop; `run()` may be called by any number of its tasks."""

    def __init__(
        self,
        connection: Connection,
        connect: Connect,
        *,
        max_batch: int = MAX_BATCH,
        meter: CommitMeter | None = None,
    ) -> None:
        """Takes over `connection`; `connect` makes another one when that is lost."""
        self._connection: Connection | None = connection
        self._connect = connect
        self._max_batch = max_batch
        self._meter = meter
        self._waiting: deque[_Job] = deque()
        self._work = asyncio.Event()
        self._closed = False
        self._task = asyncio.get_running_loop().create_task(self._serve(), name="payswitch-writer")

    async def run(self, unit: EncodedUnit) -> None:
        """Write the unit in the next transaction; returns once that is on the server's disk.

        Raises what the unit raised (constraint errors in PaySwitch's words), or StorageUnavailable when it is not
        known whether the transaction was committed. Cancelling the caller does not take the unit back.
        """
        if self._closed:
            raise StorageUnavailable("the database is closed")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(unit, future))
        self._work.set()
        await future

    async def aclose(self) -> None:
        """Finish everything that was accepted, then close the connection."""
        self._closed = True
        self._work.set()
        await asyncio.shield(self._task)

    async def _serve(self) -> None:
        while True:
            await self._work.wait()
            batch = self._next_batch()
            if batch:
                begun_ms = self._meter.begin() if self._meter is not None else 0.0
                await self._commit_batch(batch)
                if self._meter is not None:
                    self._meter.end(len(batch), begun_ms)
                for job in batch:
                    _resolve(job)
            elif self._closed:
                break
            else:
                self._work.clear()
        await self._drop_connection()

    def _next_batch(self) -> list[_Job]:
        """What waits, oldest first, but no two units of one payment: the later one goes with the next transaction."""
        batch: list[_Job] = []
        later: list[_Job] = []
        taken: set[str] = set()
        while self._waiting and len(batch) < self._max_batch:
            job = self._waiting.popleft()
            (batch if taken.isdisjoint(job.unit.payment_ids) else later).append(job)
            taken |= job.unit.payment_ids
        self._waiting.extendleft(reversed(later))
        return batch

    async def _commit_batch(self, batch: list[_Job]) -> None:
        """One transaction. Each job ends with success or its own error."""
        for left in reversed(range(TRIES)):
            for job in batch:
                job.error = None
            try:
                await self._transaction(batch)
                return
            except AGAIN as error:
                await self._roll_back()
                trouble: BaseException = error
                if left:
                    continue
            except TROUBLE as error:
                await self._roll_back()
                trouble = error
            except StorageUnavailable as error:
                trouble = error
            except Exception as error:
                # A bug; whoever waits must hear of it, and the writer must go on.
                await self._roll_back()
                trouble = error
            break
        for job in batch:
            job.error = unavailable(trouble) if isinstance(trouble, TROUBLE) else _copy(trouble)

    async def _transaction(self, batch: list[_Job]) -> None:
        connection = await self._begin()
        try:
            await apply_together(connection, [job.unit for job in batch])
        except (Missed, *TROUBLE, UnicodeError, OverflowError) as error:
            if not _is_of_a_unit(error):
                raise
            await connection.execute("ROLLBACK TO batch")
            await self._apply_parts(connection, _cut(batch, error))
        moves = ledger.together(job.unit.moves for job in batch if job.error is None)
        await run_script(connection, ledger.note(moves))
        if await connection.execute("COMMIT") != "COMMIT":
            raise StorageUnavailable("the server took the transaction back at its end")

    async def _begin(self) -> Connection:
        """A transaction with a savepoint. A connection that turns out to be dead (the server was restarted) is replaced
        once: nothing was sent over it yet."""
        for _ in range(2):
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            connection = self._connection
            try:
                await connection.execute("BEGIN; SAVEPOINT batch")
                return connection
            except TROUBLE as error:
                await self._roll_back()
                lost: BaseException = error
        raise unavailable(lost)

    async def _apply_parts(self, connection: Connection, parts: Sequence[list[_Job]]) -> None:
        for part in parts:
            await connection.execute("SAVEPOINT part")
            try:
                if len(part) == 1:
                    await run_script(connection, part[0].unit.apply())
                else:
                    await apply_together(connection, [job.unit for job in part])
            except (Missed, CommitConflict, InvariantViolation, *TROUBLE, UnicodeError, OverflowError) as error:
                if not _is_of_a_unit(error):
                    raise
                await connection.execute("ROLLBACK TO part")
                if len(part) == 1:
                    part[0].error = rule_broken(error) or error
                else:
                    await self._apply_parts(connection, _cut(part, error))
            await connection.execute("RELEASE part")

    async def _roll_back(self) -> None:
        """Whatever state the connection is in, the next transaction begins on a sound one."""
        connection = self._connection
        if connection is None:
            return
        try:
            await connection.execute("ROLLBACK", timeout=1)
        except (*TROUBLE, asyncio.CancelledError):
            connection.terminate()
            self._connection = None

    async def _drop_connection(self) -> None:
        if self._connection is not None:
            try:
                await self._connection.close(timeout=5)
            except TROUBLE:
                self._connection.terminate()
            self._connection = None


def _is_of_a_unit(error: BaseException) -> bool:
    return isinstance(error, Missed | CommitConflict | InvariantViolation) or rule_broken(error) is not None


def _cut(batch: list[_Job], error: BaseException) -> list[list[_Job]]:
    """Units that are known to have missed stand alone; else nobody knows who it was: two halves."""
    if isinstance(error, Missed):
        others = [job for i, job in enumerate(batch) if i not in error.units]
        return [*([batch[i]] for i in sorted(error.units)), *([others] if others else [])]
    if len(batch) == 1:
        return [batch]
    half = len(batch) // 2
    return [batch[:half], batch[half:]]


def _copy(error: BaseException) -> BaseException:
    """An error of its own for each waiter."""
    return StorageUnavailable(str(error)) if isinstance(error, StorageUnavailable) else error


def _resolve(job: _Job) -> None:
    if job.future.done():  # the caller was cancelled meanwhile
        return
    if job.error is not None:
        job.future.set_exception(job.error)
    else:
        job.future.set_result(None)
