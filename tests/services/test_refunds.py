"""Refunds never exceed what was paid, keep their number for life, and end settled or with a person told."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.channel import Method, Product, RefundTerms
from payswitch.domain.errors import REFUND_TERMS, PaySwitchError
from payswitch.domain.exchange import RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import PaymentFile, Refund, RefundKind, RefundState
from payswitch.services.commands import CreateRefund, SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments.switching import switch_payment
from payswitch.services.refunds import refunding, refunds
from tests.services.fake_channel import NOT_SENT, SILENT
from tests.services.harness import SHOP, Night

REFUSED = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="TRADE_HAS_FINISHED")
TAKEN = Outcome(kind=OutcomeKind.PENDING, code="PROCESSING")


async def paid(tonight: Night) -> PaymentFile:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0])
    return await tonight.file(answer.file.payment.payment_id)


async def refund(tonight: Night, file: PaymentFile, number: str, amount_fen: int) -> Refund:
    request = CreateRefund(refund_no=number, amount_fen=amount_fen, reason="七天无理由")
    return await refunds.create_refund(tonight.ctx, SHOP, file.payment.payment_id, request)


async def test_a_refund_goes_back_and_the_shop_hears_of_it(tonight: Night) -> None:
    file = await paid(tonight)
    done = await refund(tonight, file, "r-1", 5_000)
    assert done.state is RefundState.SUCCEEDED
    assert tonight.channel("wechat-main").returned_fen() == 5_000
    while await deliver_due(tonight.ctx):
        pass
    assert tonight.shop.types() == ["payment.succeeded", "refund.succeeded"]


async def test_the_same_number_twice_is_one_refund(tonight: Night) -> None:
    file = await paid(tonight)
    first, second = await asyncio.gather(*(refund(tonight, file, "r-1", 5_000) for _ in range(2)))
    third = await refund(tonight, file, "r-1", 5_000)
    assert first.refund_id == second.refund_id == third.refund_id
    assert tonight.channel("wechat-main").returned_fen() == 5_000


async def test_the_same_number_with_another_amount_is_a_conflict(tonight: Night) -> None:
    file = await paid(tonight)
    await refund(tonight, file, "r-1", 5_000)
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, file, "r-1", 6_000)
    assert caught.value.kind.status == 409


async def test_a_refund_that_the_channel_takes_no_more_is_refused_before_anything_is_stored(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, refund=RefundTerms(days=30))
    file = await paid(tonight)
    tonight.clock.advance(seconds=30 * 86_400)
    await refund(tonight, file, "r-1", 5_000)
    tonight.clock.advance(seconds=1)
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, file, "r-2", 5_000)
    assert (caught.value.kind, caught.value.extra["refund_days"]) == (REFUND_TERMS, 30)
    assert "30 天" in caught.value.detail_zh
    after = await tonight.file(file.payment.payment_id)
    assert ([r.shop_refund_no for r in after.refunds], after.attempts[0].refunded_fen) == (["r-1"], 5_000)


async def test_a_refund_more_than_the_channel_takes_of_one_payment(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, refund=RefundTerms(parts=2))
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(REFUSED)
    assert (await refund(tonight, file, "r-0", 100)).state is RefundState.FAILED, "took none of the two places"
    for number in ("r-1", "r-2", "r-1"):
        await refund(tonight, file, number, 100)
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, file, "r-3", 100)
    assert (caught.value.kind, caught.value.extra["most_refunds"]) == (REFUND_TERMS, 2)


async def test_a_channel_that_pays_back_all_or_nothing(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, refund=RefundTerms(parts=1))
    file = await paid(tonight)
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, file, "r-1", 12_899)
    assert (caught.value.kind, caught.value.extra["refundable_fen"]) == (REFUND_TERMS, 12_900)
    assert (await refund(tonight, file, "r-1", 12_900)).state is RefundState.SUCCEEDED


async def test_what_the_operator_says_of_a_contract_counts_more_than_the_products_table(tonight: Night) -> None:
    """The bank's contract says 30 days and two refunds; nothing is sent that it would refuse."""
    tonight.directory.change("wechat-main", refund_days=30, refund_parts=2)
    file = await paid(tonight)
    for number in ("r-1", "r-2"):
        await refund(tonight, file, number, 100)
    with pytest.raises(PaySwitchError) as many:
        await refund(tonight, file, "r-3", 100)
    assert many.value.extra["most_refunds"] == 2
    tonight.clock.advance(seconds=30 * 86_400 + 1)
    with pytest.raises(PaySwitchError) as late:
        await refund(tonight, file, "r-4", 100)
    assert late.value.extra["refund_days"] == 30
    assert [name for name, _ in tonight.channel("wechat-main").calls].count("refund") == 2


