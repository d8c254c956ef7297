"""The morning after: a switch whose channels write bills, by default true ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from payswitch.domain.bill import BillAnswer, BillKind, BillLine, BillSource
from payswitch.domain.ledger import expected_fee_fen
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt
from payswitch.domain.reconciliation import BillRun, Break
from payswitch.kit.clock import beijing_date, beijing_midnight_ms
from payswitch.services.books import reconciliation
from payswitch.services.books.reconciliation import bill_source
from tests.services.fake_channel import ACCEPTED, FakeChannel
from tests.services.harness import Night, night

EVENING_MS = beijing_midnight_ms("2026-11-11") + (20 * 60 + 37) * 60_000
"""20:37 Beijing time: the night it exists for."""
THE_11TH, THE_12TH, THE_13TH = "2026-11-11", "2026-11-12", "2026-11-13"
NOT_READY = Outcome(kind=OutcomeKind.PENDING, code="NO_STATEMENT_EXIST")
NO_BILL = Outcome(kind=OutcomeKind.NOT_FOUND, code="NO_STATEMENT")


class BillingChannel(FakeChannel):
    """An account whose channel writes down what it takes, day by day. `lines` may be falsified before they are read."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lines: dict[str, list[BillLine]] = {}
        self.answers: list[Outcome] = []
        """Instead of a bill, as long as there are any."""
        self.settles = True
        self.fetched: list[str] = []

    def customer_pays(self, channel_order_no: str) -> bool:
        took = super().customer_pays(channel_order_no)
        if took:
            order = self.orders[channel_order_no]
            self.write(
                BillLine(
                    kind=BillKind.PAYMENT,
                    channel_order_no=channel_order_no,
                    transaction_id=f"tx-{channel_order_no}",
                    amount_fen=order.amount_fen,
                    fee_fen=expected_fee_fen(order.amount_fen, 60),
                    at_ms=self.clock.now_ms(),
                )
            )
        return took

    def _pay_back(self, refund: object) -> None:
        order_no, number = refund.order.channel_order_no, refund.out_refund_no  # type: ignore[attr-defined]
        known = number in self.orders[order_no].refunds
        super()._pay_back(refund)  # type: ignore[arg-type]
        if not known:
            self.writes_back(order_no, number, refund.amount_fen)  # type: ignore[attr-defined]

    def writes_back(self, order_no: str, number: str, amount_fen: int) -> None:
        self.write(
            BillLine(
                kind=BillKind.REFUND,
                channel_order_no=order_no,
                transaction_id=f"tx-{order_no}",
                amount_fen=amount_fen,
                fee_fen=-expected_fee_fen(amount_fen, 60),
                at_ms=self.clock.now_ms(),
                out_refund_no=number,
                channel_refund_id=f"cr-{number}",
            )
        )

    def write(self, line: BillLine) -> None:
        self.lines.setdefault(beijing_date(line.at_ms), []).append(line)

    def falsify(self, day: str, channel_order_no: str, kind: BillKind = BillKind.PAYMENT, **changes: object) -> None:
        """The row says something else."""
        self.lines[day] = [
            msgspec.structs.replace(line, **changes)
            if (line.channel_order_no, line.kind) == (channel_order_no, kind)
            else line
            for line in self.lines[day]
        ]

    def forget(self, day: str, channel_order_no: str, kind: BillKind = BillKind.PAYMENT) -> None:
        """The row is not in the bill."""
        self.lines[day] = [
            line for line in self.lines[day] if (line.channel_order_no, line.kind) != (channel_order_no, kind)
        ]

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        self.fetched.append(day)
        if self.answers:
            return BillAnswer(outcome=self.answers.pop(0))
        lines = self.lines.get(day, [])
        if not lines:
            return BillAnswer(outcome=NO_BILL)
        return BillAnswer(outcome=ACCEPTED, lines=tuple(lines), settles=self.settles)


class Morning:
    """A night's switch, and the operator who reads the bills."""

    def __init__(self, switch: Night) -> None:
        self.night = switch
        self.books = switch.store

    def channel(self, channel_id: str = "wechat-main") -> BillingChannel:
        found = self.night.channel(channel_id)
        assert isinstance(found, BillingChannel)
        return found

    async def sold(self, number: str, *, known: bool = True, **changes: object) -> Attempt:
        """A customer pays; we hear of it, or the notification is lost."""
        attempt = (await self.night.order(number, **changes)).file.attempts[0]
        await self.night.pays(attempt, notified=known)
        return await self.attempt(attempt)

    async def attempt(self, attempt: Attempt) -> Attempt:
        return (await self.night.file(attempt.payment_id)).attempt(attempt.attempt_id)

    async def reconcile(self, day: str = THE_11TH, channel_id: str = "wechat-main") -> BillRun:
        channel = self.night.directory.channel(channel_id)
        assert channel is not None
        source: BillSource | None = bill_source(self.night.ctx, channel)
        assert source is not None
        return await reconciliation.reconcile(self.night.ctx, self.books, channel, source, day)

    async def breaks(self, channel_id: str = "wechat-main") -> list[Break]:
        return list(await self.books.open_breaks(channel_id))

    async def named(self, channel_id: str = "wechat-main") -> list[tuple[str, str, int | None, int | None]]:
        """Open breaks as (kind, order number, here, there)."""
        found = await self.breaks(channel_id)
        return sorted((b.kind.value, b.channel_order_no, b.here_fen, b.there_fen) for b in found)

    async def incidents(self) -> list[str]:
        return [incident.kind for incident in await self.night.store.list_incidents(limit=100)]

    def until(self, day: str, hour: int, minute: int = 0) -> None:
        """The clock is put to a moment of Beijing."""
        at_ms = beijing_midnight_ms(day) + (hour * 60 + minute) * 60_000
        self.night.clock.advance(ms=at_ms - self.night.clock.now_ms())


@asynccontextmanager
async def morning(folder: Path) -> AsyncIterator[Morning]:
    async with night(folder) as switch:
        for channel_id, fake in list(switch.directory.clients.items()):
            switch.directory.clients[channel_id] = BillingChannel(channel_id, switch.clock, closing=fake.closing)
        switch.clock.advance(ms=EVENING_MS - switch.clock.now_ms())
        yield Morning(switch)
