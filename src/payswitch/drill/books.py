"""三账核对: our book, the channels' ledger and what the shop was told must say the same about all money.

Pure: takes three books, gives every difference by name. No difference is tolerated and none is explained away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from payswitch.domain.events import EventType
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.drill.shop import ShopEvent
from payswitch.drill.views import AttemptView, LedgerEntry, PaymentView, RefundView

REFUNDED = frozenset({"success", "succeeded", "refunded", "refund_success"})
"""The ledger's words for a refund that really went back."""


class DifferenceKind(StrEnum):
    ORDER_UNKNOWN_HERE = "order_unknown_here"
    """The shop was given a payment id for an order that our book does not have."""
    ORDER_AMOUNT = "order_amount"
    NOT_TERMINAL = "not_terminal"
    PAID_UNKNOWN_HERE = "paid_unknown_here"
    """The channel took money for a number that our book does not have."""
    PAID_NOT_SUCCEEDED_HERE = "paid_not_succeeded_here"
    SUCCEEDED_NOT_PAID_THERE = "succeeded_not_paid_there"
    AMOUNT = "amount"
    WINNER = "winner"
    """No winner, more than one, or a winner of a payment that is not succeeded."""
    SURPLUS_NOT_REFUNDED = "surplus_not_refunded"
    REFUND = "refund"
    """The sum refunded here and there is not the same."""
    EVENT_LOST = "event_lost"
    EVENT_REPEATED = "event_repeated"
    """The same news as two different events."""
    EVENT_WRONG = "event_wrong"
    """News that contradicts the payment's state or amount, or is about no payment of ours."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    kind: DifferenceKind
    payment_id: str
    """Empty when no payment of ours is concerned."""
    detail: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.payment_id or '-'}: {self.detail}"


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The three books, and what the shop ordered."""

    payments: Sequence[PaymentView]
    """Ours: every payment with its attempts and refunds, through the public API."""
    ledger: Sequence[LedgerEntry]
    told: Mapping[str, Sequence[ShopEvent]]
    """By payment id."""
    orders: Mapping[str, int]
    """Payment id -> amount in fen, as the shop placed them."""


def compare(books: Books) -> list[Difference]:
    """Every difference between the three books."""
    found = [*_orders(books), *_ledger_against_ours(books)]
    there = {(entry.account, entry.channel_order_no): entry for entry in books.ledger}
    for payment in books.payments:
        found.extend(_payment(payment))
        found.extend(_ours_against_ledger(payment, there))
        found.extend(_events(payment, books.told.get(payment.payment_id, ())))
    ours = {payment.payment_id for payment in books.payments}
    for payment_id, events in books.told.items():
        if payment_id not in ours:
            kinds = ", ".join(event.type for event in events)
            found.append(
                _difference(DifferenceKind.EVENT_WRONG, payment_id, f"the shop was told {kinds} of no payment")
            )
    return found


def events_lost(differences: Sequence[Difference]) -> int:
    """How many events the shop should have had and has not."""
    return sum(difference.kind is DifferenceKind.EVENT_LOST for difference in differences)


def _difference(kind: DifferenceKind, payment_id: str, detail: str) -> Difference:
    return Difference(kind=kind, payment_id=payment_id, detail=detail)


def _orders(books: Books) -> Iterator[Difference]:
    ours = {payment.payment_id: payment for payment in books.payments}
    for payment_id, amount_fen in books.orders.items():
        payment = ours.get(payment_id)
        if payment is None:
            yield _difference(DifferenceKind.ORDER_UNKNOWN_HERE, payment_id, f"ordered for {amount_fen} fen")
        elif payment.amount_fen != amount_fen:
            detail = f"ordered for {amount_fen} fen, booked with {payment.amount_fen}"
            yield _difference(DifferenceKind.ORDER_AMOUNT, payment_id, detail)


def _ledger_against_ours(books: Books) -> Iterator[Difference]:
    here = {
        (attempt.channel_id, attempt.channel_order_no): (payment, attempt)
        for payment in books.payments
        for attempt in payment.attempts
    }
    for entry in books.ledger:
        if not entry.paid:
            continue
        name = f"{entry.account} {entry.channel_order_no}"
        known = here.get((entry.account, entry.channel_order_no))
        if known is None:
            yield _difference(DifferenceKind.PAID_UNKNOWN_HERE, "", f"{name}: {entry.amount_fen} fen")
            continue
        payment, attempt = known
        if attempt.state is not AttemptState.SUCCEEDED:
            detail = f"{name}: {entry.state} there, {attempt.state.value} here"
            yield _difference(DifferenceKind.PAID_NOT_SUCCEEDED_HERE, payment.payment_id, detail)
        if attempt.amount_fen != entry.amount_fen:
            detail = f"{name}: {entry.amount_fen} fen there, {attempt.amount_fen} here"
            yield _difference(DifferenceKind.AMOUNT, payment.payment_id, detail)


