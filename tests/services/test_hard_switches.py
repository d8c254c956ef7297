"""What the customer holds in hand stays until something better is there, and half a second is half a second."""

from __future__ import annotations

import pytest

from payswitch.domain.channel import Method, Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import OrderFact
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.services.attempts import results
from payswitch.services.commands import SwitchPayment
from payswitch.services.payments import switching
from tests.services.fake_channel import BUSY, SILENT
from tests.services.harness import SHOP, Night


# --- what the customer holds in hand ---
@pytest.mark.parametrize(
    "wish",
    [
        SwitchPayment(methods=(Method.ALIPAY,)),
        SwitchPayment(products=(Product.ALIPAY_PRECREATE,)),
        SwitchPayment(methods=(Method.WECHAT,), products=(Product.WECHAT_APP,)),
    ],
    ids=["method-not-allowed", "product-not-allowed", "nobody-can"],
)
async def test_a_wish_that_cannot_be_granted_leaves_the_customer_the_code_they_have(
    tonight: Night, wish: SwitchPayment
) -> None:
    first = await tonight.order(methods=(Method.WECHAT,), products=(Product.WECHAT_NATIVE,))
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, wish, shop=SHOP)
    assert caught.value.kind.code in ("invalid_request", "no_candidate")
    file = await tonight.file(first.file.payment.payment_id)
    assert file.attempts[0].state is AttemptState.EXPOSED
    assert tonight.channel("wechat-main").orders[file.attempts[0].channel_order_no].state == "open"


async def test_the_newest_code_is_asked_about_first(tonight: Night) -> None:
    """An older code is still closing at a silent channel. The customer has just paid the newest one: whoever asks the
    silent channel first has no time left to see that, and shows a third code."""
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    second = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    await tonight.pays(second.file.attempt(second.attempt_id or ""), notified=False)
    third = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    assert third.file.payment.state is PaymentState.SUCCEEDED
    assert third.attempt_id is None


# --- half a second ---
async def test_a_switch_keeps_its_half_second_though_old_and_next_channel_are_silent(tonight: Night) -> None:
    first = await tonight.order()
    for channel in tonight.directory.clients.values():
        channel.silent = True
    before = tonight.clock.now_ms()
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert caught.value.kind.code == "channels_unavailable"
    assert tonight.clock.now_ms() - before <= 500


async def test_a_slow_busy_channel_leaves_time_for_the_next_one(tonight: Night) -> None:
    """It needs 230 ms to say "busy". Asked again, it would eat the half second that the customer has."""
    channel = tonight.channel("wechat-main")
    channel.latency_ms = 230
    channel.script.extend([BUSY, BUSY])
    before = tonight.clock.now_ms()
    answer = await tonight.order()
    assert answer.file.attempt(answer.attempt_id or "").channel_id == "alipay-main"
    assert tonight.clock.now_ms() - before <= 500


async def test_the_machines_clock_is_set_right_while_a_customer_waits(tonight: Night) -> None:
    """Wall time jumps; the half second is measured with the clock that does not."""
    jump_ms = 3_600_000
    real_now, real_create = tonight.clock.now_ms, tonight.channel("wechat-main").create
    offset = [0]
    tonight.clock.now_ms = lambda: real_now() + offset[0]  # type: ignore[method-assign]

    async def create(order: object, timeout_ms: int) -> object:
        offset[0] = jump_ms
        return await real_create(order, timeout_ms)  # type: ignore[arg-type]

    tonight.channel("wechat-main").create = create  # type: ignore[assignment,method-assign]
    first = await tonight.order(expires_in_s=7_200)
    assert first.attempt_id is not None
    offset[0] = 0
    tonight.channel("wechat-main").silent = True

    async def query(order: object, timeout_ms: int) -> OrderFact:
        offset[0] = jump_ms
        return OrderFact(channel_order_no="", outcome=SILENT)

    tonight.channel("wechat-main").query = query  # type: ignore[assignment,method-assign]
    answer = await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert answer.attempt_id is not None


async def test_the_page_goes_on_asking_after_the_clock_was_set_back(tonight: Night) -> None:
    answer = await tonight.order()
    await results.check_payment(tonight.ctx, answer.file)
    await tonight.pays(answer.file.attempts[0], notified=False)
    real_now, real_mono = tonight.clock.now_ms, tonight.clock.monotonic_ms
    tonight.clock.now_ms = lambda: real_now() - 3_600_000  # type: ignore[method-assign]
    tonight.clock.monotonic_ms = lambda: real_mono() + 2_000  # type: ignore[method-assign]
    file = await results.check_payment(tonight.ctx, await tonight.file(answer.file.payment.payment_id))
    assert file.payment.state is PaymentState.SUCCEEDED


async def test_pages_that_were_closed_leave_nothing_behind(tonight: Night) -> None:
    for i in range(30):
        answer = await tonight.order(f"order-{i}")
        await results.check_payment(tonight.ctx, answer.file)
        tonight.clock.advance(seconds=2)
    assert len(tonight.ctx.checked) <= 2
