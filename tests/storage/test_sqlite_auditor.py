"""The auditor sees every way in which the books can be broken, by name, and nothing wrong in healthy ones.

A night is played through the real services; then its database is stripped of every constraint, index and trigger, and
one row of it is falsified at a time.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.services.fake_channel import PAYER_NO
from tests.services.harness import SHOP, Night, command, night

from payswitch.domain.audit import MOST_ROWS, AuditReport
from payswitch.services.books.balances import fold_ledger
from payswitch.services.commands import CreateRefund, SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments import payments, switching
from payswitch.services.refunds import refunds
from payswitch.storage import auditor
from payswitch.storage.sqlite.running import run_script

BOUGHT, TWICE, GONE, OPEN = "bought", "twice", "gone", "open"
"""The payments of the night, by their out_trade_no."""
LATER_MS = 400_000


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A night with one order paid and refunded in part, one paid twice, one that nobody paid, and one still open; and
    when it ended."""
    folder = tmp_path_factory.mktemp("night")
    return folder / "night.sqlite", asyncio.run(_play(folder))


async def _play(folder: Path) -> int:
    async with night(folder) as switch:
        for channel in switch.directory.all_channels():
            await switch.store.save_channel(channel)
        await _bought_and_sent_back(switch)
        await fold_ledger(switch.ctx)
        await _paid_twice(switch)
        await switch.order(GONE)
        await switch.wait(LATER_MS / 1_000, step_s=5)
        await payments.create_payment(switch.ctx, SHOP, command(OPEN), "key-1")
        while await deliver_due(switch.ctx):
            switch.clock.advance(seconds=1)
        return switch.clock.now_ms()


async def _bought_and_sent_back(switch: Night) -> None:
    bought = (await switch.order(BOUGHT)).file.attempts[0]
    await switch.pays(bought)
    for number, fen in (("R-1", 1_000), ("R-2", 500)):
        if number == "R-2":
            switch.channel(bought.channel_id).refund_script.append(PAYER_NO)
        await refunds.create_refund(switch.ctx, SHOP, bought.payment_id, CreateRefund(refund_no=number, amount_fen=fen))


