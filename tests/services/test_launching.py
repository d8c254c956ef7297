"""From the shop's request to a credential in the customer's hand, whatever the channels do."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.channel import Method
from payswitch.domain.customer import Customer
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.routing.policy import Action, Condition, Policy, Rule, Target
from payswitch.services.payments import payments
from tests.services.fake_channel import BUSY, MAINTENANCE, NOT_SENT, PAYER_NO, RISK_NO
from tests.services.harness import SHOP, Night, command


async def test_all_is_well_and_the_customer_sees_a_code(tonight: Night) -> None:
    answer = await tonight.order()
    assert answer.created
    attempt = answer.file.attempt(answer.attempt_id or "")
    assert attempt.channel_id == "wechat-main"
    assert attempt.state is AttemptState.EXPOSED
    assert attempt.credential is not None
    stored = await tonight.file(answer.file.payment.payment_id)
    assert stored == answer.file, "what the shop is told is what is on disk"
    assert len(await tonight.store.decisions(stored.payment.payment_id)) == 1


async def test_the_channel_never_sees_a_number_that_is_not_on_disk(tonight: Night) -> None:
    seen = []

    async def look() -> None:
        number = tonight.channel("wechat-main").calls[-1][1]
        file = await tonight.store.file_by_order_no("wechat-main", number)
        assert file is not None
        seen.append(file.by_order_no(number).state)

    tonight.channel("wechat-main").before_answer.append(look)
    await tonight.order()
    assert seen == [AttemptState.CREATED]


async def test_a_busy_channel_is_asked_once_more_with_the_same_number(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(BUSY)
    answer = await tonight.order()
    assert len(answer.file.attempts) == 1
    calls = tonight.channel("wechat-main").calls
    assert len(calls) == 2
    assert len({number for _, number in calls}) == 1


@pytest.mark.parametrize("trouble", [BUSY, NOT_SENT], ids=["busy", "not-sent"])
async def test_twice_in_trouble_and_the_customer_is_moved_without_noticing(tonight: Night, trouble: Outcome) -> None:
    tonight.channel("wechat-main").script.extend([trouble, trouble])
    answer = await tonight.order()
    failed, shown = answer.file.attempts
    assert failed.state is AttemptState.FAILED
    assert failed.outcome == trouble
    assert shown.attempt_id == answer.attempt_id
    assert shown.channel_id == "alipay-main", "another upstream is preferred to the one that just failed"
    assert shown.started_at_ms == failed.answered_at_ms
    assert "switched" in tonight.feed.kinds()


async def test_a_channel_in_maintenance_is_left_at_once(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(MAINTENANCE)
    await tonight.order()
    assert len(tonight.channel("wechat-main").calls) == 1


async def test_a_silent_channel_is_left_at_its_soft_limit_and_cleaned_up_later(tonight: Night) -> None:
    silent = tonight.channel("wechat-main")
    silent.silent = silent.creates_when_silent = True
    before = tonight.clock.now_ms()
    answer = await tonight.order()
    left, shown = answer.file.attempts
    assert tonight.clock.now_ms() - before <= 250, "the soft limit is at most 250 ms"
    assert len(silent.calls) == 1, "a channel that was silent is not asked again while the customer waits"
    assert left.state is AttemptState.DISCARDED
    assert shown.state is AttemptState.EXPOSED

    silent.silent = False
    await tonight.wait(5)
    assert silent.orders[left.channel_order_no].state == "closed"
    assert (await tonight.file(left.payment_id)).attempt(left.attempt_id).due_at_ms is None


async def test_every_channel_is_silent_but_the_customer_does_not_wait_longer_than_promised(tonight: Night) -> None:
    for channel in tonight.directory.clients.values():
        channel.silent = True
    before = tonight.clock.now_ms()
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order()
    assert caught.value.kind.code == "channels_unavailable"
    assert tonight.clock.now_ms() - before <= 500


async def test_nothing_worked_so_the_payment_is_kept_and_the_same_request_resumes_it(tonight: Night) -> None:
    for channel in tonight.directory.clients.values():
        channel.script.extend([BUSY, BUSY])
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order()
    payment_id = str(caught.value.extra["payment_id"])
    assert (await tonight.file(payment_id)).payment.state is PaymentState.PENDING

    answer = await tonight.order()
    assert answer.file.payment.payment_id == payment_id
    assert answer.attempt_id is not None
    assert not answer.created


async def test_a_refused_customer_is_never_switched_silently(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(PAYER_NO)
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order()
    assert caught.value.kind.code == "payer_refused"
    assert tonight.channel("alipay-main").calls == []


async def test_risk_control_is_not_dodged_with_another_account_of_the_same_method(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(RISK_NO)
    answer = await tonight.order()
    assert answer.file.attempts[-1].method is Method.ALIPAY
    assert tonight.channel("wechat-backup").calls == []


async def test_risk_control_of_two_methods_ends_the_search(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(RISK_NO)
    tonight.channel("alipay-main").script.append(RISK_NO)
    with pytest.raises(PaySwitchError):
        await tonight.order()
    assert tonight.channel("wechat-backup").calls == []


async def test_an_answer_that_is_not_believed_shows_nothing_and_moves_on(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(Outcome(kind=OutcomeKind.UNTRUSTED, code="bad_signature"))
    answer = await tonight.order()
    assert answer.file.attempts[0].state is AttemptState.DISCARDED
    assert answer.file.attempts[1].state is AttemptState.EXPOSED


async def test_a_double_click_is_one_payment_and_one_attempt(tonight: Night) -> None:
    first, second = await asyncio.gather(tonight.order(), tonight.order())
    assert first.file == second.file
    assert [first.created, second.created].count(True) == 1
    assert len(tonight.channel("wechat-main").calls) == 1


async def test_the_same_request_later_gives_the_same_credential(tonight: Night) -> None:
    first = await tonight.order()
    second = await tonight.order()
    assert second.attempt_id == first.attempt_id
    assert not second.created
    assert len(tonight.channel("wechat-main").calls) == 1


async def test_the_same_number_with_another_amount_is_a_conflict(tonight: Night) -> None:
    await tonight.order()
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order(amount_fen=1)
    assert caught.value.kind.code == "out_trade_no_conflict"


async def test_an_idempotency_key_belongs_to_one_request(tonight: Night) -> None:
    await payments.create_payment(tonight.ctx, SHOP, command("order-1"), "key-1")
    again = await payments.create_payment(tonight.ctx, SHOP, command("order-1"), "key-1")
    assert not again.created
    with pytest.raises(PaySwitchError) as caught:
        await payments.create_payment(tonight.ctx, SHOP, command("order-2"), "key-1")
    assert caught.value.kind.code == "idempotency_conflict"
    assert await payments.find_payment(tonight.ctx, SHOP, "order-2") is None, "a refused request changes nothing"


async def test_no_channel_fits_and_the_shop_is_told_why(tonight: Night) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order(methods=(Method.HUABEI,))
    assert caught.value.kind.code == "no_candidate"
    assert len(caught.value.extra["excluded"]) == 3  # type: ignore[arg-type]
    assert await payments.find_payment(tonight.ctx, SHOP, "order-1") is None


async def test_without_an_environment_the_payment_waits_for_its_checkout(tonight: Night) -> None:
    answer = await tonight.order(environment=None)
    assert answer.file.payment.state is PaymentState.CREATED
    assert answer.file.attempts == ()


async def test_another_shops_payment_does_not_exist_for_this_shop(tonight: Night) -> None:
    import msgspec

    answer = await tonight.order()
    stranger = msgspec.structs.replace(SHOP, shop_id="shop-2")
    with pytest.raises(PaySwitchError) as caught:
        await payments.get_payment(tonight.ctx, stranger, answer.file.payment.payment_id)
    assert caught.value.kind.code == "not_found"


async def test_a_process_died_between_commit_and_answer(tonight: Night) -> None:
    """The row says "created", nobody knows whether the channel heard of it, and nobody has seen a credential."""

    class Died(BaseException):
        pass

    async def kill() -> None:
        raise Died

    tonight.channel("wechat-main").before_answer.append(kill)
    with pytest.raises(Died):
        await tonight.order()
    await tonight.wait(8)
    file = await payments.find_payment(tonight.ctx, SHOP, "order-1")
    assert file is not None
    assert file.attempts[0].state is AttemptState.DISCARDED
    assert tonight.channel("wechat-main").orders[file.attempts[0].channel_order_no].state == "closed"

    answer = await tonight.order()
    assert answer.attempt_id == answer.file.attempts[1].attempt_id, "the shop's retry goes on with a new number"


async def test_a_payment_whose_time_was_over_before_anything_began_is_kept(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service is so busy that a look at the customer's history takes all the time of the launch. The shop is told
    the payment's number, so there is a payment with it, and the shop's next request goes on with it."""

    async def slowly(shop_id: str, customer_id: str) -> bool:
        tonight.clock.advance(ms=600)
        return False

    monkeypatch.setattr(tonight.store, "has_paid", slowly)
    asks = Rule(name="new", when=Condition(customer_new=True), then=Action(prefer=Target(channels=("alipay-main",))))
    tonight.ctx.router.replace_policy(Policy(version="asks", rules=(asks,)))
    ann = Customer(customer_id="ann")
    with pytest.raises(PaySwitchError) as caught:
        await payments.create_payment(tonight.ctx, SHOP, command(customer=ann), "key-1")
    assert caught.value.kind.code == "channels_unavailable"
    file = await tonight.file(str(caught.value.extra["payment_id"]))
    assert file.attempts == ()
    assert len(await tonight.store.decisions(file.payment.payment_id)) == 1, "why nothing was begun can be explained"

    answer = await payments.create_payment(tonight.ctx, SHOP, command(customer=ann), "key-1")
    assert answer.file.payment.payment_id == file.payment.payment_id
    assert answer.attempt_id is not None
