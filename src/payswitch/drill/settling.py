"""After the traffic: wait until everything has ended, collect the three books, compare them.

Waiting is bounded; what has not ended by then is reported, not hidden. Books are compared again and again until
they agree or the time is over, because notifications, refunds and events may still be on their way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from payswitch.domain.payment import PaymentState
from payswitch.drill.books import Books, Difference, DifferenceKind, compare
from payswitch.drill.client import DrillError, SwitchApi
from payswitch.drill.journey import Visit
from payswitch.drill.stage import Stage
from payswitch.drill.views import PaymentView
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

_AT_ONCE = 8
"""Payments read at the same time: enough to be quick, too few to disturb what is still ending."""
_LOOK_S = 1.0
_OPEN_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSING)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a run."""

    payments: Sequence[PaymentView]
    differences: Sequence[Difference]
    waited_s: float
    in_time: bool
    """False: the bound was reached before everything had ended and agreed."""


class Settling:
    """Waits and compares, once per run."""

    def __init__(self, stage: Stage, clock: Clock, watcher: Watcher) -> None:
        self._stage = stage
        self._clock = clock
        self._watcher = watcher
        self._files: dict[str, PaymentView] = {}

    async def run(self, orders: Mapping[str, int], limit_s: float) -> Settled:
        """Until all payments have ended and the books agree, but no longer than `limit_s`. `orders`: payment id ->
        amount in fen, as the shop placed them."""
        begun_ms = self._clock.monotonic_ms()
        end_ms = begun_ms + limit_s * 1_000
        self._watcher.phase("等待支付单终结 / waiting for every payment to end")
        await self._all_ended(end_ms)
        self._watcher.phase("核对三本账 / comparing the three books")
        while True:
            differences = await self._compare(orders)
            late = self._clock.monotonic_ms() >= end_ms
            if not differences or late:
                break
            self._forget(differences)
            await self._clock.sleep(_LOOK_S)
        return Settled(
            payments=list(self._files.values()),
            differences=differences,
            waited_s=(self._clock.monotonic_ms() - begun_ms) / 1_000,
            in_time=not late,
        )

    async def _all_ended(self, end_ms: float) -> None:
        for state in _OPEN_STATES:
            while await self._stage.switch.any_in(state) and self._clock.monotonic_ms() < end_ms:
                self._stage.require_alive()
                await self._clock.sleep(_LOOK_S)

    async def _compare(self, orders: Mapping[str, int]) -> list[Difference]:
        self._stage.require_alive()
        ids = [payment.payment_id async for payment in self._stage.switch.payments()]
        missing = [payment_id for payment_id in ids if payment_id not in self._files]
        self._files.update(await read_files(self._stage.switch, missing))
        books = Books(
            payments=[self._files[payment_id] for payment_id in ids],
            ledger=await self._stage.sandbox.ledger(),
            told=self._stage.shop.book.by_payment(),
            orders=orders,
        )
        return [*compare(books), *_delivery_faults(self._stage)]

    def _forget(self, differences: Iterable[Difference]) -> None:
        """What differed is read anew; a difference without a payment may concern any payment."""
        for difference in differences:
            if difference.payment_id:
                self._files.pop(difference.payment_id, None)
            else:
                self._files.clear()


async def read_files(switch: SwitchApi, payment_ids: Sequence[str]) -> dict[str, PaymentView]:
    """Every payment with its attempts, a few at a time. DrillError when one cannot be read."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def read(payment_id: str) -> PaymentView:
        async with slots:
            payment = await switch.payment(payment_id)
        if payment is None:
            raise DrillError(f"the service does not show payment {payment_id}")
        return payment

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(read(payment_id)) for payment_id in payment_ids]
    return {task.result().payment_id: task.result() for task in tasks}


def orders_of(visits: Sequence[Visit]) -> Mapping[str, int]:
    """What the shop ordered and was given a payment id for."""
    return {visit.payment_id: visit.shopper.amount_fen for visit in visits if visit.payment_id is not None}


def _delivery_faults(stage: Stage) -> list[Difference]:
    book = stage.shop.book
    found = [f"rejected: {reason}" for reason in book.rejected]
    found += [f"event {event_id} came again with other bytes" for event_id in book.changed]
    return [Difference(kind=DifferenceKind.EVENT_WRONG, payment_id="", detail=detail) for detail in found]
