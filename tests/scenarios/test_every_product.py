"""One evening at the shop: every product of every connector is paid once and half refunded, through the real service.

Over HTTP on loopback at both ends: the service with its SQLite file, the sandbox with its own ledger. Each account is a
shop of its own, so that routing cannot send a payment anywhere else. At the end the two books are compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from payswitch.app import App, build
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Capability
from payswitch.kit.clock import SystemClock
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.core import Settings as SandboxSettings
from payswitch.settings import ChannelSettings, ServiceSettings, Settings, ShopSettings
from tests.api.server import serving
from tests.connectors.conformance.accounts import ACCOUNTS, make_world
from tests.sandbox.support import PATIENCE_S, RunningSandbox, running_sandbox

AMOUNT_FEN = 25_800
"""Enough for Huabei's minimum, and even, so that half of it is whole fen."""

pytestmark = pytest.mark.slow


def settings_for(sandbox: RunningSandbox, folder: Path, port: int) -> Settings:
    """Every account of the sandbox as a shop with one channel that has signed for everything."""
    shops, channels = [], []
    for account_id, connector in ACCOUNTS.items():
        shops.append(
            ShopSettings(
                shop_id=account_id,
                merchant_id=account_id,
                name=account_id,
                webhook_secret="whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                api_key_sha256=fingerprint(f"key-{account_id}"),
            )
        )
        channels.append(
            ChannelSettings(
                channel_id=account_id,
                merchant_id=account_id,
                connector=connector,
                name=account_id,
                products=frozenset(CONNECTORS[connector].capabilities),
                upstream=account_id,
                account=sandbox.world.account(account_id).connector_account(),
            )
        )
    service = ServiceSettings(port=port, public_url=f"http://127.0.0.1:{port}", log_level="error")
    return Settings(service=service, shops=tuple(shops), channels=tuple(channels), folder=folder)


@asynccontextmanager
async def a_service(
    sandbox: RunningSandbox,
    folder: Path,
    make_settings: Callable[[RunningSandbox, Path, int], Settings] = settings_for,
) -> AsyncIterator[tuple[App, str]]:
    """The wired service behind a real server. Its address is known before it is built: channels are told of it."""
    holder: dict[str, Any] = {}

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await holder["app"].asgi(scope, receive, send)

    async with serving(late) as port:
        app = holder["app"] = build(make_settings(sandbox, folder, port))
        await app.start()
        try:
            yield app, f"http://127.0.0.1:{port}"
        finally:
            await app.stop()


def push_products(connector: str) -> list[Capability]:
    """What a wallet pays. Debits have evenings of their own."""
    return [capability for capability in CONNECTORS[connector].capabilities.values() if capability.push]


class Shop:
    """One shop's side of the API."""

    def __init__(self, session: aiohttp.ClientSession, service: str, account_id: str) -> None:
        self._session = session
        self._service = service
        self._headers = {"Authorization": f"Bearer key-{account_id}"}

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._session.request(method, self._service + path, json=body, headers=self._headers) as answer:
            view: dict[str, Any] = await answer.json()
            assert answer.status < 300, view
            return view

    async def wait_for(self, payment_id: str, what: str) -> dict[str, Any]:
        """Look until the payment (or its refund) has succeeded: told by the notification, or found by the sweeper."""
        async with asyncio.timeout(PATIENCE_S * 3):
            while True:
                view = await self.call("GET", f"/v1/payments/{payment_id}")
                if what == "payment" and view["state"] == "succeeded":
                    return view
                if what == "refund" and all(refund["state"] == "succeeded" for refund in view["refunds"]):
                    return view
                await asyncio.sleep(0.05)


async def buy(sandbox: RunningSandbox, shop: Shop, account_id: str, capability: Capability) -> None:
    """Create, pay in the wallet, hear of it, refund half, see it back."""
    created = await shop.call(
        "POST",
        "/v1/payments",
        {
            "out_trade_no": f"{account_id}-{capability.product}",
            "amount_fen": AMOUNT_FEN,
            "subject": "爆款 × 1",
            "environment": sorted(capability.environments)[0],
            "products": [capability.product],
            "customer": {
                "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
                "buyer_id": "2088102146225135",
                "client_ip": "203.0.113.9",
            },
        },
    )
    credential = created["credential"]
    assert credential["product"] == capability.product
    results = []
    for wallet in dict.fromkeys((capability.method.value, *sandbox.world.account(account_id).wallets)):
        paid = await sandbox.pay(credential["content"], params=credential["params"], wallet=wallet)
        results.append(paid["result"])
        if paid["result"] == "paid":
            break
    assert results[-1] == "paid", results
    succeeded = await shop.wait_for(created["payment_id"], "payment")
    assert succeeded["paid_fen"] == AMOUNT_FEN
    await shop.call(
        "POST",
        f"/v1/payments/{created['payment_id']}/refunds",
        {"refund_no": f"r-{account_id}-{capability.product}", "amount_fen": AMOUNT_FEN // 2, "reason": "七天无理由"},
    )
    refunded = await shop.wait_for(created["payment_id"], "refund")
    assert refunded["refunded_fen"] == AMOUNT_FEN // 2


async def test_every_product_of_every_connector_is_paid_and_refunded(tmp_path: Path) -> None:
    quick = SandboxSettings(notify_time_scale=0.01, refund_delay_s=0.05)
    async with (
        running_sandbox(make_world("http://127.0.0.1:1"), clock=SystemClock(), settings=quick) as sandbox,
        a_service(sandbox, tmp_path) as (app, service),
        aiohttp.ClientSession() as session,
    ):
        bought = 0
        for account_id, connector in ACCOUNTS.items():
            shop = Shop(session, service, account_id)
            await asyncio.gather(*(buy(sandbox, shop, account_id, c) for c in push_products(connector)))
            bought += len(push_products(connector))

        counts = await app.store.counts()
        assert counts.payments == {"succeeded": bought}
        assert counts.received_fen == bought * AMOUNT_FEN
        assert counts.returned_fen == bought * AMOUNT_FEN // 2
        assert (counts.surplus, counts.broken_payments, counts.broken_refunds) == (0, 0, 0)
        entries = await sandbox.ledger()
        paid = [entry for entry in entries if entry["paid_at_ms"]]
        assert sum(int(str(entry["amount_fen"])) for entry in paid) == counts.received_fen, "the channels' book"
        given_back = [refund for entry in paid for refund in entry["refunds"]]  # type: ignore[attr-defined]
        assert sum(refund["amount_fen"] for refund in given_back) == counts.returned_fen
