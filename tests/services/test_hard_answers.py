"""Answers of every kind at every call, crashes in between, and the words to the shop."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.services.attempts import results
from payswitch.services.events import deliveries
from payswitch.services.payments import payments
from payswitch.services.refunds import refunds
from tests.services.fake_channel import ACCEPTED, NOT_SENT
from tests.services.hard import FORGED, incident_kinds, paid, refund
from tests.services.harness import SHOP, Night, command


# --- answers of every kind ---
@pytest.mark.parametrize("kind", [k for k in OutcomeKind if k is not OutcomeKind.ACCEPTED])
async def test_whatever_a_create_call_answers_an_order_it_may_have_made_is_closed(
    tonight: Night, kind: OutcomeKind
) -> None:
    channel = tonight.channel("wechat-main")
    channel.script.append(Outcome(kind=kind, code="odd"))
    channel.script.append(Outcome(kind=kind, code="odd"))
    try:
        answer = await tonight.order()
    except PaySwitchError:
        assert kind is OutcomeKind.REFUSED_PAYER
        return
    left = answer.file.attempts[0]
    definite = kind is OutcomeKind.NOT_SENT or kind.value.startswith("refused")
    assert left.state is (AttemptState.FAILED if definite else AttemptState.DISCARDED)
    await tonight.wait(5)
    asked = [name for name, number in channel.calls if number == left.channel_order_no and name != "create"]
    assert asked == ([] if definite else ["close", "query"])


async def test_the_first_call_may_have_made_the_order_though_the_second_was_not_sent(tonight: Night) -> None:
    channel = tonight.channel("wechat-main")
    channel.creates_when_silent = True
    channel.script.append(Outcome(kind=OutcomeKind.UNKNOWN, code="connection_lost", transient=True))
    channel.script.append(NOT_SENT)
    answer = await tonight.order()
    left = answer.file.attempts[0]
    assert channel.orders[left.channel_order_no].state == "open"
    await tonight.wait(5)
    assert channel.orders[left.channel_order_no].state == "closed"


@pytest.mark.parametrize("kind", list(OutcomeKind))
async def test_whatever_a_query_answers_the_payment_ends_and_the_money_is_found(
    tonight: Night, kind: OutcomeKind
) -> None:
    """Odd answers for a while, then honest ones. Only "closed" is taken at its word."""
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    tonight.channel("wechat-main").query_script.extend([Outcome(kind=kind, code="odd")] * 4)
    await tonight.pays(attempt, notified=False)
    await tonight.wait(400, step_s=1)
    await tonight.notify(attempt)
    file = await tonight.file(attempt.payment_id)
    assert file.attempts[0].state is AttemptState.SUCCEEDED
    if kind is OutcomeKind.CLOSED:
        assert file.attempts[0].attempt_id == file.payment.winner_attempt_id or file.attempts[0].surplus
    else:
        assert file.payment.state is PaymentState.SUCCEEDED


@pytest.mark.parametrize("kind", list(OutcomeKind))
async def test_whatever_a_refund_call_answers_the_customer_gets_the_money_once(
    tonight: Night, kind: OutcomeKind
) -> None:
    file = await paid(tonight)
    channel = tonight.channel("wechat-main")
    if kind is not OutcomeKind.PAID:
        channel.refund_script.extend([Outcome(kind=kind, code="odd")] * 2)
    begun = await refund(tonight, file, "r-1", 5_000)
    await tonight.wait(60)
    done = await refunds.get_refund(tonight.ctx, SHOP, begun.refund_id)
    if done.state is RefundState.FAILED:
        assert channel.returned_fen() == 0
    else:
        assert done.state is RefundState.SUCCEEDED
        assert channel.returned_fen() == 5_000


@pytest.mark.parametrize(
    "changes", [{"merchant_ok": False}, {"channel_order_no": "P-other"}], ids=["merchant", "number"]
)
async def test_news_of_somebody_elses_closing_does_not_bury_our_code(
    tonight: Night, changes: dict[str, object]
) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    channel = tonight.channel("wechat-main")
    fact = channel.fact(attempt.channel_order_no, outcome=Outcome(kind=OutcomeKind.CLOSED), **changes)
    file = await results.apply_to_attempt(tonight.ctx, answer.file, attempt.attempt_id, fact)
    assert file.attempts[0].state is AttemptState.EXPOSED


async def test_a_page_that_polls_a_confused_channel_does_not_fill_the_list_of_incidents(tonight: Night) -> None:
    answer = await tonight.order()
    attempt = answer.file.attempts[0]
    channel = tonight.channel("wechat-main")
    channel.customer_pays(attempt.channel_order_no)
    channel.query_script.extend([FORGED] * 1_000)
    for _ in range(120):
        tonight.clock.advance(seconds=2)
        await results.check_payment(tonight.ctx, await tonight.file(attempt.payment_id))
    assert await incident_kinds(tonight) == ["untrusted_fact"]


# --- crashes and the words to the shop ---
async def test_killed_between_giving_an_event_up_and_telling_a_person(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever dies when: an event is never dead without anybody being told."""
    await paid(tonight)
    tonight.shop.down = True
    real = tonight.store.save_delivery

    async def save(event: Event) -> None:
        await real(event)
        if event.state is DeliveryState.DEAD:
            raise asyncio.CancelledError

    monkeypatch.setattr(tonight.store, "save_delivery", save)
    for _ in range(1_000):
        tonight.clock.advance(seconds=600)
        try:
            await deliveries.deliver_due(tonight.ctx)
        except asyncio.CancelledError:
            break
    assert await incident_kinds(tonight) == ["event_dead"]


