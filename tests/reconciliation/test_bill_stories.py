"""What a bill teaches, what it disputes, and what becomes of it on the days after."""

from __future__ import annotations

import msgspec
import pytest

from payswitch.domain.bill import BillKind, BillLine
from payswitch.domain.break_texts import BREAK_TEXTS
from payswitch.domain.changes import Changes
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentState, Refund, RefundState
from payswitch.domain.reconciliation import BreakKind, BreakState, RunState
from payswitch.services.books.bill_schedule import reconcile_due
from payswitch.services.commands import CreateRefund
from payswitch.services.payments import payments
from payswitch.services.refunds import refunds
from tests.reconciliation.morning import THE_11TH, THE_12TH, THE_13TH, Morning
from tests.services.harness import PAYER_NO, SHOP, SILENT

PRICE = 12_900


async def sent_back(day: Morning, attempt: Attempt, fen: int = 1_000, number: str = "R-1") -> Refund:
    command = CreateRefund(refund_no=number, amount_fen=fen)
    return await refunds.create_refund(day.night.ctx, SHOP, attempt.payment_id, command)


async def test_a_quiet_day_agrees_in_every_line(day: Morning) -> None:
    sold = [await day.sold(f"order-{n}") for n in range(3)]
    await sent_back(day, sold[0])
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.state, run.lines, run.matched, run.breaks, run.carried) == (RunState.DONE, 4, 4, 0, 0)
    assert (run.paid_fen, run.refunded_fen, run.fees_fen) == (3 * PRICE, 1_000, 3 * 77 - 6)
    assert await day.breaks() == []
    assert await day.incidents() == []


async def test_a_lost_notification_is_found_by_the_sweep_within_its_schedule(day: Morning) -> None:
    attempt = await day.sold("order-1", known=False)
    assert attempt.state is AttemptState.EXPOSED

    await day.night.wait(day.night.ctx.timings.query_gaps_s[0])

    assert (await day.attempt(attempt)).state is AttemptState.SUCCEEDED


async def lost(day: Morning) -> Attempt:
    """Paid, the notification lost, and all evening long the channel's query says "still waiting"; then it is closed
    here, because its time is over and the last query says so too."""
    attempt = (await day.night.order("lost")).file.attempts[0]
    channel = day.channel(attempt.channel_id)
    assert channel.customer_pays(attempt.channel_order_no)
    order = channel.orders[attempt.channel_order_no]
    order.state = "closed"  # what its query says
    await day.night.wait(700, step_s=5)
    order.state = "paid"
    file = await day.night.file(attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    return file.attempts[0]


async def test_what_no_query_found_is_repaired_by_the_bill_and_is_surplus_when_it_comes_too_late(day: Morning) -> None:
    attempt = await lost(day)
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.repaired, run.matched, run.breaks) == (1, 1, 0)
    file = await day.night.file(attempt.payment_id)
    assert file.attempts[0].surplus, "the payment was closed: the money goes back"
    assert [r.state for r in file.refunds] == [RefundState.CREATED]
    await day.night.wait(60)
    assert (await day.night.file(attempt.payment_id)).refunds[0].state is RefundState.SUCCEEDED
    [found] = await day.books.breaks_of_day("wechat-main", THE_11TH)
    assert (found.kind, found.state) == (BreakKind.UNPAID_HERE, BreakState.RESOLVED)
    assert "补单" in found.note


async def test_with_the_query_away_all_night_the_bill_makes_the_winner(day: Morning) -> None:
    """The channel's query does not answer at all, so the payment stays open until the bill is there."""
    attempt = await day.sold("order-1", known=False)
    channel = day.channel(attempt.channel_id)
    channel.silent = True
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert run.repaired == 1
    file = await day.night.file(attempt.payment_id)
    assert file.payment.winner_attempt_id == attempt.attempt_id
    assert (await day.books.audit(now_ms=day.night.clock.now_ms(), in_time=False)).clean


async def test_a_number_that_nobody_gave_out_is_a_break(day: Morning) -> None:
    sold = await day.sold("order-1")
    channel = day.channel()
    line = channel.lines[THE_11TH][0]
    channel.write(msgspec.structs.replace(line, channel_order_no="STRANGE", transaction_id="tx-9"))
    channel.writes_back(sold.channel_order_no, "BY-HAND", 300)
    day.until(THE_12TH, 10)

    await day.reconcile()

    assert await day.named() == [
        ("unknown_payment", "STRANGE", None, PRICE),
        ("unknown_refund", sold.channel_order_no, None, 300),
    ]
    assert "bill_breaks" in await day.incidents()