async def test_surplus_money_goes_back_whatever_the_terms_say(tonight: Night) -> None:
    """The customer pays the old code and the new one. The terms would refuse that refund; the channel takes it."""
    tonight.directory.teach(Product.WECHAT_NATIVE, refund=RefundTerms(days=0, parts=0))
    answer = await tonight.order()
    old = answer.file.attempts[0]
    await switch_payment(tonight.ctx, old.payment_id, SwitchPayment(methods=(Method.ALIPAY,)), shop=SHOP)
    tonight.channel("wechat-main").orders[old.channel_order_no].state = "open"
    new = (await tonight.file(old.payment_id)).attempts[-1]
    await tonight.pays(new)
    await tonight.pays(old)
    await tonight.wait(5)
    (surplus,) = (await tonight.file(old.payment_id)).refunds
    assert (surplus.kind, surplus.state) == (RefundKind.SURPLUS, RefundState.SUCCEEDED)


async def test_many_refunds_at_once_never_exceed_what_was_paid(tonight: Night) -> None:
    file = await paid(tonight)
    outcomes = await asyncio.gather(*(refund(tonight, file, f"r-{i}", 5_000) for i in range(6)), return_exceptions=True)
    done = [o for o in outcomes if isinstance(o, Refund)]
    refused = [o for o in outcomes if isinstance(o, PaySwitchError)]
    assert len(done) == 2
    assert len(refused) == 4
    assert {o.kind.code for o in refused} == {"refund_exceeds_paid"}
    assert tonight.channel("wechat-main").returned_fen() == 10_000


async def test_only_a_succeeded_payment_can_be_refunded(tonight: Night) -> None:
    answer = await tonight.order()
    with pytest.raises(PaySwitchError) as caught:
        await refund(tonight, answer.file, "r-1", 1)
    assert caught.value.kind.code == "wrong_state"


async def test_the_channel_works_on_it_and_is_asked_until_it_is_done(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(TAKEN)
    begun = await refund(tonight, file, "r-1", 5_000)
    assert begun.state is RefundState.PROCESSING
    await tonight.wait(3)
    done = await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)
    assert done.state is RefundState.SUCCEEDED


@pytest.mark.parametrize("trouble", [SILENT, NOT_SENT], ids=["unknown", "not-sent"])
async def test_an_unknown_refund_is_tried_again_under_the_same_number(tonight: Night, trouble: Outcome) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.extend([trouble, trouble])
    await refund(tonight, file, "r-1", 5_000)
    await tonight.wait(10)
    numbers = [number for name, number in channel.calls if name == "refund"]
    assert len(numbers) == 3
    assert len(set(numbers)) == 1
    assert channel.returned_fen() == 5_000
    assert (await tonight.file(file.payment.payment_id)).refunds[0].state is RefundState.SUCCEEDED


async def test_a_refused_refund_gives_its_amount_free_again(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(REFUSED)
    failed = await refund(tonight, file, "r-1", 12_900)
    assert failed.state is RefundState.FAILED
    assert (await tonight.file(file.payment.payment_id)).attempts[0].refunded_fen == 0
    assert (await refund(tonight, file, "r-2", 12_900)).state is RefundState.SUCCEEDED


async def test_a_refund_over_another_amount_is_not_believed(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(TAKEN)
    begun = await refund(tonight, file, "r-1", 5_000)
    fact = RefundFact(out_refund_no=begun.out_refund_no, outcome=Outcome(kind=OutcomeKind.PAID), amount_fen=4_999)
    assert not await refunding.apply_refund_fact(tonight.ctx, "wechat-main", fact)
    assert (await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)).state is RefundState.PROCESSING


async def test_another_shops_refund_does_not_exist_for_this_shop(tonight: Night) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await refunds.get_refund(tonight.ctx, SHOP, "ref_nothing")
    assert caught.value.kind.code == "not_found"


async def test_a_refund_made_in_the_channels_console_is_acknowledged_and_told(tonight: Night) -> None:
    file = await paid(tonight)
    fact = RefundFact(out_refund_no="console-1", outcome=Outcome(kind=OutcomeKind.PAID), amount_fen=5_000)
    assert await refunding.apply_refund_fact(tonight.ctx, "wechat-main", fact)
    assert (await tonight.file(file.payment.payment_id)).refunds == ()
    assert [i.kind for i in await tonight.store.list_incidents(limit=10)] == ["foreign_refund"]
