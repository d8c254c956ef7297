"""`services.ports.BillStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.audit import AuditRecord
from payswitch.domain.bill import BillLine
from payswitch.domain.bill_matching import Known
from payswitch.domain.payment import Attempt, Refund
from payswitch.domain.reconciliation import Billed, BillRun, Break
from payswitch.domain.trail import TrailEntry
from payswitch.storage import audit_records, reconciling
from payswitch.storage import bill_statements as sql
from payswitch.storage.running import ScriptRunner
from payswitch.storage.scripts import decoded


class BillStore(ScriptRunner):
    """Reconciliations: what bills are held against, and what came of it; and the record of audits."""

    async def known_of(self, channel_id: str, lines: Sequence[BillLine]) -> Sequence[Known]:
        return await self.read(reconciling.known_of(channel_id, lines), snapshot=True)

    async def missing_in_bills(
        self, channel_id: str, from_ms: int, to_ms: int, since_ms: int
    ) -> tuple[Sequence[Attempt], Sequence[tuple[Refund, str]]]:
        return await self.read(reconciling.missing(channel_id, from_ms, to_ms, since_ms), snapshot=True)

    async def save_billed(self, billed: Billed) -> None:
        await self.write(lambda: reconciling.save(billed))

    async def save_run(self, run: BillRun) -> None:
        await self.write(lambda: reconciling.save_run(run))

    async def runs_of(self, channel_id: str, from_day: str) -> Sequence[BillRun]:
        return await self._rows(sql.RUN, sql.RUNS_OF, channel_id=channel_id, from_day=from_day)

    async def runs_since(self, from_day: str, limit: int) -> Sequence[BillRun]:
        return await self.read(decoded(sql.RUN, sql.RUNS_SINCE, from_day=from_day, limit=limit))

    async def open_breaks(self, channel_id: str) -> Sequence[Break]:
        return await self.read(decoded(sql.BREAK, sql.OPEN_BREAKS_OF, channel_id=channel_id))

    async def breaks_of_day(self, channel_id: str, day: str) -> Sequence[Break]:
        return await self.read(decoded(sql.BREAK, sql.BREAKS_OF_DAY, channel_id=channel_id, day=day))

    async def list_breaks(
        self, merchant_id: str, *, only_open: bool, place: tuple[int, str] | None, limit: int
    ) -> Sequence[Break]:
        return await self.read(reconciling.break_page(merchant_id, only_open, place, limit))

    async def break_of(self, break_id: str) -> Break | None:
        return await self._row(sql.BREAK, sql.BREAK_BY_ID, break_id=break_id)

    async def resolve_break(self, resolved: Break, trail: TrailEntry | None = None) -> None:
        await self.write(lambda: reconciling.resolve(resolved, trail))

    async def save_audit(self, record: AuditRecord) -> None:
        await self.write(lambda: audit_records.save(record))

    async def last_audit(self) -> AuditRecord | None:
        return await self._row(audit_records.AUDIT, audit_records.LAST)
