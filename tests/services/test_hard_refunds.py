"""Refunds on hard nights: lost answers, refusals that are none, two at once. The customer gets the money once."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import RefundFact
from payswitch.domain.payment import RefundState
from payswitch.services.attempts import sweeper
from payswitch.services.refunds import refunding, refunds
from tests.services.fake_channel import NOT_SENT, SILENT
from tests.services.hard import BACK, REFUSED, TAKEN, incident_kinds, paid, refund
from tests.services.harness import SHOP, Night


async def test_a_refund_that_the_channel_refuses_the_second_time_may_have_gone_through_the_first_time(
    tonight: Night,
) -> None:
    """The first call paid back and its answer was lost; the repeat is refused because nothing is left. A shop that
    heard "failed" would pay its customer a second time."""
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.silent = channel.refunds_when_silent = True
    begun = await refund(tonight, file, "r-1", 12_900)
    assert begun.state is RefundState.SUBMITTED
    channel.silent = False
    channel.refund_script.append(REFUSED)
    await tonight.wait(10)
    done = await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)
    assert done.state is RefundState.SUCCEEDED
    assert "refund_failed" not in await incident_kinds(tonight)


async def test_a_refused_refund_that_cannot_be_confirmed_is_not_failed_yet(tonight: Night) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(REFUSED)
    channel.query_refund_script.append(SILENT)
    begun = await refund(tonight, file, "r-1", 5_000)
    assert begun.state is RefundState.SUBMITTED
    await tonight.wait(5)
    assert (await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)).state is RefundState.SUCCEEDED


async def test_a_failed_refund_succeeds_after_all_while_its_successor_is_under_way(tonight: Night) -> None:
    """Both reserve the whole amount for a moment: that must stop neither the truth nor the books."""
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(REFUSED)
    failed = await refund(tonight, file, "r-1", 12_900)
    assert failed.state is RefundState.FAILED
    channel.refund_script.append(NOT_SENT)
    await refund(tonight, file, "r-2", 12_900)

    late = RefundFact(out_refund_no=failed.out_refund_no, outcome=BACK, amount_fen=12_900)
    channel.orders[file.attempts[0].channel_order_no].refunds[failed.out_refund_no] = 12_900
    assert await refunding.apply_refund_fact(tonight.ctx, "wechat-main", late), "money that moved is never denied"
    assert "refunds_exceed_paid" in await incident_kinds(tonight)

    channel.refund_script.append(REFUSED)
    await tonight.wait(10)
    file = await tonight.file(file.payment.payment_id)
    assert [r.state for r in file.refunds] == [RefundState.SUCCEEDED, RefundState.FAILED]
    assert file.attempts[0].refunded_fen == 12_900
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, file, "r-3", 1)
    assert caught.value.kind.code == "refund_exceeds_paid"
    assert (await tonight.store.counts()).broken_refunds == 0


async def test_the_whole_amount_asked_back_twice_at_once_under_one_number_is_one_refund(tonight: Night) -> None:
    file = await paid(tonight)
    first, second = await asyncio.gather(*(refund(tonight, file, "r-1", 12_900) for _ in range(2)))
    assert first.refund_id == second.refund_id
    assert tonight.channel("wechat-main").returned_fen() == 12_900


async def test_the_sweeper_does_not_send_what_the_shops_own_request_is_sending(tonight: Night) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")

    async def sweep_now() -> None:
        await sweeper.sweep(tonight.ctx)

    channel.before_refund.append(sweep_now)
    await refund(tonight, file, "r-1", 5_000)
    assert [name for name, _ in channel.calls].count("refund") == 1


async def test_a_refund_whose_request_died_is_sent_by_the_sweeper(tonight: Night) -> None:
    file = await paid(tonight)

    async def die() -> None:
        raise asyncio.CancelledError

    tonight.channel("wechat-main").before_refund.append(die)
    with pytest.raises(asyncio.CancelledError):
        await refund(tonight, file, "r-1", 5_000)
    assert (await tonight.file(file.payment.payment_id)).refunds[0].state is RefundState.CREATED
    await tonight.wait(25)
    assert (await tonight.file(file.payment.payment_id)).refunds[0].state is RefundState.SUCCEEDED


async def test_a_bank_that_takes_days_is_not_abnormal(tonight: Night) -> None:
    """WeChat says up to three working days for bank cards: the channel has it, nobody has to do anything."""
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(TAKEN)
    channel.query_refund_script.extend([TAKEN] * 50)
    begun = await refund(tonight, file, "r-1", 5_000)
    await tonight.wait(3_600, step_s=30)
    assert (await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)).state is RefundState.PROCESSING
    assert "refund_abnormal" not in await incident_kinds(tonight)


async def test_an_answer_over_another_refund_amount_is_told_once_and_asked_again_slowly(tonight: Night) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(TAKEN)
    begun = await refund(tonight, file, "r-1", 5_000)
    real = channel.query_refund

    async def confused(order: object, timeout_ms: int) -> RefundFact:
        fact = await real(order, timeout_ms)  # type: ignore[arg-type]
        return RefundFact(out_refund_no=fact.out_refund_no, outcome=BACK, amount_fen=4_999)

    channel.query_refund = confused  # type: ignore[method-assign]
    await tonight.wait(60, step_s=0.25)
    asked = [name for name, _ in channel.calls].count("query_refund")
    assert asked <= 8, "not at every round of the sweeper"
    assert len(await incident_kinds(tonight)) <= 2
    channel.query_refund = real  # type: ignore[method-assign]
    await tonight.wait(900, step_s=10)
    assert (await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)).state is RefundState.SUCCEEDED
