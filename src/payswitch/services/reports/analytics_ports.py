"""What the analysis needs from storage: history to read, and a columnar store to write and ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
from payswitch.domain.payment import Decision, PaymentFile
from payswitch.domain.report import ReportKind, StoredReport


class HistoryStore(Protocol):
    """The operational database, read in order of time."""

    async def history_page(
        self, from_ms: int, to_ms: int, after: str, limit: int
    ) -> Sequence[tuple[PaymentFile, Sequence[Decision]]]:
        """Payments created between these moments, after the payment `after`, each with its decisions."""
        ...

    async def touched_hours(self, since_ms: int) -> set[int]:
        """Hours since 1970 in which the payments were created to which money came, or of which money went back, since
        then."""
        ...

    async def oldest_payment_ms(self) -> int | None: ...


class Lake(Protocol):
    """分析库: attempts in columns, in files of one day and one merchant each. Answers hold what was written last."""

    async def state(self) -> LakeState: ...

    async def save_state(self, state: LakeState) -> None: ...

    async def write_hours(self, hours: Sequence[int], facts: AsyncIterator[Sequence[AttemptFact]]) -> int:
        """Replace everything of these hours (of one Beijing day) by these rows; how many there were. A crash leaves the
        files as they were before."""
        ...

    async def totals(self, scope: Scope) -> Totals: ...

    async def rates(self, scope: Scope, by: Sequence[By], *, times: bool = False) -> Sequence[RateCell]:
        """`times`: also how long create calls took."""
        ...

    async def losses(self, scope: Scope, by: By) -> Sequence[LossCell]: ...

    async def switches(self, scope: Scope) -> Sequence[SwitchCell]: ...

    async def of_days(self, scope: Scope, by: By) -> DaySums:
        """Of whole Beijing days: whatever of the scope lies in one counts with all of it. Past days are counted once
        and then known, so that a page over months answers at once."""
        ...

    async def warm(self, scope: Scope, most: int) -> int:
        """Count days of the scope that are not known yet, the newest first, at most so many; how many it were."""
        ...

    async def choices(self, scope: Scope, by: By) -> Sequence[ChoiceCell]: ...

    async def refund_times(self, scope: Scope) -> Sequence[RefundTimes]: ...

    async def received(self, scope: Scope) -> Sequence[Received]: ...

    async def days(self, merchant_id: str) -> Sequence[str]:
        """The Beijing dates there are, oldest first."""
        ...

    async def prune(self, before_day: str) -> int:
        """Delete days before this Beijing date; how many files. The payments themselves stay in the database."""
        ...

    async def export(self, scope: Scope, target: Path) -> int:
        """Write the rows to a `.parquet` or `.csv` file; how many."""
        ...

    async def aclose(self) -> None: ...


class ReportStore(Protocol):
    """Reports that were made. Only ever added to."""

    async def add_report(self, report: StoredReport) -> bool:
        """False, and nothing is written, when there is one of this merchant, kind and date already: another node, or
        somebody at the same moment, was faster."""
        ...

    async def report(self, report_id: str) -> StoredReport | None: ...

    async def report_of(self, merchant_id: str, kind: ReportKind, date: str) -> StoredReport | None: ...

    async def newest_reports(self, merchant_id: str, limit: int) -> Sequence[StoredReport]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Analytics:
    """Where the analysis reads and writes."""

    history: HistoryStore
    lake: Lake
    reports: ReportStore
    keep_days: int = 400
    """Older days are deleted: more than a year, so that a month can be compared with last year's."""
