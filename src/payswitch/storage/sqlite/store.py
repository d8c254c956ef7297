"""`SqliteStore`: payments and all that belongs to them in one SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.managed_channel import StoredChannels
from payswitch.kit.clock import Clock
from payswitch.storage import directory, managed_channels, sweep_claims
from payswitch.storage.migrations.upgrade import HEAD, another_version
from payswitch.storage.scripts import Script, Unit
from payswitch.storage.sqlite.connections import connect_reader, connect_writer, create_private
from payswitch.storage.sqlite.errors import unavailable
from payswitch.storage.sqlite.group_commit import GroupCommit
from payswitch.storage.sqlite.readers import QuickReader, ReaderPool
from payswitch.storage.sqlite.running import run_script
from payswitch.storage.sqlite.sole_writer import SoleWriter
from payswitch.storage.sqlite.upgrading import stored_revision, upgrade
from payswitch.storage.store import DatabaseStore
from payswitch.storage.write_statements import EncodedUnit

T = TypeVar("T")

READERS = 2
"""Read threads, for lists and audits. More threads than cores only fight for the interpreter."""


class SqliteStore(DatabaseStore):
    """One SQLite file, safe against `kill -9` and power cuts.

    Open it in the event loop that uses it; other processes may read the file meanwhile, but only one store writes it:
    a second one is refused.
    """

    def __init__(self, path: str | Path, *, clock: Clock, readers: int = READERS, guest: bool = False) -> None:
        """`guest`: beside the service that holds the file, for a command that writes a few rows which no service keeps
        in memory (users, their links). It takes no lock, upgrades nothing and knows nothing of the sweeper's claims."""
        super().__init__(clock=clock)
        self._guest = guest
        self.path = Path(path)
        self._reader_count = readers
        self._sole_writer: SoleWriter | None = None
        self._writer: GroupCommit | None = None
        self._quick: QuickReader | None = None
        self._readers: ReaderPool | None = None

    @property
    def shared(self) -> bool:
        """The file has one writer, which is this process."""
        return False

    @property
    def place(self) -> str:
        return str(self.path)

    async def prepare(self) -> None:
        """Take the file for this process and bring it to the newest schema.

        Raises DatabaseInUse, SchemaMismatch for a file of a newer PaySwitch, StorageUnavailable when it cannot be used.
        """
        self._prepare()

    def _prepare(self) -> None:
        if self._sole_writer is not None:
            return
        if self._guest:
            self._require_newest()
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._sole_writer = SoleWriter.of(self.path)
            create_private(self.path)
            upgrade(self.path)
        except (sqlite3.Error, OSError) as error:
            self._let_go()
            raise unavailable(error) from error
        except BaseException:
            self._let_go()
            raise

    def _require_newest(self) -> None:
        try:
            stored = stored_revision(self.path)
        except sqlite3.Error as error:
            raise unavailable(error) from error
        if stored != HEAD:
            raise another_version(self.place, f"its schema is {stored}, this command knows {HEAD}")

    async def look_at_channels(self) -> StoredChannels:
        self._prepare()
        try:
            with closing(connect_reader(self.path)) as connection:
                return run_script(connection.cursor(), managed_channels.look())
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def open(self) -> None:
        """Prepare the file and make it ready. Raises as `prepare` does."""
        try:
            connection = await asyncio.to_thread(self._connect)
            self._writer = GroupCommit(connection, meter=self.commits)
            self._quick = QuickReader(self.path)
            self._readers = ReaderPool(self.path, self._reader_count)
        except (sqlite3.Error, OSError) as error:
            await self.aclose()
            raise unavailable(error) from error
        self._directory = await self.look(directory.read_directory(), snapshot=True)

    def _connect(self) -> sqlite3.Connection:
        self._prepare()
        connection = connect_writer(self.path)
        if self._guest:
            return connection
        # Whoever held a claim in this file is dead: only one process writes it, and now it is this one.
        connection.execute(sweep_claims.FORGET_ALL.sqlite.sql)
        return connection

    def _let_go(self) -> None:
        if self._sole_writer is not None:
            self._sole_writer.release()
            self._sole_writer = None

    async def aclose(self) -> None:
        """Finish every accepted commit, let go of the file. Reads have two seconds left. May be called twice."""
        quick, readers, writer = self._quick, self._readers, self._writer
        self._quick = self._readers = self._writer = None
        if quick is not None:
            quick.close()
        if readers is not None:
            await readers.aclose()
        if writer is not None:
            # Last: the last connection to close folds the write-ahead log into the file, and a reader could not.
            await writer.aclose()
        self._let_go()

    async def commit(self, changes: Changes) -> None:
        unit = EncodedUnit(changes)
        await self._writing().run(lambda cursor: run_script(cursor, unit.apply()), moves=unit.moves)

    async def write(self, unit: Unit[T]) -> T:
        return await self._writing().run(lambda cursor: run_script(cursor, unit()))

    def _writing(self) -> GroupCommit:
        if self._writer is None:
            raise StorageUnavailable("the database is not open")
        return self._writer

    async def look(self, script: Script[T], *, snapshot: bool = False) -> T:
        """On the event loop's own thread: here and now."""
        if self._quick is None:
            raise StorageUnavailable("the database is not open")
        run = self._quick.run_snapshot if snapshot else self._quick.run
        return run(lambda cursor: run_script(cursor, script))

    async def read(self, script: Script[T], *, snapshot: bool = False) -> T:
        """On a thread."""
        if self._readers is None:
            raise StorageUnavailable("the database is not open")
        run = self._readers.run_snapshot if snapshot else self._readers.run
        return await run(lambda cursor: run_script(cursor, script))
