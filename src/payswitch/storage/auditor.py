"""The auditor: every invariant as a query over the database. See docs/reference/audit.md."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Integer, bindparam, func, select

from payswitch.domain.audit import MOST_ROWS, AuditReport, Violation
from payswitch.storage.audit_checks import Check
from payswitch.storage.audit_ledger import LEDGER_CHECKS
from payswitch.storage.audit_money import MONEY_CHECKS
from payswitch.storage.audit_payments import PAYMENT_CHECKS
from payswitch.storage.audit_scope import everything, touched, window_values
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import payments
from payswitch.storage.scripts import Row, Script, one, rows

CHECKS: Final[tuple[Check, ...]] = tuple(
    sorted(
        (*PAYMENT_CHECKS, *MONEY_CHECKS, *LEDGER_CHECKS),
        key=lambda check: tuple(int(part) for part in check.number.split(".")),
    )
)


@functools.cache
def prepared(check: Check, windowed: bool) -> Prepared:
    """Compiled when first asked for: a service that starts needs none of it yet."""
    scope = touched if windowed else everything
    return Prepared(check.find(scope).limit(bindparam("most", type_=Integer)))


@functools.cache
def _counted(windowed: bool) -> Prepared:
    scope = touched if windowed else everything
    return Prepared(select(func.count()).select_from(payments).where(scope(payments.c.payment_id)))


def audit(*, now_ms: int, since_ms: int, in_time: bool) -> Script[AuditReport]:
    """All checks, in one snapshot. `since_ms`: what was touched since then and all that is alive; 0: the
    whole database. `in_time`: also those about what must have happened by now."""
    windowed = since_ms > 0
    values = {"now_ms": now_ms, "most": MOST_ROWS + 1, **(window_values(since_ms) if windowed else {})}
    found: list[Violation] = []
    run = [check for check in CHECKS if (in_time or not check.in_time) and not (windowed and check.whole)]
    for check in run:
        broken = yield from rows(prepared(check, windowed), **values)
        if broken:
            found.append(_violation(check, broken))
    looked_at = yield from one(_counted(windowed), **values)
    return AuditReport(at_ms=now_ms, since_ms=since_ms, payments=looked_at, checks=len(run), violations=tuple(found))


def _violation(check: Check, broken: Sequence[Row]) -> Violation:
    return Violation(
        number=check.number,
        name=check.name,
        title=check.title,
        title_zh=check.title_zh,
        rows=tuple(" ".join(row) for row in broken[:MOST_ROWS]),
        more=len(broken) > MOST_ROWS,
    )
