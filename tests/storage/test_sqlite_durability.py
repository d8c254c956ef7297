"""What was acknowledged is there: after `kill -9`, after a clean stop, and only what was committed."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest
from tests.storage.builders import a_payment, launched

from payswitch.domain.changes import Changes, StorageUnavailable
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.storage.errors import DatabaseInUse
from payswitch.storage.sqlite import SqliteStore

WRITER = """
import asyncio, itertools, sys
from payswitch.kit.clock import SystemClock
from payswitch.storage.sqlite import SqliteStore
from tests.storage.builders import launched, paid

async def customer(store, numbers):
    for n in numbers:
        await store.commit(launched(n))
        await store.commit(paid(n))
        print(n, flush=True)

async def main():
    store = SqliteStore(sys.argv[1], clock=SystemClock())
    await store.open()
    numbers = itertools.count(int(sys.argv[2]))
    await asyncio.gather(*(customer(store, numbers) for _ in range(20)))

asyncio.run(main())
"""


async def acknowledged_until_killed(path: Path, first: int, at_least: int) -> list[int]:
    """Run a process that takes payments as fast as it can; kill it with no warning; what had it acknowledged?"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), str(first), stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
    )
    assert process.stdout is not None
    lines = [await asyncio.wait_for(process.stdout.readline(), 60) for _ in range(at_least)]
    process.send_signal(signal.SIGKILL)
    rest = await asyncio.wait_for(process.stdout.read(), 60)
    await process.wait()
    complete = b"".join(lines) + rest[: rest.rfind(b"\n") + 1]
    return [int(line) for line in complete.split()]


@pytest.mark.slow
async def test_every_acknowledged_payment_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "payswitch.sqlite"
    acknowledged: list[int] = []
    for life in range(3):
        acknowledged += await acknowledged_until_killed(path, first=life * 1_000_000, at_least=150 * (life + 1))

    assert len(acknowledged) >= 900
    async with SqliteStore(path, clock=SystemClock()) as store:
        for n in acknowledged:
            file = await store.payment_file(f"pay_{n}")
            assert file is not None, f"payment {n} was acknowledged and is gone"
            assert file.payment.state is PaymentState.SUCCEEDED
            assert file.attempts[0].state is AttemptState.SUCCEEDED
            assert len(await store.list_events("shop-1", payment_id=f"pay_{n}", before=None, limit=9)) == 1
        counts = await store.counts()
        assert counts.broken_payments == 0
        assert counts.events == {"pending": counts.payments["succeeded"]}, "no half commit anywhere"


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
