"""The oracle: an SDK that knows nothing of this project (PyPI `wechatpayv3`) must work against the sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import Listener, RunningSandbox
from tests.sandbox.wechatpay.sdk import Sdk, open_sdk, sandbox_for_sdk
from wechatpayv3 import WeChatPayType

from payswitch.sandbox.world import World


class Shop(Sdk):
    """A merchant's usual calls."""

    async def native(self, number: str, total: int = 12_900) -> str:
        status, body = await self.call(
            "pay", description="直播间爆款", out_trade_no=number, amount={"total": total, "currency": "CNY"}
        )
        assert status == 200, body
        return str(body["code_url"])

    async def state(self, number: str) -> str:
        status, body = await self.call("query", out_trade_no=number)
        assert status == 200, body
        return str(body["trade_state"])


@pytest.fixture
async def shop_sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with sandbox_for_sdk(world) as sandbox:
        yield sandbox


@pytest.fixture(params=["wechat-main", "wechat-backup", "wechat-migrating"])
async def sdk(
    request: pytest.FixtureRequest,
    shop_sandbox: RunningSandbox,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """In platform-certificate mode (which downloads its certificates in the constructor), in public-key mode, and
    with a public key on an account that still has certificates."""
    sdk = await open_sdk(shop_sandbox, request.param, listener.url, monkeypatch)
    return Shop(sdk.pay, sdk.keys)


async def test_a_shop_sells_and_hears_of_it(sdk: Shop, shop_sandbox: RunningSandbox, listener: Listener) -> None:
    code_url = await sdk.native("SDK-SELL-1")
    assert code_url.startswith("weixin://wxpay/bizpayurl?pr=")
    assert await sdk.state("SDK-SELL-1") == "NOTPAY"

    assert (await shop_sandbox.pay(code_url))["result"] == "paid"

    message = await sdk.read((await listener.count(1))[0])
    assert message["event_type"] == "TRANSACTION.SUCCESS"
    assert message["resource"]["out_trade_no"] == "SDK-SELL-1"
    assert message["resource"]["mchid"] == sdk.keys.mchid
    assert message["resource"]["amount"]["total"] == 12_900
    transaction_id = message["resource"]["transaction_id"]
    status, body = await sdk.call("query", transaction_id=transaction_id)
    assert (status, body["trade_state"], body["amount"]["payer_total"]) == (200, "SUCCESS", 12_900)


@pytest.mark.parametrize(
    ("kind", "extra", "field"),
    [
        (WeChatPayType.NATIVE, {}, "code_url"),
        (WeChatPayType.JSAPI, {"payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}, "prepay_id"),
        (WeChatPayType.H5, {"scene_info": {"payer_client_ip": "14.23.150.211", "h5_info": {"type": "Wap"}}}, "h5_url"),
        (WeChatPayType.APP, {}, "prepay_id"),
    ],
    ids=["native", "jsapi", "h5", "app"],
)
async def test_every_product_can_be_created(
    sdk: Shop, kind: WeChatPayType, extra: dict[str, object], field: str
) -> None:
    status, body = await sdk.call(
        "pay",
        description="秋冬新款",
        out_trade_no=f"SDK-{kind.name}-1",
        amount={"total": 1},
        pay_type=kind,
        attach="直播间 7",
        **extra,
    )
    assert status == 200, body
    assert list(body) == [field]


async def test_a_page_pays_with_the_parameters_the_sdk_signed(sdk: Shop, shop_sandbox: RunningSandbox) -> None:
    _, body = await sdk.call(
        "pay",
        description="秋冬新款",
        out_trade_no="SDK-JSAPI-PAY",
        amount={"total": 1},
        pay_type=WeChatPayType.JSAPI,
        payer={"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    )
    package = f"prepay_id={body['prepay_id']}"
    signature = sdk.pay.sign([sdk.keys.appid, "1794227820", "nonce", package])
    params = {
        "appId": sdk.keys.appid,
        "timeStamp": "1794227820",
        "nonceStr": "nonce",
        "package": package,
        "signType": "RSA",
        "paySign": signature,
    }
    refused = await shop_sandbox.pay(params=params | {"timeStamp": "1794227821"})
    assert refused["result"] == "not_found"
    assert (await shop_sandbox.pay(params=params))["result"] == "paid"


async def test_a_customer_leaves_and_the_order_is_closed(sdk: Shop, shop_sandbox: RunningSandbox) -> None:
    code_url = await sdk.native("SDK-CLOSE-1")
    assert await sdk.call("close", out_trade_no="SDK-CLOSE-1") == (204, {})
    assert await sdk.state("SDK-CLOSE-1") == "CLOSED"
    assert (await shop_sandbox.pay(code_url))["result"] == "closed"


async def test_money_goes_back_in_two_parts(sdk: Shop, shop_sandbox: RunningSandbox, listener: Listener) -> None:
    await shop_sandbox.pay(await sdk.native("SDK-REFUND-1", 1_000))
    for number, part in (("R1", 400), ("R2", 600)):
        status, body = await sdk.call(
            "refund",
            out_refund_no=f"SDK-{number}",
            out_trade_no="SDK-REFUND-1",
            reason="七天无理由",
            amount={"refund": part, "total": 1_000, "currency": "CNY"},
        )
        assert (status, body["status"]) == (200, "PROCESSING")

    messages = [await sdk.read(heard) for heard in await listener.count(3)]
    refunds = {m["resource"]["out_refund_no"]: m for m in messages if m["event_type"] == "REFUND.SUCCESS"}
    assert {number: m["resource"]["amount"]["refund"] for number, m in refunds.items()} == {
        "SDK-R1": 400,
        "SDK-R2": 600,
    }
    status, body = await sdk.call("query_refund", out_refund_no="SDK-R1")
    assert (status, body["status"], body["amount"]["refund"]) == (200, "SUCCESS", 400)
    assert await sdk.state("SDK-REFUND-1") == "REFUND"


async def test_the_sdk_refuses_a_forged_notification_and_takes_the_real_one(
    sdk: Shop, shop_sandbox: RunningSandbox, listener: Listener
) -> None:
    await shop_sandbox.set_faults({"kind": "notify_forged"})
    await shop_sandbox.pay(await sdk.native("SDK-FORGED-1"))
    forged, real = await listener.count(2)
    assert await sdk.read(forged) is None
    assert (await sdk.read(real))["resource"]["out_trade_no"] == "SDK-FORGED-1"


@pytest.mark.parametrize("kind", ["bad_signature", "unknown_serial"])
async def test_the_sdk_does_not_believe_an_answer_under_a_wrong_key(
    sdk: Shop, shop_sandbox: RunningSandbox, kind: str
) -> None:
    await shop_sandbox.set_faults({"kind": kind, "operations": ["create"]})
    # With certificates at hand the SDK reads every serial as a hexadecimal number, and stumbles over a key id.
    with pytest.raises(Exception, match=r"failed to verify the signature|invalid literal"):
        await sdk.native("SDK-SICK-1")


async def test_a_body_that_breaks_off_reaches_the_sdk_as_such(sdk: Shop, shop_sandbox: RunningSandbox) -> None:
    await shop_sandbox.set_faults({"kind": "malformed", "operations": ["create"]})
    with pytest.raises(json.JSONDecodeError):
        await sdk.native("SDK-SICK-2")


async def test_refusals_reach_the_sdk_in_wechats_own_shape(sdk: Shop, shop_sandbox: RunningSandbox) -> None:
    status, body = await sdk.call("query", out_trade_no="SDK-NOBODY")
    assert (status, body["code"]) == (404, "ORDER_NOT_EXIST")
    await shop_sandbox.pay(await sdk.native("SDK-PAID-1"))
    status, body = await sdk.call("close", out_trade_no="SDK-PAID-1")
    assert (status, body["code"]) == (400, "ORDERPAID")
