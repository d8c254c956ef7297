"""The auditor in service: every hour what was touched, and once a day everything; a violation is an incident."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Final

from payswitch.domain.audit import AuditRecord, AuditReport, Violation
from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.payment import Incident
from payswitch.kit.clock import beijing_day
from payswitch.kit.logs import get_logger
from payswitch.services.books.book_ports import BookStore
from payswitch.services.context import Context

OVERLAP_MS: Final = 600_000
"""Looked at twice: rows whose times lie before their commit, clocks that were set back."""

log = get_logger(__name__)


async def audit_due(ctx: Context) -> int:
    """An audit if the last one is an hour old. How many were made."""
    if ctx.books is None:
        return 0
    now_ms = ctx.clock.now_ms()
    last = await ctx.books.last_audit()
    if last is not None and 0 <= now_ms - last.at_ms < ctx.timings.audit_gap_s * 1_000:
        return 0
    await audit(ctx, ctx.books, since_ms=_since_ms(last, now_ms))
    return 1


def _since_ms(last: AuditRecord | None, now_ms: int) -> int:
    """Everything for the first audit and the first of each day, else what was touched since the last one."""
    if last is None or beijing_day(last.at_ms) != beijing_day(now_ms) or last.at_ms > now_ms:
        return 0
    return max(last.at_ms - OVERLAP_MS, 1)


async def audit(ctx: Context, books: BookStore, *, since_ms: int = 0) -> AuditReport:
    """Look at the books, write down that it was done, and tell of every violation that was not told yet."""
    now_ms, started_ms = ctx.clock.now_ms(), ctx.clock.monotonic_ms()
    report = await books.audit(now_ms=now_ms, since_ms=since_ms)
    for violation in report.violations:
        log.error("invariant_violated", number=violation.number, name=violation.name, rows=violation.rows)
        await _tell(ctx, violation)
    record = AuditRecord(
        audit_id=ctx.ids.new("aud_", now_ms),
        at_ms=now_ms,
        since_ms=since_ms,
        payments=report.payments,
        duration_ms=int(ctx.clock.monotonic_ms() - started_ms),
        violations=report.violations,
    )
    await books.save_audit(record)
    return report


async def _tell(ctx: Context, violation: Violation) -> None:
    """Once for the same rows, however often they are found."""
    digest = hashlib.sha256("\0".join((violation.number, *violation.rows)).encode()).hexdigest()
    incident_id = f"inc_{digest[:32]}"
    if incident_id in ctx.incidents_told:
        return
    ctx.feed.tell("invariant_violated", {"number": violation.number, "name": violation.name})
    more = " …" if violation.more else ""
    incident = Incident(
        incident_id=incident_id,
        kind="invariant_violated",
        at_ms=ctx.clock.now_ms(),
        detail=(
            f"审计 {violation.number} 不成立：{violation.title_zh} / audit {violation.number} {violation.name} does "
            f"not hold: {violation.title}: {', '.join(violation.rows)}{more}; see docs/reference/audit.md"
        ),
    )
    with suppress(UniqueViolation):  # told before the last start
        await ctx.store.commit(Changes(insert_incidents=[incident]))
    ctx.incidents_told.add(incident_id)
