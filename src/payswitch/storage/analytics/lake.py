"""`ParquetLake`: `services.reports.analytics_ports.Lake` over Parquet files and DuckDB, on threads of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from payswitch.domain.analysis import (
    By,
    ChoiceCell,
    DaySums,
    LakeState,
    LossCell,
    RateCell,
    Received,
    RefundTimes,
    Scope,
    SwitchCell,
    Totals,
)
from payswitch.domain.attempt_fact import AttemptFact
from payswitch.kit.clock import beijing_date
from payswitch.kit.durations import HOUR_MS
from payswitch.storage.analytics import duck, questions
from payswitch.storage.analytics.day_answers import DayAnswer, DayAnswers, sum_cells, sum_totals
from payswitch.storage.analytics.day_choices import DayChoicesKeeper
from payswitch.storage.analytics.files import LakeFiles

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
Ask = Callable[["duckdb.DuckDBPyConnection"], T]


class ParquetLake:
    """The analytics store of one service. It opens at its first use: a service that is never asked pays nothing."""

    def __init__(self, root: Path) -> None:
        self.files = LakeFiles(root)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._answers = DayAnswers()
        self._choices = DayChoicesKeeper()
        # One thread: DuckDB itself uses several, and a second question would only take the first one's memory.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="payswitch-lake")

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _ask(self, ask: Ask[T]) -> T:
        return await self._run(lambda: ask(self._open()))

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self.files.prepare()
            self._connection = duck.connect(self.files.scratch)
        return self._connection

    async def state(self) -> LakeState:
        return await self._run(self.files.read_state)

    async def save_state(self, state: LakeState) -> None:
        await self._ask(lambda _: self.files.save_state(state))

    async def write_hours(self, hours: Sequence[int], facts: AsyncIterator[Sequence[AttemptFact]]) -> int:
        """See `Lake.write_hours`. The rows go to a file first, page by page: an hour of a great sale is much."""
        day = beijing_date(hours[0] * HOUR_MS)
        if any(beijing_date(hour * HOUR_MS) != day for hour in hours):
            raise ValueError(f"hours of more than one day: {hours}")
        await self._ask(lambda _: None)
        fresh = self.files.scratch / f"{day}.json"
        merchants: set[str] = set()
        count = 0
        await self._run(lambda: fresh.write_bytes(b""))
        async for page in facts:
            merchants.update(row.merchant_id for row in page)
            count += len(page)
            await self._run(partial(_append, fresh, page))
        await self._ask(lambda db: self._replace(db, day, hours, fresh, merchants))
        return count

    def _replace(
        self, db: duckdb.DuckDBPyConnection, day: str, hours: Sequence[int], fresh: Path, merchants: set[str]
    ) -> None:
        before = self.files.with_day(day)
        for merchant_id in sorted(merchants | set(before)):
            made = self.files.scratch / f"{day}.parquet"
            kept = [before[merchant_id]] if merchant_id in before else []
            db.execute(questions.day_file(kept, hours, fresh, merchant_id, made))
            self.files.put(made, self.files.of_day(merchant_id, day))
        fresh.unlink()

    async def totals(self, scope: Scope) -> Totals:
        return await self._ask(partial(questions.totals, self.files.of_scope(scope), scope))

    async def rates(self, scope: Scope, by: Sequence[By], *, times: bool = False) -> Sequence[RateCell]:
        return await self._ask(partial(questions.rates, self.files.of_scope(scope), scope, by, times))

    async def losses(self, scope: Scope, by: By) -> Sequence[LossCell]:
        return await self._ask(partial(questions.losses, self.files.of_scope(scope), scope, by))

    async def switches(self, scope: Scope) -> Sequence[SwitchCell]:
        return await self._ask(partial(questions.switches, self.files.of_scope(scope), scope))

    async def choices(self, scope: Scope, by: By) -> Sequence[ChoiceCell]:
        """Of whole days from what is kept of each: a choice's block lies within one day, so they are put in a row."""
        files = self.files.of_scope(scope)
        if scope.shop_id is None and _is_midnight(scope.from_ms) and _is_midnight(scope.to_ms):
            of_days = [await self._ask(partial(self._choices.of, file)) for file in files]
            return [cell for day in of_days for cell in day.choices[by]]
        return await self._ask(partial(questions.choices, files, scope, by))

    async def refund_times(self, scope: Scope) -> Sequence[RefundTimes]:
        return await self._ask(partial(questions.refund_times, self.files.of_scope(scope), scope))

    async def received(self, scope: Scope) -> Sequence[Received]:
        return await self._ask(partial(questions.received, self.files.of_scope(scope), scope))

    async def of_days(self, scope: Scope, by: By) -> DaySums:
        """See `Lake.of_days`."""
        return await self._ask(partial(self._of_days, scope, by))

    def _of_days(self, scope: Scope, by: By, db: duckdb.DuckDBPyConnection) -> DaySums:
        found = [self._answers.of(db, file, scope.shop_id) for file in self.files.of_scope(scope)]
        return DaySums(
            totals=sum_totals(one.totals for one in found),
            losses=_losses(found, By.CHANNEL),
            losses_by=_losses(found, by),
            rates=sum_cells(
                (cell for one in found for cell in one.rates[by]),
                lambda cell: cell.key,
                ("tried", "paid", "amount_fen"),
                lambda cell: cell.key,
            ),
            switches=sum_cells(
                (cell for one in found for cell in one.switches),
                lambda cell: (cell.from_channel, cell.to_channel),
                ("switches", "paid", "paid_fen"),
                lambda cell: (-cell.switches, cell.from_channel, cell.to_channel),
            ),
        )

    async def warm(self, scope: Scope, most: int) -> int:
        """See `Lake.warm`."""
        made = 0
        for file in reversed(self.files.of_scope(scope)):
            if made >= most:
                break
            made += await self._ask(partial(self._warm_one, file))
        return made

    def _warm_one(self, file: Path, db: duckdb.DuckDBPyConnection) -> bool:
        if self._answers.has(file) and self._choices.has(file):
            return False
        self._answers.of(db, file, None)
        self._choices.of(file, db)
        return True

    async def days(self, merchant_id: str) -> Sequence[str]:
        return await self._run(lambda: self.files.days(merchant_id))

    async def prune(self, before_day: str) -> int:
        return await self._run(lambda: self.files.delete(self.files.before(before_day)))

    async def export(self, scope: Scope, target: Path) -> int:
        return await self._ask(partial(questions.export, self.files.of_scope(scope), scope, target))

    async def aclose(self) -> None:
        """Let the running question end. May be called twice."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_midnight(at_ms: int) -> bool:
    return (at_ms + 8 * HOUR_MS) % (24 * HOUR_MS) == 0


def _losses(found: Sequence[DayAnswer], by: By) -> list[LossCell]:
    cells: list[LossCell] = sum_cells(
        (cell for one in found for cell in one.losses[by]),
        lambda cell: (cell.key, cell.cause),
        ("payments", "amount_fen"),
        lambda cell: (-cell.payments, cell.key, cell.cause),
    )
    return cells


def _append(path: Path, page: Sequence[AttemptFact]) -> None:
    with path.open("ab") as file:
        for row in page:
            file.write(_encode(row) + b"\n")
