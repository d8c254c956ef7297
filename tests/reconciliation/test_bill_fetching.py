"""When a bill is fetched, and what happens when it does not come or cannot be believed."""

from __future__ import annotations

import pytest

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.reconciliation import RunState
from payswitch.services.books.bill_schedule import reconcile_due
from tests.reconciliation.happenings import PRICE
from tests.reconciliation.morning import THE_11TH, THE_12TH, Morning


async def test_yesterdays_bill_is_fetched_from_ten_oclock_on_and_once(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    await reconcile_due(day.night.ctx)
    fetched = day.channel().fetched
    assert fetched == ["2026-11-10"], "the newest that can be there at 20:37"
    day.until(THE_12TH, 9, 59)
    assert await reconcile_due(day.night.ctx) == 0
    day.until(THE_12TH, 10)
    assert await reconcile_due(day.night.ctx) == 1
    assert await reconcile_due(day.night.ctx) == 0
    assert fetched == ["2026-11-10", THE_11TH]


async def test_a_bill_that_is_not_ready_is_asked_for_again_and_at_last_an_incident(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    channel = day.channel()
    channel.answers = [Outcome(kind=OutcomeKind.PENDING, code="NO_STATEMENT_EXIST")] * 13
    day.until(THE_12TH, 10)
    for _ in range(11):
        assert await reconcile_due(day.night.ctx) == 1
        assert await reconcile_due(day.night.ctx) == 0, "not before half an hour is over"
        day.night.clock.advance(seconds=1_800)
    assert await day.incidents() == []
    for _ in range(2):
        day.night.clock.advance(seconds=1_800)
        await reconcile_due(day.night.ctx)
    assert await day.incidents() == ["bill_missing"]

    day.night.clock.advance(seconds=1_800)
    await reconcile_due(day.night.ctx)

    [run] = await day.books.runs_of("wechat-main", THE_11TH)
    assert (run.state, run.matched, run.tries, run.due_at_ms) == (RunState.DONE, 1, 14, None)


@pytest.mark.parametrize("kind", [OutcomeKind.UNTRUSTED, OutcomeKind.REFUSED_CONFIG])
async def test_a_bill_that_cannot_be_believed_is_an_incident_at_once(day: Morning, kind: OutcomeKind) -> None:
    await day.sold("order-1")
    day.channel().answers = [Outcome(kind=kind, code="wrong_total"), Outcome(kind=kind, code="wrong_total")]
    day.until(THE_12TH, 10)

    run = await day.reconcile()
    await day.reconcile()

    assert (run.state, run.code) == (RunState.REFUSED, "wrong_total")
    assert await day.incidents() == ["bill_refused"], "told once"


async def test_no_bill_for_a_day_with_trade_is_believed_only_after_three_days(day: Morning) -> None:
    ghost = await day.sold("order-1")
    channel = day.channel()
    channel.lines.clear()
    day.until(THE_12TH, 10)
    assert (await day.reconcile(THE_11TH)).state is RunState.WAITING
    day.until("2026-11-15", 10)
    assert (await day.reconcile(THE_11TH)).state is RunState.DONE
    assert (await day.reconcile(THE_12TH)).state is RunState.DONE, "nothing was sold on that day"

    assert await day.named() == [("payment_missing_there", ghost.channel_order_no, PRICE, None)]


async def test_after_a_long_stop_every_day_of_it_is_caught_up(day: Morning) -> None:
    for fake in ("wechat-backup", "alipay-main"):
        day.night.directory.take_out(fake)
    await day.sold("order-1")
    day.until(THE_12TH, 10)
    await reconcile_due(day.night.ctx)
    day.until("2026-11-30", 10)

    assert await reconcile_due(day.night.ctx) == 18
    assert day.channel().fetched[1:] == [f"2026-11-{n}" for n in range(12, 30)]


async def test_one_channels_trouble_does_not_stop_the_others(day: Morning) -> None:
    async def broken(day: str, timeout_ms: int) -> None:
        raise RuntimeError("a bug in a connector")

    day.channel("wechat-main").download_bill = broken  # type: ignore[method-assign,assignment]
    day.until(THE_12TH, 10)

    await reconcile_due(day.night.ctx)

    assert day.channel("alipay-main").fetched == [THE_11TH]
