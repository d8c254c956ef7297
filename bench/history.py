"""A long history in one SQLite file, and the analytics store beside it: what pages and reports are measured on.

    python -m bench.history --into /tmp/history --attempts 1000000          # about 1.1 KB of disk an attempt
    python -m bench.history --into /tmp/history --attempts 10000000         # 10 million; delete the folder afterwards

Thirty days of one merchant with three shops and six channels: hours of the day as in a live-streaming shop, amounts
log-normal, one channel three points worse at night, failing create calls that are switched, customers who leave, money
that comes twice, refunds. The rows are the product's own structs through its own codecs, in the order of time.

Decisions, events and ledger rows are written for the last `--recorded-days` only: with them for all thirty days the
file would be three times as large, and no page reads them by range. The analytics store gets all of it, through the
code that the worker uses.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

from bench.history_rows import DAY_MS, LINES, Made, Maker
from payswitch.domain.analysis import LakeState
from payswitch.domain.attempt_fact import AttemptFact
from payswitch.domain.ledger import transfers_of
from payswitch.kit.clock import SystemClock, beijing_date
from payswitch.services.attempt_facts import HOUR_MS, facts_of_payment
from payswitch.storage import schema
from payswitch.storage.analytics.files import VERSION
from payswitch.storage.analytics.lake import ParquetLake
from payswitch.storage.prepared import PreparedInsert
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.write_statements import ATTEMPT, DECISION, EVENT, PAYMENT, REFUND, TRANSFER

_FEES_BP = {line.channel_id: line.fee_bp for line in LINES}
DATABASE = "payswitch.sqlite"
LAKE = "payswitch-analytics"
PER_BATCH = 5_000
_TABLES = (
    ("payments", schema.payments, PAYMENT),
    ("decisions", schema.decisions, DECISION),
    ("attempts", schema.attempts, ATTEMPT),
    ("refunds", schema.refunds, REFUND),
    ("events", schema.events, EVENT),
    ("transfers", schema.transfers, TRANSFER),
)


class Bulk:
    """Writes rows as fast as SQLite takes them, and not safe against a crash: the file is made to be deleted."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._inserts = {name: PreparedInsert(table).sqlite for name, table, _ in _TABLES}

    def write(self, made: Sequence[Made], *, recorded: bool) -> None:
        rows: dict[str, list[object]] = {
            "payments": [one.file.payment for one in made],
            "attempts": [attempt for one in made for attempt in one.file.attempts],
            "refunds": [refund for one in made for refund in one.file.refunds],
        }
        if recorded:
            rows["decisions"] = [decision for one in made for decision in one.decisions]
            rows["events"] = [event for one in made for event in one.events]
            rows["transfers"] = [
                transfer for one in made for transfer in transfers_of(None, one.file, _FEES_BP.__getitem__)
            ]
        self._connection.execute("BEGIN")
        for name, _, codec in _TABLES:
            if found := rows.get(name):
                insert = self._inserts[name]
                self._connection.executemany(insert.sql, [insert.bind(codec.encode(one)) for one in found])  # type: ignore[attr-defined]
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.execute("ANALYZE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.close()


class History:
    """One run of the generator."""

    def __init__(self, folder: Path, attempts: int, days: int, recorded_days: int, seed: int) -> None:
        self._folder, self._attempts, self._days = folder, attempts, days
        self._maker = Maker(seed)
        self._until_ms = SystemClock().now_ms() // HOUR_MS * HOUR_MS
        self._from_ms = self._until_ms - days * DAY_MS
        self._recorded_from_ms = self._until_ms - recorded_days * DAY_MS
        self.payments = self.rows = 0

    async def make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(self._folder / DATABASE, clock=SystemClock())
        await store.prepare()
        await store.aclose()
        bulk, lake = Bulk(self._folder / DATABASE), ParquetLake(self._folder / LAKE)
        times = self._maker.times(self._from_ms, self._days, self._attempts)
        for date, of_day in groupby(times, key=beijing_date):
            made = list(of_day)
            hours = sorted({at_ms // HOUR_MS for at_ms in made})
            self.rows += await lake.write_hours(hours, self._batches(bulk, made))
            print(f"{date}  {self.payments:>10,} payments  {self.rows:>10,} attempts", flush=True)
        now_ms = self._until_ms
        await lake.save_state(
            LakeState(version=VERSION, seen_ms=now_ms, next_hour=now_ms // HOUR_MS, written_ms=now_ms)
        )
        await lake.aclose()
        bulk.close()

    async def _batches(self, bulk: Bulk, times: list[int]) -> AsyncIterator[list[AttemptFact]]:
        for batch in _batched(iter(times), PER_BATCH):
            recorded = batch[0] >= self._recorded_from_ms
            made = [self._maker.payment(at_ms, recorded=recorded) for at_ms in batch]
            bulk.write(made, recorded=recorded)
            self.payments += len(made)
            yield [row for one in made for row in facts_of_payment(one.file, one.decisions, _FEES_BP)]


T = TypeVar("T")


def _batched(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="a folder; its files are overwritten by no one")
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--recorded-days", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    gc.disable()  # millions of rows, no cycles: a collector would walk them again and again
    begun = time.monotonic()
    history = History(given.into, given.attempts, given.days, given.recorded_days, given.seed)
    asyncio.run(history.make())
    size = sum(path.stat().st_size for path in given.into.rglob("*") if path.is_file())
    print(f"{history.rows:,} attempts in {time.monotonic() - begun:.0f} s, {size / 1e9:.1f} GB in {given.into}")


if __name__ == "__main__":
    main()
