"""One transaction for many units: neighbours are safe from each other, and a failed disk fails them all."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from payswitch.domain.changes import StorageUnavailable, UniqueViolation
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.sqlite.connections import connect_reader, connect_writer
from payswitch.storage.sqlite.group_commit import GroupCommit, Work
from payswitch.storage.sqlite.readers import QuickReader, ReaderPool


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "units.sqlite"
    connection = connect_writer(path)
    connection.execute("CREATE TABLE units (n INTEGER PRIMARY KEY)")
    connection.close()
    return path


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[GroupCommit]:
    group = GroupCommit(connect_writer(path), max_batch=10)
    yield group
    await group.aclose()


def insert(n: int) -> Work[int]:
    def work(cursor: sqlite3.Cursor) -> int:
        cursor.execute("INSERT INTO units VALUES (?)", (n,))
        return n

    return work


def stored(path: Path) -> list[int]:
    connection = connect_reader(path)
    rows = connection.execute("SELECT n FROM units ORDER BY n").fetchall()
    connection.close()
    return [row[0] for row in rows]


class Gate:
    """A unit that holds the writer until opened, so that everything after it waits in one queue."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()

    def __call__(self, cursor: sqlite3.Cursor) -> None:
        self._entered.set()
        assert self._open.wait(30)

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._entered.wait, 30)

    def open(self) -> None:
        self._open.set()


async def all_at_once(writer: GroupCommit, works: list[Callable[[sqlite3.Cursor], object]]) -> list[object]:
    """Hand over all units while the writer is busy: they meet in the next transaction."""
    gate = Gate()
    held = asyncio.ensure_future(writer.run(gate))
    await gate.entered()
    tasks = [asyncio.ensure_future(writer.run(work)) for work in works]
    await asyncio.sleep(0)  # every task has queued its unit
    gate.open()
    await held
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_each_unit_gets_its_own_result(writer: GroupCommit, path: Path) -> None:
    assert await all_at_once(writer, [insert(n) for n in range(35)]) == list(range(35))
    assert stored(path) == list(range(35))


async def test_units_that_wait_share_a_transaction(path: Path) -> None:
    connection = connect_writer(path)
    begun: list[str] = []
    connection.set_trace_callback(lambda sql: begun.append(sql) if sql.startswith("BEGIN") else None)
    writer = GroupCommit(connection, max_batch=10)

    await all_at_once(writer, [insert(n) for n in range(25)])

    await writer.aclose()
    assert len(begun) <= 4, "one for the unit that held the writer, three for twenty-five that waited"


async def test_bad_units_fail_alone_and_leave_no_trace(writer: GroupCommit, path: Path) -> None:
    def clumsy(cursor: sqlite3.Cursor) -> None:
        cursor.execute("INSERT INTO units VALUES (100)")
        raise ZeroDivisionError("a bug in a unit")

    def too_big(cursor: sqlite3.Cursor) -> None:
        cursor.execute("INSERT INTO units VALUES (101)")
        cursor.execute("INSERT INTO units VALUES (?)", (1 << 80,))

    def twice(cursor: sqlite3.Cursor) -> None:
        cursor.execute("INSERT INTO units VALUES (102)")
        cursor.execute("INSERT INTO units VALUES (1)")

    answers = await all_at_once(writer, [insert(1), clumsy, insert(2), too_big, insert(3), twice, insert(4)])

    assert [type(answer) for answer in answers] == [
        int,
        ZeroDivisionError,
        int,
        InvariantViolation,
        int,
        UniqueViolation,
        int,
    ]
    assert stored(path) == [1, 2, 3, 4]


async def test_when_the_commit_fails_nobody_is_told_it_worked(path: Path) -> None:
    """A deferred foreign key breaks at COMMIT itself: the nearest thing to a failing disk that SQLite offers."""
    connection = connect_writer(path)
    connection.execute("CREATE TABLE child (n INTEGER REFERENCES units DEFERRABLE INITIALLY DEFERRED)")
    writer = GroupCommit(connection)

    def orphan(cursor: sqlite3.Cursor) -> None:
        cursor.execute("INSERT INTO child VALUES (999)")

    answers = await all_at_once(writer, [insert(1), orphan, insert(2)])

    assert all(isinstance(answer, StorageUnavailable) for answer in answers)
    assert len({id(answer) for answer in answers}) == 3, "each waiter has an error of its own"
    assert stored(path) == []
    assert await writer.run(insert(5)) == 5, "the writer goes on afterwards"
    await writer.aclose()


