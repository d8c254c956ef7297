"""The file: who may have it, what a stop leaves behind, who can read it."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest
from tests.storage.builders import a_payment, launched

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.kit.clock import ManualClock
from payswitch.storage.errors import DatabaseInUse
from payswitch.storage.sqlite import SqliteStore


async def test_a_clean_stop_finishes_what_it_accepted(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "payswitch.sqlite"
    store = SqliteStore(path, clock=clock)
    await store.open()
    waiting = [asyncio.ensure_future(store.commit(launched(n))) for n in range(600)]
    await asyncio.sleep(0)  # all of them are in the queue now

    await store.aclose()

    assert await asyncio.gather(*waiting) == [None] * 600
    assert not path.with_name(path.name + "-wal").exists(), "the log is folded into the file"
    async with SqliteStore(path, clock=clock) as again:
        assert (await again.counts()).payments == {"pending": 600}


async def test_a_closed_store_says_so(tmp_path: Path, clock: ManualClock) -> None:
    store = SqliteStore(tmp_path / "payswitch.sqlite", clock=clock)
    with pytest.raises(StorageUnavailable):
        await store.payment_file("pay_1")
    await store.open()
    await store.aclose()
    await store.aclose()

    with pytest.raises(StorageUnavailable):
        await store.commit(launched())
    with pytest.raises(StorageUnavailable):
        await store.payment_file("pay_1")


async def test_a_place_that_cannot_hold_a_database_is_reported(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "garbage.sqlite").write_bytes(b"this is no database at all" * 100)

    for path in (tmp_path / "file" / "payswitch.sqlite", tmp_path / "garbage.sqlite", tmp_path):
        with pytest.raises(StorageUnavailable):
            await SqliteStore(path, clock=clock).open()


async def test_a_missing_folder_is_made(tmp_path: Path, clock: ManualClock) -> None:
    async with SqliteStore(tmp_path / "data" / "deep" / "payswitch.sqlite", clock=clock) as store:
        await store.commit(Changes(insert_payments=[a_payment()]))


def rights(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


@pytest.mark.parametrize("name", ["payswitch.sqlite", "link.sqlite"])
async def test_a_second_service_on_the_same_file_is_refused(tmp_path: Path, clock: ManualClock, name: str) -> None:
    """Each would sweep and deliver for itself, and neither would know of the other's breakers and caps."""
    path = tmp_path / "payswitch.sqlite"
    (tmp_path / "link.sqlite").symlink_to(path)
    async with SqliteStore(path, clock=clock) as first:
        with pytest.raises(DatabaseInUse) as refused:
            await SqliteStore(tmp_path / name, clock=clock).open()

        await first.commit(launched())
        assert (await first.counts()).payments == {"pending": 1}, "the first one is not disturbed"

    assert f"process {os.getpid()}" in str(refused.value)
    assert "正被另一个服务使用" in str(refused.value)


async def test_the_file_is_free_again_after_a_clean_stop_and_after_a_failed_start(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "payswitch.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageUnavailable):
        await SqliteStore(path, clock=clock).open()
    path.unlink()

    for _ in range(2):
        async with SqliteStore(path, clock=clock):
            pass


async def test_a_service_may_take_the_file_before_it_opens_it(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "payswitch.sqlite"
    store = SqliteStore(path, clock=clock)
    await store.prepare()
    with pytest.raises(DatabaseInUse):
        await SqliteStore(path, clock=clock).prepare()

    await store.open()
    await store.commit(launched())
    await store.aclose()

    async with SqliteStore(path, clock=clock) as again:
        assert (await again.counts()).payments == {"pending": 1}


async def test_only_the_owner_may_read_what_customers_did(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "payswitch.sqlite"
    async with SqliteStore(path, clock=clock) as store:
        await store.commit(launched())
        found = rights(tmp_path)

    assert len(found) == 4, "the database, its two log files, and the lock"
    assert set(found.values()) == {0o600}, found


async def test_the_rights_an_operator_gave_stay(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "payswitch.sqlite"
    path.touch(mode=0o640)
    path.chmod(0o640)
    async with SqliteStore(path, clock=clock):
        assert rights(tmp_path)[path.name] == 0o640
