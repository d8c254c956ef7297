"""A day of simulated traffic, and three that counted it: the live board, the database, and the analytics store."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from payswitch.domain.analysis import By
from payswitch.domain.channel import Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import AttemptState, PaymentFile, RefundKind, RefundState
from payswitch.services.commands import CreateRefund, SwitchPayment
from payswitch.services.payments.switching import switch_payment
from payswitch.services.refunds import refunds
from payswitch.services.reports.analytics_writing import write_due
from tests.analytics.conftest import Watched
from tests.services.fake_channel import BUSY, NOT_SENT, PAYER_NO, SILENT
from tests.services.harness import SHOP, Night

HOURS = 24
PER_HOUR = 6


async def a_day(tonight: Night, random: Random) -> list[str]:
    """Payments all day, with everything that happens to them."""
    ids = []
    for hour in range(HOURS):
        for number in range(PER_HOUR):
            ids.append(await one_customer(tonight, f"day-{hour}-{number}", random))
            await tonight.wait(random.uniform(200, 1_600), step_s=200)
        if hour % 6 == 5:
            await write_due(tonight.ctx)  # as the worker does: hours that are not finished are written, too
    await tonight.wait(7_200, step_s=120)
    return ids


async def one_customer(tonight: Night, number: str, random: Random) -> str:
    trouble = random.random()
    for name in ("wechat-main", "wechat-backup", "alipay-main"):
        if random.random() < 0.25 and not tonight.channel(name).script:
            tonight.channel(name).script.append(random.choice([BUSY, NOT_SENT, SILENT, PAYER_NO]))
    with suppress(PaySwitchError):  # nothing could be shown: the shop was told so, and the payment is there
        await tonight.order(number, amount_fen=random.randrange(100, 900_000))
    found = await tonight.store.file_by_trade_no(SHOP.shop_id, number)
    assert found is not None
    file = found
    shown = [attempt for attempt in file.attempts if attempt.state is AttemptState.EXPOSED]
    if not shown or trouble < 0.15:
        return file.payment.payment_id
    if trouble < 0.3:  # another way, and back; then an earlier code is paid after all
        for method in (Method.ALIPAY, Method.WECHAT):
            await tonight.wait(20, step_s=20)
            with suppress(PaySwitchError):
                wish = SwitchPayment(methods=(method,))
                again = await switch_payment(tonight.ctx, file.payment.payment_id, wish, shop=SHOP)
                shown += [a for a in again.file.attempts if a.state is AttemptState.EXPOSED]
    for attempt in reversed(shown):
        if tonight.channel(attempt.channel_id).orders[attempt.channel_order_no].state in ("open", "unborn"):
            await tonight.pays(attempt, notified=random.random() < 0.8)
    if trouble > 0.9:
        await tonight.wait(30)
        paid = await tonight.file(file.payment.payment_id)
        if paid.payment.winner_attempt_id is not None:
            command = CreateRefund(refund_no=f"r-{number}", amount_fen=50, reason="")
            await refunds.create_refund(tonight.ctx, SHOP, paid.payment.payment_id, command)
    return file.payment.payment_id


def counted(files: list[PaymentFile]) -> dict[str, int]:
    """Counted by hand from the payments themselves."""
    refunded = [r for f in files for r in f.refunds if r.state is RefundState.SUCCEEDED]
    mine = [r for r in refunded if r.kind is RefundKind.MERCHANT]
    surplus = [a for f in files for a in f.attempts if a.surplus]
    paid = [f.payment for f in files if f.payment.winner_attempt_id is not None]
    return {
        "payments": len(files),
        "amount_fen": sum(f.payment.amount_fen for f in files),
        "paid": len(paid),
        "paid_fen": sum(p.amount_fen for p in paid),
        "closed": len(files) - len(paid),
        "surplus": len(surplus),
        "surplus_fen": sum(a.amount_fen for a in surplus),
        "surplus_refunded": len(refunded) - len(mine),
        "refunds": len(mine),
        "refunds_fen": sum(r.amount_fen for r in mine),
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_analytics_store_says_what_the_live_board_and_the_database_say(watched: Watched, seed: int) -> None:
    ids = await a_day(watched.night, Random(seed))
    files = [await watched.night.file(payment_id) for payment_id in ids]

    await write_due(watched.night.ctx)

    totals = await watched.lake.totals(watched.everything())
    summed = await watched.lake.of_days(watched.everything(), By.HOUR)
    assert summed.totals == totals, "day by day it is the same"
    assert sum(cell.payments for cell in summed.losses_by) == totals.closed
    board = watched.board.totals
    here = {name: getattr(totals, name.replace("refunds_fen", "refunded_fen")) for name in counted(files)}
    assert here == counted(files)
    assert here == {name: getattr(board, name) for name in here}
    assert (totals.saved, totals.saved_fen, totals.switches) == (board.saved, board.saved_fen, board.switches)
    assert min(board.saved, board.switches, board.surplus, board.refunds, board.closed) > 0, (
        "a day without any: no test"
    )