async def test_an_amount_and_a_fee_that_differ_are_named_and_the_ledger_takes_the_bills_fee(day: Morning) -> None:
    amount, fee, rounded = [await day.sold(f"order-{n}") for n in range(3)]
    channel = day.channel()
    channel.falsify(THE_11TH, amount.channel_order_no, amount_fen=PRICE + 1)
    channel.falsify(THE_11TH, fee.channel_order_no, fee_fen=49)
    channel.falsify(THE_11TH, rounded.channel_order_no, fee_fen=78)
    before = await day.books.ledger_balances()
    day.until(THE_12TH, 10)

    await day.reconcile()
    await day.reconcile()

    assert await day.named() == [
        ("amount_differs", amount.channel_order_no, PRICE, PRICE + 1),
        ("fee_differs", fee.channel_order_no, 77, 49),
    ], "a fen of rounding is none"
    after = await day.books.ledger_balances()
    assert after["fees/wechat-main"] - before["fees/wechat-main"] == (49 - 77) + (78 - 77)
    assert sum(after.values()) == 0


async def test_a_fee_that_the_channel_corrects_in_a_new_bill_is_corrected_in_the_ledger_and_closes_the_break(
    day: Morning,
) -> None:
    sold = await day.sold("order-1")
    channel = day.channel()
    channel.falsify(THE_11TH, sold.channel_order_no, fee_fen=49)
    day.until(THE_12TH, 10)
    await day.reconcile()
    channel.falsify(THE_11TH, sold.channel_order_no, fee_fen=77)

    await day.reconcile()

    assert await day.breaks() == []
    assert (await day.books.ledger_balances())["fees/wechat-main"] == 77
    [found] = await day.books.breaks_of_day("wechat-main", THE_11TH)
    assert (found.state, found.resolved_by) == (BreakState.RESOLVED, "payswitch")


