"""The channels' books: what may be written, what never, and what survives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.ledger import Ledger, LedgerProblem, Order, OrderState, Refund, RefundState

DAY_MS = 86_400_000


@pytest.fixture
def books(night: ManualClock) -> Ledger:
    return Ledger(night)


def order(clock: ManualClock, number: str = "N-1", *, account: str = "wechat-main", amount_fen: int = 12_900) -> Order:
    return Order(
        account=account,
        channel_order_no=number,
        product="wechat_native",
        amount_fen=amount_fen,
        subject="直播间爆款",
        notify_url="https://shop.example/notify",
        created_at_ms=clock.now_ms(),
        expires_at_ms=clock.now_ms() + DAY_MS,
        wallets=["wechat"],
    )


def refund(clock: ManualClock, number: str = "R-1", amount_fen: int = 12_900) -> Refund:
    return Refund(out_refund_no=number, refund_id=f"50{number}", amount_fen=amount_fen, created_at_ms=clock.now_ms())


def paid(books: Ledger, clock: ManualClock, number: str = "N-1") -> Order:
    made = books.add(order(clock, number))
    books.pay(made, transaction_id=f"T-{number}", payer="小红", wallet="wechat")
    return made


def test_orders_are_numbered_from_one_and_found_by_every_name(books: Ledger, night: ManualClock) -> None:
    first, second = books.add(order(night, "N-1")), books.add(order(night, "N-2"))
    assert [first.n, second.n, len(books)] == [1, 2, 2]
    books.give_credential(first, "token")
    books.pay(first, transaction_id="T-1", payer="小红", wallet="wechat")
    assert books.find("wechat-main", "N-1") is first
    assert books.find_by_credential("token") is first
    assert books.find_by_transaction("wechat-main", "T-1") is first
    assert books.find("wechat-backup", "N-1") is None
    assert books.find_by_transaction("wechat-backup", "T-1") is None


def test_a_number_belongs_to_one_order_of_an_account(books: Ledger, night: ManualClock) -> None:
    books.add(order(night))
    books.add(order(night, account="wechat-backup"))
    with pytest.raises(LedgerProblem, match="exists already"):
        books.add(order(night))


def test_an_order_without_an_amount_is_none(books: Ledger, night: ManualClock) -> None:
    with pytest.raises(LedgerProblem, match="no amount"):
        books.add(order(night, amount_fen=0))


def test_money_comes_in_at_most_once(books: Ledger, night: ManualClock) -> None:
    made = paid(books, night)
    with pytest.raises(LedgerProblem, match="cannot be paid"):
        books.pay(made, transaction_id="T-2", payer="小明", wallet="wechat")
    assert (made.transaction_id, made.payer) == ("T-N-1", "小红")


def test_a_closed_order_takes_no_money_and_a_paid_one_is_not_closed(books: Ledger, night: ManualClock) -> None:
    closed = books.add(order(night, "N-1"))
    books.close(closed)
    with pytest.raises(LedgerProblem, match="cannot be paid"):
        books.pay(closed, transaction_id="T", payer="小红", wallet="wechat")
    with pytest.raises(LedgerProblem, match="cannot be closed"):
        books.close(paid(books, night, "N-2"))


def test_time_closes_what_nobody_paid(books: Ledger, night: ManualClock) -> None:
    books.add(order(night, "N-1"))
    paid(books, night, "N-2")
    night.advance(ms=DAY_MS)
    states = [(entry.state, entry.expired) for entry in books.entries()]
    assert states == [(OrderState.CLOSED, True), (OrderState.PAID, False)]
    assert books.entries()[0].closed_at_ms == books.entries()[0].expires_at_ms


def test_refunds_change_the_state_only_when_they_have_succeeded(books: Ledger, night: ManualClock) -> None:
    made = paid(books, night)
    half, rest = refund(night, "R-1", 6_000), refund(night, "R-2", 6_900)
    books.add_refund(made, half)
    assert (made.state, made.refunded_fen) == (OrderState.PAID, 6_000)
    books.settle_refund(made, half)
    assert made.state is OrderState.PARTLY_REFUNDED
    books.add_refund(made, rest)
    books.settle_refund(made, rest)
    assert (made.state, rest.state, made.received) == (OrderState.REFUNDED, RefundState.SUCCEEDED, True)
    assert books.find_refund("wechat-main", "R-2") == (made, rest)


def test_refunds_never_exceed_what_came_in(books: Ledger, night: ManualClock) -> None:
    made = paid(books, night)
    books.add_refund(made, refund(night, "R-1", 12_000))
    with pytest.raises(LedgerProblem, match="exceeds"):
        books.add_refund(made, refund(night, "R-2", 901))
    with pytest.raises(LedgerProblem, match="never paid"):
        books.add_refund(books.add(order(night, "N-2")), refund(night, "R-3", 1))
    with pytest.raises(LedgerProblem, match="exists already"):
        books.add_refund(paid(books, night, "N-3"), refund(night, "R-1", 1))


def test_a_refund_that_was_closed_frees_its_amount(books: Ledger, night: ManualClock) -> None:
    made = paid(books, night)
    failed = refund(night)
    books.add_refund(made, failed)
    books.settle_refund(made, failed, RefundState.CLOSED)
    books.add_refund(made, refund(night, "R-2"))
    with pytest.raises(LedgerProblem, match="already"):
        books.settle_refund(made, failed)


def test_the_books_are_read_in_pages(books: Ledger, night: ManualClock) -> None:
    for n in range(1, 6):
        books.add(order(night, f"N-{n}"))
    assert [entry.n for entry in books.entries(limit=2)] == [1, 2]
    assert [entry.n for entry in books.entries(after=2, limit=2)] == [3, 4]
    assert books.entries(after=5) == []


def test_the_books_survive_in_their_file(night: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    books = Ledger(night, path)
    made = paid(books, night, "N-1")
    books.add_refund(made, refund(night, "R-1", 900))
    waiting = books.add(order(night, "N-2"))
    books.give_credential(waiting, "token", note="kept")
    books.come_back_to(waiting, "https://shop.example/done")
    before = books.entries()
    books.close_file()

    again = Ledger(night, path)
    assert again.entries() == before
    assert again.find_by_credential("token") == waiting
    assert again.find_by_transaction("wechat-main", "T-N-1") == made
    found = again.find_refund("wechat-main", "R-1")
    assert found is not None
    assert found[1].state is RefundState.PROCESSING
    assert again.add(order(night, "N-3")).n == 3
    again.close_file()


def test_a_kill_loses_nothing_that_was_written(night: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    killed = Ledger(night, path)
    paid(killed, night)
    survivor = Ledger(night, path)
    assert survivor.entries()[0].state is OrderState.PAID
    survivor.close_file()
    killed.close_file()


def test_the_file_itself_refuses_a_number_twice(night: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    books = Ledger(night, path)
    books.add(order(night))
    with sqlite3.connect(path) as file, pytest.raises(sqlite3.IntegrityError):
        file.execute(
            "INSERT INTO sandbox_order (n, account, channel_order_no, document) VALUES (2, 'wechat-main', 'N-1', x'00')"
        )
    file.close()
    books.close_file()
