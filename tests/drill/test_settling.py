"""After the traffic: waiting is bounded, late news are waited for, and what never came is reported."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import msgspec
import pytest

from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.drill.books import DifferenceKind
from payswitch.drill.client import DrillError, one_reason
from payswitch.drill.journey import Visit
from payswitch.drill.settling import Settled, Settling, orders_of
from payswitch.drill.shop import ShopBook
from payswitch.drill.stage import Stage
from payswitch.drill.views import LedgerEntry, PaymentView
from payswitch.drill.watching import Nobody
from tests.drill.builders import InstantClock, attempt, entry, event, payment, shopper

WON = attempt(1)
PAID = payment(WON)
WAITING = payment(attempt(1, state=AttemptState.EXPOSED), state=PaymentState.PENDING)


class FakeStage:
    """A stage whose service shows one payment after the other, one state per look, the last one for ever."""

    def __init__(self, *states: PaymentView, ledger: Sequence[LedgerEntry] = (entry(WON),)) -> None:
        self.switch = self.sandbox = self
        self.shop = self
        self.book = ShopBook()
        self.told_after_looks = 0
        self._states = list(states)
        self._ledger = list(ledger)
        self._looks = 0

    def require_alive(self) -> None:
        return

    async def any_in(self, state: str) -> bool:
        return self._now().state == state

    async def payments(self) -> AsyncIterator[PaymentView]:
        yield self._now()

    async def payment(self, payment_id: str) -> PaymentView | None:
        shown = self._now()
        if len(self._states) > 1:
            self._states.pop(0)
        return shown

    async def ledger(self) -> list[LedgerEntry]:
        self._looks += 1
        if self._looks > self.told_after_looks:
            self.book.events["evt_1"] = event(PAID)
        return self._ledger

    def _now(self) -> PaymentView:
        return self._states[0]


async def settle(stage: FakeStage, limit_s: float = 30.0) -> Settled:
    visit = Visit(shopper(), "N000001", payment_id="pay_1")
    return await Settling(cast("Stage", stage), InstantClock(), Nobody()).run(orders_of([visit]), limit_s)


async def test_books_that_agree_end_the_waiting_at_once() -> None:
    settled = await settle(FakeStage(PAID))

    assert settled.in_time
    assert list(settled.differences) == []
    assert settled.waited_s < 1


async def test_an_event_that_is_still_on_its_way_is_waited_for() -> None:
    stage = FakeStage(PAID)
    stage.told_after_looks = 5
    settled = await settle(stage)

    assert settled.in_time
    assert list(settled.differences) == []
    assert settled.waited_s >= 4


async def test_a_payment_that_differed_is_read_anew() -> None:
    """Booked as still exposed when it was first read; the notification came a moment later."""
    stale = msgspec.structs.replace(PAID, attempts=(attempt(1, state=AttemptState.EXPOSED),))
    settled = await settle(FakeStage(stale, PAID))

    assert list(settled.differences) == []


async def test_an_event_that_never_comes_is_reported_when_the_time_is_over() -> None:
    stage = FakeStage(PAID)
    stage.told_after_looks = 1_000
    settled = await settle(stage, limit_s=10)

    assert not settled.in_time
    assert [difference.kind for difference in settled.differences] == [DifferenceKind.EVENT_LOST]


async def test_a_payment_that_never_ends_is_reported_when_the_time_is_over() -> None:
    settled = await settle(FakeStage(WAITING, ledger=()), limit_s=10)

    assert not settled.in_time
    assert DifferenceKind.NOT_TERMINAL in {difference.kind for difference in settled.differences}
    assert settled.waited_s >= 10


async def test_what_the_shop_refused_is_a_difference() -> None:
    stage = FakeStage(PAID)
    stage.book.rejected.append("evt_9: no signature fits")
    settled = await settle(stage, limit_s=3)

    assert [difference.kind for difference in settled.differences] == [DifferenceKind.EVENT_WRONG]


def test_of_a_group_of_failures_people_get_the_one_reason() -> None:
    group: BaseExceptionGroup[Any] = BaseExceptionGroup("x", [ExceptionGroup("y", [DrillError("the sandbox died")])])
    with pytest.raises(DrillError, match="the sandbox died"), one_reason():
        raise group

    with pytest.raises(BaseExceptionGroup), one_reason():
        raise BaseExceptionGroup("x", [ValueError("a bug stays a bug")])
