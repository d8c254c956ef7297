"""Weekly and daily reports, as they were made: written once, never changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from payswitch.domain.report import ReportKind
from payswitch.storage.schema.columns import metadata, number, one_of, text

reports = Table(
    "reports",
    metadata,
    text("report_id"),
    text("merchant_id"),
    text("kind"),
    text("date"),
    number("made_at_ms"),
    text("document"),
    PrimaryKeyConstraint("report_id", name="pk_reports"),
    UniqueConstraint("merchant_id", "kind", "date", name="uq_report"),
    CheckConstraint(one_of("kind", ReportKind), name="ck_report_kind"),
)
Index("ix_reports_made", reports.c.merchant_id, reports.c.made_at_ms, reports.c.report_id)
