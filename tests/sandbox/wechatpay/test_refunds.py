"""Paying back by WeChat's rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox, until
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.world import World


@pytest.fixture
async def paid(shop: Merchant, channels: RunningSandbox) -> Merchant:
    """A merchant with one paid order over ¥129.00."""
    await channels.pay(await shop.code())
    return shop


async def test_a_refund_is_in_progress_and_then_done(
    paid: Merchant, channels: RunningSandbox, night: ManualClock, listener: Listener
) -> None:
    accepted = await paid.refund(12_900, reason="七天无理由", notify_url=listener.url)
    assert (accepted.status, accepted.body["status"], accepted.verified) == (200, "PROCESSING", True)
    assert "success_time" not in accepted.body
    assert await paid.state() == "REFUND"
    assert (await channels.ledger())[0]["state"] == "paid"

    await until(lambda: not channels.core.notifier.pending)
    night.advance(seconds=1)
    messages = [paid.opened(heard) for heard in await listener.count(2)]

    assert (await paid.refund_query()).body["status"] == "SUCCESS"
    assert (await channels.ledger())[0]["state"] == "refunded"
    assert messages[1]["event_type"] == "REFUND.SUCCESS"
    assert messages[1]["resource"] == {
        "mchid": paid.keys.mchid,
        "out_trade_no": "NIGHT-0001",
        "transaction_id": accepted.body["transaction_id"],
        "out_refund_no": "BACK-1",
        "refund_id": accepted.body["refund_id"],
        "refund_status": "SUCCESS",
        "success_time": "2026-11-09T20:37:01+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 12_900, "refund": 12_900, "payer_total": 12_900, "payer_refund": 12_900},
    }


async def test_a_refund_number_means_one_refund_for_ever(paid: Merchant, channels: RunningSandbox) -> None:
    first = await paid.refund(5_000)
    again = await paid.refund(5_000)
    other = await paid.refund(5_001)
    assert first.body == again.body
    assert (other.status, other.code) == (400, "INVALID_REQUEST")
    assert len((await channels.ledger())[0]["refunds"]) == 1  # type: ignore[arg-type]


async def test_parts_never_add_up_to_more_than_was_paid(paid: Merchant, channels: RunningSandbox) -> None:
    assert (await paid.refund(12_000, refund_no="BACK-1")).status == 200
    too_much = await paid.refund(901, refund_no="BACK-2")
    assert (too_much.status, too_much.code) == (400, "INVALID_REQUEST")
    assert (await paid.refund(900, refund_no="BACK-3")).status == 200


async def test_a_refund_names_its_order_by_exactly_one_number(paid: Merchant) -> None:
    transaction_id = (await paid.query()).body["transaction_id"]
    by_transaction = await paid.refund(1, out_trade_no="", transaction_id=transaction_id)
    both = await paid.refund(1, refund_no="BACK-2", transaction_id=transaction_id)
    neither = await paid.refund(1, refund_no="BACK-3", out_trade_no="")
    assert (by_transaction.status, by_transaction.body["out_trade_no"]) == (200, "NIGHT-0001")
    assert (both.code, neither.code) == ("PARAM_ERROR", "PARAM_ERROR")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"number": "NEVER-MADE"}, 404, "RESOURCE_NOT_EXISTS"),
        ({"total": 12_901}, 400, "INVALID_REQUEST"),
        ({"refund_no": "BACK 1"}, 400, "PARAM_ERROR"),
        ({"refund_fen": 0}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": 1, "total": 12_900, "currency": "USD"}}, 400, "PARAM_ERROR"),
        ({"reason": "因" * 81}, 400, "PARAM_ERROR"),
        ({"notify_url": "https://shop.example/n?a=1"}, 400, "PARAM_ERROR"),
    ],
)
async def test_a_wrong_refund_changes_nothing(
    paid: Merchant, channels: RunningSandbox, change: dict[str, object], status: int, code: str
) -> None:
    arguments: dict[str, object] = {"refund_fen": 1} | change
    refund_fen = arguments.pop("refund_fen")
    answered = await paid.refund(refund_fen, **arguments)  # type: ignore[arg-type]
    assert (answered.status, answered.code) == (status, code)
    assert (await channels.ledger())[0]["refunds"] == []


async def test_what_was_never_paid_cannot_be_paid_back(shop: Merchant) -> None:
    await shop.create()
    assert (await shop.refund(1)).code == "INVALID_REQUEST"
    assert (await shop.refund_query("BACK-1")).status == 404


async def test_fifty_refunds_of_one_order_are_the_most(paid: Merchant) -> None:
    for n in range(50):
        assert (await paid.refund(1, refund_no=f"BACK-{n}")).status == 200
    assert (await paid.refund(1, refund_no="BACK-50")).code == "INVALID_REQUEST"


async def test_a_refund_in_progress_survives_a_restart(world: World, night: ManualClock, tmp_path: Path) -> None:
    books = tmp_path / "sandbox.sqlite"
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night)
        await sandbox.pay(await shop.code())
        await shop.refund(12_900)
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night)
        assert (await shop.refund_query()).body["status"] == "PROCESSING"
        night.advance(seconds=1)
        await until(lambda: sandbox.core.ledger.entries()[0].state == "refunded")
        assert (await shop.refund_query()).body["status"] == "SUCCESS"