async def test_a_refund_gives_back_between_nothing_and_its_share_of_the_fee(day: Morning) -> None:
    kept, too_much = [await day.sold(f"order-{n}") for n in range(2)]
    for attempt in (kept, too_much):
        await sent_back(day, attempt, PRICE // 2, f"R-{attempt.attempt_id}")
    channel = day.channel()
    channel.falsify(THE_11TH, kept.channel_order_no, BillKind.REFUND, fee_fen=0)
    channel.falsify(THE_11TH, too_much.channel_order_no, BillKind.REFUND, fee_fen=-77)
    day.until(THE_12TH, 10)

    await day.reconcile()

    assert await day.named() == [("refund_fee_differs", too_much.channel_order_no, -39, -77)]
    assert (await day.books.ledger_balances())["fees/wechat-main"] == 2 * 77 - 77


async def test_a_number_that_stands_there_twice_is_named(day: Morning) -> None:
    once, again = [await day.sold(f"order-{n}") for n in range(2)]
    channel = day.channel()
    twin = next(line for line in channel.lines[THE_11TH] if line.channel_order_no == once.channel_order_no)
    channel.lines[THE_11TH].append(twin)
    later = next(line for line in channel.lines[THE_11TH] if line.channel_order_no == again.channel_order_no)
    channel.lines[THE_12TH] = [later]
    day.until(THE_13TH, 10)

    await day.reconcile(THE_11TH)
    await day.reconcile(THE_12TH)

    assert await day.named() == [
        ("billed_twice", number, PRICE, 2 * PRICE) for number in sorted((once.channel_order_no, again.channel_order_no))
    ]


async def test_a_payment_in_the_last_second_is_not_missing_until_the_next_bill_is_there(day: Morning) -> None:
    day.until(THE_11TH, 23, 59)
    last = await day.sold("order-last")
    channel = day.channel()
    channel.lines[THE_12TH] = channel.lines.pop(THE_11TH)  # the channel's clock says that it was tomorrow
    other = await day.sold("order-other")
    day.until(THE_12TH, 10)

    run = await day.reconcile(THE_11TH)

    assert (run.matched, run.carried) == (1, 1)
    assert await day.breaks() == []
    day.until(THE_13TH, 10)
    await day.reconcile(THE_12TH)
    assert await day.breaks() == []
    assert {last.state, other.state} == {AttemptState.SUCCEEDED}


async def test_what_neither_bill_has_is_missing_there(day: Morning) -> None:
    ghost, refunded, fine = [await day.sold(f"order-{n}") for n in range(3)]
    refund = await sent_back(day, refunded)
    channel = day.channel()
    channel.forget(THE_11TH, ghost.channel_order_no)
    channel.forget(THE_11TH, refunded.channel_order_no, BillKind.REFUND)
    day.until(THE_12TH, 9)
    await day.sold("order-next-day")
    day.until(THE_13TH, 10)

    await day.reconcile(THE_11TH)
    assert await day.breaks() == [], "they may be in the next one"
    await day.reconcile(THE_12TH)

    assert await day.named() == [
        ("payment_missing_there", ghost.channel_order_no, PRICE, None),
        ("refund_missing_there", refunded.channel_order_no, 1_000, None),
    ]
    assert [b.out_refund_no for b in await day.breaks()].count(refund.out_refund_no) == 1
    assert {b.day for b in await day.breaks()} == {THE_11TH}
    assert fine.state is AttemptState.SUCCEEDED


async def test_the_order_in_which_the_bills_come_makes_no_difference(day: Morning) -> None:
    ghost = await day.sold("order-1")
    await day.sold("order-2")
    day.channel().forget(THE_11TH, ghost.channel_order_no)
    day.until(THE_12TH, 9)
    await day.sold("order-3")
    day.until(THE_13TH, 10)

    await day.reconcile(THE_12TH)
    assert await day.breaks() == [], "the bill of its own day was not read yet"
    await day.reconcile(THE_11TH)

    assert await day.named() == [("payment_missing_there", ghost.channel_order_no, PRICE, None)]


async def test_a_missing_payment_that_turns_up_in_a_later_bill_closes_its_break(day: Morning) -> None:
    ghost = await day.sold("order-1")
    await day.sold("order-2")
    channel = day.channel()
    line = next(line for line in channel.lines[THE_11TH] if line.channel_order_no == ghost.channel_order_no)
    channel.forget(THE_11TH, ghost.channel_order_no)
    day.until(THE_12TH, 9)
    await day.sold("order-3")
    day.until(THE_13TH, 9)
    await day.reconcile(THE_11TH)
    await day.reconcile(THE_12TH)
    assert len(await day.breaks()) == 1
    channel.lines[THE_13TH] = [line]
    day.until("2026-11-14", 10)

    await day.reconcile(THE_13TH)

    assert await day.breaks() == []


async def test_a_refund_that_failed_here_and_went_through_there_is_learned(day: Morning) -> None:
    attempt = await day.sold("order-1")
    channel = day.channel()
    channel.refund_script.append(PAYER_NO)
    refund = await sent_back(day, attempt)
    assert refund.state is RefundState.FAILED
    channel.orders[attempt.channel_order_no].refunds[refund.out_refund_no] = refund.amount_fen
    channel.writes_back(attempt.channel_order_no, refund.out_refund_no, refund.amount_fen)
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.repaired, run.breaks) == (1, 0)
    stored = await day.night.store.refund(refund.refund_id)
    assert stored is not None
    assert stored.state is RefundState.SUCCEEDED
    assert (await day.books.audit(now_ms=day.night.clock.now_ms(), in_time=False)).clean


async def test_a_refund_whose_query_does_not_confirm_the_bill_stays_a_break(day: Morning) -> None:
    attempt = await day.sold("order-1")
    channel = day.channel()
    channel.refund_script.append(PAYER_NO)
    refund = await sent_back(day, attempt)
    channel.writes_back(attempt.channel_order_no, refund.out_refund_no, refund.amount_fen)
    channel.query_refund_script.append(SILENT)
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.repaired, run.breaks) == (0, 1)
    assert await day.named() == [("refund_unpaid_here", attempt.channel_order_no, None, 1_000)]


async def test_a_refund_of_another_amount_is_named(day: Morning) -> None:
    attempt = await day.sold("order-1")
    await sent_back(day, attempt)
    day.channel().falsify(THE_11TH, attempt.channel_order_no, BillKind.REFUND, amount_fen=999)
    day.until(THE_12TH, 10)

    await day.reconcile()

    assert await day.named() == [("refund_amount_differs", attempt.channel_order_no, 1_000, 999)]


