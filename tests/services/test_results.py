"""Facts from channels: one winner, every other success is surplus, and nothing is believed that is not ours."""

from __future__ import annotations

import json

import pytest

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, PaymentState, RefundKind, RefundState
from payswitch.services.attempts import results
from payswitch.services.commands import SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments import payments, switching
from tests.services.harness import SHOP, Night


async def test_the_customer_pays_and_the_shop_hears_of_it(tonight: Night) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    await tonight.pays(attempt)
    file = await tonight.file(attempt.payment_id)
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.payment.winner_attempt_id == attempt.attempt_id
    await deliver_due(tonight.ctx)
    assert tonight.shop.types() == ["payment.succeeded"]
    body = json.loads(tonight.shop.heard[0].body)
    assert body["data"]["out_trade_no"] == "order-1"
    assert body["data"]["amount_fen"] == 12_900
    assert body["data"]["attempt"]["transaction_id"] == f"tx-{attempt.channel_order_no}"


async def test_a_notification_that_comes_five_times_pays_once(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0])
    before = await tonight.file(answer.file.payment.payment_id)
    for _ in range(4):
        assert (await tonight.notify(answer.file.attempts[0])).status == 200
    assert await tonight.file(answer.file.payment.payment_id) == before


async def test_a_notification_overtakes_the_answer_of_the_create_call(tonight: Night) -> None:
    channel = tonight.channel("wechat-main")

    async def paid_already() -> None:
        number = channel.calls[-1][1]
        file = await tonight.store.file_by_order_no("wechat-main", number)
        assert file is not None
        await tonight.pays(file.attempts[0])

    channel.before_answer.append(paid_already)
    answer = await tonight.order()
    assert answer.file.payment.state is PaymentState.SUCCEEDED
    assert answer.file.attempts[0].state is AttemptState.SUCCEEDED
    assert answer.attempt_id is None, "nothing more to pay"


async def test_a_lost_notification_is_found_by_asking(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0], notified=False)
    await tonight.wait(6)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_both_codes_are_paid_and_one_of_them_goes_back(tonight: Night) -> None:
    """The customer switched, and then paid the old code as well: the channel could not close it in time."""
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    second = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    new = second.file.attempt(second.attempt_id or "")
    tonight.channel("wechat-main").silent = False
    await tonight.pays(new)
    await tonight.pays(old)

    file = await tonight.file(old.payment_id)
    assert file.payment.winner_attempt_id == new.attempt_id
    assert file.attempt(old.attempt_id).surplus
    (refund,) = file.refunds
    assert refund.kind is RefundKind.SURPLUS
    assert refund.out_refund_no == "S" + old.attempt_id.removeprefix("att_")
    await tonight.wait(2)
    file = await tonight.file(old.payment_id)
    assert file.refunds[0].state is RefundState.SUCCEEDED
    assert tonight.channel("wechat-main").returned_fen() == 12_900
    while await deliver_due(tonight.ctx):
        pass
    assert tonight.shop.types() == ["payment.succeeded", "payment.surplus", "refund.succeeded"]
    assert [json.loads(event.body)["sequence"] for event in tonight.shop.heard] == [1, 2, 3]


async def test_a_surplus_that_is_told_again_is_refunded_once(tonight: Night) -> None:
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    second = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    tonight.channel("wechat-main").silent = False
    await tonight.pays(second.file.attempt(second.attempt_id or ""))
    await tonight.pays(old)
    await tonight.notify(old)
    await tonight.wait(5)
    await tonight.notify(old)
    assert len((await tonight.file(old.payment_id)).refunds) == 1
    assert tonight.channel("wechat-main").returned_fen() == 12_900


async def test_a_success_after_closing_is_refunded_and_the_payment_stays_closed(tonight: Night) -> None:
    """Alipay before the scan: the close proved nothing, and the customer paid in the last second."""
    for account in ("wechat-main", "wechat-backup"):
        tonight.directory.take_out(account)
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    await tonight.wait(330)
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.CLOSED
    await tonight.pays(attempt)
    file = await tonight.file(attempt.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.attempt(attempt.attempt_id).surplus
    await tonight.wait(2)
    assert tonight.channel("alipay-main").returned_fen() == 12_900
    kinds = {incident.kind for incident in await tonight.store.list_incidents(limit=10)}
    assert "success_of_dead_attempt" in kinds


@pytest.mark.parametrize(
    "changes",
    [{"amount_fen": 12_800}, {"amount_fen": 1}, {"currency": "USD"}, {"merchant_ok": False}, {"amount_fen": None}],
    ids=["less", "far-less", "currency", "merchant", "no-amount"],
)
async def test_a_success_that_is_not_ours_changes_nothing(tonight: Night, changes: dict[str, object]) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    channel = tonight.channel("wechat-main")
    channel.customer_pays(attempt.channel_order_no)
    believed = await results.apply_order_fact(
        tonight.ctx, "wechat-main", channel.fact(attempt.channel_order_no, **changes)
    )
    assert not believed
    file = await tonight.file(attempt.payment_id)
    assert file.payment.state is PaymentState.PENDING
    assert file.attempts == answer.file.attempts
    (incident,) = await tonight.store.list_incidents(limit=10)
    assert incident.kind == "untrusted_fact"
    assert tonight.shop.heard == []


async def test_a_forged_notification_is_refused_and_told_once_a_minute(tonight: Night) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    for _ in range(5):
        assert (await tonight.notify(attempt, "forged")).status == 500
    assert (await tonight.file(attempt.payment_id)).payment.state is PaymentState.PENDING
    assert [i.kind for i in await tonight.store.list_incidents(limit=10)] == ["untrusted_notify"]
    tonight.clock.advance(seconds=61)
    await tonight.notify(attempt, "forged")
    assert len(await tonight.store.list_incidents(limit=10)) == 2


async def test_a_signature_test_of_the_channel_raises_no_alarm(tonight: Night) -> None:
    answer = await tonight.order()
    assert (await tonight.notify(answer.file.attempts[0], "probe")).status == 500
    assert await tonight.store.list_incidents(limit=10) == []


async def test_a_number_of_somebody_else_is_not_acknowledged(tonight: Night) -> None:
    fact = OrderFact(channel_order_no="P-unknown", outcome=Outcome(kind=OutcomeKind.PAID), amount_fen=1)
    assert not await results.apply_order_fact(tonight.ctx, "wechat-main", fact)


async def test_a_notification_for_an_unknown_channel_is_not_found(tonight: Night) -> None:
    from payswitch.domain.exchange import NotifyRequest

    request = NotifyRequest(method="POST", path="/", query="", headers={}, body=b"x")
    with pytest.raises(PaySwitchError) as caught:
        await results.receive_notify(tonight.ctx, "no-such-channel", request)
    assert caught.value.kind.code == "not_found"


async def test_the_page_may_ask_often_but_the_channel_is_asked_once_a_second(tonight: Night) -> None:
    answer = await tonight.order()
    file = answer.file
    for _ in range(10):
        file = await results.check_payment(tonight.ctx, file)
    assert [name for name, _ in tonight.channel("wechat-main").calls].count("query") == 1


async def test_the_shop_sees_what_happened(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0])
    listed = await payments.list_payments(tonight.ctx, SHOP, state=PaymentState.SUCCEEDED, before=None, limit=10)
    assert [payment.out_trade_no for payment in listed] == ["order-1"]
