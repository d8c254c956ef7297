"""The third-party SDK (PyPI `wechatpayv3`) pointed at the sandbox, as a merchant or as a service provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.sandbox.support import PATIENCE_S, Heard, RunningSandbox, running_sandbox
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core

from payswitch.kit.clock import SystemClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.world import World

Answer = tuple[int, dict[str, Any]]


@dataclass
class Sdk:
    """The SDK is synchronous: every call runs in a thread while the sandbox answers on the loop."""

    pay: Any
    keys: WechatKeys

    async def raw(self, name: str, **arguments: object) -> tuple[int, Any]:
        status, content = await asyncio.to_thread(getattr(self.pay, name), **arguments)
        return status, content

    async def call(self, name: str, **arguments: object) -> Answer:
        status, text = await self.raw(name, **arguments)
        return status, json.loads(text) if text else {}

    async def read(self, heard: Heard) -> Any:
        """Verified and decrypted; None for a forgery."""
        return await asyncio.to_thread(self.pay.callback, heard.headers, heard.body)


async def open_sdk(sandbox: RunningSandbox, channel_id: str, notify_url: str, monkeypatch: pytest.MonkeyPatch) -> Sdk:
    """In public-key mode where the account has a public key; as a service provider where it has a sub-merchant."""
    # The SDK has no setting for its address and uses it in the constructor: a property that ignores the assignment.
    gateway = property(lambda self: sandbox.base_url, lambda self, value: None)
    monkeypatch.setattr(Core, "_gate_way", gateway, raising=False)
    keys = sandbox.world.account(channel_id).keys
    assert isinstance(keys, WechatKeys)

    def made() -> Any:
        return WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=keys.mchid,
            private_key=keys.merchant_private_key,
            cert_serial_no=keys.merchant_serial_no,
            appid=keys.appid,
            apiv3_key=keys.api_v3_key,
            notify_url=notify_url,
            timeout=PATIENCE_S,
            partner_mode=bool(keys.sub_mchid),
            public_key=keys.public_key or None,
            public_key_id=keys.public_key_id or None,
        )

    return Sdk(await asyncio.to_thread(made), keys)


@asynccontextmanager
async def sandbox_for_sdk(world: World) -> AsyncIterator[RunningSandbox]:
    """On the machine's clock: the SDK takes its timestamps from there."""
    settings = Settings(refund_delay_s=0.05, notify_time_scale=0.001)
    async with running_sandbox(world, clock=SystemClock(), settings=settings) as sandbox:
        yield sandbox
