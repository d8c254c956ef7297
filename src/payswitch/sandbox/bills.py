"""The daily bill's rows, from the books: what a channel says it took and paid back on one day, and kept as its fee.

Families whose bill is "all payments and refunds of the day" write their file from these rows, whatever its format. A
bill can be made wrong on purpose (a row missing, an amount a fen off): it then agrees with itself and not with the
books, which is what a reconciliation must find.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec
from aiohttp import web

from payswitch.kit.clock import beijing
from payswitch.sandbox.admin import local
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, Refund, RefundState
from payswitch.sandbox.world import AccountSpec

READY_HOUR = 10
"""Bills can be fetched from about ten o'clock of the next day, Beijing time (WeChat's and Alipay's documents)."""


class Change(StrEnum):
    DROP = "drop"
    """The row is not in the bill."""
    AMOUNT = "amount"
    """The row's amount is `by_fen` more (or less)."""


class BillEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One deliberate mistake: in the payment's row, or with `out_refund_no` in that refund's."""

    channel_order_no: str
    change: Change
    out_refund_no: str = ""
    by_fen: int = 1


class BillSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this family's bills are made. Replaced as a whole through `PUT /_sandbox/bills/{family}`."""

    edits: list[BillEdit] = []
    at_once: bool = False
    """Today's bill, too, and without waiting for the morning: a drill has no patience for a real day."""


class BillRow(msgspec.Struct, frozen=True, kw_only=True):
    """One payment, or one refund of it."""

    order: Order
    refund: Refund | None = None
    at_ms: int
    amount_fen: int
    """Always positive."""
    fee_fen: int
    """What the channel kept; negative for what it gave back."""


class Readiness(StrEnum):
    READY = "ready"
    CREATING = "creating"
    """It is the morning after, and not ten o'clock yet."""
    TOO_EARLY = "too_early"
    """The day is not over."""


def fee_fen(amount_fen: int, fee_bp: int) -> int:
    """Rounded to the nearest fen, halves up."""
    return (amount_fen * fee_bp + 5_000) // 10_000


class BillDesk:
    """The bills of one family's accounts."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self.settings = BillSettings()

    def routes(self, family: str) -> list[web.RouteDef]:
        """For drills and tests, from this machine only."""
        return [web.put(f"/_sandbox/bills/{family}", local(self._replace_settings))]

    async def _replace_settings(self, request: web.Request) -> web.Response:
        try:
            self.settings = msgspec.json.decode(await request.read(), type=BillSettings)
        except msgspec.MsgspecError as error:
            text = msgspec.json.encode({"error": str(error)}).decode()
            raise web.HTTPBadRequest(text=text, content_type="application/json") from error
        return web.Response(body=msgspec.json.encode(self.settings), content_type="application/json")

    def readiness(self, day: date) -> Readiness:
        now = beijing(self._core.clock.now_ms())
        age_days = (now.date() - day).days
        if age_days < 0:
            return Readiness.TOO_EARLY
        if self.settings.at_once or age_days > 1 or (age_days == 1 and now.hour >= READY_HOUR):
            return Readiness.READY
        return Readiness.CREATING if age_days == 1 else Readiness.TOO_EARLY

    def rows(self, account: AccountSpec, day: date) -> list[BillRow]:
        """The day's rows in the order in which they happened, with the deliberate mistakes in them."""
        rows = [self._edited(row) for row in self._true_rows(account, day)]
        return sorted((row for row in rows if row is not None), key=_position)

    def _true_rows(self, account: AccountSpec, day: date) -> Iterator[BillRow]:
        for order in self._core.ledger:
            if order.account != account.channel_id or order.paid_at_ms is None:
                continue
            if beijing(order.paid_at_ms).date() == day:
                fee = fee_fen(order.amount_fen, account.fee_bp)
                yield BillRow(order=order, at_ms=order.paid_at_ms, amount_fen=order.amount_fen, fee_fen=fee)
            yield from _refund_rows(order, account.fee_bp, day)

    def _edited(self, row: BillRow) -> BillRow | None:
        out_refund_no = row.refund.out_refund_no if row.refund is not None else ""
        for edit in self.settings.edits:
            if (edit.channel_order_no, edit.out_refund_no) != (row.order.channel_order_no, out_refund_no):
                continue
            if edit.change is Change.DROP:
                return None
            row = msgspec.structs.replace(row, amount_fen=row.amount_fen + edit.by_fen)
        return row


def _position(row: BillRow) -> tuple[int, bool, int]:
    """By time; of the same moment payments first."""
    return row.at_ms, row.refund is not None, row.order.n


def _refund_rows(order: Order, fee_bp: int, day: date) -> Iterator[BillRow]:
    """A refund stands in the bill of the day it was accepted. It gives back its share of the fee: together the refunds
    of a whole order give back the whole fee."""
    left_fen = order.amount_fen
    for refund in order.refunds:
        if refund.state is RefundState.CLOSED:
            continue
        before_fen = left_fen
        left_fen -= refund.amount_fen
        if beijing(refund.created_at_ms).date() == day:
            back = fee_fen(before_fen, fee_bp) - fee_fen(left_fen, fee_bp)
            yield BillRow(
                order=order, refund=refund, at_ms=refund.created_at_ms, amount_fen=refund.amount_fen, fee_fen=-back
            )