async def _paid_twice(switch: Night) -> None:
    """The customer pays the second code, and then the first one too, which its channel could not close in time."""
    old = (await switch.order(TWICE)).file.attempts[0]
    switch.channel(old.channel_id).silent = True
    answer = await switching.switch_payment(switch.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    await switch.pays(answer.file.attempt(answer.attempt_id or ""))
    switch.channel(old.channel_id).silent = False
    await switch.pays(old)


@pytest.fixture
def books(played: tuple[Path, int], tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The night's database without a single rule."""
    source, _ = played
    with closing(sqlite3.connect(tmp_path / "bare.sqlite", isolation_level=None)) as bare:
        bare.execute("ATTACH ? AS night", (str(source),))
        tables = bare.execute("SELECT name FROM night.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            bare.execute(f"CREATE TABLE {table} AS SELECT * FROM night.{table}")  # noqa: S608 (its own names)
        bare.execute("DETACH night")
        yield bare


def audited(books: sqlite3.Connection, now_ms: int, *, since_ms: int = 0) -> AuditReport:
    return run_script(books.cursor(), auditor.audit(now_ms=now_ms, since_ms=since_ms, in_time=True))


def test_healthy_books_have_nothing_to_show(books: sqlite3.Connection, played: tuple[Path, int]) -> None:
    report = audited(books, played[1])

    assert report.violations == ()
    assert report.payments == 4
    assert report.checks == len(auditor.CHECKS)


def the(out_trade_no: str) -> str:
    return f"(SELECT payment_id FROM payments WHERE out_trade_no = '{out_trade_no}')"  # noqa: S608


def an_attempt_of(out_trade_no: str) -> str:
    return f"(SELECT attempt_id FROM attempts WHERE payment_id = {the(out_trade_no)} LIMIT 1)"  # noqa: S608


def copied(table: str, key: str, where: str, **changes: str) -> str:
    """The same row once more, under another key and with these changes."""
    columns = {
        "payments": "payment_id merchant_id shop_id out_trade_no amount_fen currency subject state version methods "
        "products environment user_agent customer instalments agreement_id goods_tag notify_url return_url metadata "
        "created_at_ms expires_at_ms succeeded_at_ms closed_at_ms close_reason winner_attempt_id checkout_token "
        "input_hash event_sequence due_at_ms",
        "attempts": "attempt_id payment_id ordinal channel_id channel_version product method channel_order_no "
        "amount_fen state credential outcome transaction_id surplus refunded_fen created_at_ms started_at_ms "
        "answered_at_ms exposed_at_ms debit_at_ms reverse_at_ms finished_at_ms deadline_ms decision_id tries due_at_ms",
        "refunds": "refund_id payment_id attempt_id shop_id kind out_refund_no shop_refund_no amount_fen reason state "
        "channel_refund_id outcome created_at_ms finished_at_ms tries due_at_ms",
        "transfers": "transfer_id kind debit credit amount_fen channel_id payment_id attempt_id refund_id at_ms",
    }[table].split()
    wanted = {key: "'another'", **changes}
    values = ", ".join(wanted.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where} LIMIT 1"  # noqa: S608


def update(table: str, what: str, where: str) -> str:
    return f"UPDATE {table} SET {what} WHERE {where}"  # noqa: S608


def delete(table: str, where: str) -> str:
    return f"DELETE FROM {table} WHERE {where}"  # noqa: S608


OF_BOUGHT, OF_TWICE, OF_GONE, OF_OPEN = (f"payment_id = {the(name)}" for name in (BOUGHT, TWICE, GONE, OPEN))
WINNER, SURPLUS = "state = 'succeeded' AND NOT surplus", "surplus"
LONG_AGO = "due_at_ms = created_at_ms - 3600000"

BREAKS: dict[str, list[str]] = {
    "1.1 winner_is_own_paid_attempt": [update("payments", "winner_attempt_id = 'att_nobody'", OF_BOUGHT)],
    "1.2 one_winner": [update("attempts", "surplus = 0", SURPLUS)],
    "1.3 no_winner_without_success": [
        update("payments", "state = 'closed', closed_at_ms = 1, succeeded_at_ms = NULL", OF_BOUGHT)
    ],
    "2.1 closed_is_dead": [update("attempts", "state = 'exposed'", OF_GONE)],
    "2.2 end_has_its_time": [update("payments", "succeeded_at_ms = NULL", OF_BOUGHT)],
    "2.3 ended_is_not_due": [update("payments", "due_at_ms = 1", OF_GONE)],
    "3.1 surplus_goes_back": [delete("refunds", "kind = 'surplus'")],
    "3.2 surplus_goes_back_at_once": [update("refunds", "state = 'created', tries = 0", "kind = 'surplus'")],
    "4.1 reserved_is_the_sum": [update("attempts", "refunded_fen = 999", f"{OF_BOUGHT} AND {WINNER}")],
    "4.2 never_more_back_than_came": [update("refunds", "amount_fen = 12901", "shop_refund_no = 'R-1'")],
    "4.3 only_paid_goes_back": [update("refunds", f"attempt_id = {an_attempt_of(GONE)}", "shop_refund_no = 'R-1'")],
    "4.4 refund_number_once": [copied("refunds", "refund_id", "shop_refund_no = 'R-1'")],
    "4.5 open_refund_is_due": [update("refunds", "state = 'processing'", "shop_refund_no = 'R-1'")],
    "5.1 order_number_once": [copied("attempts", "attempt_id", OF_GONE)],
    "6.1 paid_is_the_price": [update("attempts", "amount_fen = 1", f"{OF_BOUGHT} AND {WINNER}")],
    "6.2 paid_has_evidence": [update("attempts", "transaction_id = NULL", f"{OF_BOUGHT} AND {WINNER}")],
    "7.1 no_debit_beside_an_unknown_one": [
        update("attempts", "debit_at_ms = created_at_ms - 1, finished_at_ms = NULL", f"{OF_TWICE} AND ordinal = 1"),
        delete("incidents", "1"),
    ],
    "7.2 one_on_show": [update("attempts", "state = 'exposed'", OF_TWICE)],
    "7.3 shadow_is_not_shown": [update("attempts", "shadow = 1", OF_BOUGHT)],
    "8.1 success_is_told": [delete("events", f"{OF_BOUGHT} AND type = 'payment.succeeded'")],
    "8.2 close_is_told": [delete("events", f"{OF_GONE} AND type = 'payment.closed'")],
    "8.3 surplus_is_told": [delete("events", "type = 'payment.surplus'")],
    "8.4 refund_is_told": [delete("events", "type = 'refund.failed'")],
    "8.5 no_event_is_lost": [update("events", "sequence = sequence + 1", f"{OF_BOUGHT} AND sequence = 3")],
    "8.6 dead_event_is_an_incident": [update("events", "state = 'dead'", f"{OF_GONE}")],
    "8.7 events_are_tried": [update("events", "state = 'retry', due_at_ms = NULL", OF_GONE)],
    "8.8 events_are_tried_in_time": [update("events", f"state = 'retry', {LONG_AGO}", OF_GONE)],
    "9.1 key_made_something": [update("idempotency", "resource_id = 'pay_nobody'", "1")],
    "10.1 trade_number_once": [copied("payments", "payment_id", f"out_trade_no = '{GONE}'")],
    "11.1 somebody_looks_again": [update("attempts", "due_at_ms = NULL", OF_OPEN)],
    "11.2 nothing_is_overdue": [update("attempts", LONG_AGO, OF_OPEN)],
    "11.3 payments_end": [
        update("payments", "expires_at_ms = 1", OF_OPEN),
        update("attempts", "deadline_ms = 1", OF_OPEN),
    ],
    "12.1 attempt_was_decided": [delete("decisions", OF_GONE)],
    "15.1 refund_of_the_same_shop": [update("refunds", "shop_id = 'shop-2'", "shop_refund_no = 'R-1'")],
    "15.2 event_of_the_same_shop": [update("events", "shop_id = 'shop-2'", OF_GONE)],
    "15.3 channel_of_the_same_merchant": [update("channels", "merchant_id = 'm-2'", "1")],
    "16.1 received_is_booked": [delete("transfers", f"kind = 'received' AND {OF_BOUGHT}")],
    "16.2 surplus_is_booked": [update("attempts", "surplus = 1", f"{OF_BOUGHT} AND {WINNER}")],
    "16.3 returned_is_booked": [update("transfers", "amount_fen = 1", "kind = 'refund_paid'")],
    "16.4 promised_is_booked": [delete("transfers", "kind = 'refund_dropped'")],
    "16.5 transfers_use_their_accounts": [update("transfers", "credit = 'shop/shop-2'", "kind = 'received'")],
    "16.6 transfers_are_derived": [copied("transfers", "transfer_id", "kind = 'fee'")],
    "16.7 transfers_are_about_something": [
        copied("transfers", "transfer_id", "kind = 'fee'", attempt_id="'att_nobody'")
    ],
    "16.8 balances_are_the_sum": [update("ledger_balances", "fen = fen + 1", "account LIKE 'shop/%'")],
}
OF_ALL_TOGETHER = {f"{check.number} {check.name}" for check in auditor.CHECKS if check.whole}


@pytest.mark.parametrize("check", BREAKS)
def test_a_broken_rule_is_named(check: str, books: sqlite3.Connection, played: tuple[Path, int]) -> None:
    for statement in BREAKS[check]:
        assert books.execute(statement).rowcount > 0, "nothing was broken"

    found = {f"{violation.number} {violation.name}": violation for violation in audited(books, played[1]).violations}

    assert check in found
    assert found[check].rows
    assert all(row.startswith(("pay_", "another", "shop-1", "shop/", "att_")) for row in found[check].rows), found[
        check
    ].rows


@pytest.mark.parametrize("check", sorted(set(BREAKS) - OF_ALL_TOGETHER - {"9.1 key_made_something"}))
def test_it_is_named_by_the_hourly_audit_too(check: str, books: sqlite3.Connection, played: tuple[Path, int]) -> None:
    """Which looks only at what was touched since the last one, and at what is alive."""
    for statement in BREAKS[check]:
        books.execute(statement)
    found = audited(books, played[1], since_ms=played[1] - LATER_MS - 60_000)

    assert check in {f"{violation.number} {violation.name}" for violation in found.violations}


def test_every_check_was_seen_to_fail() -> None:
    assert set(BREAKS) == {f"{check.number} {check.name}" for check in auditor.CHECKS}


def test_what_ended_before_the_last_audit_is_not_looked_at_again(
    books: sqlite3.Connection, played: tuple[Path, int]
) -> None:
    report = audited(books, played[1], since_ms=played[1] - 1_000)

    assert report.payments == 1, "the one that is still open"


def test_a_rule_broken_a_thousand_times_is_shown_by_its_first_rows(
    books: sqlite3.Connection, played: tuple[Path, int]
) -> None:
    for n in range(MOST_ROWS + 1):
        books.execute(copied("payments", "payment_id", f"out_trade_no = '{GONE}'", payment_id=f"'pay_{n:04d}'"))

    twice = next(v for v in audited(books, played[1]).violations if v.number == "10.1")

    assert len(twice.rows) == MOST_ROWS
    assert twice.more


def test_what_must_happen_in_time_can_be_left_out(books: sqlite3.Connection, played: tuple[Path, int]) -> None:
    """A simulation stops the clock and jumps: then these say nothing."""
    books.execute(update("attempts", LONG_AGO, OF_OPEN))

    report = run_script(books.cursor(), auditor.audit(now_ms=played[1], since_ms=0, in_time=False))

    assert report.violations == ()
    assert report.checks < len(auditor.CHECKS)
