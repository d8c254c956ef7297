"""An operator at a running service, with the sandbox behind it: real HTTP to the channels, real keys, a real file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from payswitch.app import App, build
from payswitch.domain.channel import Product
from payswitch.kit.clock import SystemClock
from payswitch.kit.sealing import KeyRing, read_master_keys
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.world import World
from payswitch.settings import Settings
from payswitch.settings.channels import ChannelSettings
from payswitch.settings.operators import OperatorSettings
from payswitch.settings.service import ServiceSettings
from payswitch.settings.shops import ShopSettings
from tests.api.server import serving
from tests.api.support import Heard, Web
from tests.sandbox.support import PATIENCE_S, RunningSandbox

OPERATOR_KEY, SHOP_KEY = "key-of-the-operator", "key-of-the-shop"
FOREIGN_KEY = "key-of-another-merchants-operator"
MASTER_KEY = "psmk_" + "A" * 43
CHANNELS = "/v1/admin/channels"

PRODUCTS = {
    "wechatpay": ["wechat_native"],
    "alipay": ["alipay_precreate"],
    "unionpay": ["unionpay_qr"],
    "huifu": ["ecny_qr"],
    "quickpay": ["wechat_native"],
    "epay": ["epay_wechat"],
    "applepay": ["applepay_web"],
}


@dataclass
class Desk:
    """What the operator holds in the hand."""

    app: App
    sandbox: RunningSandbox
    url: str

    @property
    def operator(self) -> Web:
        return Web(self.app.asgi, {"authorization": f"Bearer {OPERATOR_KEY}"})

    @property
    def foreign_operator(self) -> Web:
        """Manages another merchant."""
        return Web(self.app.asgi, {"authorization": f"Bearer {FOREIGN_KEY}"})

    @property
    def shop(self) -> Web:
        return Web(self.app.asgi, {"authorization": f"Bearer {SHOP_KEY}"})

    async def create(self, account_id: str, connector: str, **changes: Any) -> Heard:
        return await self.operator.post(CHANNELS, table(self.sandbox, account_id, connector, **changes))

    async def patch(self, channel_id: str, **changes: Any) -> Heard:
        import json

        body = json.dumps(changes).encode()
        headers = {"content-type": "application/json"}
        return await self.operator.send("PATCH", f"{CHANNELS}/{channel_id}", body, headers=headers)

    async def show(self, channel_id: str) -> dict[str, Any]:
        view: dict[str, Any] = (await self.operator.get(f"{CHANNELS}/{channel_id}")).json
        return view

    async def until(self, channel_id: str, test_id: str, state: str) -> dict[str, Any]:
        """Look until a test has come so far."""
        async with asyncio.timeout(PATIENCE_S * 2):
            while True:
                view: dict[str, Any] = (await self.operator.get(f"{CHANNELS}/{channel_id}/tests/{test_id}")).json
                if view["state"] == state:
                    return view
                await asyncio.sleep(0.05)


class Accounts(Protocol):
    """Whoever knows the sandbox's accounts, running or not."""

    @property
    def world(self) -> World: ...


@dataclass(frozen=True)
class AtRest:
    """The accounts of a sandbox that does not run."""

    world: World


def table(sandbox: Accounts, account_id: str, connector: str, **changes: Any) -> dict[str, Any]:
    """A `[[channels]]` table for an account at the sandbox."""
    usual = {
        "channel_id": account_id,
        "merchant_id": "m-1",
        "connector": connector,
        "name": "渠道",
        "products": PRODUCTS[connector],
        "upstream": connector,
        "account": account_of(sandbox, account_id),
    }
    return {**usual, **changes}


def account_of(sandbox: Accounts, account_id: str, **changes: str | None) -> dict[str, str]:
    """The account that the sandbox knows, with some entries replaced (or, with None, left out)."""
    whole = {**sandbox.world.account(account_id).connector_account(), **changes}
    return {key: value for key, value in whole.items() if value is not None}


def settings_for(
    folder: Path,
    port: int,
    channels: Mapping[str, Mapping[str, str]],
    master_key: str | None,
    database: str = "payswitch.sqlite",
) -> Settings:
    """`channels`: accounts of WeChat channels that the file declares, by id."""
    declared = [
        ChannelSettings(
            channel_id=channel_id,
            merchant_id="m-1",
            connector="wechatpay",
            name=channel_id,
            products=frozenset({Product.WECHAT_NATIVE}),
            upstream="wechat",
            account=dict(account),
        )
        for channel_id, account in channels.items()
    ]
    shop = ShopSettings(
        shop_id="tea",
        merchant_id="m-1",
        name="云水茶铺",
        webhook_secret="whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        api_key_sha256=fingerprint(SHOP_KEY),
    )
    operator = OperatorSettings(
        operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}), api_key_sha256=fingerprint(OPERATOR_KEY)
    )
    foreign = OperatorSettings(
        operator_id="op-wu", name="吴", merchant_ids=frozenset({"m-2"}), api_key_sha256=fingerprint(FOREIGN_KEY)
    )
    service = ServiceSettings(port=port, public_url=f"http://127.0.0.1:{port}", log_level="error", database=database)
    return Settings(
        service=service,
        shops=(shop,),
        channels=tuple(declared),
        operators=(operator, foreign),
        key_ring=None if master_key is None else KeyRing(read_master_keys(master_key)),
        folder=folder,
    )


@asynccontextmanager
async def a_desk(
    sandbox: RunningSandbox,
    folder: Path,
    *,
    declared: Mapping[str, Mapping[str, str]] | None = None,
    master_key: str | None = MASTER_KEY,
    database: str = "payswitch.sqlite",
) -> AsyncIterator[Desk]:
    """The service behind a real port, so that channels can notify it."""
    holder: dict[str, Any] = {}

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await holder["app"].asgi(scope, receive, send)

    async with serving(late) as port:
        app = holder["app"] = build(
            settings_for(folder, port, declared or {}, master_key, database), clock=SystemClock()
        )
        await app.start()
        try:
            yield Desk(app, sandbox, f"http://127.0.0.1:{port}")
        finally:
            await app.stop()
