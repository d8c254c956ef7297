"""迟到成功: the payment has expired, then its money arrives. Some shops still want the order."""

from __future__ import annotations

import json

import msgspec
import pytest

from payswitch.domain.payment import Attempt, CloseReason, PaymentFile, PaymentState
from payswitch.entry.checkout.phases import phase_of
from payswitch.services.attempts import sweeper
from payswitch.services.commands import SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments import payments, switching
from tests.services.harness import SHOP, Night, command

WINDOW_S = 600
LIFE_S = 60
PATIENT = msgspec.structs.replace(SHOP, accept_late_s=WINDOW_S)


async def order(tonight: Night, **changes: object) -> Attempt:
    """At a shop that still wants the order ten minutes after it has expired. Gives the attempt that is shown."""
    wish = command(expires_in_s=LIFE_S, **changes)
    answer = await payments.create_payment(tonight.ctx, PATIENT, wish, None)
    return answer.file.attempts[0]


async def expired(tonight: Night, attempt: Attempt) -> PaymentFile:
    """The time is over, and the channel has confirmed that the order is closed."""
    await tonight.wait(LIFE_S + 10)
    file = await tonight.file(attempt.payment_id)
    assert file.attempt(attempt.attempt_id).due_at_ms is None
    return file


async def money_arrives(tonight: Night, attempt: Attempt, *, notified: bool = True) -> PaymentFile:
    """The channel had said "closed", and takes the money all the same (netbank, a lag of its own)."""
    tonight.channel(attempt.channel_id).orders[attempt.channel_order_no].state = "paid"
    if notified:
        await tonight.notify(attempt)
    return await tonight.file(attempt.payment_id)


async def told(tonight: Night) -> list[tuple[str, bool]]:
    while await deliver_due(tonight.ctx):
        pass
    bodies = [json.loads(event.body) for event in tonight.shop.heard]
    return [(body["type"], body["data"]["late"]) for body in bodies]


async def test_it_stays_closing_so_that_nobody_is_told_closed_and_then_paid(tonight: Night) -> None:
    attempt = await order(tonight)
    file = await expired(tonight, attempt)
    assert file.payment.state is PaymentState.CLOSING
    assert await told(tonight) == []
    assert phase_of(file, tonight.clock.now_ms()) == "closed", "for the customer the time is over"

    file = await money_arrives(tonight, attempt)
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.payment.winner_attempt_id == attempt.attempt_id
    assert file.payment.late
    assert file.refunds == ()
    assert await told(tonight) == [("payment.succeeded", True)]
    assert json.loads(tonight.shop.heard[0].body)["data"]["notice"]["zh"] == "付款在订单过期后到账，订单有效"


