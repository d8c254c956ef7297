"""How long an order lives is the channel's word, too: not too short, not too long, watched until no money can come."""

from __future__ import annotations

from pathlib import Path

import pytest

from payswitch.domain.channel import Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.services.timings import Timings
from tests.services.harness import Night, night

QR, ALIPAY = Product.WECHAT_NATIVE, Product.ALIPAY_PRECREATE


async def test_an_order_ends_with_the_payment(tonight: Night) -> None:
    answer = await tonight.order(expires_in_s=300)
    assert answer.file.attempts[0].deadline_ms == answer.file.payment.expires_at_ms


async def test_a_life_that_is_too_long_for_the_channel_is_cut_down_for_that_order(tonight: Night) -> None:
    tonight.directory.teach(QR, most_expiry_s=120)
    begun_ms = tonight.clock.now_ms()
    answer = await tonight.order(expires_in_s=300)
    attempt = answer.file.attempts[0]
    assert attempt.deadline_ms == begun_ms + 120_000
    assert answer.file.payment.expires_at_ms == begun_ms + 300_000
    # After that the customer may begin anew: the payment lives on.
    await tonight.wait(130, step_s=10)
    file = await tonight.file(attempt.payment_id)
    assert file.payment.state is PaymentState.PENDING


async def test_a_payment_that_is_too_short_for_one_channel_goes_to_another(tonight: Night) -> None:
    tonight.directory.teach(ALIPAY, least_expiry_s=10)
    answer = await tonight.order(expires_in_s=30)
    assert answer.file.attempts[0].channel_id == "alipay-main"


async def test_a_payment_that_is_too_short_for_all_is_refused_and_says_why(tonight: Night) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order(expires_in_s=30)
    assert caught.value.kind.code == "no_candidate"
    assert "expiry_too_short" in str(caught.value.extra)


async def test_a_squeezed_evening_lets_short_orders_stand_for_long_ones(tmp_path: Path) -> None:
    async with night(tmp_path, timings=Timings(squeeze=60)) as tonight:
        answer = await tonight.order(expires_in_s=10)
        assert answer.file.attempts[0].state is AttemptState.EXPOSED


async def test_late_money_is_waited_for_as_long_as_it_can_come(tonight: Night) -> None:
    """A channel without a close whose money may still arrive ten minutes later: nobody is told "closed" before."""
    tonight.directory.teach(ALIPAY, late_s=600)
    tonight.directory.take_out("wechat-main", "wechat-backup")
    answer = await tonight.order(expires_in_s=120)
    payment_id = answer.file.payment.payment_id
    await tonight.wait(120 + 590, step_s=10)
    assert (await tonight.file(payment_id)).payment.state is PaymentState.CLOSING
    await tonight.wait(60, step_s=10)
    assert (await tonight.file(payment_id)).payment.state is PaymentState.CLOSED


async def test_late_money_that_comes_makes_the_payment_succeed(tonight: Night) -> None:
    tonight.directory.teach(ALIPAY, late_s=600)
    tonight.directory.take_out("wechat-main", "wechat-backup")
    answer = await tonight.order(expires_in_s=120)
    await tonight.wait(300, step_s=10)
    await tonight.pays(answer.file.attempts[0], notified=False)
    await tonight.wait(300, step_s=10)
    file = await tonight.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.refunds == ()


async def test_while_only_late_money_can_come_the_channel_is_asked_seldom(tonight: Night) -> None:
    tonight.directory.teach(ALIPAY, late_s=7_200)
    tonight.directory.take_out("wechat-main", "wechat-backup")
    channel = tonight.channel("alipay-main")
    await tonight.order(expires_in_s=120)
    await tonight.wait(200, step_s=10)
    before = len(channel.calls)
    await tonight.wait(7_000, step_s=50)
    assert len(channel.calls) - before < 60
