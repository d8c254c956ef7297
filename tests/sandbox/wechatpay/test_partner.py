"""服务商模式 at the stand-in: a third-party SDK as the service provider, and what is refused to the wrong merchant."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import Listener, RunningSandbox
from tests.sandbox.wechatpay.merchant import Merchant
from tests.sandbox.wechatpay.sdk import Sdk, open_sdk, sandbox_for_sdk
from wechatpayv3 import WeChatPayType

from payswitch.kit.clock import SystemClock
from payswitch.sandbox.wechatpay.accounts import another_sub_merchant, wechat_partner_account
from payswitch.sandbox.world import World, wechat_account

AMOUNT = {"total": 12_900, "currency": "CNY"}
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


@pytest.fixture(scope="module")
def provider_world() -> World:
    address = "http://127.0.0.1:1"
    first = wechat_partner_account("sub-1", address)
    plain = another_sub_merchant(first, "sub-2", sub_appid=False)
    own = wechat_account("own", address, platform_certificate=False, public_key=True)
    return World(base_url=address, accounts=[first, plain, own])


@pytest.fixture
async def sandbox(provider_world: World) -> AsyncIterator[RunningSandbox]:
    async with sandbox_for_sdk(provider_world) as running:
        yield running


@pytest.fixture(params=["sub-1", "sub-2"])
async def sdk(
    request: pytest.FixtureRequest, sandbox: RunningSandbox, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> Sdk:
    """Two sub-merchants of the same provider: the same keys, and each sees its own orders only."""
    return await open_sdk(sandbox, request.param, listener.url, monkeypatch)


def sub(sdk: Sdk) -> str:
    return sdk.keys.sub_mchid


async def test_a_provider_sells_for_its_sub_merchant(sdk: Sdk, sandbox: RunningSandbox, listener: Listener) -> None:
    status, body = await sdk.call(
        "pay",
        description="直播间爆款",
        out_trade_no="PART-0001",
        amount=AMOUNT,
        sub_mchid=sub(sdk),
        sub_appid=sdk.keys.sub_appid or None,
    )
    assert status == 200, body
    assert (await sandbox.pay(body["code_url"]))["result"] == "paid"

    told = (await sdk.read((await listener.count(1))[0]))["resource"]
    status, asked = await sdk.call("query", out_trade_no="PART-0001", sub_mchid=sub(sdk))
    assert status == 200
    for seen in (told, asked):
        assert (seen["sp_mchid"], seen["sub_mchid"], seen["trade_state"]) == (sdk.keys.mchid, sub(sdk), "SUCCESS")
        assert seen["sp_appid"] == sdk.keys.appid
        assert seen.get("sub_appid", "") == sdk.keys.sub_appid
        assert "mchid" not in seen
        assert "appid" not in seen
    assert (await sdk.call("query", transaction_id=asked["transaction_id"], sub_mchid=sub(sdk)))[0] == 200

    status, refund = await sdk.call(
        "refund",
        out_refund_no="PART-R1",
        out_trade_no="PART-0001",
        amount={"refund": 2_900, "total": 12_900, "currency": "CNY"},
        sub_mchid=sub(sdk),
    )
    assert (status, refund["status"]) == (200, "PROCESSING")
    back = (await sdk.read((await listener.count(2))[1]))["resource"]
    assert (back["sp_mchid"], back["sub_mchid"], back["refund_status"]) == (sdk.keys.mchid, sub(sdk), "SUCCESS")
    status, refund = await sdk.call("query_refund", out_refund_no="PART-R1", sub_mchid=sub(sdk))
    assert (status, refund["status"]) == (200, "SUCCESS")


@pytest.mark.parametrize("kind", [WeChatPayType.JSAPI, WeChatPayType.MINIPROG])
@pytest.mark.parametrize("of_sub", [True, False])
async def test_a_page_pays_under_the_openids_app_id(
    sandbox: RunningSandbox, listener: Listener, monkeypatch: pytest.MonkeyPatch, kind: WeChatPayType, of_sub: bool
) -> None:
    sdk = await open_sdk(sandbox, "sub-1", listener.url, monkeypatch)
    status, body = await sdk.call(
        "pay",
        description="秋冬新款",
        out_trade_no="PART-JSAPI",
        amount=AMOUNT,
        payer={"sub_openid" if of_sub else "sp_openid": OPENID},
        pay_type=kind,
        sub_mchid=sub(sdk),
        sub_appid=sdk.keys.sub_appid,
    )
    assert status == 200, body
    package = f"prepay_id={body['prepay_id']}"
    right, wrong = (sdk.keys.sub_appid, sdk.keys.appid) if of_sub else (sdk.keys.appid, sdk.keys.sub_appid)
    for appid, result in ((wrong, "not_found"), (right, "paid")):
        params = {
            "appId": appid,
            "timeStamp": "1794227820",
            "nonceStr": "nonce",
            "package": package,
            "signType": "RSA",
            "paySign": sdk.pay.sign([appid, "1794227820", "nonce", package]),
        }
        assert (await sandbox.pay(params=params))["result"] == result
    _, asked = await sdk.call("query", out_trade_no="PART-JSAPI", sub_mchid=sub(sdk))
    assert asked["payer"] == {"sub_openid" if of_sub else "sp_openid": OPENID}


async def test_a_customer_leaves_and_the_order_is_closed(sdk: Sdk, sandbox: RunningSandbox) -> None:
    _, body = await sdk.call("pay", description="爆款", out_trade_no="PART-0002", amount=AMOUNT, sub_mchid=sub(sdk))
    assert await sdk.call("close", out_trade_no="PART-0002", sub_mchid=sub(sdk)) == (204, {})
    _, asked = await sdk.call("query", out_trade_no="PART-0002", sub_mchid=sub(sdk))
    assert asked["trade_state"] == "CLOSED"
    assert (await sandbox.pay(body["code_url"]))["result"] == "closed"


async def test_one_sub_merchant_does_not_see_anothers_order(
    sandbox: RunningSandbox, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await open_sdk(sandbox, "sub-1", listener.url, monkeypatch)
    other = await open_sdk(sandbox, "sub-2", listener.url, monkeypatch)
    for sdk, total in ((one, 100), (other, 200)):
        status, _ = await sdk.call(
            "pay", description="爆款", out_trade_no="SAME-NUMBER", amount={"total": total}, sub_mchid=sub(sdk)
        )
        assert status == 200
    for sdk, total in ((one, 100), (other, 200)):
        _, asked = await sdk.call("query", out_trade_no="SAME-NUMBER", sub_mchid=sub(sdk))
        assert asked["amount"]["total"] == total


async def test_what_is_refused_to_the_wrong_merchant(sandbox: RunningSandbox) -> None:
    own = Merchant(sandbox, sandbox.world.account("own"), SystemClock())
    partner = Merchant(sandbox, sandbox.world.account("sub-1"), SystemClock())
    orders, keys = "/v3/pay/partner/transactions", partner.keys
    named = {"sp_appid": keys.appid, "sp_mchid": keys.mchid, "sub_mchid": keys.sub_mchid}
    body = {name: value for name, value in partner.order().items() if name not in ("appid", "mchid")} | named

    # Without the other mode's contract, neither path is open.
    assert (await own.post(f"{orders}/native", own.order() | body)).code == "NO_AUTH"
    assert (await partner.create()).code == "NO_AUTH"
    assert (await partner.query()).code == "NO_AUTH"
    assert (await partner.close()).code == "NO_AUTH"

    assert (await partner.post(f"{orders}/native", body | {"sp_mchid": "1600000000"})).code == "PARAM_ERROR"
    assert (await partner.post(f"{orders}/native", body | {"sub_mchid": "1700000000"})).code == "NO_AUTH"
    assert (await partner.post(f"{orders}/native", body | {"sp_appid": "wx0"})).code == "APPID_MCHID_NOT_MATCH"
    assert (await partner.post(f"{orders}/native", body | {"sub_appid": "wx0"})).code == "APPID_MCHID_NOT_MATCH"
    for payer in ({}, {"sp_openid": OPENID, "sub_openid": OPENID}, {"sub_openid": OPENID}):
        assert (await partner.post(f"{orders}/jsapi", body | {"payer": payer})).code == "PARAM_ERROR"
    assert (await partner.post(f"{orders}/native", body)).status == 200
    # A refund names the sub-merchant, always and only here.
    assert (await partner.refund(1)).code == "NO_AUTH"
    assert (await own.refund(1, sub_mchid=keys.sub_mchid)).code == "NO_AUTH"
