"""What was acknowledged is there: after `kill -9` of a process that writes as fast as it can, again and again."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from tests.storage.conformance import KINDS, empty_postgres

from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.kit.clock import SystemClock
from payswitch.storage.databases import make_store

WRITER = """
import asyncio, itertools, sys
from payswitch.kit.clock import SystemClock
from payswitch.storage.databases import make_store
from tests.storage.builders import launched, paid

async def customer(store, numbers):
    for n in numbers:
        await store.commit(launched(n))
        await store.commit(paid(n))
        print(n, flush=True)

async def main():
    store = make_store(sys.argv[1], clock=SystemClock())
    await store.open()
    numbers = itertools.count(int(sys.argv[2]))
    await asyncio.gather(*(customer(store, numbers) for _ in range(20)))

asyncio.run(main())
"""


async def acknowledged_until_killed(database: str, first: int, at_least: int) -> list[int]:
    """Run a process that takes payments as fast as it can; kill it with no warning; what had it acknowledged?"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, database, str(first), stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
    )
    assert process.stdout is not None
    lines = [await asyncio.wait_for(process.stdout.readline(), 60) for _ in range(at_least)]
    process.send_signal(signal.SIGKILL)
    rest = await asyncio.wait_for(process.stdout.read(), 60)
    await process.wait()
    complete = b"".join(lines) + rest[: rest.rfind(b"\n") + 1]
    return [int(line) for line in complete.split()]


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "payswitch.sqlite")
    address: str = request.getfixturevalue("migrated_postgres")
    await empty_postgres(address)
    return address


@pytest.mark.slow
async def test_every_acknowledged_payment_survives_kill_9(database: str) -> None:
    acknowledged: list[int] = []
    for life in range(3):
        acknowledged += await acknowledged_until_killed(database, first=life * 1_000_000, at_least=150 * (life + 1))

    assert len(acknowledged) >= 900
    async with make_store(database, clock=SystemClock()) as store:
        for n in acknowledged:
            file = await store.payment_file(f"pay_{n}")
            assert file is not None, f"payment {n} was acknowledged and is gone"
            assert file.payment.state is PaymentState.SUCCEEDED
            assert file.attempts[0].state is AttemptState.SUCCEEDED
            assert len(await store.list_events("shop-1", payment_id=f"pay_{n}", before=None, limit=9)) == 1
        counts = await store.counts()
        assert counts.broken_payments == 0
        assert counts.events == {"pending": counts.payments["succeeded"]}, "no half commit anywhere"
