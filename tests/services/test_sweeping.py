"""补单 with several nodes on one storage, and after a long stop: everybody's work is done once, and not all at once."""

from __future__ import annotations

import asyncio

import pytest

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.services import side_work
from payswitch.services.attempts import sweeper
from payswitch.services.context import Context
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.side_work import Pace
from tests.services.harness import Night


class Stuck:
    """A channel whose next query is answered only when it is told to; it says when it was asked."""

    def __init__(self, tonight: Night, channel_id: str) -> None:
        self.asked, self.answer = asyncio.Event(), asyncio.Event()
        channel = tonight.channel(channel_id)
        channel.before_query.append(self._hang)

    async def _hang(self) -> None:
        self.asked.set()
        await self.answer.wait()


def queries(tonight: Night) -> int:
    channels = tonight.directory.clients.values()
    return sum(name == "query" for channel in channels for name, _ in channel.calls)


async def rounds(*nodes: Context) -> None:
    """One round of each, to its end."""
    for node in nodes:
        await sweeper.sweep(node)
    for node in nodes:
        await sweeper.settle(node)


async def test_two_nodes_ask_a_channel_once_about_each_payment(tonight: Night) -> None:
    for n in range(20):
        await tonight.order(f"order-{n}")
    tonight.clock.advance(seconds=5)
    other = tonight.another_node()
    await asyncio.gather(sweeper.sweep(tonight.ctx), sweeper.sweep(other))
    await asyncio.gather(sweeper.settle(tonight.ctx), sweeper.settle(other))
    assert queries(tonight) == 20


async def test_the_work_of_a_node_that_is_gone_is_taken_over_when_its_claim_has_run_out(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0], notified=False)
    stuck, other = Stuck(tonight, "wechat-main"), tonight.another_node()
    tonight.clock.advance(seconds=5)
    gone = asyncio.create_task(sweeper.sweep(tonight.ctx))
    await stuck.asked.wait()

    tonight.clock.advance(seconds=29)
    await rounds(other)
    assert queries(tonight) == 1, "it may still be at work"
    tonight.clock.advance(seconds=1)
    await rounds(other)
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.SUCCEEDED

    stuck.answer.set()  # it was only slow: it finds the work done, and changes nothing
    await gone
    await sweeper.settle(tonight.ctx)
    assert tonight.shop.types() == []
    while await deliver_due(tonight.ctx):
        pass
    assert tonight.shop.types() == ["payment.succeeded"]


async def test_a_clean_stop_gives_everything_back(tonight: Night) -> None:
    answer = await tonight.order()
    tonight.clock.advance(seconds=5)
    await rounds(tonight.ctx)
    await tonight.pays(answer.file.attempts[0], notified=False)
    tonight.clock.advance(seconds=6)
    await rounds(tonight.another_node())
    assert (await tonight.file(answer.file.payment.payment_id)).payment.state is PaymentState.SUCCEEDED


async def test_a_storage_that_is_away_when_claims_are_given_back_stops_nothing(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tonight.order()
    tonight.clock.advance(seconds=5)
    real = tonight.store.release_payments

    async def away(*_: object) -> None:
        raise StorageUnavailable("disk full")

    monkeypatch.setattr(tonight.store, "release_payments", away)
    await rounds(tonight.ctx)
    assert tonight.ctx.swept, "kept for the next round"
    monkeypatch.setattr(tonight.store, "release_payments", real)
    tonight.clock.advance(seconds=6)
    await rounds(tonight.ctx)
    assert tonight.ctx.swept == {}
    assert queries(tonight) == 2


# --- after a long stop ----------------------------------------------------------------------------------------------


async def test_after_a_long_stop_a_channel_is_caught_up_with_at_a_pace(tonight: Night) -> None:
    """Three hundred payments missed their time. None is forgotten, and the channel hears of at most fifty a second."""
    many = int(tonight.ctx.timings.catch_up_per_s) * 6
    for n in range(many):
        await tonight.order(f"order-{n}", expires_in_s=7_200)
    tonight.clock.advance(seconds=3_600)
    asked: list[int] = []
    while queries(tonight) < many and len(asked) < 40:
        before = queries(tonight)
        this_round = asyncio.create_task(sweeper.sweep(tonight.ctx))
        await tonight.clock.until_all_wait()
        asked.append(queries(tonight) - before)
        tonight.clock.advance(seconds=1)
        await this_round
    tonight.clock.advance(seconds=60)
    await sweeper.settle(tonight.ctx)
    assert queries(tonight) >= many
    assert max(asked) <= 2 * tonight.ctx.timings.catch_up_per_s
    assert len(asked) >= 4, "not in one moment"


async def test_what_is_on_time_is_never_slowed_down(tonight: Night) -> None:
    for n in range(120):
        await tonight.order(f"order-{n}")
    tonight.clock.advance(seconds=5)
    await rounds(tonight.ctx)
    assert queries(tonight) == 120


async def test_a_full_lane_puts_off_in_a_spread_and_without_touching_the_payments(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_work, "LANE_QUEUE", 0)
    made = [await tonight.order(f"order-{n}") for n in range(40)]
    tonight.clock.advance(seconds=5)
    await rounds(tonight.ctx)
    assert queries(tonight) == 0
    after = [await tonight.file(one.file.payment.payment_id) for one in made]
    assert {file.payment.version for file in after} == {one.file.payment.version for one in made}
    monkeypatch.undo()
    spread = []
    for _ in range(12):
        tonight.clock.advance(seconds=1)
        before = queries(tonight)
        await rounds(tonight.ctx)
        spread.append(queries(tonight) - before)
    assert spread[:4] == [0, 0, 0, 0]
    assert sum(spread) >= 40
    assert max(spread) < 40, "they do not all come back in one moment"


def test_a_pace_lets_a_second_through_and_then_its_rate() -> None:
    pace = Pace()
    waits = [pace.wait_ms(10_000, 10) for _ in range(30)]
    assert waits[:10] == [0.0] * 10
    assert waits[10:13] == [100.0, 200.0, 300.0]
    assert pace.wait_ms(60_000, 10) == 0.0


async def test_expired_payments_of_a_stopped_service_are_closed_when_it_is_back(tonight: Night) -> None:
    made = [await tonight.order(f"order-{n}") for n in range(5)]
    tonight.clock.advance(seconds=86_400)
    await tonight.wait(30)
    for one in made:
        file = await tonight.file(one.file.payment.payment_id)
        assert file.payment.state is PaymentState.CLOSED
        assert {attempt.state for attempt in file.attempts} == {AttemptState.CLOSED}
