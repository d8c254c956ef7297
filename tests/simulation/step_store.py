"""The real SQLite store in memory, without threads: a commit is one step of a replayable night, and may fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from payswitch.domain.changes import Changes, CommitConflict, StorageUnavailable
from payswitch.domain.payment import PaymentFile
from payswitch.storage import directory, ledger
from payswitch.storage.scripts import Script, Unit
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.sqlite.errors import integrity_error, unavailable
from payswitch.storage.sqlite.running import run_script
from payswitch.storage.sqlite.upgrading import upgrade
from payswitch.storage.write_statements import EncodedUnit
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault, Rare

T = TypeVar("T")
Check = Callable[[Changes, list[PaymentFile]], None]


def empty_database(folder: Path) -> Path:
    """A file at the newest schema, to be copied into memory: migrating takes longer than a night."""
    path = folder / "empty.sqlite"
    upgrade(path)
    return path


class Disk:
    """What survives a kill: the database, as one connection to a copy of the template in memory."""

    def __init__(self, template: Path) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        source = sqlite3.connect(template)
        source.backup(self.connection)
        source.close()
        self.connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        self.connection.close()


class StepStore(SqliteStore):
    """`check` sees every commit of payments right after it; what fails then may have happened or not."""

    def __init__(self, disk: Disk, fate: Fate, check: Check) -> None:
        super().__init__(Path("memory"), clock=fate.clock)
        self._fate = fate
        self._check = check
        self._steps = _Steps(disk.connection, fate)

    async def open(self) -> None:
        """As the parent's, on a connection that is open already. The three ways to the disk are one here."""
        self._directory = self._steps.look(directory.read_directory())

    async def aclose(self) -> None:
        """Nothing is buffered anywhere."""

    async def write(self, unit: Unit[T]) -> T:
        return await self._steps.run(unit)

    async def look(self, script: Script[T], *, snapshot: bool = False) -> T:
        """Nothing comes between the statements of one step: no snapshot is needed."""
        return self._steps.look(script)

    async def read(self, script: Script[T], *, snapshot: bool = False) -> T:
        """A thread answers a little later."""
        await self._fate.pause()
        return self._steps.look(script)

    async def commit(self, changes: Changes) -> None:
        unit = EncodedUnit(changes)

        def check() -> None:
            touched = (*changes.insert_payments, *changes.update_payments)
            self._check(changes, [self.read_now(payment.payment_id) for payment in touched])

        def apply() -> Script[None]:
            """As the writer's thread does it: what the unit moves is noted in the same transaction."""
            yield from unit.apply()
            yield from ledger.note(unit.moves)

        try:
            await self._steps.run(apply, check)
        except CommitConflict:
            self._fate.meet(Rare.COMMIT_CONFLICT)
            raise

    def read_now(self, payment_id: str) -> PaymentFile:
        """Reading is one step as well: no other comes between."""
        found: list[PaymentFile | None] = []

        async def read() -> None:
            found.append(await self.payment_file(payment_id))

        with suppress(StopIteration):
            read().send(None)
        (file,) = found
        assert file is not None
        return file

    def try_and_undo(self, changes: Changes) -> BaseException | None:
        """What the database itself says to a unit of work, which is taken back in any case."""
        connection = self._steps.connection
        connection.execute("BEGIN")
        try:
            run_script(connection.cursor(), EncodedUnit(changes).apply())
        except Exception as error:
            return error
        finally:
            connection.execute("ROLLBACK")
        return None


class _Steps:
    """The one connection."""

    def __init__(self, connection: sqlite3.Connection, fate: Fate) -> None:
        self.connection = connection
        self._fate = fate

    async def run(self, unit: Unit[T], check: Callable[[], None] = lambda: None) -> T:
        """One durable transaction, and somebody else before and after it."""
        await self._fate.pause()
        if self._fate.strikes(Fault.STORAGE_BUSY, 0.03):
            raise StorageUnavailable("it did not happen")
        result = self._write_now(unit)
        check()
        await self._fate.pause()
        if self._fate.strikes(Fault.COMMIT_UNKNOWN, 0.03):
            raise StorageUnavailable("it did happen")
        return result

    def look(self, script: Script[T]) -> T:
        try:
            return run_script(self.connection.cursor(), script)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def _write_now(self, unit: Unit[T]) -> T:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            result = run_script(cursor, unit())
        except sqlite3.IntegrityError as error:
            cursor.execute("ROLLBACK")
            raise integrity_error(error) from error
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
        return result
