"""The three books after a crash, as anybody outside can read them: the API, the channels' ledgers, the webhooks."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from payswitch.drill.books import REFUNDED
from payswitch.drill.client import DrillError
from payswitch.drill.views import LedgerEntry
from payswitch.kit.clock import Clock
from tests.blackbox.history import History, Row
from tests.blackbox.judge import Violation, judge
from tests.crash.stage import CrashStage

_AT_ONCE = 8
TERMINAL = ("succeeded", "closed")


class Reader:
    """Reads the books again and again while they grow: what has been found whole is not read twice."""

    def __init__(self, stage: CrashStage, clock: Clock, history: History) -> None:
        self._stage = stage
        self._clock = clock
        self._history = history
        self._whole: set[str] = set()
        """Payments that were found ended, with all their money in its place."""

    async def check(self, *, expiry_s: float, everything: bool = False) -> list[Violation]:
        """What is wrong with all payments that must have ended by now (older than `expiry_s`), or with all there are.
        Every look is a call of the API in its own right and becomes part of the history."""
        before_ms = self._clock.now_ms() - expiry_s * 1_000
        finals: dict[str, Mapping[str, Any]] = {}
        slots = asyncio.Semaphore(_AT_ONCE)

        async def read(payment_id: str) -> None:
            async with slots:
                answer = await self._stage.switch.get(f"/v1/payments/{payment_id}")
            if answer.status != 200:
                raise DrillError(f"the service does not show payment {payment_id}: HTTP {answer.status}")
            view = msgspec.json.decode(answer.body)
            view.pop("decisions", None)
            if everything or min(a["created_at_ms"] for a in view["attempts"] or [{"created_at_ms": 0}]) < before_ms:
                finals[payment_id] = view

        mine = {c.view["payment_id"] for c in self._history.calls if c.view.get("payment_id")}
        wanted = mine if everything else mine - self._whole
        await asyncio.gather(*(read(payment_id) for payment_id in sorted(wanted)))
        rows = [_row(entry) for entry in await self._stage.sandbox.ledger()]
        violations = judge(self._seen(finals, rows, everything=everything))
        broken = {violation.about for violation in violations}
        self._whole |= {payment_id for payment_id in finals if payment_id not in broken}
        return violations

    def _seen(self, finals: dict[str, Mapping[str, Any]], rows: list[Row], *, everything: bool) -> History:
        """The history as far as it is about these payments. Before the end, money of a payment that is still open is
        no violation, and neither is an event that is on its way."""
        if everything:
            return History(calls=self._history.calls, hearings=self._history.hearings, rows=rows, finals=finals)
        numbers = {a["channel_order_no"] for view in finals.values() for a in view["attempts"]}
        hearings = [h for h in self._history.hearings if msgspec.json.decode(h.body)["data"]["payment_id"] in finals]
        return History(
            calls=self._history.calls,
            hearings=hearings,
            rows=[row for row in rows if row.channel_order_no in numbers],
            finals=finals,
        )


def _row(entry: LedgerEntry) -> Row:
    return Row(
        account=entry.account,
        channel_order_no=entry.channel_order_no,
        amount_fen=entry.amount_fen,
        paid=entry.paid,
        returned={r.out_refund_no: r.amount_fen for r in entry.refunds if r.state.lower() in REFUNDED},
    )


def sqlite_is_whole(path: Path) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA quick_check")]
        found += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    return [line for line in found if line != "ok"]
