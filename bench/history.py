"""A long history in one SQLite file, and the analytics store beside it: what pages and reports are measured on.

    python -m bench.history --into /tmp/history --attempts 1000000          # about 1.1 KB of disk an attempt
    python -m bench.history --into /tmp/history --attempts 10000000         # 10 million; delete the folder afterwards

Thirty days of one merchant with three shops and six channels: hours of the day as in a live-streaming shop, amounts
log-normal, one channel three points worse at night, failing create calls that are switched, customers who leave, money
that comes twice, refunds. The last day is made payment by payment (`bench/history_rows.py`), from the product's own
structs through its own codecs; the days before are copies of it made in SQL, each with ids, numbers and times of its
own, and each without another part of the payments.

Decisions, events and ledger rows are written for the last day only: with them for all thirty days the file would be
three times as large, and no page reads them by range. The analytics store gets all thirty days.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bench.history_rows import DAY_MS, LINES, MERCHANT, Made, Maker
from payswitch.domain.analysis import LakeState, Scope
from payswitch.domain.attempt_fact import AttemptFact
from payswitch.domain.ledger import transfers_of
from payswitch.kit.clock import SystemClock, beijing_date, beijing_midnight_ms
from payswitch.kit.durations import HOUR_MS
from payswitch.kit.ids import lowest_id
from payswitch.services.reports.attempt_facts import facts_of_payment
from payswitch.storage import ledger, schema
from payswitch.storage.analytics import duck
from payswitch.storage.analytics.files import VERSION
from payswitch.storage.analytics.lake import ParquetLake
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.write_statements import ATTEMPT, DECISION, EVENT, PAYMENT, REFUND, TRANSFER

DATABASE = "payswitch.sqlite"
LAKE = "payswitch-analytics"
PER_BATCH = 5_000
KEPT = 0.722
"""Of the last day's payments, how many each day before has on average."""
_FEES_BP = {line.channel_id: line.fee_bp for line in LINES}
_TABLES = (
    ("payments", schema.payments, PAYMENT),
    ("decisions", schema.decisions, DECISION),
    ("attempts", schema.attempts, ATTEMPT),
    ("refunds", schema.refunds, REFUND),
    ("events", schema.events, EVENT),
    ("transfers", schema.transfers, TRANSFER),
)
_COPIED = (schema.payments, schema.attempts, schema.refunds)
_IDS = frozenset({"payment_id", "attempt_id", "winner_attempt_id", "decision_id", "refund_id"})
_NUMBERS = frozenset(
    {
        "out_trade_no", "checkout_token", "channel_order_no", "transaction_id", "out_refund_no", "shop_refund_no",
        "channel_refund_id",
    }
)  # fmt: skip


@lru_cache(maxsize=100_000)
def _earlier(time_part: str, by_ms: int) -> str:
    value = 0
    for letter in time_part:
        value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    return lowest_id("", value - by_ms)


def moved(name: str | None, by_ms: int) -> str | None:
    """The id that would have been made so much earlier."""
    return None if name is None else f"{name[:4]}{_earlier(name[4:14], by_ms)}{name[14:]}"


