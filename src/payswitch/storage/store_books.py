"""The ledger and the auditor, for every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payswitch.domain.audit import AuditReport
from payswitch.domain.ledger import Transfer
from payswitch.storage import auditor, ledger
from payswitch.storage.running import ScriptRunner
from payswitch.storage.write_statements import TRANSFER


class BookStore(ScriptRunner):
    """What the books say, and whether they hold."""

    async def audit(self, *, now_ms: int, since_ms: int = 0, in_time: bool = True) -> AuditReport:
        """Every invariant, in one snapshot: of what was touched since then and is alive; 0: of everything.

        `in_time`: also what must have happened by now; where a clock is stopped or jumps, these may not hold.
        """
        return await self.read(auditor.audit(now_ms=now_ms, since_ms=since_ms, in_time=in_time), snapshot=True)

    async def ledger_balances(self) -> Mapping[str, int]:
        """Debits minus credits by account. As quick with a million transfers as with ten."""
        return await self.read(ledger.balances())

    async def fold_ledger(self) -> int:
        """Fold some of what was noted since into the balances. How much; 0: there was nothing."""
        return await self.write(ledger.fold)

    async def transfers_of(self, payment_id: str) -> Sequence[Transfer]:
        """What the ledger has about one payment."""
        return await self._rows(TRANSFER, ledger.TRANSFERS_OF, payment_id=payment_id)
