"""A restart with a long history: how soon the service serves, and how soon it has caught up.

    python -m bench.restart                     # 100,000 payments in the file, 2,000 of them live

The file is made from one real payment (created over HTTP by the real service), copied with new ids and times: succeeded
and closed ones over the last thirty days, four thousand of them in the last hours, and live ones whose due times all
passed while the service was away, a fifth of them expired. Then the real service is started on it twice: once as after
a clean stop, and once after `kill -9` in the middle of catching up, with the write-ahead log that this leaves.

`serves` is the time from starting the process to the answer of a payment that was created over HTTP; `caught up` to the
moment when nothing in the file is overdue any more. The channel is a stand-in that answers every query with a signed
"not paid yet". Promise: serves within 3 s.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from bench.create_payment import API_KEY, CONFIG_TOML, prepare
from bench.processes import Child, free_port
from payswitch.domain.changes import Changes
from payswitch.domain.payment import AttemptState, CloseReason, Decision, PaymentFile, PaymentState
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.storage.sqlite import SqliteStore

DATABASE = "payswitch.sqlite"
HISTORY_MS = 30 * 86_400_000
LATELY_MS = 3 * 3_600_000
LATELY = 4_000
STOPPED_MS = 300_000
"""The service was away for five minutes."""
PER_COMMIT = 500
OVERDUE_MS = 3_000
PROMISE_S = 3.0
GIVE_UP_S = 300.0

_OVERDUE = """
SELECT count(DISTINCT payment_id) FROM (
    SELECT payment_id FROM payments WHERE due_at_ms <= ?1
    UNION ALL SELECT payment_id FROM attempts WHERE due_at_ms <= ?1
    UNION ALL SELECT payment_id FROM refunds WHERE due_at_ms <= ?1
)
"""


class Station:
    """The files and processes of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        config = prepare(folder)
        self._config = folder / "bench.json"
        self._config.write_text(json.dumps(config), encoding="utf-8")
        self.port = free_port()
        account = config["account"]
        assert isinstance(account, dict)
        lines = [f"{key} = {json.dumps(value)}" for key, value in account.items()]
        text = CONFIG_TOML.format(port=self.port, database=json.dumps(DATABASE), key=config["api_key_sha256"]).replace(
            "[timings]\nquery_gaps_s = [3600.0]\n", ""
        )
        (folder / "payswitch.toml").write_text(text + "\n".join(lines), encoding="utf-8")
        self.database = folder / DATABASE
        self.stub = self._child(
            "stub channel", ["-m", "bench.stub_channel", str(self._config)], int(str(config["stub_port"]))
        )
        self.stub.wait_until_listening()

    def _child(self, name: str, arguments: list[str], port: int) -> Child:
        return Child(name, arguments, port, self.folder / f"{name}.log", {"BENCH_CONFIG": str(self._config)})

    def service(self) -> Child:
        return self._child(
            "PaySwitch", ["-m", "payswitch", "serve", "--config", str(self.folder / "payswitch.toml")], self.port
        )

    async def create(self, number: str) -> str:
        """One payment over HTTP, asked for until it is there."""
        url = f"http://127.0.0.1:{self.port}/v1/payments"
        body = {"out_trade_no": number, "amount_fen": 12_900, "subject": "明前龙井 250 g", "environment": "desktop"}
        headers = {"Authorization": f"Bearer {API_KEY}"}
        limit = time.monotonic() + GIVE_UP_S
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.post(url, json=body, headers=headers) as answer:
                        view: dict[str, Any] = await answer.json()
                        if answer.status in (200, 201):
                            return str(view["payment_id"])
                        if answer.status < 500:
                            raise RuntimeError(f"the service refused: {view}")
                except aiohttp.ClientError:
                    view = {"detail": "does not listen yet"}
                if time.monotonic() > limit:
                    raise RuntimeError(f"the service never served: {view}")
                await asyncio.sleep(0.02)


async def example(station: Station) -> tuple[PaymentFile, Decision]:
    """One payment as the service itself writes it."""
    service = station.service()
    try:
        payment_id = await station.create("example")
    finally:
        service.stop()
    async with SqliteStore(station.database, clock=SystemClock()) as store:
        file = await store.payment_file(payment_id)
        assert file is not None
        return file, (await store.decisions(payment_id))[0]


