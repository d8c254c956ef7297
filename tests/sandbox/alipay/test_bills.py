"""The stand-in's daily bill: an archive of GBK files, ready the next morning, at an address for half a minute."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import pytest
from alipay import AliPay
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, Node

METHOD = "alipay.data.dataservice.bill.downloadurl.query"
NIGHT = "2026-11-09"
HOUR_S = 3_600


async def ask(merchant: Merchant, day: str = NIGHT, kind: str = "trade") -> Node:
    return await merchant.call(METHOD, {"bill_type": kind, "bill_date": day})


async def fetch(merchant: Merchant, url: str) -> bytes:
    async with merchant.session.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


def unpacked(archive: bytes) -> dict[str, list[str]]:
    """Name -> lines, names and contents read as the GBK that they are."""
    with zipfile.ZipFile(io.BytesIO(archive), metadata_encoding="gbk") as packed:
        return {name: packed.read(name).decode("gbk").split("\r\n") for name in packed.namelist()}


def rows(lines: list[str]) -> list[dict[str, str]]:
    plain = [line.split(",") for line in lines if line and not line.startswith("#")]
    return [dict(zip(plain[0], (value.strip() for value in row), strict=True)) for row in plain[1:]]


async def sell(merchant: Merchant, number: str, amount: str) -> None:
    made = await merchant.precreate(number, amount)
    assert (await merchant.pay(made["qr_code"]))["result"] == "paid"


async def set_bills(merchant: Merchant, **settings: object) -> None:
    async with merchant.session.put(f"{merchant.base}/_sandbox/bills/alipay", json=settings) as answer:
        assert answer.status == 200


async def test_the_bill_of_a_night(merchant: Merchant, sandbox: Sandbox) -> None:
    await sell(merchant, "T1", "129.00")
    sandbox.clock.advance(seconds=60)
    await sell(merchant, "T2", "10.00")
    await merchant.precreate("T3", "5.00")
    sandbox.clock.advance(seconds=60)
    await merchant.refund("29.00", "R1")
    sandbox.clock.advance(seconds=14 * HOUR_S)

    offered = await ask(merchant)
    files = unpacked(await fetch(merchant, offered["bill_download_url"]))
    name = f"{merchant.keys.seller_id}0156_20261109_业务明细"
    assert list(files) == [f"{name}.csv", f"{name}(汇总).csv"]
    details, summary = files.values()
    assert details[:3] == [
        "#支付宝业务明细查询",
        f"#账号：[{merchant.keys.seller_id}0156]",
        "#起始日期：[2026年11月09日 00:00:00]   终止日期：[2026年11月10日 00:00:00]",
    ]
    first, second, refund = rows(details)
    assert (first["商户订单号"], first["业务类型"], first["订单金额（元）"]) == ("T1", "交易", "129.00")
    assert (first["服务费（元）"], first["完成时间"], first["退款批次号/请求号"]) == (
        "-0.77",
        "2026-11-09 20:37:00",
        "",
    )
    assert second["商户订单号"] == "T2"
    assert (refund["商户订单号"], refund["业务类型"], refund["订单金额（元）"]) == ("T1", "退款", "-29.00")
    assert (refund["退款批次号/请求号"], refund["服务费（元）"]) == ("R1", "0.17")
    assert first["支付宝交易号"] == refund["支付宝交易号"] == (await merchant.query("T1"))["trade_no"]
    assert "#交易合计：2笔，商家实收共139.00元，商家优惠共0.00元" in details
    assert "#退款合计：1笔，商家实收退款共-29.00元，商家优惠退款共0.00元" in details
    (total,) = rows(summary)
    assert (total["交易订单总笔数"], total["退款订单总笔数"], total["服务费（元）"]) == ("2", "1", "-0.66")


async def test_when_there_is_a_bill(merchant: Merchant, sandbox: Sandbox) -> None:
    await sell(merchant, "T1", "129.00")
    assert (await ask(merchant))["sub_code"] == "isv.invalid_arguments", "the day is not over"
    sandbox.clock.advance(seconds=13 * HOUR_S)
    assert (await ask(merchant))["sub_code"] == "isp.bill_not_exist", "ready at about ten"
    sandbox.clock.advance(seconds=HOUR_S)
    assert (await ask(merchant))["code"] == "10000"
    assert (await ask(merchant, "2026-11-08"))["sub_code"] == "isp.bill_not_exist", "nobody bought anything"
    for day, kind in (("2026-11-31", "trade"), ("20261109", "trade"), (NIGHT, "signcustomer")):
        assert (await ask(merchant, day, kind))["sub_code"] == "isv.invalid_arguments"


async def test_each_account_has_its_own_bill(merchant: Merchant, cert_merchant: Merchant, sandbox: Sandbox) -> None:
    await sell(merchant, "T1", "129.00")
    sandbox.clock.advance(seconds=14 * HOUR_S)
    assert (await ask(cert_merchant))["sub_code"] == "isp.bill_not_exist"


async def test_an_address_works_for_half_a_minute(merchant: Merchant, sandbox: Sandbox) -> None:
    await sell(merchant, "T1", "129.00")
    await set_bills(merchant, at_once=True)
    url = (await ask(merchant))["bill_download_url"]
    sandbox.clock.advance(seconds=29)
    assert (await fetch(merchant, url)).startswith(b"PK")
    sandbox.clock.advance(seconds=1)
    assert not (await fetch(merchant, url)).startswith(b"PK")
    assert not (await fetch(merchant, url.replace("fileId=", "fileId=0"))).startswith(b"PK")


async def test_a_bill_that_does_not_agree_with_the_books(merchant: Merchant) -> None:
    await sell(merchant, "T1", "129.00")
    await sell(merchant, "T2", "10.00")
    edits = [
        {"channel_order_no": "T1", "change": "drop"},
        {"channel_order_no": "T2", "change": "amount", "by_fen": 1},
    ]
    await set_bills(merchant, at_once=True, edits=edits)
    details, _ = unpacked(await fetch(merchant, (await ask(merchant))["bill_download_url"])).values()
    assert [(row["商户订单号"], row["订单金额（元）"]) for row in rows(details)] == [("T2", "10.01")]
    assert "#交易合计：1笔，商家实收共10.01元，商家优惠共0.00元" in details, "it agrees with itself"


async def test_the_third_partys_sdk_gets_the_address(merchant: Merchant) -> None:
    await sell(merchant, "T1", "129.00")
    await set_bills(merchant, at_once=True)
    keys = merchant.keys
    sdk: Any = AliPay(
        appid=keys.app_id,
        app_notify_url=merchant.shop.url,
        app_private_key_string=keys.app_private_key,
        alipay_public_key_string=keys.alipay_public_key,
    )
    sdk._gateway = f"{merchant.base}/gateway.do"
    offered = await asyncio.to_thread(sdk.server_api, METHOD, {"bill_type": "trade", "bill_date": NIGHT})
    details, _ = unpacked(await fetch(merchant, offered["bill_download_url"])).values()
    assert [row["商户订单号"] for row in rows(details)] == ["T1"]


@pytest.mark.parametrize("settings", [{"edits": 1}, {"at-once": True}, []])
async def test_settings_that_are_none(merchant: Merchant, settings: object) -> None:
    async with merchant.session.put(f"{merchant.base}/_sandbox/bills/alipay", json=settings) as answer:
        assert answer.status == 400
