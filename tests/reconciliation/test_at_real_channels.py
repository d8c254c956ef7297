"""Every kind of break, in the real bills of real connectors: the sandbox's books are made to disagree with ours, its
bill is fetched over HTTP, verified and read, and each break is found and named. Nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from payswitch.domain.channel import Environment
from payswitch.domain.exchange import CreateOrder, RefundOrder
from payswitch.domain.payment import Attempt, PaymentState, RefundState
from payswitch.domain.reconciliation import BreakState, RunState
from payswitch.services.attempts.asking import order_ref
from payswitch.services.refunds import refunding
from tests.reconciliation.street import FAMILIES, PRICE, Street, street

DROP, AMOUNT = "drop", "amount"


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_break_is_found_and_named(family: str, tmp_path: Path) -> None:
    async with street(tmp_path, family) as here:
        here.noon(days_ago=2)
        the_day = here.today
        quiet = await here.sold("quiet")
        unheard = await here.sold("unheard", heard=False)
        ghost, dearer = await here.sold("ghost"), await here.sold("dearer")
        cheap = await sold_under_another_contract(here, fee_bp=38)
        returned, lost, other = [await here.sold(name) for name in ("returned", "lost", "other")]
        back = [await here.sent_back(attempt, f"R-{n}") for n, attempt in enumerate((returned, lost, other))]
        stranger = await a_till_in_the_shop(here)
        by_hand = await refunded_by_hand(here, quiet)
        edits = [
            {"channel_order_no": ghost.channel_order_no, "change": DROP},
            {"channel_order_no": dearer.channel_order_no, "change": AMOUNT, "by_fen": 1},
            {"channel_order_no": lost.channel_order_no, "out_refund_no": back[1].out_refund_no, "change": DROP},
            {
                "channel_order_no": other.channel_order_no,
                "out_refund_no": back[2].out_refund_no,
                "change": AMOUNT,
                "by_fen": -1,
            },
        ]
        await hear_of_refunds(here, *(attempt for attempt in (returned, lost, other)))
        here.noon(days_ago=1)
        next_day = here.today
        await here.sold("next-day")
        here.clock.behind_ms = 0
        await here.edit_bills(*edits)

        first = await here.reconcile(the_day)
        second = await here.reconcile(next_day)

        assert (first.run.state, second.run.state) == (RunState.DONE, RunState.DONE), (first.run, second.run)
        assert first.run.repaired == 1
        file = await here.app.store.payment_file(unheard.payment_id)
        assert file is not None
        assert file.payment.state is PaymentState.SUCCEEDED, "补单"
        expected = {
            ("amount_differs", dearer.channel_order_no, "", PRICE, PRICE + 1),
            ("fee_differs", cheap.channel_order_no, "", 49, 77),
            ("payment_missing_there", ghost.channel_order_no, "", PRICE, None),
            ("refund_amount_differs", other.channel_order_no, back[2].out_refund_no, 1_000, 999),
            ("refund_missing_there", lost.channel_order_no, back[1].out_refund_no, 1_000, None),
            ("unknown_payment", stranger, "", None, 4_200),
            ("unknown_refund", quiet.channel_order_no, by_hand, None, 300),
        }
        assert await named(here) == expected
        again = await here.reconcile(the_day)
        assert (await named(here), again.run.repaired) == (expected, 0), "repeating it changes nothing"
        assert (await here.app.store.audit(now_ms=here.clock.now_ms(), in_time=False)).violations == ()
        await the_channel_sends_true_bills(here, the_day)


async def the_channel_sends_true_bills(here: Street, the_day: str) -> None:
    """And every break that was a mistake of the bill is over; what really happened is not."""
    await here.edit_bills()
    await here.reconcile(the_day)

    assert {found.kind.value for found in await here.open_breaks()} == {
        "fee_differs",
        "unknown_payment",
        "unknown_refund",
    }
    settled = [b for b in await here.app.store.breaks_of_day(here.family, the_day) if b.state is BreakState.RESOLVED]
    assert {b.resolved_by for b in settled} == {"payswitch"}


async def named(here: Street) -> set[tuple[str, str, str, int | None, int | None]]:
    return {
        (b.kind.value, b.channel_order_no, b.out_refund_no, b.here_fen, b.there_fen) for b in await here.open_breaks()
    }


async def sold_under_another_contract(here: Street, fee_bp: int) -> Attempt:
    here.change_fee(fee_bp)
    attempt = await here.sold("cheap")
    here.change_fee(60)
    return attempt


async def a_till_in_the_shop(here: Street) -> str:
    """Another program sells over the same account."""
    product, wallet = FAMILIES[here.family]
    now_ms = here.clock.now_ms()
    number = here.app.ctx.ids.new("T", now_ms)
    order = CreateOrder(
        channel_order_no=number,
        product=product,
        amount_fen=4_200,
        subject="收银机",
        created_at_ms=now_ms,
        expires_at_ms=now_ms + 900_000,
        notify_url="http://127.0.0.1:1/notify/x",
        environment=Environment.DESKTOP,
    )
    made = await here.app.directory.client(here.family, 1).create(order, 5_000)
    assert made.credential is not None, made.outcome
    paid = await here.sandbox.pay(made.credential.content, params=made.credential.params, wallet=wallet)
    assert paid["result"] == "paid", paid
    return number


async def refunded_by_hand(here: Street, attempt: Attempt) -> str:
    """Somebody pays a customer back with another program."""
    now_ms = here.clock.now_ms()
    number = here.app.ctx.ids.new("H", now_ms)
    wish = RefundOrder(
        order=order_ref(attempt),
        out_refund_no=number,
        amount_fen=300,
        reason="人工退款",
        notify_url="http://127.0.0.1:1/notify/x",
        created_at_ms=now_ms,
    )
    await here.app.directory.client(here.family, 1).refund(wish, 5_000)
    here.settle(attempt)
    return number


async def hear_of_refunds(here: Street, *attempts: Attempt) -> None:
    """The sweeper's work: ask until they have arrived."""
    for attempt in attempts:
        file = await here.app.store.payment_file(attempt.payment_id)
        assert file is not None
        for refund in file.refunds:
            file = await refunding.push_refund(here.app.ctx, file, refund.refund_id)
        assert [refund.state for refund in file.refunds] == [RefundState.SUCCEEDED]
