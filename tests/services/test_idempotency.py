"""`Idempotency-Key`: whoever repeats himself, in whatever way, has one payment, one refund, and hears the same."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import PaymentFile, Refund
from payswitch.services.commands import CreateRefund, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.payments import payments
from payswitch.services.refunds import refunds
from tests.services.hard import paid
from tests.services.harness import SHOP, Night, command


async def create(ctx: Context, key: str | None = "k-1", number: str = "order-1", **changes: object) -> PaymentAnswer:
    return await payments.create_payment(ctx, SHOP, command(number, **changes), key)


async def give_back(
    ctx: Context, file: PaymentFile, key: str | None = "k-r", number: str = "r-1", **changes: object
) -> Refund:
    wish = msgspec.structs.replace(CreateRefund(refund_no=number, amount_fen=5_000), **changes)
    return await refunds.create_refund(ctx, SHOP, file.payment.payment_id, wish, key)


def shared(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Other nodes may be at work on this storage. The event tells that one waits for another."""
    monkeypatch.setattr(type(tonight.store), "shared", True)
    waits, real = asyncio.Event(), tonight.clock.sleep

    async def sleep(seconds: float) -> None:
        waits.set()
        await real(seconds)

    monkeypatch.setattr(tonight.clock, "sleep", sleep)
    return waits


def shown(answer: PaymentAnswer) -> str:
    attempt = answer.file.attempt(answer.attempt_id or "")
    assert attempt.credential is not None
    return attempt.credential.content


def conflict(error: object) -> bool:
    return isinstance(error, PaySwitchError) and error.kind.code == "idempotency_conflict"


# --- payments -------------------------------------------------------------------------------------------------------