async def test_nothing_comes_and_it_is_closed_at_the_end_of_the_window(tonight: Night) -> None:
    attempt = await order(tonight)
    await expired(tonight, attempt)
    await tonight.wait(WINDOW_S - 20, step_s=5)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.CLOSING
    await tonight.wait(20)
    file = await tonight.file(attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.payment.close_reason is CloseReason.EXPIRED
    assert file.payment.due_at_ms is None
    assert await told(tonight) == [("payment.closed", False)]


async def test_money_whose_notification_was_lost_is_found_by_the_last_question(tonight: Night) -> None:
    attempt = await order(tonight)
    await expired(tonight, attempt)
    await money_arrives(tonight, attempt, notified=False)
    await tonight.wait(WINDOW_S, step_s=5)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_money_after_the_window_goes_back(tonight: Night) -> None:
    attempt = await order(tonight)
    await expired(tonight, attempt)
    await tonight.wait(WINDOW_S, step_s=5)
    file = await money_arrives(tonight, attempt)
    assert file.payment.state is PaymentState.CLOSED
    assert file.attempts[0].surplus
    await tonight.wait(5)
    assert tonight.channel("wechat-main").returned_fen() == 12_900
    assert [kind for kind, _ in await told(tonight)] == ["payment.closed", "payment.surplus", "refund.succeeded"]
    surplus = json.loads(tonight.shop.heard[1].body)["data"]
    assert surplus["notice"]["zh"] == "付款在订单关闭后到账，将原路退回"


async def test_two_codes_are_paid_late_and_one_of_them_goes_back(tonight: Night) -> None:
    first = await order(tonight)
    await switching.switch_payment(tonight.ctx, first.payment_id, SwitchPayment(), shop=SHOP)
    second = (await tonight.file(first.payment_id)).attempts[1]
    await tonight.wait(LIFE_S + 10)
    tonight.channel(second.channel_id).orders[second.channel_order_no].state = "paid"
    await tonight.notify(second)
    file = await money_arrives(tonight, first)
    assert file.payment.winner_attempt_id == second.attempt_id
    assert file.attempts[0].surplus
    await tonight.wait(5)
    kept = sum(c.received_fen() - c.returned_fen() for c in tonight.directory.clients.values())
    assert kept == 12_900
    surplus = next(e for e in tonight.shop.heard if e.type == "payment.surplus") if await told(tonight) else None
    assert surplus is not None
    assert json.loads(surplus.body)["data"]["notice"]["zh"] == "重复支付，将原路退回"


async def test_a_shop_that_cancels_does_not_want_it_any_more(tonight: Night) -> None:
    attempt = await order(tonight)
    await expired(tonight, attempt)
    file = await payments.cancel_payment(tonight.ctx, PATIENT, attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.payment.close_reason is CloseReason.CANCELLED
    file = await money_arrives(tonight, attempt)
    assert file.attempts[0].surplus


async def test_a_payment_that_was_cancelled_in_time_never_waits(tonight: Night) -> None:
    attempt = await order(tonight)
    file = await payments.cancel_payment(tonight.ctx, PATIENT, attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED


async def test_what_nobody_was_ever_shown_is_closed_at_once(tonight: Night) -> None:
    answer = await payments.create_payment(tonight.ctx, PATIENT, command(environment=None, expires_in_s=LIFE_S), None)
    await tonight.wait(LIFE_S + 2)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.CLOSED


async def test_a_restart_in_the_window_changes_nothing(tonight: Night) -> None:
    """The window is the payment's own, written when it was created."""
    attempt = await order(tonight)
    await expired(tonight, attempt)
    stored = await tonight.file(attempt.payment_id)
    assert stored.payment.late_until_ms == stored.payment.expires_at_ms + WINDOW_S * 1_000
    assert stored.payment.due_at_ms == stored.payment.late_until_ms
    assert attempt.payment_id in await tonight.store.claim_payments(stored.payment.late_until_ms, 60_000, 10, "another")


@pytest.mark.parametrize("window_s", [None, WINDOW_S])
async def test_the_customer_was_in_time_and_only_the_news_was_late(tonight: Night, window_s: int | None) -> None:
    """Paid in the last second: the query that begins the closing finds it, with or without a window."""
    shop = msgspec.structs.replace(SHOP, accept_late_s=window_s)
    answer = await payments.create_payment(tonight.ctx, shop, command(expires_in_s=LIFE_S), None)
    await tonight.wait(LIFE_S - 1)
    await tonight.pays(answer.file.attempts[0], notified=False)
    await tonight.wait(5)
    file = await tonight.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.SUCCEEDED


async def test_a_clock_that_is_set_back_while_the_window_ends_leaves_nobody_forgotten(tonight: Night) -> None:
    """Found by a simulated night: due, asked about once more, and not due any more when the answer came."""
    attempt = await order(tonight)
    await expired(tonight, attempt)
    late_until_ms = (await tonight.file(attempt.payment_id)).payment.late_until_ms
    assert late_until_ms is not None

    async def clock_is_set_back() -> None:
        tonight.clock.jump(-60_000)

    tonight.channel(attempt.channel_id).before_query.append(clock_is_set_back)
    tonight.clock.advance(ms=late_until_ms - tonight.clock.now_ms())
    file = await sweeper.sweep_payment(tonight.ctx, attempt.payment_id)
    assert file is not None
    assert file.payment.state is PaymentState.CLOSING
    assert file.payment.due_at_ms == late_until_ms
    await tonight.wait(62)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.CLOSED
