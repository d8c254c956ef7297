"""The daily bill (`domain.bill.BillSource`): what a reconciliation will compare our books with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from payswitch.domain.bill import BillKind, BillSource
from payswitch.domain.outcome import OutcomeKind

BILL_PATIENCE_MS = 10_000

_K = OutcomeKind


class BusyDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day that is over, as the channel's own books have it. Amounts are fen, positive, by number."""

    day: str
    payments: dict[str, int]
    """channel_order_no -> amount."""
    refunds: dict[str, int]
    """out_refund_no -> amount; empty where the channel's bill lists no refunds."""


class BillSubject(Protocol):
    """One account with a bill, and hands on the other side."""

    client: BillSource
    stranded: BillSource
    """The same account, pointed at an address where nobody listens."""
    tampered: BillSource | None
    """The same account over a line on which somebody changes every file's content; None where the channel gives no
    hash or signature of its bill, so that a change cannot be noticed."""

    async def quiet_day(self) -> str:
        """A day that is over, on which nobody paid."""
        ...

    async def busy_day(self) -> BusyDay:
        """A day that is over, with at least two payments and, where the bill has them, a refund of a part of one."""
        ...


BillCheck = Callable[[BillSubject], Awaitable[None]]


async def a_day_without_payments_is_empty_and_no_trouble(subject: BillSubject) -> None:
    answer = await subject.client.download_bill(await subject.quiet_day(), BILL_PATIENCE_MS)
    assert answer.outcome.kind in (_K.ACCEPTED, _K.NOT_FOUND), f"a quiet day was read as {answer.outcome}"
    assert not answer.lines, f"nobody paid, but the bill has {len(answer.lines)} lines"


async def every_payment_and_refund_stands_in_the_bill_once(subject: BillSubject) -> None:
    expected = await subject.busy_day()
    answer = await subject.client.download_bill(expected.day, BILL_PATIENCE_MS)
    assert answer.outcome.kind is _K.ACCEPTED, f"a day's bill was read as {answer.outcome}"
    payments = [line for line in answer.lines if line.kind is BillKind.PAYMENT]
    refunds = [line for line in answer.lines if line.kind is BillKind.REFUND]
    paid = sorted((line.channel_order_no, line.amount_fen) for line in payments)
    assert paid == sorted(expected.payments.items()), f"the bill's payments are {paid}"
    back = sorted((line.out_refund_no, line.amount_fen) for line in refunds)
    assert back == sorted(expected.refunds.items()), f"the bill's refunds are {back}, not {expected.refunds}"
    assert all(line.transaction_id for line in payments), "a payment without the channel's own number"
    assert all(line.channel_order_no in expected.payments for line in refunds), "a refund of nobody's payment"


async def a_changed_bill_is_not_believed(subject: BillSubject) -> None:
    """No half of it either: a reconciliation over half a bill reports breaks that are none."""
    if subject.tampered is None:
        return
    expected = await subject.busy_day()
    answer = await subject.tampered.download_bill(expected.day, BILL_PATIENCE_MS)
    assert answer.outcome.kind is _K.UNTRUSTED, f"a changed bill was read as {answer.outcome}"
    assert not answer.lines, "lines of a bill that is not believed"


async def what_is_no_day_is_refused_without_a_call(subject: BillSubject) -> None:
    for day in ("", "2026-02-30", "20261111", "../2026-11-11", "2026-11-11 "):
        answer = await subject.stranded.download_bill(day, BILL_PATIENCE_MS)
        assert answer.outcome.kind is _K.REFUSED_CONFIG, f"{day!r} is no day, but: {answer.outcome}"


async def a_bill_that_cannot_be_reached_is_not_an_empty_one(subject: BillSubject) -> None:
    answer = await subject.stranded.download_bill(await subject.quiet_day(), BILL_PATIENCE_MS)
    assert answer.outcome.kind is _K.NOT_SENT, f"nobody listens there, but: {answer.outcome}"
    assert not answer.lines


BILL_CHECKS: tuple[BillCheck, ...] = (
    a_day_without_payments_is_empty_and_no_trouble,
    every_payment_and_refund_stands_in_the_bill_once,
    a_changed_bill_is_not_believed,
    what_is_no_day_is_refused_without_a_call,
    a_bill_that_cannot_be_reached_is_not_an_empty_one,
)
"""For every client that is a `BillSource`."""
