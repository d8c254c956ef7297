"""Refunds that do not go through by themselves: an empty account, a dead card, and the operator who pushes them on."""

from __future__ import annotations

import asyncio
import json

import pytest

from payswitch.domain.errors import REFUND_STATE, PaySwitchError
from payswitch.domain.exchange import PayeeCard, RefundFact, RefundOrder
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import Hurdle, Outcome, OutcomeKind
from payswitch.domain.payment import Refund, RefundState, RefundTrouble
from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret
from payswitch.services.attempts import sweeper
from payswitch.services.commands import RedirectRefund, SettleRefund
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.refunds import refund_desk, refunding, refunds
from tests.services.fake_channel import SILENT, FakeChannel
from tests.services.hard import BACK, FORGED, REFUSED, TAKEN, incident_kinds, paid, paid_twice, refund
from tests.services.harness import SHOP, Night

LIN = Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}))
WU = Operator(operator_id="op-wu", name="吴", merchant_ids=frozenset({"m-2"}))
SHORT = Outcome(
    kind=OutcomeKind.UNKNOWN, code="NOT_ENOUGH", message="基本账户余额不足", merchant_side=True, hurdle=Hurdle.BALANCE
)
CARD_VOID = Outcome(kind=OutcomeKind.PENDING, code="ABNORMAL", merchant_side=True, hurdle=Hurdle.PAYEE)
NOT_FOUND = Outcome(kind=OutcomeKind.NOT_FOUND, code="RESOURCE_NOT_EXISTS")
NOTE = SettleRefund(note="工行转账 20261112-0007")


async def told(tonight: Night) -> list[str]:
    """What the shop has heard."""
    while await deliver_due(tonight.ctx):
        pass
    return tonight.shop.types()


async def now(tonight: Night, one: Refund) -> Refund:
    return await refunds.get_refund(tonight.ctx, SHOP, one.refund_id)


async def abnormal(tonight: Night, amount_fen: int = 5_000) -> Refund:
    """The customer's card was closed: WeChat has the money and cannot pass it on."""
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(TAKEN)
    channel.query_refund_script.extend([CARD_VOID] * 50)
    begun = await refund(tonight, file, "r-1", amount_fen)
    await tonight.wait(2)
    found = await now(tonight, begun)
    assert (found.state, found.trouble) == (RefundState.ABNORMAL, RefundTrouble.PAYEE_VOID)
    return found


# --- an empty account ---------------------------------------------------------------------------------------------


async def test_an_empty_account_stops_all_refunds_of_a_channel_and_is_told_once(tonight: Night) -> None:
    channel = tonight.channel("wechat-main")
    channel.refund_script.extend([SHORT] * 40)
    waiting = []
    for n in range(3):
        answer = await tonight.order(f"order-{n}")
        await tonight.pays(answer.file.attempts[0])
        waiting.append(await refund(tonight, await tonight.file(answer.file.payment.payment_id), f"r-{n}", 5_000))
    assert {(one.state, one.trouble) for one in waiting} == {(RefundState.SUBMITTED, RefundTrouble.BALANCE_SHORT)}

    await tonight.wait(60)
    tries = [name for name, _ in channel.calls].count("refund")
    assert tries <= 3 * 7, "the gaps grow"
    assert (await incident_kinds(tonight)).count("refund_balance_short") == 1
    assert "refund_abnormal" not in await incident_kinds(tonight)
    assert "refund.abnormal" not in await told(tonight)

    channel.refund_script.clear()  # somebody has topped it up
    await tonight.wait(900, step_s=15)
    assert {(await now(tonight, one)).state for one in waiting} == {RefundState.SUCCEEDED}
    assert {(await now(tonight, one)).trouble for one in waiting} == {None}
    assert channel.returned_fen() == 15_000
    assert (await told(tonight)).count("refund.succeeded") == 3


