"""What an audit of the books finds: rows that break an invariant, named and numbered."""

from __future__ import annotations

import msgspec

MOST_ROWS = 20
"""Rows shown of one violation: enough to understand it; a broken rule may have broken millions."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One check that did not hold, with the first rows that break it. Ids only: no secrets, no customers."""

    number: str
    """`3.1`: the first check of the third invariant; see docs/reference/audit.md."""
    name: str
    title: str
    title_zh: str
    rows: tuple[str, ...]
    """`pay_... att_...`, at most MOST_ROWS of them."""
    more: bool = False
    """There are more."""


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The books at one moment."""

    at_ms: int
    since_ms: int
    """What was touched since then was looked at, and all that is alive; 0: everything."""
    payments: int
    """How many payments were looked at, with all that belongs to them."""
    checks: int
    violations: tuple[Violation, ...]

    @property
    def clean(self) -> bool:
        return not self.violations


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An audit that was made, as it is kept: where the next one begins."""

    audit_id: str
    at_ms: int
    since_ms: int
    payments: int
    duration_ms: int
    violations: tuple[Violation, ...]
