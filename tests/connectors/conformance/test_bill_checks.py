"""Can the bill checks fail? An honest client in memory passes all; each dishonest one is caught by its check."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from payswitch.connectors.bill_reading import NO_DAY, is_day
from payswitch.connectors.conformance import BILL_CHECKS, BillCheck, BusyDay
from payswitch.domain.bill import BillAnswer, BillKind, BillLine
from payswitch.domain.outcome import Outcome, OutcomeKind

K = OutcomeKind
NIGHT_MS = 1_794_400_620_000
BUSY = BusyDay(day="2026-11-11", payments={"P1": 12_900, "P2": 500}, refunds={"R1": 200})
_PAYMENTS = tuple(
    BillLine(
        kind=BillKind.PAYMENT,
        channel_order_no=n,
        transaction_id=f"T{n}",
        amount_fen=a,
        fee_fen=7,
        at_ms=NIGHT_MS,
    )
    for n, a in BUSY.payments.items()
)
LINES = (
    *_PAYMENTS,
    replace(_PAYMENTS[0], kind=BillKind.REFUND, amount_fen=200, fee_fen=-1, out_refund_no="R1", channel_refund_id="C1"),
)
Answer = Callable[[str], BillAnswer]


def said(kind: OutcomeKind, *lines: BillLine) -> BillAnswer:
    return BillAnswer(outcome=Outcome(kind=kind), lines=lines)


def honest(day: str) -> BillAnswer:
    if not is_day(day):
        return NO_DAY
    return said(K.ACCEPTED, *LINES) if day == BUSY.day else said(K.NOT_FOUND)


def honest_without_a_line(day: str) -> BillAnswer:
    return said(K.NOT_SENT) if is_day(day) else NO_DAY


def honest_over_a_bad_line(day: str) -> BillAnswer:
    return said(K.UNTRUSTED)


class Source:
    """A client that answers so."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        return self._answer(day)


class MemorySubject:
    """See `payswitch.connectors.conformance.BillSubject`."""

    def __init__(
        self,
        client: Answer = honest,
        stranded: Answer = honest_without_a_line,
        tampered: Answer | None = honest_over_a_bad_line,
    ) -> None:
        self.client = Source(client)
        self.stranded = Source(stranded)
        self.tampered = Source(tampered) if tampered is not None else None

    async def quiet_day(self) -> str:
        return "2026-11-09"

    async def busy_day(self) -> BusyDay:
        return BUSY


def with_lines(*lines: BillLine) -> Answer:
    return lambda day: said(K.ACCEPTED, *lines) if day == BUSY.day else honest(day)


@pytest.mark.parametrize("check", BILL_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("subject", [MemorySubject(), MemorySubject(tampered=None)], ids=["hashed", "unprotected"])
async def test_an_honest_client_passes(subject: MemorySubject, check: BillCheck) -> None:
    await check(subject)


DISHONEST = {
    "a_day_without_payments_is_empty_and_no_trouble": [
        MemorySubject(client=lambda day: said(K.UNKNOWN)),
        MemorySubject(client=lambda day: said(K.ACCEPTED, *LINES)),
    ],
    "every_payment_and_refund_stands_in_the_bill_once": [
        MemorySubject(client=with_lines(*LINES[1:])),
        MemorySubject(client=with_lines(*LINES, LINES[0])),
        MemorySubject(client=with_lines(*LINES[:2])),
        MemorySubject(client=with_lines(replace(LINES[0], amount_fen=12_901), *LINES[1:])),
        MemorySubject(client=with_lines(replace(LINES[0], transaction_id=""), *LINES[1:])),
        MemorySubject(client=with_lines(*LINES[:2], replace(LINES[2], channel_order_no="P9"))),
        MemorySubject(client=lambda day: said(K.PENDING)),
    ],
    "a_changed_bill_is_not_believed": [
        MemorySubject(tampered=honest),
        MemorySubject(tampered=lambda day: said(K.UNTRUSTED, LINES[0])),
    ],
    "what_is_no_day_is_refused_without_a_call": [MemorySubject(stranded=lambda day: said(K.NOT_SENT))],
    "a_bill_that_cannot_be_reached_is_not_an_empty_one": [
        MemorySubject(stranded=lambda day: said(K.NOT_FOUND)),
        MemorySubject(stranded=lambda day: said(K.ACCEPTED)),
    ],
}


@pytest.mark.parametrize(
    ("name", "subject"), [(name, subject) for name, subjects in DISHONEST.items() for subject in subjects]
)
async def test_a_dishonest_client_is_caught(name: str, subject: MemorySubject) -> None:
    check = next(check for check in BILL_CHECKS if check.__name__ == name)
    with pytest.raises(AssertionError):
        await check(subject)


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check.__name__ for check in BILL_CHECKS} == set(DISHONEST)