async def test_an_account_that_stays_empty_is_told_again_for_the_next_refund_an_hour_later(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.extend([SHORT] * 100)
    await refund(tonight, file, "r-1", 100)
    tonight.clock.advance(seconds=3_601)
    await refund(tonight, file, "r-2", 100)
    assert (await incident_kinds(tonight)).count("refund_balance_short") == 2


# --- a person must act --------------------------------------------------------------------------------------------


async def test_an_abnormal_refund_is_told_to_shop_and_operator_once_with_what_to_do(tonight: Night) -> None:
    one = await abnormal(tonight)
    await tonight.wait(30)
    assert (await told(tonight)).count("refund.abnormal") == 1
    body = next(json.loads(event.body) for event in tonight.shop.heard if event.type == "refund.abnormal")
    assert body["data"]["refund"]["trouble"] == "payee_void"
    (incident,) = [i for i in await tonight.store.list_incidents(limit=10) if i.kind == "refund_abnormal"]
    assert "退款异常处理" in incident.detail
    (listed,) = await refund_desk.list_open(tonight.ctx, LIN, limit=10)
    assert (listed.refund.refund_id, listed.may_retry, listed.may_settle) == (one.refund_id, True, True)


async def test_an_abnormal_refund_that_the_channel_takes_up_again_is_in_work_again(tonight: Night) -> None:
    one = await abnormal(tonight)
    tonight.channel("wechat-main").query_refund_script.clear()
    tonight.channel("wechat-main").query_refund_script.append(TAKEN)
    again = (await refund_desk.retry_refund(tonight.ctx, LIN, one.refund_id)).refund
    assert (again.state, again.trouble) == (RefundState.PROCESSING, None)
    await tonight.wait(60)
    assert (await now(tonight, one)).state is RefundState.SUCCEEDED
    assert (await told(tonight))[-2:] == ["refund.abnormal", "refund.succeeded"]


async def test_a_refund_that_the_channel_has_is_asked_about_and_not_sent_again(tonight: Night) -> None:
    await abnormal(tonight)
    await tonight.wait(60)
    assert [name for name, _ in tonight.channel("wechat-main").calls].count("refund") == 1


async def test_the_operator_retries_at_once_and_the_number_stays(tonight: Night) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(Outcome(kind=OutcomeKind.UNKNOWN, code="NO_AUTH", merchant_side=True))
    begun = await refund(tonight, file, "r-1", 5_000)
    assert (begun.state, begun.trouble) == (RefundState.ABNORMAL, RefundTrouble.REFUSED)
    done = (await refund_desk.retry_refund(tonight.ctx, LIN, begun.refund_id)).refund
    assert (done.state, done.trouble) == (RefundState.SUCCEEDED, None)
    assert len({number for name, number in channel.calls if name == "refund"}) == 1


async def test_money_given_back_by_hand_ends_the_refund_and_is_never_sent_again(tonight: Night) -> None:
    one = await abnormal(tonight)
    settled = (await refund_desk.settle_refund(tonight.ctx, LIN, one.refund_id, NOTE)).refund
    assert (settled.state, settled.settled_by, settled.settled_note) == (RefundState.SUCCEEDED, "op-lin", NOTE.note)
    tonight.channel("wechat-main").calls.clear()
    await tonight.wait(1_800, step_s=60)
    assert tonight.channel("wechat-main").calls == []
    assert (await told(tonight))[-1] == "refund.succeeded"
    body = json.loads(tonight.shop.heard[-1].body)
    assert body["data"]["refund"]["settled_by_hand"] is True
    assert await refund_desk.list_open(tonight.ctx, LIN, limit=10) == []
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.settle_refund(tonight.ctx, LIN, one.refund_id, NOTE)
    assert caught.value.kind is REFUND_STATE


async def test_what_the_channel_has_paid_back_meanwhile_is_not_settled_by_hand(tonight: Night) -> None:
    """The operator is about to transfer the money when the channel gets through after all: the answer says so."""
    one = await abnormal(tonight)
    tonight.channel("wechat-main").query_refund_script.clear()
    found = (await refund_desk.settle_refund(tonight.ctx, LIN, one.refund_id, NOTE)).refund
    assert (found.state, found.settled_by) == (RefundState.SUCCEEDED, None)


async def test_a_refund_in_work_cannot_be_settled_by_hand(tonight: Night) -> None:
    """It would be paid twice."""
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(TAKEN)
    tonight.channel("wechat-main").query_refund_script.append(TAKEN)
    begun = await refund(tonight, file, "r-1", 5_000)
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.settle_refund(tonight.ctx, LIN, begun.refund_id, NOTE)
    assert (caught.value.kind, caught.value.extra["state"]) == (REFUND_STATE, "processing")


async def test_the_channel_pays_back_what_was_settled_by_hand_and_somebody_hears_of_it(tonight: Night) -> None:
    one = await abnormal(tonight)
    await refund_desk.settle_refund(tonight.ctx, LIN, one.refund_id, NOTE)
    fact = RefundFact(out_refund_no=one.out_refund_no, outcome=BACK, amount_fen=5_000)
    for _ in range(3):
        assert await refunding.apply_refund_fact(tonight.ctx, "wechat-main", fact)
    assert (await incident_kinds(tonight)).count("refund_paid_twice") == 1
    assert (await tonight.store.counts()).broken_refunds == 0


async def test_surplus_money_that_the_channel_refuses_is_settled_by_hand(tonight: Night) -> None:
    """Nobody asks a second time for money that was paid twice: without the operator it would be kept."""
    _, old = await paid_twice(tonight)
    tonight.channel("wechat-main").refund_script.append(REFUSED)
    await tonight.wait(3)
    (surplus,) = (await tonight.file(old.payment_id)).refunds
    assert surplus.state is RefundState.FAILED
    settled = (await refund_desk.settle_refund(tonight.ctx, LIN, surplus.refund_id, NOTE)).refund
    assert settled.state is RefundState.SUCCEEDED
    after = await tonight.file(old.payment_id)
    assert after.attempt(old.attempt_id).refunded_fen == old.amount_fen
    counts = await tonight.store.counts()
    assert (counts.surplus_unrefunded, counts.broken_refunds) == (0, 0)


async def test_a_failed_refund_whose_money_another_one_took_cannot_be_settled(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(REFUSED)
    failed = await refund(tonight, file, "r-1", 12_900)
    await refund(tonight, file, "r-2", 12_900)
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.settle_refund(tonight.ctx, LIN, failed.refund_id, NOTE)
    assert (caught.value.kind.code, caught.value.extra["refundable_fen"]) == ("refund_exceeds_paid", 0)


async def test_two_operators_settle_at_once_and_the_shop_hears_once(tonight: Night) -> None:
    one = await abnormal(tonight)
    both = await asyncio.gather(
        *(refund_desk.settle_refund(tonight.ctx, LIN, one.refund_id, NOTE) for _ in range(2)), return_exceptions=True
    )
    assert any(isinstance(found, refund_desk.OpenRefund) for found in both)
    assert (await told(tonight)).count("refund.succeeded") == 1


async def test_another_merchants_refund_does_not_exist_for_this_operator(tonight: Night) -> None:
    one = await abnormal(tonight)
    assert await refund_desk.list_open(tonight.ctx, WU, limit=10) == []
    for call in (
        refund_desk.get_one(tonight.ctx, WU, one.refund_id),
        refund_desk.retry_refund(tonight.ctx, WU, one.refund_id),
        refund_desk.settle_refund(tonight.ctx, WU, one.refund_id, NOTE),
        refund_desk.get_one(tonight.ctx, LIN, "ref_nothing"),
    ):
        with pytest.raises(PaySwitchError) as caught:
            await call
        assert caught.value.kind.code == "not_found"


async def test_an_ended_refund_is_not_tried_again(tonight: Night) -> None:
    file = await paid(tonight)
    done = await refund(tonight, file, "r-1", 5_000)
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.retry_refund(tonight.ctx, LIN, done.refund_id)
    assert caught.value.kind is REFUND_STATE


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [(FORGED, RefundTrouble.UNTRUSTED), (SILENT, RefundTrouble.NOT_TAKEN)],
    ids=["forged", "silent"],
)
async def test_what_stands_in_the_way_is_named(tonight: Night, answer: Outcome, trouble: RefundTrouble) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.extend([answer] * 20)
    begun = await refund(tonight, file, "r-1", 5_000)
    await tonight.wait(120)
    found = await now(tonight, begun)
    assert (found.state, found.trouble) == (RefundState.ABNORMAL, trouble)


async def test_a_channel_that_was_deleted_is_named_as_what_stands_in_the_way(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.directory.forget("wechat-main")
    begun = await refund(tonight, file, "r-1", 5_000)
    assert (begun.state, begun.trouble) == (RefundState.ABNORMAL, RefundTrouble.CHANNEL_GONE)


# --- the channel's memory -----------------------------------------------------------------------------------------


async def test_a_refund_that_the_channel_took_and_then_does_not_know_is_sent_again_under_its_number(
    tonight: Night,
) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(TAKEN)
    channel.query_refund_script.append(NOT_FOUND)
    begun = await refund(tonight, file, "r-1", 5_000)
    assert begun.state is RefundState.PROCESSING
    await tonight.wait(3)
    assert (await now(tonight, begun)).state is RefundState.SUCCEEDED
    numbers = [number for name, number in channel.calls if name == "refund"]
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert channel.returned_fen() == 5_000


async def test_two_nodes_push_the_same_refund_and_the_customer_gets_the_money_once(tonight: Night) -> None:
    """A lease ran out while its worker still waited for the channel. Both send; the number is one."""
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    channel.refund_script.append(SILENT)
    begun = await refund(tonight, file, "r-1", 5_000)
    stale = await tonight.file(file.payment.payment_id)
    await asyncio.gather(*(refunding.push_refund(tonight.ctx, stale, begun.refund_id) for _ in range(2)))
    assert (await now(tonight, begun)).state is RefundState.SUCCEEDED
    assert channel.returned_fen() == 5_000
    assert (await told(tonight)).count("refund.succeeded") == 1
    await sweeper.sweep(tonight.ctx)
    assert (await tonight.store.counts()).broken_refunds == 0


# --- another card ---------------------------------------------------------------------------------------------------


class CardChannel(FakeChannel):
    """A channel that can send an abnormal refund to another card (WeChat)."""

    redirect_banks = frozenset({"icbc", "cmb"})

    def __init__(self, channel_id: str, clock: ManualClock) -> None:
        super().__init__(channel_id, clock)
        self.cards: list[str] = []
        self.redirect_answer = TAKEN

    async def redirect_refund(
        self, refund: RefundOrder, channel_refund_id: str, card: PayeeCard, timeout_ms: int
    ) -> RefundFact:
        assert channel_refund_id
        self.cards.append(f"{refund.out_refund_no} {card.bank} {card.card_no.reveal()}")
        return RefundFact(out_refund_no=refund.out_refund_no, outcome=self.redirect_answer)


OTHER_CARD = RedirectRefund(bank="icbc", card_no=Secret("6222020200011111111"), name=Secret("张三"))


async def abnormal_with_cards(tonight: Night) -> tuple[Refund, CardChannel]:
    channel = CardChannel("wechat-main", tonight.clock)
    tonight.directory.clients["wechat-main"] = channel
    return await abnormal(tonight), channel


async def test_a_refund_whose_card_is_void_goes_to_another_card_under_its_number(tonight: Night) -> None:
    one, channel = await abnormal_with_cards(tonight)
    assert (await refund_desk.get_one(tonight.ctx, LIN, one.refund_id)).redirect_banks == {"icbc", "cmb"}
    channel.query_refund_script.clear()
    sent = (await refund_desk.redirect_refund(tonight.ctx, LIN, one.refund_id, OTHER_CARD)).refund
    assert (sent.state, sent.trouble) == (RefundState.PROCESSING, None)
    assert channel.cards == [f"{one.out_refund_no} icbc 6222020200011111111"]
    await tonight.wait(60)
    assert (await now(tonight, one)).state is RefundState.SUCCEEDED
    assert "6222" not in repr(OTHER_CARD)


@pytest.mark.parametrize("answer", [REFUSED, SILENT, FORGED], ids=["refused", "silent", "forged"])
async def test_a_card_that_the_channel_does_not_take_leaves_the_refund_as_it_was(
    tonight: Night, answer: Outcome
) -> None:
    """A "no" to the card is no "no" to the refund: called failed, its money would be free for another one."""
    one, channel = await abnormal_with_cards(tonight)
    channel.redirect_answer = answer
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.redirect_refund(tonight.ctx, LIN, one.refund_id, OTHER_CARD)
    assert caught.value.kind.code == "redirect_refused"
    after = await now(tonight, one)
    assert (after.state, after.trouble) == (RefundState.ABNORMAL, RefundTrouble.PAYEE_VOID)


async def test_another_card_is_only_for_what_cannot_go_back_its_own_way(tonight: Night) -> None:
    one = await abnormal(tonight)  # at a channel that knows no such call
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.redirect_refund(tonight.ctx, LIN, one.refund_id, OTHER_CARD)
    assert caught.value.kind is REFUND_STATE


async def test_a_bank_that_the_channel_does_not_serve_is_named(tonight: Night) -> None:
    one, channel = await abnormal_with_cards(tonight)
    with pytest.raises(PaySwitchError) as caught:
        await refund_desk.redirect_refund(
            tonight.ctx, LIN, one.refund_id, RedirectRefund(bank="hsbc", card_no=Secret("1" * 16), name=Secret("张三"))
        )
    assert (caught.value.kind.code, caught.value.errors[0]["field"]) == ("invalid_request", "bank")
    assert channel.cards == []
