"""npm `easypay-node-sdk` against the epay platform's stand-in: page payment and order query, V1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.sandbox.epay.shop import Ears, md5_of
from tests.sandbox.support import RunningSandbox
from tests.third_party.nodejs import NodeClient, running

from payswitch.sandbox.epay.keys import EpayKeys

pytestmark = pytest.mark.slow


def keys_of(sandbox: RunningSandbox) -> EpayKeys:
    keys = sandbox.world.account("epay").keys
    assert isinstance(keys, EpayKeys)
    return keys


@pytest.fixture
async def client(node_home: Path, sandbox: RunningSandbox) -> AsyncIterator[NodeClient]:
    async with running(node_home, "easypay.mjs") as made:
        await made("open", domain=sandbox.base_url, pid=keys_of(sandbox).pid, key=keys_of(sandbox).key)
        yield made


@pytest.mark.parametrize(("kind", "wallet"), [("alipay", "alipay"), ("wxpay", "wechat")])
async def test_a_page_that_the_client_signed_is_paid(
    client: NodeClient, sandbox: RunningSandbox, ears: Ears, kind: str, wallet: str
) -> None:
    order = {
        "type": kind,
        "out_trade_no": "1578828234686",
        "notify_url": ears.url,
        "return_url": "https://shop.example/done",
        "name": "直播间爆款",
        "money": "129.9",
        "sitename": "测试网站",
    }
    address = await client("pay", **order)
    assert (await client("order", out_trade_no="1578828234686"))["code"] == -1, "nobody has opened the page yet"
    assert (await sandbox.pay(address.replace("129.9", "0.1"), wallet=wallet))["result"] == "not_found"
    assert (await sandbox.pay(address, wallet=wallet))["result"] == "paid"
    found = await client("order", out_trade_no="1578828234686")
    assert (found["code"], found["status"], found["money"]) == (1, 1, "129.9")
    told = dict((await ears.message(1)).query)
    assert told["sign"] == md5_of(told, keys_of(sandbox).key)
    assert told["money"] == "129.9"


async def test_a_wrong_key_shows_in_both_calls(client: NodeClient, sandbox: RunningSandbox, ears: Ears) -> None:
    await client("open", domain=sandbox.base_url, pid=keys_of(sandbox).pid, key="wrong")
    assert "密钥" in (await client("order", out_trade_no="1"))["msg"]
    address = await client(
        "pay",
        type="alipay",
        out_trade_no="1",
        notify_url=ears.url,
        return_url="https://shop.example",
        name="x",
        money="1",
        sitename="y",
    )
    assert (await sandbox.pay(address, wallet="alipay"))["result"] == "not_found"
