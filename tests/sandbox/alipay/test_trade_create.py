"""`alipay.trade.create`: the only product whose trade exists before the customer acts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from alipay import AliPay
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, Node, until

BUYER = "2088102146225135"
OPEN_ID = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"


async def create(merchant: Merchant, number: str = "T1", amount: str = "12.34", **more: object) -> Node:
    biz = merchant.order(number, amount, product_code="JSAPI_PAY", **({"buyer_id": BUYER} | more))
    return await merchant.call("alipay.trade.create", biz, notify_url=merchant.shop.url)


async def test_a_customer_in_a_mini_program_pays(merchant: Merchant) -> None:
    made = await create(merchant)
    assert (made["code"], made["out_trade_no"]) == ("10000", "T1")
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY", "the trade is there before anybody acts"

    paid = await merchant.pay("", "jsapi", {"tradeNO": made["trade_no"]})
    assert paid["result"] == "paid", paid
    seen = await merchant.query()
    assert (seen["trade_status"], seen["trade_no"], seen["total_amount"]) == (
        "TRADE_SUCCESS",
        made["trade_no"],
        "12.34",
    )
    await until(lambda: len(merchant.shop.heard) == 1, what="the notification")
    assert merchant.shop.heard[0]["trade_no"] == made["trade_no"]
    assert (await merchant.refund("2.34"))["fund_change"] == "Y"


async def test_the_wallets_page_takes_the_trade_as_one_text(merchant: Merchant) -> None:
    made = await create(merchant)
    assert "12.34" in await merchant.scan(f"tradeNO={made['trade_no']}")


async def test_a_close_means_what_it_says(merchant: Merchant) -> None:
    made = await create(merchant)
    assert (await merchant.close())["code"] == "10000"
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay("", "jsapi", {"tradeNO": made["trade_no"]}))["result"] == "closed"
    assert (await create(merchant))["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


async def test_the_same_number_is_the_same_trade(merchant: Merchant) -> None:
    made = await create(merchant)
    assert (await create(merchant))["trade_no"] == made["trade_no"]
    assert (await create(merchant, amount="12.35"))["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
    assert (await create(merchant, buyer_id="2088102146225136"))["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"


async def test_time_ends_it(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await create(merchant, time_expire="2026-11-09 20:52:00")
    sandbox.clock.advance(seconds=901)
    assert (await merchant.pay("", "jsapi", {"tradeNO": made["trade_no"]}))["result"] == "expired"
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize(
    ("biz", "sub_code"),
    [
        ({"buyer_id": None}, "ACQ.INVALID_PARAMETER"),
        ({"buyer_id": "10001"}, "ACQ.BUYER_NOT_EXIST"),
        ({"product_code": "QUICK_WAP_WAY"}, "ACQ.INVALID_PARAMETER"),
        ({"op_app_id": "x" * 33}, "ACQ.INVALID_PARAMETER"),
    ],
)
async def test_what_is_refused(merchant: Merchant, biz: dict[str, object], sub_code: str) -> None:
    biz = merchant.order("T1", product_code="JSAPI_PAY") | {"buyer_id": BUYER} | biz
    assert (await merchant.call("alipay.trade.create", biz))["sub_code"] == sub_code


async def test_the_newer_id_of_a_customer(merchant: Merchant) -> None:
    assert (await create(merchant, buyer_id=None, buyer_open_id=OPEN_ID))["code"] == "10000"


@pytest.mark.parametrize("trade_no", ["2026110922001000000000000099", "1", "x", "中"])
async def test_a_trade_that_nobody_made(merchant: Merchant, trade_no: str) -> None:
    assert (await merchant.pay("", "jsapi", {"tradeNO": trade_no}))["result"] == "not_found"


async def test_the_third_partys_sdk_creates_and_closes(merchant: Merchant) -> None:
    keys = merchant.keys
    sdk: Any = AliPay(
        appid=keys.app_id,
        app_notify_url=merchant.shop.url,
        app_private_key_string=keys.app_private_key,
        alipay_public_key_string=keys.alipay_public_key,
    )
    sdk._gateway = f"{merchant.base}/gateway.do"
    made = await asyncio.to_thread(
        sdk.api_alipay_trade_create, "连衣裙", "S1", "88.88", buyer_id=BUYER, product_code="JSAPI_PAY"
    )
    assert (made["code"], made["out_trade_no"]) == ("10000", "S1")
    assert (await merchant.pay("", "jsapi", {"tradeNO": made["trade_no"]}))["result"] == "paid"
    asked = await asyncio.to_thread(sdk.api_alipay_trade_query, out_trade_no="S1")
    assert (asked["trade_status"], asked["trade_no"]) == ("TRADE_SUCCESS", made["trade_no"])
    await asyncio.to_thread(sdk.api_alipay_trade_create, "连衣裙", "S2", "88.88", buyer_id=BUYER)
    assert (await asyncio.to_thread(sdk.api_alipay_trade_close, out_trade_no="S2"))["code"] == "10000"
