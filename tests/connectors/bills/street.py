"""A sandbox for commands that run a loop of their own, with a configuration that leads to it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import aiohttp
from tests.connectors.huifu.world import order

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Channel, Product
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox import server
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.world import World, wechat_account


class Yesterday(SystemClock):
    """The sandbox's clock is put back a day while the customers pay."""

    behind_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() - self.behind_ms


class Street:
    """A sandbox in a thread of its own, because the command runs a loop of its own; and a configuration for it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Yesterday()
        sock = server.listen("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{sock.getsockname()[1]}"
        self.world = World(
            base_url=self.address,
            accounts=[
                wechat_account("wechat", self.address, public_key=True),
                huifu_account("huifu", self.address),
                epay_account("epay", self.address, version="1"),
            ],
        )
        self.config = folder / "payswitch.toml"
        self.config.write_text(self._configuration(), encoding="utf-8")
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(sock),))

    async def _serve(self, sock: object) -> None:
        app = server.make_app(self.world, clock=self.clock)
        async with server.serving(app, sock=sock):  # type: ignore[arg-type]
            self._ready.set()
            await self._stop.wait()

    def open(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def _configuration(self) -> str:
        products = {
            "wechat": ("wechatpay", "wechat_native"),
            "huifu": ("huifu", "ecny_qr"),
            "epay": ("epay", "epay_alipay"),
        }
        parts = [
            "[[shops]]",
            'shop_id = "s-1"',
            'merchant_id = "m-1"',
            'name = "店"',
            'webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="',
            f'api_key_sha256 = "{fingerprint("key")}"',
        ]
        for account in self.world.accounts:
            connector, product = products[account.channel_id]
            parts += [
                "[[channels]]",
                f'channel_id = "{account.channel_id}"',
                'merchant_id = "m-1"',
                f'connector = "{connector}"',
                f'name = "{account.name}"',
                f'products = ["{product}"]',
                f'upstream = "{connector}"',
                "[channels.account]",
                *(f"{key} = {json.dumps(value)}" for key, value in account.connector_account().items()),
                "",
            ]
        return "\n".join(parts)

    async def sell(self, account_id: str, connector: str, product: Product, wallet: str, *amounts: int) -> None:
        """Customers pay, over HTTP like everybody."""
        self.clock.behind_ms = 86_400_000
        table = self.world.account(account_id).connector_account()
        channel = Channel(
            channel_id=account_id,
            merchant_id="m-1",
            connector=connector,
            name="x",
            products=frozenset({product}),
            upstream="x",
        )
        transport = AiohttpTransport(clock=SystemClock())
        await transport.open()
        client = CONNECTORS[connector].open(channel, table, transport=transport, clock=self.clock, ids=SystemIds())
        async with aiohttp.ClientSession() as session:
            for amount_fen in amounts:
                now_ms = self.clock.now_ms()
                number = SystemIds().new("P", now_ms)
                wish = order(
                    product,
                    channel_order_no=number,
                    amount_fen=amount_fen,
                    created_at_ms=now_ms,
                    expires_at_ms=now_ms + 900_000,
                    notify_url="http://127.0.0.1:1/notify",
                )
                made = await client.create(wish, 5_000)
                assert made.credential is not None, made.outcome
                body = {
                    "credential": {"kind": "qr", "content": made.credential.content},
                    "wallet": wallet,
                    "payer": "x",
                }
                async with session.post(f"{self.address}/_sandbox/wallet/pay", json=body) as answer:
                    assert (await answer.json())["result"] == "paid"
            async with session.put(f"{self.address}/_sandbox/bills/{connector}", json={"at_once": True}) as answer:
                assert answer.status == 200
        await transport.aclose()
        self.clock.behind_ms = 0
