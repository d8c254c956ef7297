"""付款码: shown in a wallet, scanned once, and debited at once or after the shopper was asked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.support import RunningSandbox
from tests.sandbox.test_wallet_and_admin import ask

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.payment_codes import ASK_ABOVE_FEN, CodeProblem, Debited, PaymentCode


async def show(channels: RunningSandbox, wallet: str = "wechat", **more: Any) -> str:
    status, told = await ask(channels, "POST", "/_sandbox/payment-codes", json={"wallet": wallet, **more})
    assert status == 200, told
    return str(told["code"])


def scan(channels: RunningSandbox, code: str, amount_fen: int = 12_900) -> tuple[Order, Debited]:
    """What a stand-in does when its merchant's cashier scans a code."""
    core = channels.core
    shown = core.payment_codes.redeem(code, ("wechat",))
    assert isinstance(shown, PaymentCode), shown
    now_ms = core.clock.now_ms()
    order = core.ledger.add(
        Order(
            account="wechat-main",
            channel_order_no=f"COUNTER-{code[-4:]}",
            product="wechat_code",
            amount_fen=amount_fen,
            subject="柜台",
            notify_url="",
            created_at_ms=now_ms,
            expires_at_ms=now_ms + 60_000,
            wallets=[shown.wallet],
            credential=code,
        )
    )
    return order, core.payment_codes.debit(order, shown)


async def confirm(channels: RunningSandbox, code: str, **more: object) -> object:
    return (await channels.pay(code, **more))["result"]


@pytest.mark.parametrize(
    ("wallet", "first", "last", "length"),
    [("wechat", 10, 15, 18), ("alipay", 25, 30, 18), ("huabei", 25, 30, 18), ("unionpay", 62, 62, 19)],
)
async def test_a_code_tells_its_wallet(
    channels: RunningSandbox, wallet: str, first: int, last: int, length: int
) -> None:
    codes = {await show(channels, wallet) for _ in range(40)}
    assert len(codes) == 40
    assert all(len(code) == length and code.isdigit() for code in codes)
    assert all(first <= int(code[:2]) <= last for code in codes)


async def test_a_small_amount_is_debited_without_asking(channels: RunningSandbox) -> None:
    order, became = scan(channels, await show(channels, payer="小红"), ASK_ABOVE_FEN)
    assert became is Debited.PAID
    assert (order.state, order.payer, order.wallet) == (OrderState.PAID, "小红", "wechat")
    assert str(order.transaction_id).startswith("4200")


async def test_a_large_amount_asks_and_is_paid_when_the_shopper_confirms(channels: RunningSandbox) -> None:
    code = await show(channels)
    order, became = scan(channels, code, ASK_ABOVE_FEN + 1)
    assert (became, order.state) == (Debited.ASKING, OrderState.OPEN)
    _, phone = await ask(channels, "GET", f"/_sandbox/payment-codes/{code}")
    assert (phone["asking"], phone["order"]["amount_fen"]) == (True, ASK_ABOVE_FEN + 1)
    assert await confirm(channels, code, wallet="alipay") == "wrong_wallet"
    assert await confirm(channels, code, balance_fen=5) == "insufficient_balance"
    assert await confirm(channels, code) == "paid"
    assert await confirm(channels, code) == "already_paid"
    _, phone = await ask(channels, "GET", f"/_sandbox/payment-codes/{code}")
    assert phone["asking"] is False


async def test_the_shopper_says_no(channels: RunningSandbox) -> None:
    code = await show(channels, ask_above_fen=0)
    order, became = scan(channels, code, 1)
    assert became is Debited.ASKING
    declined = [await ask(channels, "POST", "/_sandbox/payment-codes/decline", json={"code": code}) for _ in range(2)]
    assert [told["declined"] for _, told in declined] == [True, False]
    assert (order.state, order.extra) == (OrderState.CLOSED, {"declined": "yes"})
    assert await confirm(channels, code) == "closed"


async def test_no_money_no_debit(channels: RunningSandbox) -> None:
    order, became = scan(channels, await show(channels, balance_fen=100), 101)
    assert (became, order.state) == (Debited.POOR, OrderState.OPEN)


async def test_a_wallet_that_is_ill(channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "wallet_error", "account": "wechat-main"})
    order, became = scan(channels, await show(channels))
    assert (became, order.state) == (Debited.FAILED, OrderState.OPEN)


async def test_a_code_works_once_for_a_minute_at_its_own_wallets_accounts(
    channels: RunningSandbox, night: ManualClock
) -> None:
    redeem = channels.core.payment_codes.redeem
    used, late, alien = [await show(channels) for _ in range(3)]
    scan(channels, used)
    assert redeem(used, ("wechat",)) is CodeProblem.USED
    assert redeem(alien, ("alipay", "huabei")) is CodeProblem.UNKNOWN
    assert redeem("130000000000000000", ("wechat",)) is CodeProblem.UNKNOWN
    night.advance(seconds=60)
    assert redeem(late, ("wechat",)) is CodeProblem.EXPIRED


async def test_a_code_that_nobody_scanned_pays_nothing(channels: RunningSandbox) -> None:
    code = await show(channels)
    assert await confirm(channels, code) == "not_found"
    _, phone = await ask(channels, "GET", f"/_sandbox/payment-codes/{code}")
    assert phone == {"order": None}


async def test_a_wallet_that_has_no_codes_is_told_so(channels: RunningSandbox) -> None:
    status, told = await ask(channels, "POST", "/_sandbox/payment-codes", json={"wallet": "ecny"})
    assert status == 400
    assert "ecny" in told["error"]
