"""Real channels: the real connectors over HTTP at the sandbox, a switch on a real file, and nobody who works by itself,
so that the test decides what the switch has heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from payswitch.app import App
from payswitch.domain.channel import Environment, Product
from payswitch.domain.payment import Attempt, Refund
from payswitch.domain.reconciliation import Break
from payswitch.domain.shop import Shop
from payswitch.kit.clock import SystemClock, beijing_date, beijing_midnight_ms
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.ledger import Order, RefundState
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World, alipay_account, wechat_account
from payswitch.services.attempts import results
from payswitch.services.books.bills import DayOfChannel, ReconcileDay, reconcile_day
from payswitch.services.commands import CreatePayment, CreateRefund
from payswitch.services.payments import payments
from payswitch.services.refunds import refunds
from payswitch.serving import without_service
from payswitch.settings import Settings
from payswitch.settings.channels import ChannelSettings
from payswitch.settings.service import ServiceSettings
from payswitch.settings.shops import ShopSettings
from tests.sandbox.support import RunningSandbox, running_sandbox

SHOP = Shop(shop_id="tea", merchant_id="m-1", name="云水茶铺")
PRICE = 12_900
DAY_MS = 86_400_000
NOWHERE = "http://127.0.0.1:1"
"""Where the channels send their notifications: all of them are lost."""

FAMILIES = {
    "wechatpay": (Product.WECHAT_NATIVE, "wechat"),
    "alipay": (Product.ALIPAY_PRECREATE, "alipay"),
    "unionpay": (Product.UNIONPAY_QR, "unionpay"),
    "huifu": (Product.ECNY_QR, "ecny"),
}
"""A product of each connector, and the wallet that pays it."""
_WORLD: list[World] = []


def world() -> World:
    """Made once: RSA keys take seconds."""
    if not _WORLD:
        accounts = [
            wechat_account("wechatpay", NOWHERE, public_key=True),
            alipay_account("alipay", NOWHERE),
            unionpay_account(NOWHERE, "unionpay"),
            huifu_account("huifu", NOWHERE),
        ]
        _WORLD.append(World(base_url=NOWHERE, accounts=accounts))
    return _WORLD[0]


class Calendar(SystemClock):
    """The machine's clock, so many days ago."""

    behind_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() - self.behind_ms


@dataclass
class Street:
    app: App
    sandbox: RunningSandbox
    clock: Calendar
    family: str

    def noon(self, days_ago: int) -> None:
        """Far from every channel's end of day: UnionPay's is at 23:00."""
        now_ms = SystemClock().now_ms()
        noon_ms = beijing_midnight_ms(beijing_date(now_ms)) - days_ago * DAY_MS + DAY_MS // 2
        self.clock.behind_ms = now_ms - noon_ms

    @property
    def today(self) -> str:
        return beijing_date(self.clock.now_ms())

    async def sold(self, number: str, *, heard: bool = True) -> Attempt:
        """A customer pays over HTTP; we hear of it by asking, or not at all."""
        product, wallet = FAMILIES[self.family]
        command = CreatePayment(
            out_trade_no=number,
            amount_fen=PRICE,
            subject="爆款",
            environment=Environment.DESKTOP,
            products=(product,),
            expires_in_s=900,
        )
        made = await payments.create_payment(self.app.ctx, SHOP, command, None)
        attempt = made.file.attempts[0]
        assert attempt.credential is not None, attempt.outcome
        paid = await self.sandbox.pay(attempt.credential.content, params=attempt.credential.params, wallet=wallet)
        assert paid["result"] == "paid", paid
        if heard:
            file, fact = await results.query_attempt(self.app.ctx, made.file, attempt.attempt_id, 5_000)
            attempt = file.attempt(attempt.attempt_id)
            assert attempt.transaction_id, fact
        return attempt

    async def sent_back(self, attempt: Attempt, number: str, fen: int = 1_000) -> Refund:
        """Asked for, done at the channel, and heard of."""
        command = CreateRefund(refund_no=number, amount_fen=fen)
        refund = await refunds.create_refund(self.app.ctx, SHOP, attempt.payment_id, command)
        self.settle(attempt)
        return refund

    def settle(self, attempt: Attempt) -> None:
        """Refunds that are on their way arrive."""
        order, ledger = self.order(attempt), self.sandbox.core.ledger
        for refund in order.refunds:
            if refund.state is RefundState.PROCESSING:
                ledger.settle_refund(order, refund)

    def order(self, attempt: Attempt) -> Order:
        found = self.sandbox.core.ledger.find(self.family, attempt.channel_order_no)
        assert found is not None
        return found

    async def edit_bills(self, *edits: dict[str, object]) -> None:
        """The family's bills are there at once, with these mistakes in them."""
        url = f"{self.sandbox.base_url}/_sandbox/bills/{self.family}"
        async with self.sandbox.session.put(url, json={"at_once": True, "edits": list(edits)}) as answer:
            assert answer.status == 200, await answer.text()

    def change_fee(self, fee_bp: int) -> None:
        """The contract, as we believe it to be."""
        channel = self.app.directory.channel(self.family)
        assert channel is not None
        clients = self.app.directory.clients_of(self.family)
        self.app.directory.install(msgspec.structs.replace(channel, fee_bp=fee_bp), clients)

    async def reconcile(self, date: str) -> DayOfChannel:
        [found] = await reconcile_day(self.app.ctx, None, ReconcileDay(date=date, channel_id=self.family))
        return found

    async def open_breaks(self) -> Sequence[Break]:
        return await self.app.store.open_breaks(self.family)


def _settings(folder: Path, family: str, sandbox: RunningSandbox) -> Settings:
    product, _ = FAMILIES[family]
    channel = ChannelSettings(
        channel_id=family,
        merchant_id="m-1",
        connector=family,
        name=family,
        products=frozenset({product}),
        upstream=family,
        account=sandbox.world.account(family).connector_account(),
    )
    shop = ShopSettings(
        shop_id="tea",
        merchant_id="m-1",
        name="云水茶铺",
        webhook_secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        api_key_sha256=fingerprint("key"),
    )
    service = ServiceSettings(public_url=NOWHERE, log_level="error")
    return Settings(service=service, shops=(shop,), channels=(channel,), folder=folder)


@asynccontextmanager
async def street(folder: Path, family: str) -> AsyncIterator[Street]:
    clock = Calendar()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(world(), clock=clock))
        app = await stack.enter_async_context(without_service(_settings(folder, family, sandbox), clock=clock))
        await app.store.save_shop(SHOP, [])
        yield Street(app, sandbox, clock, family)
