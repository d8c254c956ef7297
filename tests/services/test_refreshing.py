"""A link that works for five minutes, a payment that lives for longer: the customer comes back to the same order."""

from __future__ import annotations

import pytest

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentState
from payswitch.services.checkout import checkouts
from payswitch.services.commands import PaymentAnswer, SwitchPayment
from payswitch.services.payments import switching
from tests.services.fake_channel import SILENT
from tests.services.harness import SHOP, Night

LINK_LIVES_MS = 60_000


async def ran_out(tonight: Night) -> PaymentAnswer:
    """A code was shown, and has run out by now. WeChat's H5 link works for five minutes; the payment lives longer."""
    tonight.channel("wechat-main").credential_valid_ms = LINK_LIVES_MS
    first = await tonight.order()
    tonight.clock.advance(ms=LINK_LIVES_MS + 1_000)
    return first


def only(answer: PaymentAnswer) -> Attempt:
    assert len(answer.file.attempts) == 1
    return answer.file.attempts[0]


def creates(tonight: Night) -> list[str]:
    return [number for call, number in tonight.channel("wechat-main").calls if call == "create"]


async def press(tonight: Night, answer: PaymentAnswer, *methods: Method) -> PaymentAnswer:
    return await checkouts.start(
        tonight.ctx,
        answer.file.payment.checkout_token,
        environment=Environment.DESKTOP,
        user_agent="Mozilla/5.0",
        client_ip="203.0.113.9",
        methods=methods,
    )


async def test_the_shop_asks_again_and_gets_a_fresh_credential_of_the_same_order(tonight: Night) -> None:
    first = await ran_out(tonight)
    again = await tonight.order()
    attempt = only(again)
    assert again.attempt_id == first.attempt_id
    assert attempt.state is AttemptState.EXPOSED
    assert attempt.exposed_at_ms == only(first).exposed_at_ms, "it was shown when it was shown first"
    assert attempt.credential is not None
    assert attempt.credential.expires_at_ms == tonight.clock.now_ms() + LINK_LIVES_MS
    assert creates(tonight) == [attempt.channel_order_no] * 2
    assert await tonight.file(attempt.payment_id) == again.file, "on disk before the reply leaves"


async def test_the_customer_comes_back_to_the_checkout_and_presses_pay(tonight: Night) -> None:
    first = await ran_out(tonight)
    again = await press(tonight, first)
    assert again.attempt_id == first.attempt_id
    await tonight.pays(only(again))
    assert (await tonight.file(only(again).payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_another_method_is_another_order(tonight: Night) -> None:
    first = await ran_out(tonight)
    again = await press(tonight, first, Method.ALIPAY)
    assert [attempt.method for attempt in again.file.attempts] == [Method.WECHAT, Method.ALIPAY]
    assert len(creates(tonight)) == 1


async def test_the_wish_for_another_way_is_never_answered_with_the_same_order(tonight: Night) -> None:
    first = await ran_out(tonight)
    payment_id = first.file.payment.payment_id
    again = await switching.switch_payment(tonight.ctx, payment_id, SwitchPayment(), shop=SHOP)
    assert again.attempt_id != first.attempt_id


async def test_a_channel_that_gives_no_second_credential_has_its_order_closed_before_the_next_is_shown(
    tonight: Night,
) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, refreshes=False)
    first = await ran_out(tonight)
    again = await tonight.order()
    assert again.attempt_id != first.attempt_id
    assert again.file.attempts[0].state is AttemptState.CLOSED
    assert len(creates(tonight)) == 1


@pytest.mark.parametrize(
    "answer",
    [SILENT, Outcome(kind=OutcomeKind.REFUSED_ORDER, code="PARAM_MISMATCH"), Outcome(kind=OutcomeKind.REFUSED_CHANNEL)],
    ids=["silent", "not-the-same-order", "busy"],
)
async def test_what_cannot_be_refreshed_is_left_and_another_is_shown_within_the_half_second(
    tonight: Night, answer: Outcome
) -> None:
    first = await ran_out(tonight)
    channel = tonight.channel("wechat-main")
    if answer is SILENT:
        channel.latency_ms = 10_000
    else:
        channel.script.append(answer)
    before_ms = tonight.clock.now_ms()
    again = await tonight.order()
    assert tonight.clock.now_ms() - before_ms <= 500
    assert again.attempt_id not in (None, first.attempt_id)
    old, new = again.file.attempts
    assert old.state in (AttemptState.CLOSING, AttemptState.CLOSED)
    assert new.state is AttemptState.EXPOSED


async def test_the_old_link_was_paid_meanwhile_and_nothing_is_shown(tonight: Night) -> None:
    first = await ran_out(tonight)
    await tonight.pays(only(first), notified=False)
    paid_already = Outcome(kind=OutcomeKind.DUPLICATE, code="ORDERPAID")
    tonight.channel("wechat-main").script.append(paid_already)
    again = await tonight.order()
    assert again.attempt_id is None
    assert again.file.payment.state is PaymentState.SUCCEEDED


async def test_nothing_is_refreshed_once_closing_has_begun(tonight: Night) -> None:
    """Another code under a number that was ever closed cannot be paid at some channels, and can at others."""
    first = await ran_out(tonight)
    tonight.channel("wechat-main").silent = True
    await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    tonight.channel("wechat-main").silent = False
    tonight.clock.advance(ms=LINK_LIVES_MS)
    await press(tonight, first, Method.WECHAT)
    assert creates(tonight).count(only(first).channel_order_no) == 1


async def test_a_close_is_answered_ok_the_query_lags_and_nothing_is_called_dead_too_early(tonight: Night) -> None:
    first = await tonight.order()
    attempt = only(first)
    waiting = Outcome(kind=OutcomeKind.PENDING, code="NOTPAY")
    tonight.channel("wechat-main").query_script.extend([waiting] * 2)
    await switching.switch_payment(tonight.ctx, attempt.payment_id, SwitchPayment(methods=(Method.ALIPAY,)), shop=SHOP)
    assert (await tonight.file(attempt.payment_id)).attempts[0].state is AttemptState.CLOSING
    await tonight.wait(3)
    assert (await tonight.file(attempt.payment_id)).attempts[0].state is AttemptState.CLOSED


async def test_a_close_is_answered_ok_and_then_the_money_arrives(tonight: Night) -> None:
    """The payment still waits for its second code: the first one's money makes it succeed, and the second is closed."""
    first = await tonight.order()
    attempt = only(first)
    second = await switching.switch_payment(
        tonight.ctx, attempt.payment_id, SwitchPayment(methods=(Method.ALIPAY,)), shop=SHOP
    )
    assert second.file.attempts[0].state is AttemptState.CLOSED
    tonight.channel("wechat-main").orders[attempt.channel_order_no].state = "paid"
    await tonight.notify(attempt)
    file = await tonight.file(attempt.payment_id)
    assert file.payment.winner_attempt_id == attempt.attempt_id
    assert file.attempts[1].state is AttemptState.CLOSING
    assert [incident.kind for incident in await tonight.store.list_incidents(limit=9)] == ["success_of_dead_attempt"]
