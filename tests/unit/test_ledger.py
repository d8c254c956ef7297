"""The ledger follows every turn that a payment's money can take, and nobody but the payment itself tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.builders import a_payment, a_refund, an_attempt

from payswitch.domain.ledger import Transfer, TransferKind, expected_fee_fen, position_of, transfers_of
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import SETTLED_BY_HAND, Attempt, AttemptState, PaymentFile, Refund, RefundState

PRICE = 129_900


def free(channel_id: str) -> int:
    return 0


def sixty(channel_id: str) -> int:
    return 60


def a_file(*attempts: Attempt, refunds: tuple[Refund, ...] = ()) -> PaymentFile:
    return PaymentFile(payment=a_payment(1), attempts=attempts, refunds=refunds)


def paid(n: int = 1, **changes: object) -> Attempt:
    return an_attempt(n, 1, ordinal=n, state=AttemptState.SUCCEEDED, finished_at_ms=5_000, **changes)


def moves(found: tuple[Transfer, ...]) -> list[tuple[str, str, str, int]]:
    return [(t.kind.value, t.debit, t.credit, t.amount_fen) for t in found]


def balances(found: list[Transfer]) -> Mapping[str, int]:
    totals: Counter[str] = Counter()
    for transfer in found:
        totals[transfer.debit] += transfer.amount_fen
        totals[transfer.credit] -= transfer.amount_fen
    return {name: fen for name, fen in totals.items() if fen}


def test_while_nobody_has_paid_the_ledger_has_nothing() -> None:
    waiting = a_file(an_attempt(1, state=AttemptState.EXPOSED))

    assert transfers_of(None, waiting, sixty) == ()
    assert transfers_of(waiting, a_file(an_attempt(1, state=AttemptState.CLOSED)), sixty) == ()


def test_a_customer_pays_and_the_channel_keeps_its_fee() -> None:
    found = transfers_of(a_file(an_attempt(1, state=AttemptState.EXPOSED)), a_file(paid()), sixty)

    assert moves(found) == [
        ("received", "clearing/wechat-main", "shop/shop-1", 129_900),
        ("fee", "fees/wechat-main", "clearing/wechat-main", 779),
    ]
    assert [t.transfer_id for t in found] == ["received:att_1", "fee:att_1"]


def test_the_fee_is_rounded_half_up_as_the_contracts_say() -> None:
    assert [expected_fee_fen(fen, 60) for fen in (1, 83, 84, 250, 12_900)] == [0, 0, 1, 2, 77]


def test_the_same_news_again_moves_nothing() -> None:
    assert transfers_of(a_file(paid()), a_file(paid()), sixty) == ()


def test_a_customer_pays_twice_and_gets_the_second_back() -> None:
    twice = a_file(paid(1), paid(2, surplus=True), refunds=(a_refund(1, attempt=2, amount_fen=PRICE),))
    back = a_file(paid(1), paid(2, surplus=True), refunds=(settled(twice.refunds[0], RefundState.SUCCEEDED),))

    arrived = transfers_of(a_file(paid(1), an_attempt(2, 1, state=AttemptState.CLOSING)), twice, free)
    returned = transfers_of(twice, back, free)

    assert moves(arrived) == [("surplus", "clearing/wechat-main", "surplus/wechat-main", PRICE)]
    assert moves(returned) == [("refund_paid", "surplus/wechat-main", "clearing/wechat-main", PRICE)]


def test_surplus_whose_refund_is_refused_is_still_owed_to_the_customer() -> None:
    twice = a_file(paid(1, surplus=True), refunds=(a_refund(1, amount_fen=PRICE),))
    refused = a_file(paid(1, surplus=True), refunds=(settled(twice.refunds[0], RefundState.FAILED),))

    assert transfers_of(twice, refused, free) == ()


def test_a_shop_that_takes_the_late_money_after_all_has_earned_it() -> None:
    found = transfers_of(a_file(paid(1, surplus=True)), a_file(paid(1)), sixty)

    assert moves(found) == [("surplus_accepted", "surplus/wechat-main", "shop/shop-1", PRICE)]


def test_a_refund_is_set_aside_when_asked_for_and_gone_when_it_arrives() -> None:
    before = a_file(paid())
    asked = a_file(paid(), refunds=(a_refund(1),))
    done = a_file(paid(), refunds=(settled(a_refund(1), RefundState.SUCCEEDED),))

    assert moves(transfers_of(before, asked, sixty)) == [
        ("refund_asked", "shop/shop-1", "refunds/wechat-main", 100),
    ]
    assert moves(transfers_of(asked, done, sixty)) == [
        ("refund_paid", "refunds/wechat-main", "clearing/wechat-main", 100),
    ]
    assert len(transfers_of(before, done, sixty)) == 2, "both at once, when one commit made and settled it"


def test_a_refused_refund_is_the_shops_again_and_a_late_one_is_not() -> None:
    asked = a_file(paid(), refunds=(a_refund(1),))
    refused = a_file(paid(), refunds=(settled(a_refund(1), RefundState.FAILED),))
    late = a_file(paid(), refunds=(settled(a_refund(1), RefundState.SUCCEEDED),))

    assert moves(transfers_of(asked, refused, sixty)) == [("refund_dropped", "refunds/wechat-main", "shop/shop-1", 100)]
    assert [kind for kind, *_ in moves(transfers_of(refused, late, sixty))] == ["refund_revived", "refund_paid"]


def test_what_went_back_twice_is_a_claim_against_the_customer() -> None:
    """The first refund was reported failed, the second took its place, then the first went through after all."""
    first, second = a_refund(1, amount_fen=PRICE), a_refund(2, amount_fen=PRICE)
    before = a_file(paid(), refunds=(settled(first, RefundState.FAILED), second))
    both = a_file(paid(), refunds=(settled(first, RefundState.SUCCEEDED), second))

    assert moves(transfers_of(before, both, sixty)) == [
        ("refund_overpaid", "receivable/wechat-main", "refunds/wechat-main", PRICE),
        ("refund_paid", "refunds/wechat-main", "clearing/wechat-main", PRICE),
    ]
    relieved = a_file(paid(), refunds=(*both.refunds[:1], settled(second, RefundState.FAILED)))
    assert moves(transfers_of(both, relieved, sixty)) == [
        ("refund_relieved", "refunds/wechat-main", "receivable/wechat-main", PRICE),
    ]


def test_what_a_shop_gave_back_by_hand_came_out_of_its_own_pocket() -> None:
    """The channel cannot pay it back any more; the shop hands over cash. The channel still has its money."""
    abnormal = settled(a_refund(1, amount_fen=PRICE), RefundState.ABNORMAL)
    by_hand = a_file(paid(), refunds=(given_by_hand(abnormal),))

    assert moves(transfers_of(a_file(paid(), refunds=(abnormal,)), by_hand, sixty)) == [
        ("refund_settled", "refunds/wechat-main", "by_hand/shop-1", PRICE),
    ]
    twice = a_file(paid(), refunds=(paid_as_well(by_hand.refunds[0]),))
    assert moves(transfers_of(by_hand, twice, sixty)) == [
        ("refund_paid_twice", "receivable/wechat-main", "clearing/wechat-main", PRICE),
    ]
    assert transfers_of(twice, twice, sixty) == ()


def given_by_hand(refund: Refund) -> Refund:
    paid_out = Outcome(kind=OutcomeKind.PAID, code=SETTLED_BY_HAND)
    return msgspec.structs.replace(settled(refund, RefundState.SUCCEEDED), outcome=paid_out, settled_by="op-1")


def paid_as_well(refund: Refund) -> Refund:
    return msgspec.structs.replace(refund, outcome=Outcome(kind=OutcomeKind.PAID))


def settled(refund: Refund, state: RefundState) -> Refund:
    return msgspec.structs.replace(refund, state=state, finished_at_ms=9_000)


# --- whatever happens, in whatever order ------------------------------------------------------------------------------

TURNS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(1, 4)), max_size=14)
NEXT = {
    RefundState.CREATED: (RefundState.PROCESSING, RefundState.SUCCEEDED, RefundState.FAILED),
    RefundState.PROCESSING: (RefundState.SUCCEEDED, RefundState.FAILED, RefundState.ABNORMAL),
    RefundState.ABNORMAL: (RefundState.SUCCEEDED, RefundState.FAILED, RefundState.PROCESSING),
    RefundState.FAILED: (RefundState.SUCCEEDED,),
}


def turn(file: PaymentFile, what: int, which: int, size: int) -> PaymentFile:
    """One thing that happens to a payment: money arrives, a refund is asked for, or one moves on."""
    attempts, refunds = list(file.attempts), list(file.refunds)
    open_ones = [n for n, a in enumerate(attempts) if a.state is not AttemptState.SUCCEEDED]
    if what <= 1 and open_ones:
        at = open_ones[which % len(open_ones)]
        won = any(a.state is AttemptState.SUCCEEDED and not a.surplus for a in attempts)
        attempts[at] = msgspec.structs.replace(
            attempts[at], state=AttemptState.SUCCEEDED, surplus=won, finished_at_ms=7_000
        )
    elif what == 2 and len(open_ones) < len(attempts):
        here = next(a for a in attempts if a.state is AttemptState.SUCCEEDED)
        mine = [r for r in refunds if r.attempt_id == here.attempt_id and r.state is not RefundState.FAILED]
        left = here.amount_fen - sum(r.amount_fen for r in mine)
        if left > 0:
            number = len(refunds) + 1
            amount = max(1, left // size)
            refunds.append(a_refund(number, attempt=here.attempt_id.removeprefix("att_"), amount_fen=amount))
    else:
        moving = [n for n, r in enumerate(refunds) if r.state in NEXT or r.by_hand]
        if moving:
            at = moving[which % len(moving)]
            refunds[at] = moved(refunds[at], what, size)
    return PaymentFile(payment=file.payment, attempts=tuple(attempts), refunds=tuple(refunds))


def moved(refund: Refund, what: int, size: int) -> Refund:
    if refund.by_hand:
        return paid_as_well(refund)
    if what == 5 and refund.state in (RefundState.ABNORMAL, RefundState.FAILED):
        return given_by_hand(refund)
    choices = NEXT[refund.state]
    return settled(refund, choices[size % len(choices)])


@given(TURNS)
@settings(max_examples=300, deadline=None)
def test_after_any_story_the_accounts_say_what_the_states_say(turns: list[tuple[int, int, int]]) -> None:
    file = a_file(*(an_attempt(n, 1, ordinal=n, amount_fen=PRICE) for n in (1, 2, 3)))
    posted = list(transfers_of(None, file, free))
    for what, which, size in turns:
        after = turn(file, what, which, size)
        posted += transfers_of(file, after, free)
        file = after
        assert balances(posted) == position_of(file)

    assert len({t.transfer_id for t in posted}) == len(posted), "an id that would be refused"
    assert all(t.amount_fen > 0 and t.debit != t.credit for t in posted)
    assert {t.kind for t in posted} <= set(TransferKind)