class Copies:
    """The example with other ids, times and ends."""

    def __init__(self, file: PaymentFile, decision: Decision, now_ms: int) -> None:
        self._file, self._decision, self._now_ms = file, decision, now_ms
        self._ids = SystemIds()
        self._number = 0

    def one(self, at_ms: int, *, live: bool, expired: bool, paid: bool) -> Changes:
        """Live ones are as the service left them when it stopped."""
        self._number += 1
        new, replace = self._ids.new, msgspec.structs.replace
        payment_id, decision_id = new("pay_", at_ms), new("dec_", at_ms)
        attempt_id = new("att_", at_ms)
        expires_ms = self._now_ms + (-60_000 if expired else 3_600_000) if live else at_ms + 900_000
        ended_ms = None if live else at_ms + 20_000
        attempt = replace(
            self._file.attempts[0],
            attempt_id=attempt_id,
            payment_id=payment_id,
            channel_order_no="P" + attempt_id.removeprefix("att_"),
            decision_id=decision_id,
            created_at_ms=at_ms,
            started_at_ms=at_ms,
            answered_at_ms=at_ms + 80,
            exposed_at_ms=at_ms + 80,
            deadline_ms=expires_ms,
            finished_at_ms=ended_ms,
            state=AttemptState.EXPOSED if live else AttemptState.SUCCEEDED if paid else AttemptState.CLOSED,
            transaction_id="4200000000" if paid and not live else None,
            tries=3 if live else 5,
            due_at_ms=self._now_ms - STOPPED_MS + self._number % STOPPED_MS if live else None,
        )
        payment = replace(
            self._file.payment,
            payment_id=payment_id,
            out_trade_no=f"T{self._number}",
            checkout_token=self._ids.token(),
            created_at_ms=at_ms,
            expires_at_ms=expires_ms,
            state=PaymentState.PENDING if live else PaymentState.SUCCEEDED if paid else PaymentState.CLOSED,
            winner_attempt_id=attempt_id if paid and not live else None,
            succeeded_at_ms=ended_ms if paid else None,
            closed_at_ms=None if paid else ended_ms,
            close_reason=None if paid or live else CloseReason.EXPIRED,
            due_at_ms=expires_ms if live else None,
        )
        decision = replace(self._decision, decision_id=decision_id, payment_id=payment_id, at_ms=at_ms)
        return Changes(insert_payments=[payment], insert_attempts=[attempt], insert_decisions=[decision])

    def all(self, payments: int, live: int) -> Iterator[Changes]:
        old = payments - live
        for i in range(old):
            back_ms = LATELY_MS * i // LATELY if i < LATELY else HISTORY_MS * i // old
            yield self.one(self._now_ms - STOPPED_MS - back_ms, live=False, expired=False, paid=i % 10 != 0)
        for i in range(live):
            made_ms = self._now_ms - STOPPED_MS - i * 1_500
            yield self.one(made_ms, live=True, expired=i % 5 == 0, paid=False)


async def fill(station: Station, payments: int, live: int) -> None:
    file, decision = await example(station)
    copies = Copies(file, decision, SystemClock().now_ms()).all(payments, live)
    async with SqliteStore(station.database, clock=SystemClock()) as store:
        while batch := [one for one, _ in zip(copies, range(PER_COMMIT), strict=False)]:
            await asyncio.gather(*(store.commit(changes) for changes in batch))


def overdue(database: Path) -> int:
    """What should have been looked at and was not."""
    before_ms = SystemClock().now_ms() - OVERDUE_MS
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute(_OVERDUE, [before_ms]).fetchone()
    return int(found[0])


async def caught_up(database: Path, began: float) -> float:
    while time.monotonic() - began < GIVE_UP_S:
        if overdue(database) == 0:
            return time.monotonic() - began
        await asyncio.sleep(0.25)
    raise RuntimeError(f"{overdue(database)} payments are still overdue after {GIVE_UP_S:.0f} s")


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """One start of the service: by the clock, and by its own CPU time, which a busy machine does not stretch."""

    name: str
    served_s: float
    served_cpu_s: float
    caught_up_s: float | None = None

    def __str__(self) -> str:
        until = "" if self.caught_up_s is None else f", caught up in {self.caught_up_s:.1f} s"
        return f"{self.name}: serves in {self.served_s:.2f} s ({self.served_cpu_s:.2f} s of CPU){until}"


async def start(station: Station, name: str) -> tuple[Child, Started, float]:
    """The running service, how it started, and when."""
    began = time.monotonic()
    service = station.service()
    await station.create(f"first-after-{name}")
    started = Started(name=name, served_s=time.monotonic() - began, served_cpu_s=service.cpu_s())
    return service, started, began


async def run(folder: Path, payments: int, live: int) -> list[Started]:
    station = Station(folder)
    try:
        await fill(station, payments, live)
        size_mib = station.database.stat().st_size / 2**20
        print(f"{payments} payments, {live} live, {overdue(station.database)} overdue, {size_mib:.0f} MiB", flush=True)
        service, after_stop, _ = await start(station, "stop")
        await asyncio.sleep(1)  # in the middle of catching up
        service.kill()
        print(f"killed with {overdue(station.database)} left to catch up with")
        service, after_kill, began = await start(station, "kill")
        try:
            caught_up_s = await caught_up(station.database, began)
        finally:
            service.stop()
        return [after_stop, msgspec.structs.replace(after_kill, caught_up_s=caught_up_s)]
    finally:
        station.stub.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=100_000)
    parser.add_argument("--live", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payswitch-restart-") as folder:
        found = asyncio.run(run(Path(folder), options.payments, options.live))
    print(*found, sep="\n")
    return 0 if all(started.served_s <= PROMISE_S for started in found) else 1


if __name__ == "__main__":
    sys.exit(main())
