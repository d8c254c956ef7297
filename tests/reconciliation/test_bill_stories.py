"""What a bill teaches, what it disputes, and what becomes of it on the days after."""

from __future__ import annotations

import msgspec

from payswitch.domain.bill import BillKind
from payswitch.domain.break_texts import BREAK_TEXTS
from payswitch.domain.managed_channel import ChannelEvent
from payswitch.domain.payment import AttemptState, RefundState
from payswitch.domain.reconciliation import BreakKind, BreakState, RunState
from payswitch.services.books.bill_schedule import reconcile_due
from payswitch.services.channels.channel_changes import move_channel
from tests.reconciliation.happenings import PRICE, line, lost, sent_back
from tests.reconciliation.morning import THE_11TH, THE_12TH, THE_13TH, Morning
from tests.services.channel_desk import LIN, a_desk


async def test_a_quiet_day_agrees_in_every_line(day: Morning) -> None:
    sold = [await day.sold(f"order-{n}") for n in range(3)]
    await sent_back(day, sold[0])
    day.until(THE_12TH, 10)

    run = await day.reconcile()

    assert (run.state, run.lines, run.matched, run.breaks, run.carried) == (RunState.DONE, 4, 4, 0, 0)
    assert (run.paid_fen, run.refunded_fen, run.fees_fen) == (3 * PRICE, 1_000, 3 * 77 - 6)
    assert await day.breaks() == []
    assert await day.incidents() == []


async def test_a_channel_that_an_operator_disabled_is_reconciled_as_before(day: Morning) -> None:
    await day.sold("order-1")
    day.night.ctx.desk = a_desk(day.night)
    await move_channel(day.night.ctx, LIN, "wechat-main", ChannelEvent.DISABLE, "渠道故障")
    day.until(THE_12TH, 10)

    await reconcile_due(day.night.ctx)

    (run,) = await day.night.store.runs_of("wechat-main", THE_11TH)
    assert (run.state, run.lines, run.matched, run.breaks) == (RunState.DONE, 1, 1, 0)


async def test_a_lost_notification_is_found_by_the_sweep_within_its_schedule(day: Morning) -> None:
    attempt = await day.sold("order-1", known=False)
    assert attempt.state is AttemptState.EXPOSED

    await day.night.wait(day.night.ctx.timings.query_gaps_s[0])

    assert (await day.attempt(attempt)).state is AttemptState.SUCCEEDED


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


def test_every_break_has_words_for_people() -> None:
    assert set(BREAK_TEXTS) == set(BreakKind)
    for text in BREAK_TEXTS.values():
        assert all(msgspec.structs.astuple(text))
