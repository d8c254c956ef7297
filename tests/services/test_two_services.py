"""Two services over one PostgreSQL database: whichever hears of the money first, it is booked once and told once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.services.attempts import sweeper
from payswitch.services.commands import CreateRefund
from payswitch.services.events import deliveries
from payswitch.services.refunds.refunds import create_refund
from payswitch.storage.postgres import PostgresStore
from tests.services.fake_channel import BUSY
from tests.services.fake_directory import FakeDirectory
from tests.services.harness import SHOP, FakeShop, Night, wired
from tests.services.passing_time import PassingClock

Pair = tuple[Night, Night]


@pytest.fixture
async def pair(fresh_postgres: str) -> AsyncIterator[Pair]:
    """The same channels and the same shop at both."""
    clock = PassingClock()
    directory, shop = FakeDirectory(clock), FakeShop()
    async with PostgresStore(fresh_postgres, clock=clock) as one, PostgresStore(fresh_postgres, clock=clock) as other:
        yield (
            await wired(one, directory, shop, clock, seed=1),
            await wired(other, directory, shop, clock, seed=2),
        )


async def test_one_takes_the_order_and_the_other_hears_of_the_money(pair: Pair) -> None:
    here, there = pair
    here.channel("wechat-main").script.extend([BUSY, BUSY])
    answer = await here.order()
    attempt = answer.file.attempts[-1]
    assert len(answer.file.attempts) == 2, "the first channel was busy"

    await there.pays(attempt)

    file = await here.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.attempts[-1].state is AttemptState.SUCCEEDED
    assert await deliveries.deliver_due(here.ctx) + await deliveries.deliver_due(there.ctx) == 1
    assert len(here.shop.heard) == 1


async def test_notified_at_one_while_the_other_asks(pair: Pair) -> None:
    here, there = pair
    orders = [await pair[n % 2].order(f"order-{n}") for n in range(12)]
    for answer in orders:
        await here.pays(answer.file.attempts[0], notified=False)
    here.clock.advance(seconds=30)  # queries are due

    await asyncio.gather(
        sweeper.sweep(here.ctx),
        *(there.notify(answer.file.attempts[0]) for answer in orders),
        sweeper.sweep(there.ctx),
        *(here.notify(answer.file.attempts[0]) for answer in orders),
    )

    counts = await here.store.counts()
    assert counts.payments == {"succeeded": 12}
    assert (counts.surplus, counts.broken_payments, counts.events) == (0, 0, {"pending": 12})
    await asyncio.gather(*(deliveries.deliver_due(night.ctx) for night in pair for _ in range(3)))
    heard = [event.event_id for event in here.shop.heard]
    assert len(heard) == len(set(heard)) == 12


async def test_refunds_asked_for_at_both_never_exceed_what_was_paid(pair: Pair) -> None:
    answer = await pair[0].order()
    payment = answer.file.payment
    await pair[0].pays(answer.file.attempts[0])

    await asyncio.gather(
        *(
            create_refund(
                pair[n % 2].ctx,
                SHOP,
                payment.payment_id,
                CreateRefund(amount_fen=payment.amount_fen // 2, refund_no=f"back-{n}", reason="不想要了"),
            )
            for n in range(6)
        ),
        return_exceptions=True,
    )

    counts = await pair[1].store.counts()
    assert sum(counts.refunds.values()) == 2
    assert counts.broken_refunds == 0
    returned = sum(channel.returned_fen() for channel in pair[0].directory.clients.values())
    assert returned <= payment.amount_fen