class Bulk:
    """Writes rows as fast as SQLite takes them, and not safe against a crash: the file is made to be deleted."""

    def __init__(self, path: Path, last_day: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.create_function("moved", 2, moved, deterministic=True)
        self._connection.execute("ATTACH ? AS last", (str(last_day),))
        pragmas = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY")
        # A reader that looks in while the file is made waits, or fails; the maker must not.
        for pragma in ("locking_mode = EXCLUSIVE", *pragmas):
            self._connection.execute(f"PRAGMA {pragma}")
        for _, table, _ in _TABLES:
            self._connection.execute(
                f"CREATE TABLE last.{table.name} AS SELECT * FROM main.{table.name} LIMIT 0"  # noqa: S608
            )

    def write(self, made: Sequence[Made]) -> None:
        """Rows of the last day."""
        rows: dict[str, list[object]] = {
            "payments": [one.file.payment for one in made],
            "attempts": [attempt for one in made for attempt in one.file.attempts],
            "refunds": [refund for one in made for refund in one.file.refunds],
            "decisions": [decision for one in made for decision in one.decisions],
            "events": [event for one in made for event in one.events],
            "transfers": [t for one in made for t in transfers_of(None, one.file, _FEES_BP.__getitem__)],
        }
        self._connection.execute("BEGIN")
        for name, table, codec in _TABLES:
            insert = PreparedInsert(table).sqlite
            sql = insert.sql.replace("INSERT INTO ", "INSERT INTO last.", 1)
            self._connection.executemany(sql, [insert.bind(codec.encode(one)) for one in rows[name]])  # type: ignore[attr-defined]
        self._connection.execute("COMMIT")

    def copy(self, days_before: int, number: int) -> None:
        """The last day as that day."""
        by_ms = days_before * DAY_MS
        for table in _COPIED:
            columns = [column.name for column in table.columns]
            taken = ", ".join(_taken(name, by_ms, number) for name in columns)
            self._connection.execute(
                f"INSERT INTO main.{table.name} ({', '.join(columns)}) SELECT {taken} FROM last.{table.name} "  # noqa: S608
                f"WHERE {_kept('unicode', 'substr(payment_id, -1)', days_before)} ORDER BY payment_id"
            )

    def finish(self) -> None:
        """The last day itself comes last: rows stand in order of time."""
        for _, table, _ in _TABLES:
            columns = ", ".join(column.name for column in table.columns)
            self._connection.execute(
                f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM last.{table.name}"  # noqa: S608
            )
        self._connection.execute("DETACH last")
        balances = Prepared(ledger.added_up()).sqlite
        self._connection.execute(f"INSERT INTO ledger_balances (account, fen) {balances.sql}", balances.bind({}))
        self._connection.execute("ANALYZE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.close()


def _taken(name: str, by_ms: int, number: int) -> str:
    if name in _IDS:
        return f"moved({name}, {by_ms})"
    if name in _NUMBERS:
        return f"substr({name}, 1, 1) || '{number:02d}' || substr({name}, 2)"
    return f"{name} - {by_ms}" if name.endswith("_ms") else name


def _kept(code_of: str, letter: str, days_before: int) -> str:
    """Which payments a day has; the same in SQLite's words and in DuckDB's."""
    return f"({code_of}({letter}) + {days_before}) % 9 > {days_before % 4}"


class History:
    """One run of the generator."""

    def __init__(self, folder: Path, attempts: int, days: int, seed: int) -> None:
        self._folder, self._days = folder, days
        self._per_day = round(attempts / (1 + (days - 1) * KEPT))
        self._maker = Maker(seed)
        self._now_ms = SystemClock().now_ms()
        self._day_ms = beijing_midnight_ms(beijing_date(self._now_ms)) - DAY_MS
        """Yesterday: the last whole day."""

    async def make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(self._folder / DATABASE, clock=SystemClock())
        await store.prepare()
        await store.aclose()
        spare = self._folder / "last-day.sqlite"
        bulk, lake = Bulk(self._folder / DATABASE, spare), ParquetLake(self._folder / LAKE)
        hours = [self._day_ms // HOUR_MS + n for n in range(24)]
        rows = await lake.write_hours(hours, self._last_day(bulk))
        print(f"{beijing_date(self._day_ms)}  {rows:,} attempts, made one by one", flush=True)
        with duck.connect(self._folder) as db:
            for days_before in range(self._days - 1, 0, -1):
                bulk.copy(days_before, self._days - days_before)
                self._copy_facts(db, lake, days_before)
                print(beijing_date(self._day_ms - days_before * DAY_MS), flush=True)
        bulk.finish()
        spare.unlink()
        next_hour = hours[-1] + 1
        written_ms = next_hour * HOUR_MS
        await lake.save_state(
            LakeState(version=VERSION, seen_ms=self._now_ms, next_hour=next_hour, written_ms=written_ms)
        )
        merchants = frozenset({MERCHANT})
        await lake.warm(Scope(merchant_ids=merchants, from_ms=0, to_ms=written_ms), most=10_000)
        await lake.aclose()

    async def _last_day(self, bulk: Bulk) -> AsyncIterator[list[AttemptFact]]:
        for batch in _batched(self._maker.times(self._day_ms, 1, self._per_day), PER_BATCH):
            made = [self._maker.payment(at_ms) for at_ms in batch]
            bulk.write(made)
            yield [row for one in made for row in facts_of_payment(one.file, one.decisions, _FEES_BP)]

    def _copy_facts(self, db: duck.Connection, lake: ParquetLake, days_before: int) -> None:
        by_ms = days_before * DAY_MS
        last = lake.files.of_day(MERCHANT, beijing_date(self._day_ms))
        made = self._folder / "day.parquet"
        # Ids in the analytics store only tell payments apart: here they get the day as a prefix of their random part.
        db.execute(
            f"COPY (SELECT * REPLACE ('{days_before:02d}' || payment_id AS payment_id, "  # noqa: S608
            f"created_at_ms - {by_ms} AS created_at_ms, hour_no - {days_before * 24} AS hour_no) "
            f"FROM read_parquet({duck.text(last)}) WHERE {_kept('ascii', 'right(payment_id, 1)', days_before)}) "
            f"TO {duck.text(made)} (FORMAT parquet, COMPRESSION zstd)"
        )
        lake.files.put(made, lake.files.of_day(MERCHANT, beijing_date(self._day_ms - by_ms)))


T = TypeVar("T")


def _batched(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="a new folder")
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    gc.disable()  # millions of rows, no cycles: a collector would walk them again and again
    begun = time.monotonic()
    asyncio.run(History(given.into, given.attempts, given.days, given.seed).make())
    size = sum(path.stat().st_size for path in given.into.rglob("*") if path.is_file())
    with sqlite3.connect(given.into / DATABASE) as found:
        attempts = found.execute("SELECT count(*) FROM attempts").fetchone()[0]
    print(f"{attempts:,} attempts in {time.monotonic() - begun:.0f} s, {size / 1e9:.1f} GB in {given.into}")


if __name__ == "__main__":
    main()