def _payment(payment: PaymentView) -> Iterator[Difference]:
    if not payment.terminal:
        yield _difference(DifferenceKind.NOT_TERMINAL, payment.payment_id, f"still {payment.state.value}")
    won = [a for a in payment.attempts if a.state is AttemptState.SUCCEEDED and not a.surplus]
    expected = [payment.winner_attempt_id] if payment.state is PaymentState.SUCCEEDED else []
    if [attempt.attempt_id for attempt in won] != expected:
        names = ", ".join(attempt.attempt_id for attempt in won) or "none"
        detail = f"{payment.state.value}, winner {payment.winner_attempt_id}, succeeded without surplus: {names}"
        yield _difference(DifferenceKind.WINNER, payment.payment_id, detail)


def _ours_against_ledger(payment: PaymentView, there: Mapping[tuple[str, str], LedgerEntry]) -> Iterator[Difference]:
    for attempt in payment.attempts:
        if attempt.state is not AttemptState.SUCCEEDED:
            continue
        name = f"{attempt.channel_id} {attempt.channel_order_no}"
        entry = there.get((attempt.channel_id, attempt.channel_order_no))
        if entry is None or not entry.paid:
            state = "unknown" if entry is None else entry.state
            detail = f"{name}: succeeded here, {state} there"
            yield _difference(DifferenceKind.SUCCEEDED_NOT_PAID_THERE, payment.payment_id, detail)
            continue
        back_there = sum(refund.amount_fen for refund in entry.refunds if refund.state.lower() in REFUNDED)
        back_here = refunded_fen(attempt, payment.refunds)
        if attempt.surplus and not (back_here == back_there == attempt.amount_fen):
            detail = f"{name}: of {attempt.amount_fen} fen, {back_here} refunded here, {back_there} there"
            yield _difference(DifferenceKind.SURPLUS_NOT_REFUNDED, payment.payment_id, detail)
        elif back_here != back_there:
            detail = f"{name}: {back_here} fen refunded here, {back_there} there"
            yield _difference(DifferenceKind.REFUND, payment.payment_id, detail)


def refunded_fen(attempt: AttemptView, refunds: Sequence[RefundView]) -> int:
    """What has really gone back through this attempt."""
    mine = (refund for refund in refunds if refund.attempt_id == attempt.attempt_id)
    return sum(refund.amount_fen for refund in mine if refund.state is RefundState.SUCCEEDED)


_EXPECTED = {
    PaymentState.SUCCEEDED: EventType.PAYMENT_SUCCEEDED,
    PaymentState.CLOSED: EventType.PAYMENT_CLOSED,
}


def _events(payment: PaymentView, told: Sequence[ShopEvent]) -> Iterator[Difference]:
    counts: dict[str, int] = {}
    for event in told:
        counts[event.type] = counts.get(event.type, 0) + 1
        if event.amount_fen != payment.amount_fen or event.out_trade_no != payment.out_trade_no:
            detail = f"{event.type} speaks of {event.out_trade_no}, {event.amount_fen} fen"
            yield _difference(DifferenceKind.EVENT_WRONG, payment.payment_id, detail)
    expected = _EXPECTED.get(payment.state)
    for kind in (EventType.PAYMENT_SUCCEEDED, EventType.PAYMENT_CLOSED):
        count = counts.get(kind, 0)
        if kind is expected and count == 0:
            yield _difference(DifferenceKind.EVENT_LOST, payment.payment_id, kind.value)
        elif kind is not expected and count:
            detail = f"the shop was told {kind.value}, the payment is {payment.state.value}"
            yield _difference(DifferenceKind.EVENT_WRONG, payment.payment_id, detail)
        if count > 1:
            yield _difference(DifferenceKind.EVENT_REPEATED, payment.payment_id, f"{count} times {kind.value}")
    yield from _surplus_events(payment, counts)


def _surplus_events(payment: PaymentView, counts: Mapping[str, int]) -> Iterator[Difference]:
    surplus = sum(attempt.surplus for attempt in payment.attempts)
    told = counts.get(EventType.PAYMENT_SURPLUS, 0)
    if told < surplus:
        for _ in range(surplus - told):
            yield _difference(DifferenceKind.EVENT_LOST, payment.payment_id, EventType.PAYMENT_SURPLUS.value)
    elif told > surplus:
        detail = f"{told} times payment.surplus for {surplus} surplus attempts"
        yield _difference(DifferenceKind.EVENT_REPEATED, payment.payment_id, detail)