async def test_ten_requests_at_once_under_one_key_are_one_payment_and_one_answer(tonight: Night) -> None:
    answers = await asyncio.gather(*(create(tonight.ctx) for _ in range(10)))
    assert len({answer.file.payment.payment_id for answer in answers}) == 1
    assert len({shown(answer) for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1
    assert [name for name, _ in tonight.channel("wechat-main").calls].count("create") == 1


async def test_a_key_with_another_body_is_a_conflict_before_any_channel_hears_of_it(tonight: Night) -> None:
    await create(tonight.ctx)
    for changes in ({"amount_fen": 1}, {"subject": "别的"}):
        with pytest.raises(PaySwitchError) as caught:
            await create(tonight.ctx, number="order-2", **changes)
        assert conflict(caught.value)
        assert caught.value.kind.status == 409
    assert [name for name, _ in tonight.channel("wechat-main").calls].count("create") == 1
    assert await payments.find_payment(tonight.ctx, SHOP, "order-2") is None


async def test_two_orders_race_for_one_key_and_one_of_them_never_was(tonight: Night) -> None:
    both = await asyncio.gather(
        create(tonight.ctx, number="order-1"), create(tonight.ctx, number="order-2"), return_exceptions=True
    )
    assert sum(isinstance(one, PaymentAnswer) for one in both) == 1
    assert sum(conflict(one) for one in both) == 1
    found = [await payments.find_payment(tonight.ctx, SHOP, number) for number in ("order-1", "order-2")]
    assert sum(one is not None for one in found) == 1


async def test_two_nodes_get_the_same_request_at_once_and_the_customer_sees_one_code(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a load balancer that repeats what it thinks is lost. The second node has no memory of the first."""
    waits = shared(tonight, monkeypatch)
    other, answered = tonight.another_node(), asyncio.Event()

    async def hesitate() -> None:
        await answered.wait()

    tonight.channel("wechat-main").before_answer.append(hesitate)
    requests = [asyncio.create_task(create(ctx)) for ctx in (tonight.ctx, other)]
    await waits.wait()
    answered.set()
    first = await requests[0]
    tonight.clock.advance(ms=20)
    second = await requests[1]
    assert first.file.payment.payment_id == second.file.payment.payment_id
    assert shown(first) == shown(second)
    assert not second.created
    assert len((await tonight.file(first.file.payment.payment_id)).attempts) == 1


async def test_a_repeat_on_another_node_while_the_first_one_dies_launches_anew(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = shared(tonight, monkeypatch)

    async def die() -> None:
        raise asyncio.CancelledError

    tonight.channel("wechat-main").before_answer.append(die)
    with pytest.raises(asyncio.CancelledError):
        await create(tonight.ctx)
    again = asyncio.create_task(create(tonight.another_node()))
    await waits.wait()
    tonight.clock.advance(ms=tonight.ctx.timings.launch_deadline_ms)
    answer = await again
    assert shown(answer)
    assert len(answer.file.attempts) == 2, "what the dead one began is swept away later"


async def test_two_nodes_and_two_bodies_under_one_key(tonight: Night) -> None:
    both = await asyncio.gather(
        create(tonight.ctx, number="order-1"), create(tonight.another_node(), number="order-2"), return_exceptions=True
    )
    assert sum(isinstance(one, PaymentAnswer) for one in both) == 1
    assert sum(conflict(one) for one in both) == 1


async def test_a_repeat_an_hour_later_on_another_node_has_the_same_effect(tonight: Night) -> None:
    first = await create(tonight.ctx)
    await tonight.pays(first.file.attempts[0])
    tonight.clock.advance(seconds=3_600)
    again = await create(tonight.another_node())
    assert again.file.payment.payment_id == first.file.payment.payment_id
    assert not again.created
    assert len(again.file.attempts) == 1, "paid: nothing is launched"


# --- refunds --------------------------------------------------------------------------------------------------------


async def test_a_refund_under_a_key_is_made_once_however_often_it_is_asked_for(tonight: Night) -> None:
    file = await paid(tonight)
    made = await asyncio.gather(*(give_back(tonight.ctx, file) for _ in range(5)))
    made += [await give_back(tonight.another_node(), file)]
    assert len({one.refund_id for one in made}) == 1
    assert tonight.channel("wechat-main").returned_fen() == 5_000


async def test_one_key_for_two_refunds_is_a_conflict_and_nothing_goes_back(tonight: Night) -> None:
    file = await paid(tonight)
    await give_back(tonight.ctx, file)
    for changes in ({"number": "r-2"}, {"amount_fen": 5_001}, {"reason": "另一个原因"}):
        with pytest.raises(PaySwitchError) as caught:
            await give_back(tonight.ctx, file, **changes)  # type: ignore[arg-type]
        assert conflict(caught.value)
    assert tonight.channel("wechat-main").returned_fen() == 5_000


async def test_two_refunds_race_for_one_key_and_one_of_them_never_was(tonight: Night) -> None:
    file = await paid(tonight)
    both = await asyncio.gather(
        give_back(tonight.ctx, file, number="r-1"),
        give_back(tonight.another_node(), file, number="r-2"),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refund) for one in both) == 1
    assert sum(conflict(one) for one in both) == 1
    after = await tonight.file(file.payment.payment_id)
    assert (len(after.refunds), after.attempts[0].refunded_fen) == (1, 5_000)
    assert tonight.channel("wechat-main").returned_fen() == 5_000


async def test_a_payments_key_is_no_refunds_key(tonight: Night) -> None:
    answer = await create(tonight.ctx)
    await tonight.pays(answer.file.attempts[0])
    with pytest.raises(PaySwitchError) as caught:
        await give_back(tonight.ctx, answer.file, key="k-1")
    assert conflict(caught.value)
    assert tonight.channel("wechat-main").returned_fen() == 0


async def test_the_key_of_a_repeated_refund_belongs_to_it_from_then_on(tonight: Night) -> None:
    file = await paid(tonight)
    first = await give_back(tonight.ctx, file, key=None)
    assert (await give_back(tonight.ctx, file, key="k-late")).refund_id == first.refund_id
    with pytest.raises(PaySwitchError) as caught:
        await give_back(tonight.ctx, file, key="k-late", number="r-2")
    assert conflict(caught.value)


async def test_six_refunds_on_two_nodes_at_once_never_exceed_what_was_paid(tonight: Night) -> None:
    file = await paid(tonight)
    nodes = (tonight.ctx, tonight.another_node())
    asked = [give_back(nodes[i % 2], file, key=f"k-{i}", number=f"r-{i}") for i in range(6)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, Refund) for one in outcomes) == 2
    refused = [one for one in outcomes if isinstance(one, PaySwitchError)]
    assert {one.kind.code for one in refused} == {"refund_exceeds_paid"}
    assert tonight.channel("wechat-main").returned_fen() == 10_000
    assert (await tonight.store.counts()).broken_refunds == 0
