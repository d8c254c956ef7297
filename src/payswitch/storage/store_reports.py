"""`services.reports.analytics_ports.ReportStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Integer, bindparam, select

from payswitch.domain.changes import UniqueViolation
from payswitch.domain.report import ReportKind, StoredReport
from payswitch.storage.codec import RowCodec
from payswitch.storage.parameters import bound_text
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.running import ScriptRunner
from payswitch.storage.schema import reports
from payswitch.storage.scripts import Script, write

REPORT: Final = RowCodec(StoredReport)
_INSERT: Final = PreparedInsert(reports)


REPORT_BY_ID: Final = Prepared(select(*reports.columns).where(reports.c.report_id == bound_text("report_id")))
REPORT_OF_DATE: Final = Prepared(
    select(*reports.columns).where(
        reports.c.merchant_id == bound_text("merchant_id"),
        reports.c.kind == bound_text("kind"),
        reports.c.date == bound_text("date"),
    )
)
NEWEST_REPORTS: Final = Prepared(
    select(*reports.columns)
    .where(reports.c.merchant_id == bound_text("merchant_id"))
    .order_by(reports.c.made_at_ms.desc(), reports.c.report_id.desc())
    .limit(bindparam("limit", type_=Integer))
)


def _add(report: StoredReport) -> Script[None]:
    yield from write(_INSERT, REPORT.encode(report))


class ReportStore(ScriptRunner):
    """Reports that were made."""

    async def add_report(self, report: StoredReport) -> bool:
        """See `services.reports.analytics_ports.ReportStore.add_report`."""
        try:
            await self.write(lambda: _add(report))
        except UniqueViolation as error:
            if error.constraint != "uq_report":
                raise
            return False
        return True

    async def report(self, report_id: str) -> StoredReport | None:
        return await self._row(REPORT, REPORT_BY_ID, report_id=report_id)

    async def report_of(self, merchant_id: str, kind: ReportKind, date: str) -> StoredReport | None:
        return await self._row(REPORT, REPORT_OF_DATE, merchant_id=merchant_id, kind=kind.value, date=date)

    async def newest_reports(self, merchant_id: str, limit: int) -> Sequence[StoredReport]:
        return await self._rows(REPORT, NEWEST_REPORTS, merchant_id=merchant_id, limit=limit)
