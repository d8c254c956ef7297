"""`services.reports.analytics_ports.HistoryStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.payment import Decision, PaymentFile
from payswitch.kit.durations import HOUR_MS
from payswitch.storage import history
from payswitch.storage.running import ScriptRunner


class HistoryStore(ScriptRunner):
    """The database, read in order of time."""

    async def history_page(
        self, from_ms: int, to_ms: int, after: str, limit: int
    ) -> Sequence[tuple[PaymentFile, Sequence[Decision]]]:
        return await self.read(history.page(from_ms, to_ms, after, limit), snapshot=True)

    async def touched_hours(self, since_ms: int) -> set[int]:
        return await self.read(history.touched_hours(since_ms, HOUR_MS))

    async def oldest_payment_ms(self) -> int | None:
        return await self.read(history.oldest_ms())
