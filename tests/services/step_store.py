"""The real SQLite store without its writer thread: a commit is one step of a replayable night, and may fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.events import Event
from payswitch.domain.payment import PaymentFile
from payswitch.storage import outbox, sweep_claims
from payswitch.storage.scripts import Unit
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.sqlite.connections import connect_writer
from payswitch.storage.sqlite.errors import integrity_error
from payswitch.storage.sqlite.running import run_script
from payswitch.storage.unwatched import unwatched
from payswitch.storage.write_statements import EncodedUnit
from tests.services.fate import Fate

T = TypeVar("T")


class StepStore(SqliteStore):
    """`check` sees every commit right after it; what fails then may have happened or not."""

    def __init__(self, path: Path, fate: Fate, check: Callable[[Changes, list[PaymentFile]], None]) -> None:
        super().__init__(path, clock=fate.clock)
        self._fate = fate
        self._check = check
        self._steps: sqlite3.Connection | None = None

    async def open(self) -> None:
        await super().open()
        self._steps = connect_writer(self.path)
        self._steps.execute("PRAGMA synchronous=OFF")

    async def aclose(self) -> None:
        if self._steps is not None:
            self._steps.close()
        await super().aclose()

    async def commit(self, changes: Changes) -> None:
        unit = EncodedUnit(changes)

        def check() -> None:
            touched = (*changes.insert_payments, *changes.update_payments)
            self._check(changes, [self._read_now(payment.payment_id) for payment in touched])
            self._fate.must(self._unwatched_now() == [], "something that nobody will ever look at again")

        await self._step(unit.apply, check)

    async def claim_events(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Event]:
        return await self._step(lambda: outbox.claim(now_ms, lease_ms, limit))

    async def claim_payments(self, now_ms: int, lease_ms: int, limit: int, holder: str) -> Sequence[str]:
        return await self._step(lambda: sweep_claims.claim(now_ms, lease_ms, limit, holder))

    async def release_payments(self, holder: str, until_ms: Mapping[str, int | None]) -> None:
        await self._step(lambda: sweep_claims.release(holder, until_ms))

    async def save_delivery(self, event: Event) -> None:
        await self._step(lambda: outbox.save_delivery(event))

    async def _step(self, unit: Unit[T], check: Callable[[], None] = lambda: None) -> T:
        await self._fate.pause()
        if self._fate.chance(self._fate.disk_trouble):
            raise StorageUnavailable("it did not happen")
        result = self._write_now(unit)
        check()
        await self._fate.pause()
        if self._fate.chance(self._fate.disk_trouble):
            raise StorageUnavailable("it did happen")
        return result

    def _unwatched_now(self) -> list[tuple[str, str]]:
        assert self._steps is not None
        return run_script(self._steps.cursor(), unwatched())

    def _read_now(self, payment_id: str) -> PaymentFile:
        """Reading is one step as well: no other comes between."""
        found: list[PaymentFile | None] = []

        async def read() -> None:
            found.append(await self.payment_file(payment_id))

        with suppress(StopIteration):
            read().send(None)
        (file,) = found
        assert file is not None
        return file

    def _write_now(self, unit: Unit[T]) -> T:
        assert self._steps is not None
        cursor = self._steps.cursor()
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
