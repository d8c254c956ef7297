"""Refunds and reversals in a bill: fees given back, results learned, amounts that differ."""

from __future__ import annotations

from payswitch.domain.bill import BillKind
from payswitch.domain.payment import AttemptState, RefundState
from payswitch.services.payments import payments
from tests.reconciliation.happenings import PRICE, reversed_here, sent_back
from tests.reconciliation.morning import THE_11TH, THE_12TH, Morning
from tests.services.fake_channel import PAYER_NO, SILENT
from tests.services.harness import SHOP


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
