"""换一种方式, cancelling and expiring: what a customer has seen is queried, closed, and watched."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState
from payswitch.services.checkout import checkouts
from payswitch.services.checkout.offers import offers_for
from payswitch.services.commands import SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments import payments, switching
from payswitch.services.payments.launching import MOST_EXPOSED
from tests.services.harness import SHOP, Night


async def test_the_old_code_is_queried_closed_and_queried_before_the_new_one_is_shown(tonight: Night) -> None:
    first = await tonight.order()
    old = first.file.attempts[0]
    answer = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    assert [name for name, _ in tonight.channel("wechat-main").calls] == ["create", "query", "close", "query"]
    assert answer.file.attempt(old.attempt_id).state is AttemptState.CLOSED
    new = answer.file.attempt(answer.attempt_id or "")
    assert new.channel_id == "alipay-main"
    assert new.channel_order_no != old.channel_order_no


async def test_the_customer_had_paid_already_so_nothing_new_is_shown(tonight: Night) -> None:
    first = await tonight.order()
    old = first.file.attempts[0]
    await tonight.pays(old, notified=False)
    answer = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    assert answer.file.payment.state is PaymentState.SUCCEEDED
    assert answer.attempt_id is None
    assert len(answer.file.attempts) == 1


async def test_a_silent_channel_does_not_hold_the_customer_up(tonight: Night) -> None:
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    before = tonight.clock.now_ms()
    answer = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    assert tonight.clock.now_ms() - before <= 500
    assert answer.file.attempt(old.attempt_id).state is AttemptState.CLOSING, "watched, not forgotten"
    assert answer.attempt_id is not None
    tonight.channel("wechat-main").silent = False
    await tonight.wait(5)
    assert (await tonight.file(old.payment_id)).attempt(old.attempt_id).state is AttemptState.CLOSED


async def test_the_customer_asks_for_a_method_by_name(tonight: Night) -> None:
    first = await tonight.order(methods=(Method.WECHAT, Method.ALIPAY))
    command = SwitchPayment(methods=(Method.ALIPAY,))
    answer = await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, command, shop=SHOP)
    assert answer.file.attempt(answer.attempt_id or "").method is Method.ALIPAY


async def test_a_method_that_the_shop_does_not_allow_is_refused(tonight: Night) -> None:
    first = await tonight.order(methods=(Method.WECHAT,))
    command = SwitchPayment(methods=(Method.ALIPAY,))
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, command, shop=SHOP)
    assert caught.value.kind.code == "invalid_request"


async def test_pressing_the_button_twice_is_one_switch(tonight: Night) -> None:
    first = await tonight.order()
    payment_id = first.file.payment.payment_id
    one, two = await asyncio.gather(
        *(switching.switch_payment(tonight.ctx, payment_id, SwitchPayment(), shop=SHOP) for _ in range(2))
    )
    assert one.attempt_id == two.attempt_id
    assert len(one.file.attempts) == 2


async def test_a_button_pressed_in_a_loop_does_not_become_thousands_of_orders(tonight: Night) -> None:
    first = await tonight.order()
    payment_id = first.file.payment.payment_id
    for _ in range(MOST_EXPOSED - 1):
        await switching.switch_payment(tonight.ctx, payment_id, SwitchPayment(), shop=SHOP)
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(tonight.ctx, payment_id, SwitchPayment(), shop=SHOP)
    assert caught.value.kind.code == "too_many_attempts"
    file = await tonight.file(payment_id)
    assert file.attempts[-1].state is AttemptState.EXPOSED, "what the customer has stays payable"
    await tonight.pays(file.attempts[-1])
    assert (await tonight.file(payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_the_only_channel_left_is_offered_again(tonight: Night) -> None:
    for account in ("wechat-backup", "alipay-main"):
        tonight.directory.take_out(account)
    first = await tonight.order()
    answer = await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert answer.attempt_id != first.attempt_id
    assert answer.file.attempt(answer.attempt_id or "").channel_id == "wechat-main"


async def test_a_cancelled_payment_is_closed_at_its_channel_and_the_shop_is_told(tonight: Night) -> None:
    first = await tonight.order()
    file = await payments.cancel_payment(tonight.ctx, SHOP, first.file.payment.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.payment.close_reason is CloseReason.CANCELLED
    assert tonight.channel("wechat-main").orders[first.file.attempts[0].channel_order_no].state == "closed"
    await deliver_due(tonight.ctx)
    assert tonight.shop.types() == ["payment.closed"]


async def test_the_customer_was_faster_than_the_cancellation(tonight: Night) -> None:
    first = await tonight.order()
    await tonight.pays(first.file.attempts[0], notified=False)
    file = await payments.cancel_payment(tonight.ctx, SHOP, first.file.payment.payment_id)
    assert file.payment.state is PaymentState.SUCCEEDED, "money that arrived is never denied"
    assert file.payment.close_reason is None


async def test_a_succeeded_payment_cannot_be_cancelled_only_refunded(tonight: Night) -> None:
    first = await tonight.order()
    await tonight.pays(first.file.attempts[0])
    with pytest.raises(PaySwitchError) as caught:
        await payments.cancel_payment(tonight.ctx, SHOP, first.file.payment.payment_id)
    assert caught.value.kind.code == "wrong_state"


async def test_nobody_paid_and_the_payment_expires(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.wait(299)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.PENDING
    await tonight.wait(10)
    file = await tonight.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.payment.close_reason is CloseReason.EXPIRED
    assert file.payment.due_at_ms is None
    assert all(attempt.due_at_ms is None for attempt in file.attempts)


async def test_an_unscanned_alipay_code_is_not_believed_dead_before_its_deadline(tonight: Night) -> None:
    tonight.directory.take_out("wechat-main", "wechat-backup")
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    file = await payments.cancel_payment(tonight.ctx, SHOP, attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSING, (
        "the close was answered with 'no such trade', which proves nothing"
    )
    await tonight.wait(200)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.CLOSING
    await tonight.pays(attempt)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_an_unscanned_alipay_code_is_dead_after_its_deadline_and_a_final_query(tonight: Night) -> None:
    tonight.directory.take_out("wechat-main", "wechat-backup")
    answer = await tonight.order()
    await tonight.wait(310)
    file = await tonight.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    last = max(i for i, call in enumerate(tonight.channel("alipay-main").calls) if call[0] == "query")
    assert last > 0


async def test_the_channel_is_away_when_the_payment_expires(tonight: Night) -> None:
    """Unknown is not dead: the payment stays closing until the channel answers again."""
    answer = await tonight.order()
    tonight.channel("wechat-main").silent = True
    await tonight.wait(400, step_s=5)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.CLOSING
    tonight.channel("wechat-main").silent = False
    await tonight.wait(120, step_s=5)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.CLOSED


async def test_a_cancellation_overtakes_the_launch_and_nothing_is_shown(tonight: Night) -> None:
    async def cancel() -> None:
        file = await payments.find_payment(tonight.ctx, SHOP, "order-1")
        assert file is not None
        await payments.cancel_payment(tonight.ctx, SHOP, file.payment.payment_id)

    tonight.channel("wechat-main").before_answer.append(cancel)
    answer = await tonight.order()
    assert answer.attempt_id is None
    assert answer.file.payment.state is PaymentState.CLOSED
    await tonight.wait(5)
    attempt = answer.file.attempts[0]
    assert tonight.channel("wechat-main").orders[attempt.channel_order_no].state == "closed"


async def test_a_closed_payment_takes_no_new_attempt(tonight: Night) -> None:
    answer = await tonight.order()
    await payments.cancel_payment(tonight.ctx, SHOP, answer.file.payment.payment_id)
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(tonight.ctx, answer.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert caught.value.kind.code == "wrong_state"


async def test_the_hosted_checkout_launches_when_the_customer_presses_pay(tonight: Night) -> None:
    created = await tonight.order(environment=None)
    token = created.file.payment.checkout_token
    pressed = [
        checkouts.start(
            tonight.ctx,
            token,
            environment=Environment.DESKTOP,
            user_agent="Mozilla/5.0",
            client_ip="203.0.113.9",
            methods=(),
        )
        for _ in range(2)
    ]
    one, two = await asyncio.gather(*pressed)
    assert one.attempt_id == two.attempt_id
    assert len(one.file.attempts) == 1
    assert one.file.payment.environment is Environment.DESKTOP
    assert one.file.payment.customer.client_ip == "203.0.113.9"


async def test_the_checkout_offers_what_can_work_and_planning_it_costs_nobody_a_share(tonight: Night) -> None:
    created = await tonight.order(environment=None)
    before = tonight.ctx.router.health_snapshot(tonight.clock.now_ms())
    for _ in range(5):
        offered = offers_for(tonight.ctx, created.file, Environment.DESKTOP)
        assert offered.methods == (Method.WECHAT, Method.ALIPAY)
    assert tonight.ctx.router.health_snapshot(tonight.clock.now_ms()) == before or not before


async def test_an_unknown_checkout_link_leads_nowhere(tonight: Night) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await checkouts.open_checkout(tonight.ctx, "guessed")
    assert caught.value.kind.code == "not_found"