async def test_what_a_person_settled_stays_settled(day: Morning) -> None:
    await day.sold("order-1")
    channel = day.channel()
    strange = msgspec.structs.replace(channel.lines[THE_11TH][0], channel_order_no="STRANGE")
    channel.write(strange)
    day.until(THE_12TH, 10)
    await day.reconcile()
    [found] = await day.breaks()
    await day.books.resolve_break(
        msgspec.structs.replace(
            found,
            state=BreakState.RESOLVED,
            resolved_at_ms=1,
            resolved_by="op-1",
            note="the till in the shop",
        )
    )

    await day.reconcile()

    assert await day.breaks() == []
    [settled] = await day.books.breaks_of_day("wechat-main", THE_11TH)
    assert (settled.resolved_by, settled.note) == ("op-1", "the till in the shop")


async def test_a_row_that_the_channel_takes_back_closes_its_break(day: Morning) -> None:
    await day.sold("order-1")
    channel = day.channel()
    channel.write(msgspec.structs.replace(channel.lines[THE_11TH][0], channel_order_no="STRANGE"))
    day.until(THE_12TH, 10)
    await day.reconcile()
    assert len(await day.breaks()) == 1
    channel.forget(THE_11TH, "STRANGE")

    await day.reconcile()

    assert await day.breaks() == []


async def test_two_channels_on_one_account_have_one_bill(day: Morning) -> None:
    """A line of the backup's stands in the bill that the main channel fetches: it is the backup's business."""
    mine = await day.sold("order-1")
    day.night.directory.change("wechat-main", enabled=False)
    theirs = await day.sold("order-2", methods=(mine.method,))
    assert theirs.channel_id == "wechat-backup"
    day.channel().lines[THE_11TH] += day.channel("wechat-backup").lines[THE_11TH]
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.matched, run.elsewhere, run.breaks) == (1, 1, 0)


async def test_a_list_without_fees_and_refunds_disputes_neither(day: Morning) -> None:
    """易支付 platforms have no bill: their list of orders finds lost payments, and no more."""
    attempt = await day.sold("order-1")
    await sent_back(day, attempt)
    unheard = await day.sold("order-2", known=False)
    channel = day.channel()
    channel.settles = False
    channel.forget(THE_11TH, attempt.channel_order_no, BillKind.REFUND)
    for number in (attempt.channel_order_no, unheard.channel_order_no):
        channel.falsify(THE_11TH, number, fee_fen=0)
    channel.lines[THE_12TH] = [line(channel.lines[THE_11TH][0], channel_order_no="STRANGE")]
    day.until(THE_13TH, 10)

    first = await day.reconcile(THE_11TH)
    await day.reconcile(THE_12TH)

    assert (first.repaired, first.breaks) == (1, 0)
    assert [b.kind for b in await day.breaks()] == [BreakKind.UNKNOWN_PAYMENT]
    assert (await day.books.ledger_balances())["fees/wechat-main"] == 2 * 77


def line(like: BillLine, **changes: object) -> BillLine:
    return msgspec.structs.replace(like, **changes)


async def test_a_reversal_and_what_it_reversed_cancel_each_other(day: Morning) -> None:
    """A debit that was reversed here: the bill has the payment and its way back, which is no refund of ours."""
    attempt = (await day.night.order("order-1")).file.attempts[0]
    channel = day.channel()
    assert channel.customer_pays(attempt.channel_order_no)
    channel.orders[attempt.channel_order_no].state = "closed"
    await payments.cancel_payment(day.night.ctx, SHOP, attempt.payment_id)
    await reversed_here(day, attempt)
    day.until(THE_12TH, 10)

    await day.reconcile()
    assert await day.named() == [("reversed_here", attempt.channel_order_no, None, PRICE)]
    channel.writes_back(attempt.channel_order_no, "WX-REVOKED", PRICE)
    day.channel().lines[THE_11TH] += day.channel().lines.pop(THE_12TH)
    run = await day.reconcile()

    assert await day.breaks() == []
    assert run.breaks == 0
    assert (await day.attempt(attempt)).state is AttemptState.CLOSED, "what was reversed is never called paid"


