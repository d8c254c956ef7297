"""Three books that agree, and each way in which they can disagree: planted one at a time, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.drill.books import Books, DifferenceKind, compare, events_lost
from payswitch.drill.shop import ShopEvent
from payswitch.drill.views import LedgerEntry, PaymentView
from tests.drill.builders import attempt, entry, event, payment, refund

WINNER = attempt(1)
SURPLUS = attempt(2, channel_id="alipay-main", surplus=True)
PAID_TWICE = payment(WINNER, SURPLUS, refunds=(refund(SURPLUS),))
LEDGER = [entry(WINNER), entry(SURPLUS, SURPLUS.amount_fen)]
TOLD = [event(PAID_TWICE), event(PAID_TWICE, "payment.surplus", 2), event(PAID_TWICE, "refund.succeeded", 3)]


def kinds(
    payments: Sequence[PaymentView] = (PAID_TWICE,),
    ledger: Sequence[LedgerEntry] = LEDGER,
    told: Sequence[ShopEvent] = TOLD,
    orders: dict[str, int] | None = None,
) -> list[DifferenceKind]:
    by_payment: dict[str, list[ShopEvent]] = {}
    for news in told:
        by_payment.setdefault(news.payment_id, []).append(news)
    placed = {p.payment_id: p.amount_fen for p in payments} if orders is None else orders
    found = compare(Books(payments=payments, ledger=ledger, told=by_payment, orders=placed))
    return [difference.kind for difference in found]


def changed(thing: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(thing, **changes)


def test_a_double_payment_that_went_back_leaves_the_books_equal() -> None:
    assert kinds() == []


def test_an_unpaid_payment_that_closed_leaves_the_books_equal() -> None:
    dead = attempt(1, state=AttemptState.CLOSED)
    closed = payment(dead)

    assert kinds([closed], [entry(dead, state="closed")], [event(closed, "payment.closed")]) == []


def test_an_order_that_the_channel_made_and_nobody_paid_is_no_difference() -> None:
    lost_answer = attempt(3, state=AttemptState.DISCARDED)

    assert kinds([*[PAID_TWICE]], [*LEDGER, entry(lost_answer, state="open")]) == []


def test_a_lost_event_is_found_and_counted() -> None:
    assert kinds(told=TOLD[1:]) == [DifferenceKind.EVENT_LOST]
    differences = compare(Books(payments=[PAID_TWICE], ledger=LEDGER, told={}, orders={"pay_1": PAID_TWICE.amount_fen}))
    assert events_lost(differences) == 2


def test_the_same_news_as_two_events_is_found() -> None:
    assert kinds(told=[*TOLD, event(PAID_TWICE, number=9)]) == [DifferenceKind.EVENT_REPEATED]


def test_telling_closed_about_a_paid_payment_is_found() -> None:
    assert kinds(told=[*TOLD, event(PAID_TWICE, "payment.closed", 9)]) == [DifferenceKind.EVENT_WRONG]


def test_an_event_with_another_amount_is_found() -> None:
    wrong = [changed(TOLD[0], amount_fen=1), *TOLD[1:]]

    assert kinds(told=wrong) == [DifferenceKind.EVENT_WRONG]


def test_news_of_a_payment_that_does_not_exist_is_found() -> None:
    stranger = changed(PAID_TWICE, payment_id="pay_other")

    assert kinds(told=[*TOLD, event(stranger, number=9)]) == [DifferenceKind.EVENT_WRONG]


def test_surplus_that_was_not_refunded_is_found() -> None:
    kept = changed(PAID_TWICE, refunds=())

    assert kinds([kept], [entry(WINNER), entry(SURPLUS)]) == [DifferenceKind.SURPLUS_NOT_REFUNDED]


def test_surplus_that_is_refunded_only_here_or_only_there_is_found() -> None:
    assert kinds(ledger=[entry(WINNER), entry(SURPLUS)]) == [DifferenceKind.SURPLUS_NOT_REFUNDED]
    pending = changed(PAID_TWICE, refunds=(refund(SURPLUS, state=RefundState.PROCESSING),))
    assert kinds([pending]) == [DifferenceKind.SURPLUS_NOT_REFUNDED]


def test_surplus_refunded_in_part_is_found() -> None:
    part = changed(PAID_TWICE, refunds=(refund(SURPLUS, amount_fen=100),))

    assert kinds([part], [entry(WINNER), entry(SURPLUS, 100)]) == [DifferenceKind.SURPLUS_NOT_REFUNDED]


def test_a_refund_of_the_winner_that_only_the_channel_knows_is_found() -> None:
    assert kinds(ledger=[entry(WINNER, 300), LEDGER[1]]) == [DifferenceKind.REFUND]


def test_money_for_a_number_that_we_do_not_have_is_found() -> None:
    """The missing attempt: the channel took money, our book knows nothing."""
    assert kinds(ledger=[*LEDGER, entry(attempt(7))]) == [DifferenceKind.PAID_UNKNOWN_HERE]


def test_money_for_an_attempt_that_we_hold_for_dead_is_found() -> None:
    dead = attempt(3, state=AttemptState.CLOSED)
    three = changed(PAID_TWICE, attempts=(*PAID_TWICE.attempts, dead))

    assert kinds([three], [*LEDGER, entry(dead)]) == [DifferenceKind.PAID_NOT_SUCCEEDED_HERE]


def test_a_success_that_the_channel_denies_is_found() -> None:
    assert kinds(ledger=LEDGER[1:]) == [DifferenceKind.SUCCEEDED_NOT_PAID_THERE]
    assert kinds(ledger=[entry(WINNER, state="open"), LEDGER[1]]) == [DifferenceKind.SUCCEEDED_NOT_PAID_THERE]


def test_a_wrong_amount_is_found() -> None:
    assert DifferenceKind.AMOUNT in kinds(ledger=[entry(WINNER, amount_fen=8_799), LEDGER[1]])


def test_a_number_at_the_wrong_channel_is_found() -> None:
    found = kinds(ledger=[entry(WINNER, account="wechat-backup"), LEDGER[1]])

    assert set(found) == {DifferenceKind.PAID_UNKNOWN_HERE, DifferenceKind.SUCCEEDED_NOT_PAID_THERE}


@pytest.mark.parametrize(
    "broken",
    [
        payment(WINNER, changed(SURPLUS, surplus=False)),
        payment(WINNER, winner_attempt_id="att_other"),
        payment(WINNER, state=PaymentState.CLOSED),
        payment(state=PaymentState.SUCCEEDED),
    ],
    ids=["two winners", "another winner", "closed though paid", "succeeded without money"],
)
def test_a_payment_has_one_winner_exactly_when_it_succeeded(broken: PaymentView) -> None:
    ledger = [entry(a) for a in broken.attempts]

    assert DifferenceKind.WINNER in kinds([broken], ledger, [event(broken)])


def test_a_payment_that_has_not_ended_is_found() -> None:
    waiting = payment(attempt(1, state=AttemptState.EXPOSED), state=PaymentState.PENDING)

    assert kinds([waiting], [], []) == [DifferenceKind.NOT_TERMINAL]


def test_an_order_that_got_lost_is_found() -> None:
    orders = {"pay_1": PAID_TWICE.amount_fen, "pay_2": 500}

    assert kinds(orders=orders) == [DifferenceKind.ORDER_UNKNOWN_HERE]


def test_an_order_booked_with_another_amount_is_found() -> None:
    assert kinds(orders={"pay_1": 1}) == [DifferenceKind.ORDER_AMOUNT]
