"""The oracle's asynchronous half (`wechatpayv3.async_`): other HTTP (httpx), other code, the same wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.sandbox.support import PATIENCE_S, Heard, Listener, RunningSandbox
from tests.sandbox.wechatpay.sdk import sandbox_for_sdk
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.wechatpay.accounts import wechat_partner_account
from payswitch.sandbox.world import World


@pytest.fixture(scope="module")
def async_world(world: World) -> World:
    accounts = [world.account("wechat-main"), world.account("wechat-backup")]
    return World(base_url=world.base_url, accounts=[*accounts, wechat_partner_account("partner", world.base_url)])


@pytest.fixture
async def shop_sandbox(async_world: World) -> AsyncIterator[RunningSandbox]:
    async with sandbox_for_sdk(async_world) as sandbox:
        yield sandbox


class Shop:
    """A merchant's usual calls."""

    def __init__(self, pay: Any, keys: WechatKeys) -> None:
        self.pay = pay
        self.keys = keys
        self._whose = {"sub_mchid": keys.sub_mchid} if keys.sub_mchid else {}

    async def call(self, name: str, **arguments: object) -> tuple[int, Any]:
        status, text = await getattr(self.pay, name)(**arguments, **self._whose)
        return status, json.loads(text) if text else {}

    async def native(self, number: str) -> str:
        status, body = await self.call("pay", description="爆款", out_trade_no=number, amount={"total": 12_900})
        assert status == 200, body
        return str(body["code_url"])

    async def state(self, number: str) -> str:
        return str((await self.call("query", out_trade_no=number))[1]["trade_state"])

    def read(self, heard: Heard) -> Any:
        return self.pay.callback(heard.headers, heard.body)


@pytest.fixture(params=["wechat-main", "wechat-backup", "partner"])
async def shop(request: pytest.FixtureRequest, shop_sandbox: RunningSandbox, listener: Listener) -> AsyncIterator[Shop]:
    """With platform certificates (fetched when it is entered), with a public key, and as a service provider."""
    keys = shop_sandbox.world.account(request.param).keys
    assert isinstance(keys, WechatKeys)
    pay = AsyncWeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=keys.mchid,
        private_key=keys.merchant_private_key,
        cert_serial_no=keys.merchant_serial_no,
        appid=keys.appid,
        apiv3_key=keys.api_v3_key,
        notify_url=listener.url,
        timeout=PATIENCE_S,
        partner_mode=bool(keys.sub_mchid),
        public_key=keys.public_key or None,
        public_key_id=keys.public_key_id or None,
    )
    pay._core._gate_way = shop_sandbox.base_url
    async with pay:
        yield Shop(pay, keys)


async def test_sold_told_and_given_back(shop: Shop, shop_sandbox: RunningSandbox, listener: Listener) -> None:
    code_url = await shop.native("ASYNC-SELL-1")
    assert await shop.state("ASYNC-SELL-1") == "NOTPAY"
    assert (await shop_sandbox.pay(code_url))["result"] == "paid"
    told = shop.read((await listener.count(1))[0])
    assert (told["event_type"], told["resource"]["amount"]["total"]) == ("TRANSACTION.SUCCESS", 12_900)
    status, body = await shop.call(
        "refund",
        out_refund_no="ASYNC-R1",
        out_trade_no="ASYNC-SELL-1",
        amount={"refund": 100, "total": 12_900, "currency": "CNY"},
    )
    assert (status, body["status"]) == (200, "PROCESSING")
    back = shop.read((await listener.count(2))[1])
    assert (back["event_type"], back["resource"]["out_refund_no"]) == ("REFUND.SUCCESS", "ASYNC-R1")
    assert await shop.state("ASYNC-SELL-1") == "REFUND"


async def test_closed(shop: Shop, shop_sandbox: RunningSandbox) -> None:
    code_url = await shop.native("ASYNC-CLOSE-1")
    assert (await shop.call("close", out_trade_no="ASYNC-CLOSE-1"))[0] == 204
    assert await shop.state("ASYNC-CLOSE-1") == "CLOSED"
    assert (await shop_sandbox.pay(code_url))["result"] == "closed"


async def test_forgeries_and_wechats_own_tests_are_refused(
    shop: Shop, shop_sandbox: RunningSandbox, listener: Listener
) -> None:
    await shop_sandbox.set_faults({"kind": "notify_forged"}, {"kind": "notify_probe"})
    await shop_sandbox.pay(await shop.native("ASYNC-FORGED-1"))
    forged, probe, real = await listener.count(3)
    assert [shop.read(heard) for heard in (forged, probe)] == [None, None]
    assert shop.read(real)["resource"]["out_trade_no"] == "ASYNC-FORGED-1"
    await shop_sandbox.set_faults({"kind": "bad_signature", "operations": ["create"]})
    with pytest.raises(Exception, match="failed to verify the signature"):
        await shop.native("ASYNC-SICK-1")
