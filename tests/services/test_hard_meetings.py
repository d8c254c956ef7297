"""Two at once: notifications, sweeper, switches, tabs and repeated requests meet on one payment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import RefundFact
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile
from payswitch.services.attempts import results, sweeper
from payswitch.services.checkout import checkouts
from payswitch.services.commands import SwitchPayment
from payswitch.services.payments import payments, switching
from payswitch.services.refunds import refunding
from tests.services.hard import BACK, TAKEN, paid, refund
from tests.services.harness import SHOP, Night


async def test_a_success_heard_twice_at_once_is_counted_once(tonight: Night) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    await tonight.pays(attempt, notified=False)
    fact = tonight.channel("wechat-main").fact(attempt.channel_order_no)
    await asyncio.gather(*(results.apply_to_attempt(tonight.ctx, answer.file, attempt.attempt_id, fact) for _ in "123"))
    assert tonight.ctx.usage.today(tonight.clock.now_ms()) == {"wechat-main": 12_900}
    assert tonight.feed.kinds().count("succeeded") == 1


async def test_a_refund_heard_twice_at_once_is_told_once(tonight: Night) -> None:
    file = await paid(tonight)
    tonight.channel("wechat-main").refund_script.append(TAKEN)
    begun = await refund(tonight, file, "r-1", 5_000)
    fact = RefundFact(out_refund_no=begun.out_refund_no, outcome=BACK, amount_fen=5_000)
    await asyncio.gather(*(refunding.apply_refund_fact(tonight.ctx, "wechat-main", fact) for _ in "123"))
    assert tonight.feed.kinds().count("refunded") == 1


async def test_a_code_shown_in_the_last_moment_is_not_swept_away_as_a_leftover(tonight: Night) -> None:
    """The sweeper has read the payment; before it decides, the launch ends and the customer sees the code."""
    answer = await tonight.order()
    shown = answer.file.attempts[0]
    stale = Attempt(**{f: getattr(shown, f) for f in shown.__struct_fields__} | {"state": AttemptState.CREATED})
    file = PaymentFile(payment=answer.file.payment, attempts=(stale,))
    older = type(file.payment)(**{f: getattr(file.payment, f) for f in file.payment.__struct_fields__} | {"version": 1})
    await sweeper._sweep_attempt(tonight.ctx, PaymentFile(payment=older, attempts=(stale,)), shown.attempt_id)
    assert (await tonight.file(shown.payment_id)).attempt(shown.attempt_id).state is AttemptState.EXPOSED


async def test_a_repeated_create_is_not_answered_with_another_requests_refusal(tonight: Night) -> None:
    """The shop asks again for its payment while the customer presses a button for a method nobody has."""
    first = await tonight.order()
    impossible = SwitchPayment(products=(Product.WECHAT_APP,))
    switched, repeated = await asyncio.gather(
        switching.switch_payment(tonight.ctx, first.file.payment.payment_id, impossible, shop=SHOP),
        tonight.order(),
        return_exceptions=True,
    )
    assert isinstance(switched, PaySwitchError)
    assert not isinstance(repeated, BaseException)
    assert repeated.attempt_id is not None


async def test_two_different_wishes_at_once_are_two_switches_and_the_last_one_stands(tonight: Night) -> None:
    first = await tonight.order()
    payment_id = first.file.payment.payment_id
    wishes = [SwitchPayment(methods=(Method.WECHAT,)), SwitchPayment(methods=(Method.ALIPAY,))]
    one, two = await asyncio.gather(
        *(switching.switch_payment(tonight.ctx, payment_id, wish, shop=SHOP) for wish in wishes)
    )
    assert one.file.attempt(one.attempt_id or "").method is Method.WECHAT
    assert two.file.attempt(two.attempt_id or "").method is Method.ALIPAY
    file = await tonight.file(payment_id)
    exposed = [a.attempt_id for a in file.attempts if a.state is AttemptState.EXPOSED]
    assert exposed == [two.attempt_id], "never two open codes at once"


async def test_two_tabs_of_one_checkout_show_one_code(tonight: Night) -> None:
    created = await tonight.order(environment=None)

    def press(methods: tuple[Method, ...]) -> Awaitable[payments.PaymentAnswer]:
        return checkouts.start(
            tonight.ctx,
            created.file.payment.checkout_token,
            environment=Environment.DESKTOP,
            user_agent="Mozilla/5.0",
            client_ip="203.0.113.9",
            methods=methods,
        )

    one, two = await asyncio.gather(press(()), press((Method.WECHAT,)))
    assert one.attempt_id == two.attempt_id
    assert len((await tonight.file(created.file.payment.payment_id)).attempts) == 1