async def test_when_the_disk_is_full_the_whole_batch_fails_and_the_next_works(path: Path) -> None:
    connection = connect_writer(path)
    connection.execute("CREATE TABLE blobs (b BLOB)")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    writer = GroupCommit(connection)

    def limit(n: int) -> Work[None]:
        return lambda cursor: cursor.execute(f"PRAGMA max_page_count = {n}").fetchone()

    def flood(cursor: sqlite3.Cursor) -> None:
        cursor.execute("INSERT INTO blobs VALUES (zeroblob(1000000))")

    await writer.run(limit(pages + 1))
    answers = await all_at_once(writer, [insert(1), flood, insert(2)])

    assert [type(answer) for answer in answers] == [StorageUnavailable] * 3
    assert stored(path) == []
    await writer.run(limit(1_000_000))
    assert await all_at_once(writer, [insert(1), flood, insert(2)]) == [1, None, 2]
    assert stored(path) == [1, 2]
    await writer.aclose()


async def test_a_lock_held_by_another_process_is_unavailable_not_a_hang(path: Path) -> None:
    connection = connect_writer(path)
    connection.execute("PRAGMA busy_timeout = 1")
    writer = GroupCommit(connection)
    other = connect_writer(path)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageUnavailable, match="SQLITE_BUSY"):
        await writer.run(insert(1))

    other.execute("ROLLBACK")
    other.close()
    assert await writer.run(insert(1)) == 1
    await writer.aclose()


async def test_after_closing_nothing_is_accepted(writer: GroupCommit) -> None:
    await writer.aclose()

    with pytest.raises(StorageUnavailable):
        await writer.run(insert(1))


async def test_readers_cannot_write(path: Path) -> None:
    readers = ReaderPool(path, 1)

    with pytest.raises(StorageUnavailable, match="readonly"):
        await readers.run(insert(1))

    assert await readers.run(lambda cursor: cursor.execute("SELECT 1").fetchone()) == (1,)
    await readers.aclose()


async def test_quick_reads_see_commits_at_once_and_cannot_write(writer: GroupCommit, path: Path) -> None:
    quick = QuickReader(path)
    count = "SELECT count(*) FROM units"

    for n in range(3):
        await writer.run(insert(n))
        assert quick.run(lambda cursor: cursor.execute(count).fetchone()) == (n + 1,)
        assert quick.run_snapshot(lambda cursor: cursor.execute(count).fetchone()) == (n + 1,)
    with pytest.raises(StorageUnavailable, match="readonly"):
        quick.run_snapshot(insert(9))
    assert quick.run_snapshot(lambda cursor: cursor.execute(count).fetchone()) == (3,), "usable after an error"
    quick.close()


async def test_a_snapshot_shows_one_moment_while_the_writer_goes_on(writer: GroupCommit, path: Path) -> None:
    """The writer commits between the two statements of a snapshot: both still see the same moment."""
    readers = ReaderPool(path, 1)
    began, go_on = threading.Event(), threading.Event()

    def read_twice(cursor: sqlite3.Cursor) -> tuple[int, int]:
        count = "SELECT count(*) FROM units"
        first = cursor.execute(count).fetchone()[0]
        began.set()
        assert go_on.wait(30)
        return first, cursor.execute(count).fetchone()[0]

    reading = asyncio.ensure_future(readers.run_snapshot(read_twice))
    await asyncio.to_thread(began.wait, 30)
    await writer.run(insert(1))
    go_on.set()

    assert await reading == (0, 0)
    assert await readers.run_snapshot(read_twice) == (1, 1)
    await readers.aclose()


async def test_a_failed_read_leaves_the_connection_usable(path: Path) -> None:
    readers = ReaderPool(path, 1)

    for _ in range(3):
        with pytest.raises(StorageUnavailable, match="no such table"):
            await readers.run_snapshot(lambda cursor: cursor.execute("SELECT * FROM missing"))
        assert await readers.run_snapshot(lambda cursor: cursor.execute("SELECT 1").fetchone()) == (1,)

    await readers.aclose()


async def test_a_stop_does_not_wait_for_a_read_that_takes_minutes(path: Path) -> None:
    """The audit of a long history, and another read behind it: the service ends all the same."""
    readers = ReaderPool(path, 1, patience_s=0)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    began = threading.Event()

    def audit(cursor: sqlite3.Cursor) -> None:
        began.set()
        cursor.execute(endless)

    reads = [asyncio.ensure_future(readers.run_snapshot(audit)) for _ in range(2)]
    await asyncio.to_thread(began.wait, 30)

    await readers.aclose()

    for read in reads:
        with pytest.raises(StorageUnavailable, match="interrupted"):
            await read
