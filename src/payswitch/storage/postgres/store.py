"""`PostgresStore`: payments and all that belongs to them in one PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.managed_channel import StoredChannels
from payswitch.domain.payment import PaymentFile
from payswitch.kit.clock import Clock
from payswitch.storage import directory, managed_channels
from payswitch.storage.addresses import shown
from payswitch.storage.postgres.connections import (
    AUDIT_TIMEOUT_MS,
    PATIENCE_S,
    POOL_SIZE,
    STATEMENT_TIMEOUT_MS,
    Connection,
    Pool,
    connect,
    open_pool,
)
from payswitch.storage.postgres.errors import AGAIN, TROUBLE, rule_broken, unavailable
from payswitch.storage.postgres.files import whole_file
from payswitch.storage.postgres.group_commit import TRIES, GroupCommit
from payswitch.storage.postgres.running import run_script
from payswitch.storage.postgres.upgrading import require_newest
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import Script, Unit
from payswitch.storage.store import DatabaseStore
from payswitch.storage.write_statements import EncodedUnit

T = TypeVar("T")

_AUDIT_TIMEOUT_S = AUDIT_TIMEOUT_MS / 1_000 + PATIENCE_S


class PostgresStore(DatabaseStore):
    """One PostgreSQL database, safe against `kill -9`, power cuts and lost connections.

    Several stores, in one process or many, may write it at a time: a payment's version decides which of two wins, and
    a claimed event is one worker's alone.
    """

    def __init__(
        self,
        address: str,
        *,
        clock: Clock,
        pool_size: int = POOL_SIZE,
        timeout_ms: int = STATEMENT_TIMEOUT_MS,
    ) -> None:
        """`address` is a `postgresql://` URL; `pool_size` counts the connections beside the writer's."""
        super().__init__(clock=clock)
        self.address = address
        self._pool_size = pool_size
        self._timeout_ms = timeout_ms
        self._prepared = False
        self._writer: GroupCommit | None = None
        self._pool: Pool | None = None
        self._audits = asyncio.Semaphore(max(1, pool_size // 2))

    @property
    def place(self) -> str:
        return shown(self.address)

    async def prepare(self) -> None:
        """Reach the server; make the schema if the database is empty.

        Raises SchemaMismatch for a schema of another version (an older one is upgraded by `payswitch db upgrade` and
        not by whoever starts first: other services may be working with it), StorageUnavailable.
        """
        if not self._prepared:
            await require_newest(self.address)
            self._prepared = True

    async def look_at_channels(self) -> StoredChannels:
        await self.prepare()
        connection = await self._connect()
        try:
            return await run_script(connection, managed_channels.look())
        except TROUBLE as error:
            raise unavailable(error) from error
        finally:
            connection.terminate()

    async def open(self) -> None:
        try:
            await self.prepare()
            self._pool = await open_pool(self.address, self._pool_size, self._timeout_ms)
            self._writer = GroupCommit(await self._connect(), self._connect, meter=self.commits)
            self._directory = await self.look(directory.read_directory(), snapshot=True)
        except BaseException:
            await self.aclose()
            raise

    async def _connect(self) -> Connection:
        return await connect(self.address, self._timeout_ms)

    async def aclose(self) -> None:
        writer, pool = self._writer, self._pool
        self._writer = self._pool = None
        if writer is not None:
            await writer.aclose()
        if pool is not None:
            await pool.close()

    # --- running scripts ---------------------------------------------------------------------------------------

    async def commit(self, changes: Changes) -> None:
        if self._writer is None:
            raise StorageUnavailable("the database is not open")
        await self._writer.run(EncodedUnit(changes))

    async def write(self, unit: Unit[T]) -> T:
        """A transaction of its own. It is begun anew when the server took it back because of somebody else's."""
        for left in reversed(range(TRIES)):
            try:
                async with self._connection() as connection, connection.transaction():
                    return await run_script(connection, unit())
            except AGAIN as error:
                if not left:
                    raise unavailable(error) from error
            except (*TROUBLE, UnicodeError, OverflowError) as error:
                raise rule_broken(error) or unavailable(error) from error
        raise AssertionError("a loop that always ends inside")

    async def look(self, script: Script[T], *, snapshot: bool = False) -> T:
        try:
            async with self._connection() as connection:
                if not snapshot:
                    return await run_script(connection, script)
                async with _snapshot(connection):
                    return await run_script(connection, script)
        except (*TROUBLE, UnicodeError, OverflowError) as error:
            raise rule_broken(error) or unavailable(error) from error

    async def read(self, script: Script[T], *, snapshot: bool = False) -> T:
        """At most half of the pool, so that audits never keep payments waiting; with a longer time limit."""
        try:
            async with self._audits, self._connection() as connection, _snapshot(connection):
                await connection.execute(f"SET LOCAL statement_timeout = {AUDIT_TIMEOUT_MS}")
                return await run_script(connection, script, timeout_s=_AUDIT_TIMEOUT_S)
        except (*TROUBLE, UnicodeError, OverflowError) as error:
            raise rule_broken(error) or unavailable(error) from error

    async def _file(self, find: Prepared, **names: str) -> PaymentFile | None:
        return await self.look(whole_file(find, **names))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise StorageUnavailable("the database is not open")
        async with self._pool.acquire(timeout=self._timeout_ms / 1_000) as connection:
            yield connection


def _snapshot(connection: Connection) -> AbstractAsyncContextManager[None]:
    """Several statements that see the same moment."""
    transaction: AbstractAsyncContextManager[None] = connection.transaction(isolation="repeatable_read", readonly=True)
    return transaction
