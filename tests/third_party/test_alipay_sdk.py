"""npm `alipay-sdk`, Alipay's own client for Node, against the gateway's stand-in, in both key modes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from tests.sandbox.support import Listener, RunningSandbox
from tests.third_party.nodejs import ClientError, NodeClient, running

from payswitch.sandbox.keys import AlipayKeys

pytestmark = pytest.mark.slow

TRADE = "alipay.trade"


@dataclass
class Application:
    client: NodeClient
    sandbox: RunningSandbox
    listener: Listener

    async def call(self, method: str, notify_url: str | None = None, **biz: Any) -> Any:
        return await self.client("call", method=f"{TRADE}.{method}", biz=biz, notify_url=notify_url)

    async def precreate(self, number: str = "NODE_1", amount: str = "88.88") -> str:
        made = await self.call(
            "precreate", self.listener.url, out_trade_no=number, total_amount=amount, subject="直播间爆款 {花括号}\\/"
        )
        assert (made["code"], made["out_trade_no"]) == ("10000", number)
        return str(made["qr_code"])

    async def pay(self, content: str) -> object:
        return (await self.sandbox.pay(content, wallet="alipay"))["result"]


@pytest.fixture(params=["alipay-public-key", "alipay-certificate"])
async def app(
    request: pytest.FixtureRequest, node_home: Path, sandbox: RunningSandbox, listener: Listener
) -> AsyncIterator[Application]:
    keys = sandbox.world.account(request.param).keys
    assert isinstance(keys, AlipayKeys)
    certificates = {
        "app": keys.app_certificate,
        "alipay": keys.alipay_certificate,
        "root": keys.alipay_root_certificate,
    }
    async with running(node_home, "alipay.mjs") as client:
        await client(
            "open",
            gateway=f"{sandbox.base_url}/gateway.do",
            app_id=keys.app_id,
            private_key="".join(line for line in keys.app_private_key.splitlines() if "-----" not in line),
            public_key=keys.alipay_public_key,
            certificates=certificates if keys.certificate_mode else None,
        )
        listener.answers = [200]
        yield Application(client, sandbox, listener)


async def test_a_shop_sells_and_pays_back(app: Application) -> None:
    code = await app.precreate()
    assert (await app.call("query", out_trade_no="NODE_1"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert await app.pay(code) == "paid"
    paid = await app.call("query", out_trade_no="NODE_1")
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "88.88")
    refund = {"out_trade_no": "NODE_1", "out_request_no": "NODE_R1"}
    given = await app.call("refund", refund_amount="8.88", **refund)
    assert (given["fund_change"], given["refund_fee"]) == ("Y", "8.88")
    found = await app.call("fastpay.refund.query", **refund)
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "8.88")


async def test_an_order_is_closed_only_after_the_scan(app: Application) -> None:
    code = await app.precreate()
    assert (await app.call("close", out_trade_no="NODE_1"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    async with app.sandbox.session.get(f"{app.sandbox.base_url}/wallet", params={"c": code}) as page:
        assert page.status == 200
    assert (await app.call("close", out_trade_no="NODE_1"))["code"] == "10000"
    assert await app.pay(code) == "closed"


async def test_a_payment_code_is_debited_and_cancelled(app: Application) -> None:
    codes = app.sandbox.core.payment_codes
    biz = {"scene": "bar_code", "total_amount": "88.88", "subject": "直播间爆款 {花括号}", "out_trade_no": "NODE_1"}
    paid = await app.call("pay", app.listener.url, auth_code=codes.issue("alipay").code, **biz)
    assert (paid["code"], paid["total_amount"]) == ("10000", "88.88")
    cancelled = await app.call("cancel", out_trade_no="NODE_1")
    assert (cancelled["action"], cancelled["retry_flag"]) == ("refund", "N")
    assert (await app.call("query", out_trade_no="NODE_1"))["trade_status"] == "TRADE_CLOSED"

    code = codes.issue("alipay", ask_above_fen=1).code
    waiting = await app.call("pay", app.listener.url, auth_code=code, **biz | {"out_trade_no": "NODE_2"})
    assert waiting["code"] == "10003"
    assert await app.pay(code) == "paid"
    assert (await app.call("query", out_trade_no="NODE_2"))["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize(
    ("product", "code"), [("page", "FAST_INSTANT_TRADE_PAY"), ("wap", "QUICK_WAP_WAY"), ("app", "QUICK_MSECURITY_PAY")]
)
async def test_what_the_client_signs_for_a_browser_or_an_app_is_paid(app: Application, product: str, code: str) -> None:
    biz = {"out_trade_no": "NODE_1", "total_amount": "88.88", "subject": "连衣裙 L&M", "product_code": code}
    extra = {"quit_url": "https://shop.example"} if product == "wap" else {}
    operation = "orderString" if product == "app" else "link"
    content = await app.client(
        operation,
        method=f"{TRADE}.{product}.pay",
        biz=biz | extra,
        notify_url=app.listener.url,
        return_url="https://shop.example/?a=1&b=2",
    )
    assert await app.pay(content) == "paid"
    assert (await app.call("query", out_trade_no="NODE_1"))["trade_status"] == "TRADE_SUCCESS"


async def test_the_client_believes_genuine_notifications_and_no_others(app: Application) -> None:
    await app.sandbox.set_faults({"kind": "notify_forged"})
    await app.pay(await app.precreate())
    forged, genuine = (
        dict(parse_qsl(heard.body.decode(), keep_blank_values=True)) for heard in (await app.listener.count(2))[:2]
    )
    assert await app.client("believes", fields=genuine)
    assert not await app.client("believes", fields=forged)
    assert not await app.client("believes", fields=genuine | {"total_amount": "0.01"})


async def test_the_client_refuses_an_answer_with_a_wrong_signature(app: Application) -> None:
    await app.sandbox.set_faults({"kind": "bad_signature"})
    with pytest.raises(ClientError, match="验签失败"):
        await app.precreate()
