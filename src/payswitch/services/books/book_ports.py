"""What reconciliations and audits need from storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from payswitch.domain.audit import AuditRecord, AuditReport
from payswitch.domain.bill import BillLine
from payswitch.domain.bill_matching import Known
from payswitch.domain.ledger import Transfer
from payswitch.domain.payment import Attempt, Refund
from payswitch.domain.reconciliation import Billed, BillRun, Break
from payswitch.domain.trail import TrailEntry


class BookStore(Protocol):
    """The ledger, the bills held against it, and the audits of everything."""

    async def ledger_balances(self) -> Mapping[str, int]:
        """Debits minus credits by account, of this moment."""
        ...

    async def fold_ledger(self) -> int:
        """Fold some of what the latest transfers moved into the balances, so that these stay quick to read. How much;
        0: there was nothing. The balances are the same before and after."""
        ...

    async def transfers_of(self, payment_id: str) -> Sequence[Transfer]: ...

    async def known_of(self, channel_id: str, lines: Sequence[BillLine]) -> Sequence[Known]:
        """What our books have about each of these lines of one channel's bill."""
        ...

    async def missing_in_bills(
        self, channel_id: str, from_ms: int, to_ms: int, since_ms: int
    ) -> tuple[Sequence[Attempt], Sequence[tuple[Refund, str]]]:
        """What was paid, and paid back, between these moments and stands in no bill; of what was begun since
        `since_ms`. Refunds come with the number of their order."""
        ...

    async def save_billed(self, billed: Billed) -> None:
        """All of it in one durable transaction; said again, it changes nothing."""
        ...

    async def save_run(self, run: BillRun) -> None: ...

    async def runs_of(self, channel_id: str, from_day: str) -> Sequence[BillRun]:
        """Oldest first."""
        ...

    async def runs_since(self, from_day: str, limit: int) -> Sequence[BillRun]:
        """Of all channels, newest day first."""
        ...

    async def open_breaks(self, channel_id: str) -> Sequence[Break]: ...

    async def breaks_of_day(self, channel_id: str, day: str) -> Sequence[Break]: ...

    async def list_breaks(
        self, merchant_id: str, *, only_open: bool, place: tuple[int, str] | None, limit: int
    ) -> Sequence[Break]:
        """Newest first. `place`: when and what was found last of the page before."""
        ...

    async def break_of(self, break_id: str) -> Break | None: ...

    async def resolve_break(self, resolved: Break, trail: TrailEntry | None = None) -> None:
        """With what the trail says of it. Raises CommitConflict when it is not open any more."""
        ...

    async def audit(self, *, now_ms: int, since_ms: int = 0, in_time: bool = True) -> AuditReport:
        """Every invariant: of what was touched since then and is alive; 0: of everything. `in_time`: also what must
        have happened by now."""
        ...

    async def save_audit(self, record: AuditRecord) -> None: ...

    async def last_audit(self) -> AuditRecord | None: ...
