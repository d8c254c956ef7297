"""npm `wechatpay-axios-plugin` against the WeChat Pay stand-in: another author, another language, the same wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.support import Heard, Listener, RunningSandbox, until
from tests.third_party.nodejs import ClientError, NodeClient, running

from payswitch.sandbox.keys import WechatKeys

pytestmark = pytest.mark.slow


@pytest.fixture(params=["wechat-certificate", "wechat-public-key"])
async def client(request: pytest.FixtureRequest, node_home: Path, sandbox: RunningSandbox) -> AsyncIterator[NodeClient]:
    keys = sandbox.world.account(request.param).keys
    assert isinstance(keys, WechatKeys)
    async with running(node_home, "wechatpay.mjs") as made:
        await made(
            "open",
            base_url=sandbox.base_url,
            appid=keys.appid,
            mchid=keys.mchid,
            serial=keys.merchant_serial_no,
            private_key=keys.merchant_private_key,
            api_v3_key=keys.api_v3_key,
            platform_serial=keys.public_key_id or keys.platform_serial_no,
            platform_key=keys.public_key or keys.platform_certificate,
        )
        yield made


def order(listener: Listener, number: str = "NODE-0001", total: int = 12_900, **more: Any) -> dict[str, Any]:
    return {
        "description": "直播间爆款",
        "out_trade_no": number,
        "notify_url": listener.url,
        "amount": {"total": total, "currency": "CNY"},
    } | more


async def read(client: NodeClient, heard: Heard) -> Any:
    return await client("read", headers=heard.headers, body=heard.body.decode())


async def test_a_shop_sells_and_pays_back(client: NodeClient, sandbox: RunningSandbox, listener: Listener) -> None:
    made = await client("create", product="native", body=order(listener))
    assert (await client("query", out_trade_no="NODE-0001"))["trade_state"] == "NOTPAY"
    assert (await sandbox.pay(made["code_url"]))["result"] == "paid"

    message = await read(client, (await listener.count(1))[0])
    assert message["event_type"] == "TRANSACTION.SUCCESS"
    assert message["resource"]["amount"]["total"] == 12_900
    assert (await client("query", out_trade_no="NODE-0001"))["trade_state"] == "SUCCESS"
    with pytest.raises(ClientError) as refused:
        await client("close", out_trade_no="NODE-0001")
    assert (refused.value.status, refused.value.body["code"]) == (400, "ORDERPAID")

    amount = {"refund": 2_900, "total": 12_900, "currency": "CNY"}
    refund = {
        "out_trade_no": "NODE-0001",
        "out_refund_no": "NODE-R1",
        "amount": amount,
        "notify_url": listener.url,
    }
    assert (await client("refund", body=refund))["status"] == "PROCESSING"
    message = await read(client, (await listener.count(2))[1])
    assert (message["event_type"], message["resource"]["out_refund_no"]) == ("REFUND.SUCCESS", "NODE-R1")
    found = await client("queryRefund", out_refund_no="NODE-R1")
    assert (found["status"], found["amount"]["refund"]) == ("SUCCESS", 2_900)


async def test_an_order_is_closed(client: NodeClient, sandbox: RunningSandbox, listener: Listener) -> None:
    made = await client("create", product="native", body=order(listener))
    assert await client("close", out_trade_no="NODE-0001") == 204
    assert (await client("query", out_trade_no="NODE-0001"))["trade_state"] == "CLOSED"
    assert (await sandbox.pay(made["code_url"]))["result"] == "closed"


async def test_a_page_pays_with_what_the_client_signed(
    client: NodeClient, sandbox: RunningSandbox, listener: Listener
) -> None:
    payer = {"payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}
    made = await client("create", product="jsapi", body=order(listener, **payer))
    params = await client("pageParams", prepay_id=made["prepay_id"])
    assert (await sandbox.pay(params=params | {"nonceStr": "other"}))["result"] == "not_found"
    assert (await sandbox.pay(params=params))["result"] == "paid"


async def test_the_client_refuses_what_the_channel_did_not_sign(
    client: NodeClient, sandbox: RunningSandbox, listener: Listener
) -> None:
    await sandbox.set_faults({"kind": "notify_forged"}, {"kind": "bad_signature", "operations": ["query"]})
    made = await client("create", product="native", body=order(listener))
    await sandbox.pay(made["code_url"])
    forged, genuine = (await listener.count(2))[:2]
    with pytest.raises(ClientError, match="not signed"):
        await read(client, forged)
    assert (await read(client, genuine))["resource"]["out_trade_no"] == "NODE-0001"
    with pytest.raises(ClientError):
        await client("query", out_trade_no="NODE-0001")
    await sandbox.set_faults()
    assert (await client("query", out_trade_no="NODE-0001"))["trade_state"] == "SUCCESS"
    await until(lambda: sandbox.core.notifier.pending == 0)