async def reversed_here(day: Morning, attempt: Attempt) -> None:
    file = await day.night.file(attempt.payment_id)
    await day.night.store.commit(
        Changes(
            update_payments=[msgspec.structs.replace(file.payment, version=file.payment.version + 1)],
            update_attempts=[msgspec.structs.replace(file.attempts[0], reverse_at_ms=file.payment.created_at_ms)],
        )
    )


# --- the schedule -----------------------------------------------------------------------------------------------------


async def test_yesterdays_bill_is_fetched_from_ten_oclock_on_and_once(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    await reconcile_due(day.night.ctx)
    fetched = day.channel().fetched
    assert fetched == ["2026-11-10"], "the newest that can be there at 20:37"
    day.until(THE_12TH, 9, 59)
    assert await reconcile_due(day.night.ctx) == 0
    day.until(THE_12TH, 10)
    assert await reconcile_due(day.night.ctx) == 1
    assert await reconcile_due(day.night.ctx) == 0
    assert fetched == ["2026-11-10", THE_11TH]


async def test_a_bill_that_is_not_ready_is_asked_for_again_and_at_last_an_incident(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    channel = day.channel()
    channel.answers = [Outcome(kind=OutcomeKind.PENDING, code="NO_STATEMENT_EXIST")] * 13
    day.until(THE_12TH, 10)
    for _ in range(11):
        assert await reconcile_due(day.night.ctx) == 1
        assert await reconcile_due(day.night.ctx) == 0, "not before half an hour is over"
        day.night.clock.advance(seconds=1_800)
    assert await day.incidents() == []
    for _ in range(2):
        day.night.clock.advance(seconds=1_800)
        await reconcile_due(day.night.ctx)
    assert await day.incidents() == ["bill_missing"]

    day.night.clock.advance(seconds=1_800)
    await reconcile_due(day.night.ctx)

    [run] = await day.books.runs_of("wechat-main", THE_11TH)
    assert (run.state, run.matched, run.tries, run.due_at_ms) == (RunState.DONE, 1, 14, None)


@pytest.mark.parametrize("kind", [OutcomeKind.UNTRUSTED, OutcomeKind.REFUSED_CONFIG])
async def test_a_bill_that_cannot_be_believed_is_an_incident_at_once(day: Morning, kind: OutcomeKind) -> None:
    await day.sold("order-1")
    day.channel().answers = [Outcome(kind=kind, code="wrong_total"), Outcome(kind=kind, code="wrong_total")]
    day.until(THE_12TH, 10)

    run = await day.reconcile()
    await day.reconcile()

    assert (run.state, run.code) == (RunState.REFUSED, "wrong_total")
    assert await day.incidents() == ["bill_refused"], "told once"


async def test_no_bill_for_a_day_with_trade_is_believed_only_after_three_days(day: Morning) -> None:
    ghost = await day.sold("order-1")
    channel = day.channel()
    channel.lines.clear()
    day.until(THE_12TH, 10)
    assert (await day.reconcile(THE_11TH)).state is RunState.WAITING
    day.until("2026-11-15", 10)
    assert (await day.reconcile(THE_11TH)).state is RunState.DONE
    assert (await day.reconcile(THE_12TH)).state is RunState.DONE, "nothing was sold on that day"

    assert await day.named() == [("payment_missing_there", ghost.channel_order_no, PRICE, None)]


async def test_after_a_long_stop_every_day_of_it_is_caught_up(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    day.until(THE_12TH, 10)
    await reconcile_due(day.night.ctx)
    day.until("2026-11-30", 10)

    assert await reconcile_due(day.night.ctx) == 18
    assert day.channel().fetched[1:] == [f"2026-11-{n}" for n in range(12, 30)]


async def test_one_channels_trouble_does_not_stop_the_others(day: Morning) -> None:
    async def broken(day: str, timeout_ms: int) -> None:
        raise RuntimeError("a bug in a connector")

    day.channel("wechat-main").download_bill = broken  # type: ignore[method-assign,assignment]
    day.until(THE_12TH, 10)

    await reconcile_due(day.night.ctx)

    assert day.channel("alipay-main").fetched == [THE_11TH]


def test_every_break_has_words_for_people() -> None:
    assert set(BREAK_TEXTS) == set(BreakKind)
    for text in BREAK_TEXTS.values():
        assert all(msgspec.structs.astuple(text))