async def test_an_idempotency_key_of_a_repeat_belongs_to_that_payment(tonight: Night) -> None:
    await payments.create_payment(tonight.ctx, SHOP, command("order-1"), "key-1")
    repeated = await payments.create_payment(tonight.ctx, SHOP, command("order-1"), "key-2")
    assert not repeated.created
    with pytest.raises(PaySwitchError) as caught:
        await payments.create_payment(tonight.ctx, SHOP, command("order-2"), "key-2")
    assert caught.value.kind.code == "idempotency_conflict"
    assert await payments.find_payment(tonight.ctx, SHOP, "order-2") is None


async def test_an_idempotency_key_of_a_request_that_joined_another_is_kept_too(tonight: Night) -> None:
    first, second = await asyncio.gather(
        *(payments.create_payment(tonight.ctx, SHOP, command("order-1"), key) for key in ("key-1", "key-2"))
    )
    assert first.attempt_id == second.attempt_id
    with pytest.raises(PaySwitchError) as caught:
        await payments.create_payment(tonight.ctx, SHOP, command("order-2"), "key-2")
    assert caught.value.kind.code == "idempotency_conflict"


async def test_a_used_key_is_refused_though_the_named_payment_is_being_made_just_now(tonight: Night) -> None:
    await payments.create_payment(tonight.ctx, SHOP, command("order-1"), "key-1")
    made, refused = await asyncio.gather(
        payments.create_payment(tonight.ctx, SHOP, command("order-2"), "key-2"),
        payments.create_payment(tonight.ctx, SHOP, command("order-2"), "key-1"),
        return_exceptions=True,
    )
    assert not isinstance(made, BaseException)
    assert isinstance(refused, PaySwitchError)
    assert refused.kind.code == "idempotency_conflict"


async def test_the_disk_fails_at_the_moment_of_showing_and_the_same_request_finds_the_payment(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the commit happened is unknown. Nothing is shown; asked again, one open code comes back."""
    real, calls = tonight.store.commit, []

    async def commit(changes: object) -> None:
        await real(changes)  # type: ignore[arg-type]
        calls.append(changes)
        if len(calls) == 2:
            raise StorageUnavailable("the disk went away")

    monkeypatch.setattr(tonight.store, "commit", commit)
    with pytest.raises(StorageUnavailable):
        await tonight.order()
    answer = await tonight.order()
    attempt = answer.file.attempt(answer.attempt_id or "")
    assert attempt.state is AttemptState.EXPOSED
    assert [a.state for a in answer.file.attempts].count(AttemptState.EXPOSED) == 1
    assert attempt.outcome == ACCEPTED
