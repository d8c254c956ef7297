"""付款码 at the counter, through the real service and the real connectors: Alipay's code, UnionPay's and WeChat's.

The waits before a reversal are longer than a test may last: those stories are told beside the connectors.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from payswitch.app import App
from payswitch.domain.channel import Product
from payswitch.kit.clock import SystemClock
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.core import Settings as SandboxSettings
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World, alipay_account, wechat_account
from payswitch.settings import Settings
from payswitch.settings.channels import ChannelSettings
from payswitch.settings.service import ServiceSettings
from payswitch.settings.shops import ShopSettings
from tests.sandbox.support import RunningSandbox, running_sandbox
from tests.scenarios.served import a_service
from tests.scenarios.test_bank_cards import Recorder, every_byte

AMOUNT_FEN = 25_800
CODES = {"alipay": Product.ALIPAY_CODE, "unionpay": Product.UNIONPAY_CODE, "wechat": Product.WECHAT_CODE}
CONNECTOR_OF = {"wechat": "wechatpay"}
WALLETS = sorted(CODES)

pytestmark = pytest.mark.slow


def settings_for(sandbox: RunningSandbox, folder: Path, port: int) -> Settings:
    """One tea house with a contract at each."""
    shop = ShopSettings(
        shop_id="tea",
        merchant_id="tea",
        name="云水茶铺",
        webhook_secret="whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        api_key_sha256=fingerprint("key-tea"),
    )
    channels = tuple(
        ChannelSettings(
            channel_id=wallet,
            merchant_id="tea",
            connector=CONNECTOR_OF.get(wallet, wallet),
            name=wallet,
            products=frozenset({product}),
            upstream=wallet,
            account=sandbox.world.account(wallet).connector_account(),
        )
        for wallet, product in CODES.items()
    )
    service = ServiceSettings(port=port, public_url=f"http://127.0.0.1:{port}", log_level="error")
    return Settings(service=service, shops=(shop,), channels=channels, folder=folder)


@dataclass
class Counter:
    sandbox: RunningSandbox
    app: App
    shop: Recorder
    folder: Path

    def shown(self, wallet: str, **more: int) -> str:
        return self.sandbox.core.payment_codes.issue(wallet, "小红", **more).code

    async def scan(self, code: str, number: str = "T-1") -> tuple[int, dict[str, Any]]:
        body = {
            "out_trade_no": number,
            "amount_fen": AMOUNT_FEN,
            "subject": "明前龙井",
            "environment": "counter",
            "payment_code": code,
        }
        return await self.shop.ask("POST", "/v1/payments", body)

    async def held_fen(self) -> int:
        """What all channels hold together."""
        orders = self.sandbox.core.ledger.entries()
        return sum(order.amount_fen - order.refunded_fen for order in orders if order.received)


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    address = "http://127.0.0.1:1"
    accounts = [alipay_account("alipay", address), unionpay_account(address, "unionpay")]
    world = World(base_url=address, accounts=[*accounts, wechat_account("wechat", address)])
    quick = SandboxSettings(notify_time_scale=0.01, refund_delay_s=0.05)
    async with (
        running_sandbox(world, clock=SystemClock(), settings=quick) as sandbox,
        a_service(sandbox, tmp_path, settings_for) as (app, service),
        aiohttp.ClientSession() as session,
    ):
        shop = Recorder(session, service, "tea")
        shop.said = []
        yield Counter(sandbox, app, shop, tmp_path)


@pytest.mark.parametrize("wallet", WALLETS)
async def test_the_code_is_scanned_paid_and_half_of_it_refunded(counter: Counter, wallet: str) -> None:
    status, made = await counter.scan(counter.shown(wallet))
    assert status < 300, made
    paid = await counter.shop.wait_for(made["payment_id"], "payment")
    assert paid["paid_fen"] == AMOUNT_FEN
    back = {"refund_no": "R-1", "amount_fen": AMOUNT_FEN // 2, "reason": "包装破损"}
    await counter.shop.call("POST", f"/v1/payments/{made['payment_id']}/refunds", back)
    assert (await counter.shop.wait_for(made["payment_id"], "refund"))["refunded_fen"] == AMOUNT_FEN // 2
    assert await counter.held_fen() == AMOUNT_FEN // 2


@pytest.mark.parametrize("wallet", WALLETS)
async def test_the_wallet_asks_for_the_password(counter: Counter, wallet: str) -> None:
    code = counter.shown(wallet, ask_above_fen=1)
    status, made = await counter.scan(code)
    assert (status < 300, made["state"]) == (True, "pending"), made
    assert made["confirming"] is not None
    assert (await counter.sandbox.pay(code, wallet=wallet))["result"] == "paid"
    assert (await counter.shop.wait_for(made["payment_id"], "payment"))["paid_fen"] == AMOUNT_FEN
    assert await counter.held_fen() == AMOUNT_FEN


@pytest.mark.parametrize("wallet", WALLETS)
async def test_a_lost_answer_is_found_and_nothing_is_debited_twice(counter: Counter, wallet: str) -> None:
    await counter.sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["debit"]})
    status, made = await counter.scan(counter.shown(wallet))
    assert (status < 300, made["state"]) == (True, "pending"), made
    await counter.sandbox.set_faults()
    assert (await counter.shop.wait_for(made["payment_id"], "payment"))["paid_fen"] == AMOUNT_FEN
    assert await counter.held_fen() == AMOUNT_FEN
    assert len(counter.sandbox.core.ledger) == 1


@pytest.mark.parametrize(("poor", "rich"), [("alipay", "unionpay"), ("unionpay", "wechat"), ("wechat", "alipay")])
async def test_a_customer_with_too_little_shows_another_wallet(counter: Counter, poor: str, rich: str) -> None:
    status, refused = await counter.scan(counter.shown(poor, balance_fen=1))
    assert (status, refused["code"], await counter.held_fen()) == (402, "payer_refused", 0)
    payment_id = refused["payment_id"]
    body = {"payment_code": counter.shown(rich)}
    status, view = await counter.shop.ask("POST", f"/v1/payments/{payment_id}/confirm", body)
    assert status < 300, view
    assert (await counter.shop.wait_for(payment_id, "payment"))["paid_fen"] == AMOUNT_FEN
    assert await counter.held_fen() == AMOUNT_FEN


@pytest.mark.parametrize("wallet", WALLETS)
async def test_a_payment_code_lies_nowhere_afterwards(
    counter: Counter, wallet: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, logger="payswitch")
    used = counter.shown(wallet)
    _, made = await counter.scan(used)
    await counter.scan(used, "T-2")
    await counter.shop.wait_for(made["payment_id"], "payment")
    await counter.shop.call("GET", "/v1/events")
    out, err = capfd.readouterr()
    said = "".join(counter.shop.said) + out + err + caplog.text
    assert made["payment_id"] in said
    assert used not in said
    lying = every_byte(counter.folder)
    assert made["payment_id"].encode() in lying
    assert used.encode() not in lying
