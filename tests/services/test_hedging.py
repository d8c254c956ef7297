"""对冲: a channel is slow to answer, so the next one is asked beside it. One credential is shown, whoever is first."""

from __future__ import annotations

import msgspec
import pytest

from payswitch.domain.channel import Closing, Consent, Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.routing.policy import Hedging
from payswitch.routing.request import CallObservation
from payswitch.services.decisions import explaining
from payswitch.services.payments import payments
from tests.services.fake_channel import ACCEPTED, BUSY, PAYER_NO, RISK_NO, FakeChannel
from tests.services.harness import SHOP, Night

SOFT_LIMIT_MS = 250
SLOW_MS = 400


def ration(tonight: Night, share: float, least_per_minute: int) -> None:
    policy = tonight.ctx.router.policy
    hedging = Hedging(share=share, least_per_minute=least_per_minute)
    tonight.ctx.router.replace_policy(msgspec.structs.replace(policy, hedging=hedging))


def known_as_quick(tonight: Night, channel_id: str, product: Product) -> None:
    now_ms = tonight.clock.now_ms()
    call = CallObservation(at_ms=now_ms, channel_id=channel_id, product=product, outcome=ACCEPTED, latency_ms=20)
    tonight.ctx.router.observe_call(call)


async def test_a_slow_channel_is_not_given_up_but_another_is_asked_beside_it(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    before_ms = tonight.clock.now_ms()
    answer = await tonight.order()
    assert tonight.clock.now_ms() - before_ms == SOFT_LIMIT_MS
    slow, shown = answer.file.attempts
    assert shown.attempt_id == answer.attempt_id
    assert shown.channel_id == "alipay-main", "another failure domain, though the other WeChat account stands there too"
    assert shown.hedge_of == slow.attempt_id
    assert shown.started_at_ms - before_ms == SOFT_LIMIT_MS
    assert slow.state is AttemptState.DISCARDED
    assert slow.answered_at_ms is None, "it is still out when the customer has their code"
    assert {"hedged", "switched"} <= set(tonight.feed.kinds())


async def test_the_loser_answers_after_the_reply_and_its_order_is_closed_in_the_background(tonight: Night) -> None:
    slow_channel = tonight.channel("wechat-main")
    slow_channel.latency_ms = SLOW_MS
    answer = await tonight.order()
    slow = answer.file.attempts[0]
    assert slow.channel_order_no not in slow_channel.orders
    tonight.clock.advance(ms=SLOW_MS - SOFT_LIMIT_MS)
    await tonight.ctx.losers.finished()
    assert slow_channel.orders[slow.channel_order_no].state == "open"
    noted = (await tonight.file(slow.payment_id)).attempt(slow.attempt_id)
    assert noted.outcome is not None
    assert noted.outcome.kind is OutcomeKind.ACCEPTED
    assert noted.due_at_ms == tonight.clock.now_ms(), "closed at once, now that there is something to close"

    await tonight.wait(1)
    assert slow_channel.orders[slow.channel_order_no].state == "closed"
    file = await tonight.file(slow.payment_id)
    assert file.attempt(slow.attempt_id).state is AttemptState.DISCARDED
    assert file.attempt(slow.attempt_id).due_at_ms is None
    assert file.attempt(answer.attempt_id or "").state is AttemptState.EXPOSED


async def test_what_the_loser_answered_is_learned_as_its_answer_and_not_as_a_failure(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    await tonight.order()
    tonight.clock.advance(ms=SLOW_MS - SOFT_LIMIT_MS)
    await tonight.ctx.losers.finished()
    told = [facts for kind, facts in tonight.feed.told if kind == "create_answered"]
    assert [(f["channel_id"], f["outcome"], f["latency_ms"]) for f in told] == [
        ("alipay-main", "accepted", 0),
        ("wechat-main", "accepted", SLOW_MS),
    ]
    await tonight.wait(400)
    slow = next(line for line in tonight.ctx.router.health_snapshot(0) if line.channel_id == "wechat-main")
    assert slow.state != "open"
    assert slow.ended == 0, "what nobody saw is no unpaid exposure"


async def test_the_first_one_answers_while_the_hedge_is_out_and_wins(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = 300
    tonight.channel("alipay-main").latency_ms = 200
    answer = await tonight.order()
    first, hedge = answer.file.attempts
    assert first.attempt_id == answer.attempt_id
    assert first.state is AttemptState.EXPOSED
    assert hedge.state is AttemptState.DISCARDED
    assert "switched" not in tonight.feed.kinds(), "the customer got the channel that was chosen first"


async def test_both_answer_at_the_same_moment_and_one_is_shown(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = 350
    tonight.channel("alipay-main").latency_ms = 100
    answer = await tonight.order()
    states = [attempt.state for attempt in answer.file.attempts]
    assert states == [AttemptState.EXPOSED, AttemptState.DISCARDED]
    await tonight.wait(5)
    hedge = answer.file.attempts[1]
    assert (await tonight.file(hedge.payment_id)).attempt(hedge.attempt_id).due_at_ms is None


async def test_money_for_a_loser_is_surplus_like_any_other(tonight: Night) -> None:
    """Nobody was shown it, so this cannot happen; if it does, the money goes back."""
    slow_channel = tonight.channel("wechat-main")
    slow_channel.latency_ms = SLOW_MS
    answer = await tonight.order()
    await tonight.pays(answer.file.attempt(answer.attempt_id or ""))
    tonight.clock.advance(ms=SLOW_MS)
    await tonight.ctx.losers.finished()
    slow = answer.file.attempts[0]
    await tonight.pays(slow)
    await tonight.wait(5)
    file = await tonight.file(slow.payment_id)
    assert file.attempt(slow.attempt_id).surplus
    assert slow_channel.returned_fen() == slow_channel.received_fen() == 12_900


async def test_the_process_dies_with_two_calls_out_and_the_sweeper_closes_both_orders(tonight: Night) -> None:
    class Died(BaseException):
        pass

    async def kill() -> None:
        raise Died

    slow_channel, other = tonight.channel("wechat-main"), tonight.channel("alipay-main")
    slow_channel.latency_ms = SLOW_MS
    other.before_answer.append(kill)
    with pytest.raises(Died):
        await tonight.order()
    file = await payments.find_payment(tonight.ctx, SHOP, "order-1")
    assert file is not None
    assert [attempt.state for attempt in file.attempts] == [AttemptState.CREATED, AttemptState.CREATED]

    await tonight.wait(30)
    file = await tonight.file(file.payment.payment_id)
    assert [attempt.state for attempt in file.attempts] == [AttemptState.DISCARDED, AttemptState.DISCARDED]
    assert slow_channel.orders[file.attempts[0].channel_order_no].state == "closed"
    assert file.payment.state is PaymentState.PENDING, "the shop's retry goes on"


async def test_when_the_budget_is_spent_the_next_one_waits_until_it_would_be_too_late(tonight: Night) -> None:
    ration(tonight, share=0.0, least_per_minute=1)
    for _ in range(30):  # all are known to be quick: their soft limit is 120 ms
        known_as_quick(tonight, "wechat-main", Product.WECHAT_NATIVE)
        known_as_quick(tonight, "alipay-main", Product.ALIPAY_PRECREATE)
    tonight.channel("wechat-main").silent = True
    took_ms = []
    for number in range(2):
        before_ms = tonight.clock.now_ms()
        answer = await tonight.order(f"order-{number}")
        assert answer.attempt_id is not None
        took_ms.append(tonight.clock.now_ms() - before_ms)
        tonight.clock.advance(ms=1_000)
        await tonight.ctx.losers.finished()
    assert took_ms == [120, 350], "at the soft limit; then at the last moment that leaves Alipay its own 120 ms"
    second = await payments.find_payment(tonight.ctx, SHOP, "order-1")
    assert second is not None
    assert [attempt.hedge_of for attempt in second.attempts] == [None, None]
    assert tonight.feed.kinds().count("hedged") == 1
    assert tonight.feed.kinds().count("hedge_denied") == 1


async def test_a_slow_channel_cannot_double_the_load(tonight: Night) -> None:
    """Every call outlives its soft limit: of a hundred payments at most five get a second order, shadow probes too."""
    ration(tonight, share=0.05, least_per_minute=0)
    for channel in tonight.directory.clients.values():
        channel.latency_ms = 300
    answers = [await tonight.order(f"order-{number}") for number in range(100)]
    tonight.clock.advance(ms=500)
    await tonight.ctx.losers.finished()
    made = [attempt for answer in answers for attempt in answer.file.attempts]
    beside = [attempt for attempt in made if attempt.hedge_of is not None or attempt.shadow]
    usage = tonight.ctx.router.hedge_usage("m-1", tonight.clock.monotonic_ms())
    assert (len(made), usage.creates, usage.hedges, usage.allowed) == (100 + len(beside), 100, len(beside), 5)
    assert 4 <= len(beside) <= 5, "the last may find nobody left who is well"


async def test_nothing_is_begun_beside_a_pull_product(tonight: Night) -> None:
    """The call itself may take the money."""
    tonight.directory.teach(Product.WECHAT_NATIVE, push=False, consent=Consent.SMS_CODE)
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    answer = await tonight.order()
    slow, shown = answer.file.attempts
    assert tonight.clock.now_ms() - slow.created_at_ms == SOFT_LIMIT_MS
    assert (slow.channel_id, slow.answered_at_ms) == ("wechat-main", shown.created_at_ms)
    assert shown.hedge_of is None


async def test_a_pull_product_is_not_begun_beside_another(tonight: Night) -> None:
    tonight.directory.teach(Product.ALIPAY_PRECREATE, push=False, consent=Consent.SMS_CODE)
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    answer = await tonight.order()
    assert answer.file.attempts[1].channel_id == "wechat-backup", "the same failure domain, where no other push is left"


async def test_a_payers_no_to_the_first_one_lets_the_hedge_show_nothing(tonight: Night) -> None:
    """What would be a silent switch after a refusal is none because it was asked a moment earlier."""
    first = tonight.channel("wechat-main")
    first.latency_ms = 300
    first.script.append(PAYER_NO)
    tonight.channel("alipay-main").latency_ms = 200
    with pytest.raises(PaySwitchError) as caught:
        await tonight.order()
    assert caught.value.kind.code == "payer_refused"
    await tonight.wait(10)
    file = await payments.find_payment(tonight.ctx, SHOP, "order-1")
    assert file is not None
    assert [attempt.exposed_at_ms for attempt in file.attempts] == [None, None]
    hedge = file.attempts[1]
    assert tonight.channel("alipay-main").orders[hedge.channel_order_no].state in ("closed", "unborn")


async def test_risk_control_lets_a_hedge_of_another_method_be_shown(tonight: Night) -> None:
    first = tonight.channel("wechat-main")
    first.latency_ms = 300
    first.script.append(RISK_NO)
    tonight.channel("alipay-main").latency_ms = 100
    answer = await tonight.order()
    assert answer.attempt_id == answer.file.attempts[1].attempt_id
    assert len(answer.file.attempts) == 2, "one other method, once"


async def test_risk_control_forbids_a_hedge_at_another_account_of_the_same_method(tonight: Night) -> None:
    tonight.directory.take_out("alipay-main")
    first = tonight.channel("wechat-main")
    first.latency_ms = 300
    first.script.append(RISK_NO)
    tonight.channel("wechat-backup").latency_ms = 200
    with pytest.raises(PaySwitchError):
        await tonight.order()


async def test_the_hedge_is_refused_and_the_slow_one_still_shows_its_code(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    tonight.directory.take_out("wechat-backup")
    tonight.channel("alipay-main").script.append(Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="SIGN_ERROR"))
    answer = await tonight.order()
    first, hedge = answer.file.attempts
    assert answer.attempt_id == first.attempt_id
    assert hedge.state is AttemptState.FAILED
    assert hedge.outcome is not None


async def test_a_channel_that_is_known_to_be_ill_is_no_hedge(tonight: Night) -> None:
    ill = tonight.channel("alipay-main")
    ill.script.extend([BUSY] * 6)
    for number in range(3):  # opens its breaker
        tonight.channel("wechat-main").script.extend([BUSY, BUSY])
        await tonight.order(f"early-{number}")
    calls = len(ill.calls)
    tonight.clock.advance(ms=500)
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    await tonight.order("late")
    assert len(ill.calls) == calls


async def test_the_explanation_says_that_it_was_a_hedge(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    answer = await tonight.order()
    explained = await explaining.explain_for_shop(tonight.ctx, SHOP, answer.file.payment.payment_id)
    zh, en = explained.stories[0].lines[-1]
    assert "对冲" in zh
    assert "begun beside attempt 1" in en
    assert len(explained.stories) == 1


async def test_one_decision_is_recorded_for_all_attempts_of_the_race(tonight: Night) -> None:
    tonight.channel("wechat-main").latency_ms = SLOW_MS
    answer = await tonight.order()
    (decision,) = await tonight.store.decisions(answer.file.payment.payment_id)
    assert {attempt.decision_id for attempt in answer.file.attempts} == {decision.decision_id}


async def test_three_in_a_row_are_silent_and_the_third_is_a_hedge_of_the_second(tonight: Night) -> None:
    extra = FakeChannel("alipay-extra", tonight.clock, closing=Closing.AFTER_SCAN)
    tonight.directory.add(tonight.directory.channel("alipay-main"), extra)  # type: ignore[arg-type]
    for channel_id in ("wechat-main", "alipay-main"):
        tonight.channel(channel_id).silent = True
    limit = msgspec.structs.replace(tonight.ctx.router.policy.soft_limit, max_ms=150)
    tonight.ctx.router.replace_policy(msgspec.structs.replace(tonight.ctx.router.policy, soft_limit=limit))
    answer = await tonight.order()
    one, two, three = answer.file.attempts
    assert (two.hedge_of, three.hedge_of) == (one.attempt_id, two.attempt_id)
    assert answer.attempt_id == three.attempt_id
    assert [attempt.state for attempt in (one, two)] == [AttemptState.DISCARDED] * 2


async def test_two_calls_that_are_silent_send_the_next_customers_elsewhere_before_anybody_gives_them_up(
    tonight: Night,
) -> None:
    tonight.channel("wechat-main").silent = True
    await tonight.order("order-1")
    await tonight.order("order-2")
    moves = [facts for kind, facts in tonight.feed.told if kind == "breaker"]
    assert [(move["channel_id"], move["reason"]) for move in moves] == [("wechat-main", "suspected")]
    third = await tonight.order("order-3")
    assert third.file.attempts[0].channel_id != "wechat-main"
