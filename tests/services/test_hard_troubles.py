"""Channels that vanish and troubles that stay: they hold nobody else up, and a person is told, once."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.exchange import OrderFact
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.services import side_work
from payswitch.services.attempts import results, sweeper
from payswitch.services.commands import SwitchPayment
from payswitch.services.payments import payments, switching
from tests.services.hard import incident_kinds, paid_twice
from tests.services.harness import SHOP, Night


@pytest.mark.parametrize("trouble", ["deleted", "a-bug"])
async def test_a_channel_that_cannot_be_asked_holds_nothing_else_up(tonight: Night, trouble: str) -> None:
    """Its own open attempt is watched; the surplus on another channel goes back all the same."""
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    second = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    middle = second.file.attempt(second.attempt_id or "")
    tonight.channel(middle.channel_id).silent = True
    third = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    newest = third.file.attempt(third.attempt_id or "")
    tonight.channel(middle.channel_id).silent = False
    assert len({old.channel_id, middle.channel_id, newest.channel_id}) == 3

    async def broken(order: object, timeout_ms: int) -> OrderFact:
        raise RuntimeError("a bug")

    if trouble == "deleted":
        tonight.directory.forget("wechat-main")
    else:
        tonight.channel("wechat-main").query = broken  # type: ignore[assignment,method-assign]
    await tonight.pays(newest)
    await tonight.pays(middle)
    await tonight.wait(30, step_s=0.25)
    file = await tonight.file(old.payment_id)
    assert file.attempt(old.attempt_id).state is AttemptState.CLOSING
    assert [r.state for r in file.refunds] == [RefundState.SUCCEEDED]
    due_ms = file.attempt(old.attempt_id).due_at_ms
    assert due_ms is not None
    assert due_ms > tonight.clock.now_ms(), "not in every round of the sweeper"


async def test_a_customer_can_leave_a_channel_that_was_deleted(tonight: Night) -> None:
    first = await tonight.order()
    tonight.directory.forget("wechat-main")
    await results.check_payment(tonight.ctx, first.file)
    answer = await switching.switch_payment(tonight.ctx, first.file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert answer.file.attempt(answer.attempt_id or "").channel_id != "wechat-main"
    file = await payments.cancel_payment(tonight.ctx, SHOP, first.file.payment.payment_id)
    assert file.payment.state is PaymentState.CLOSING


async def test_a_person_is_told_of_money_that_cannot_go_back_because_its_channel_was_deleted(tonight: Night) -> None:
    file, old = await paid_twice(tonight)
    tonight.directory.forget(old.channel_id)
    await tonight.wait(30)
    assert "refund_abnormal" in await incident_kinds(tonight)
    tonight.directory.forgotten.clear()
    await tonight.wait(1_000, step_s=10)
    assert (await tonight.file(file.payment.payment_id)).refunds[0].state is RefundState.SUCCEEDED


async def test_a_channel_that_never_answers_again_is_told_once_an_hour_and_the_payment_stays_open(
    tonight: Night,
) -> None:
    answer = await tonight.order()
    tonight.channel("wechat-main").silent = True
    await tonight.wait(300 + 3_700, step_s=20)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.CLOSING
    assert 1 <= (await incident_kinds(tonight)).count("unanswered_past_deadline") <= 2


async def test_a_bug_with_one_payment_leaves_the_others_their_turn(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest due payments fail every time. They may not fill every batch, nor be tried four times a second."""
    monkeypatch.setattr(sweeper, "BATCH", 3)
    bad = [await tonight.order(f"bad-{i}") for i in range(4)]
    numbers = {b.file.attempts[0].channel_order_no for b in bad}
    channel = tonight.channel("wechat-main")
    real, tried = channel.query, []

    async def query(order: object, timeout_ms: int) -> OrderFact:
        if order.channel_order_no in numbers:  # type: ignore[attr-defined]
            tried.append(order)
            raise RuntimeError("a bug")
        return await real(order, timeout_ms)  # type: ignore[arg-type]

    channel.query = query  # type: ignore[method-assign]
    tonight.clock.advance(seconds=1)
    good = await tonight.order("good")
    await tonight.pays(good.file.attempts[0], notified=False)
    await tonight.wait(20, step_s=0.25)
    assert (await tonight.file(good.file.payment.payment_id)).payment.state is PaymentState.SUCCEEDED
    assert len(tried) < 4 * 5
    channel.query = real  # type: ignore[method-assign]
    await tonight.wait(400, step_s=5)
    for b in bad:
        assert (await tonight.file(b.file.payment.payment_id)).payment.state is PaymentState.CLOSED


async def test_one_hanging_channel_does_not_hold_up_the_payments_of_the_others(tonight: Night) -> None:
    """Its calls really wait. A healthy channel's lost notification is found meanwhile, in the next round."""
    hung = [await tonight.order(f"hung-{i}") for i in range(side_work.LANE_WIDTH + 8)]
    tonight.clock.advance(seconds=1)
    tonight.directory.take_out("wechat-main", "wechat-backup")
    good = await tonight.order("good")
    await tonight.pays(good.file.attempts[0], notified=False)
    gate, found = asyncio.Event(), asyncio.Event()
    channel, other = tonight.channel("wechat-main"), tonight.channel(good.file.attempts[0].channel_id)
    real = channel.query

    async def look() -> None:
        found.set()

    async def hang(order: object, timeout_ms: int) -> OrderFact:
        await gate.wait()
        return await real(order, timeout_ms)  # type: ignore[arg-type]

    channel.query = hang  # type: ignore[method-assign]
    other.before_query.append(look)
    tonight.clock.advance(seconds=10)
    this_round = asyncio.create_task(sweeper.sweep(tonight.ctx))
    try:
        async with asyncio.timeout(10):
            await found.wait()
            tonight.clock.advance(seconds=side_work.ROUND_S)
            await this_round  # nor does the round wait for the hanging channel: the next one can begin
        assert len(tonight.ctx.sweeping) >= len(hung)
    finally:
        gate.set()
        await sweeper.settle(tonight.ctx)
    assert len(tonight.ctx.sweeping) == 0
    assert (await tonight.file(good.file.payment.payment_id)).payment.state is PaymentState.SUCCEEDED
