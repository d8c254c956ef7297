"""What the admin API shows of reports beside the report itself, which is data already."""

from __future__ import annotations

import msgspec

from payswitch.domain.report import Report, ReportKind, StoredReport
from payswitch.kit.clock import iso_utc


class ReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """One report of the list."""

    report_id: str
    merchant_id: str
    kind: ReportKind
    date: str
    """The Beijing date of its last day."""
    made_at: str


class ReportList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[ReportLine]
    can_print: bool
    """Whether this machine has a browser that makes PDFs."""


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report, and the same in a few lines for a chat."""

    report: Report
    summary: str


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """The report as one HTML file that needs nothing else."""

    file_name: str
    html: str


class ReportPdf(msgspec.Struct, frozen=True, kw_only=True):
    """The report as PDF."""

    file_name: str
    pdf_base64: str


def report_line(stored: StoredReport) -> ReportLine:
    return ReportLine(
        report_id=stored.report_id,
        merchant_id=stored.merchant_id,
        kind=stored.kind,
        date=stored.date,
        made_at=iso_utc(stored.made_at_ms),
    )


def file_name(report: Report, ending: str) -> str:
    return f"payswitch-{report.merchant_id}-{report.kind.value}-{report.date}.{ending}"
