"""V2: RSA both ways, refunds with numbers, a close."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from cryptography.exceptions import InvalidSignature
from tests.sandbox.epay.shop import Shop, verify_rsa
from tests.sandbox.support import until

from payswitch.kit.clock import ManualClock


async def test_a_shop_sells(rsa_shop: Shop) -> None:
    made = await rsa_shop.v2_create()
    assert (made["code"], made["pay_type"]) == (0, "jump")
    assert (await rsa_shop.v2("query", out_trade_no="NIGHT-0001"))["status"] == 0
    assert (await rsa_shop.sandbox.pay(made["pay_info"], wallet="alipay"))["result"] == "paid"
    order = await rsa_shop.v2("query", trade_no=made["trade_no"])
    assert (order["status"], order["money"], order["pid"]) == (1, "129.00", int(rsa_shop.keys.pid))


async def test_a_code_instead_of_a_page(rsa_shop: Shop) -> None:
    rsa_shop.wire.offers = "qrcode"
    assert (await rsa_shop.v2_create("A"))["pay_type"] == "qrcode"
    assert (await rsa_shop.v2_create("B", method="jump"))["pay_type"] == "jump"


async def test_a_customer_opens_a_signed_address(rsa_shop: Shop) -> None:
    address = f"{rsa_shop.sandbox.base_url}/api/pay/submit?{urlencode(rsa_shop.rsa_signed(rsa_shop.order()))}"
    assert (await rsa_shop.sandbox.pay(address, wallet="alipay"))["result"] == "paid"


async def test_refusals_of_strangers_are_not_signed(rsa_shop: Shop) -> None:
    for tampered in ({"money": "1.00"}, {"timestamp": "1"}):
        signed = rsa_shop.rsa_signed(rsa_shop.order() | {"method": "web"}, **tampered)
        refused = await rsa_shop.post("/api/pay/create", signed)
        assert "RSA签名校验失败" in refused["msg"]
        assert "sign" not in refused
    stale = rsa_shop.rsa_signed(rsa_shop.order() | {"method": "web", "timestamp": "1794220000"})
    assert "时间戳" in (await rsa_shop.post("/api/pay/create", stale))["msg"]


async def test_refusals_of_the_merchant_are_signed(rsa_shop: Shop) -> None:
    assert "不存在" in (await rsa_shop.v2("query", out_trade_no="NOBODY"))["msg"]
    assert "退款单不存在" in (await rsa_shop.v2("refundquery", out_refund_no="NOBODY"))["msg"]


async def test_the_versions_do_not_mix(shop: Shop, rsa_shop: Shop) -> None:
    refused = await rsa_shop.post("/mapi.php", rsa_shop.md5_signed(rsa_shop.order()))
    assert "签名类型错误" in refused["msg"]
    assert "密钥错误" in (await rsa_shop.api("order", out_trade_no="X", key=""))["msg"]
    foreign = rsa_shop.rsa_signed(rsa_shop.order() | {"pid": shop.keys.pid, "method": "web"})
    assert "RSA" in (await shop.post("/api/pay/create", foreign))["msg"]


async def test_a_refund_has_a_number_and_takes_a_while(rsa_shop: Shop, night: ManualClock) -> None:
    made = await rsa_shop.v2_create(money="100")
    refund = {"out_trade_no": "NIGHT-0001", "out_refund_no": "R-1", "money": "30.00"}
    assert "未支付" in (await rsa_shop.v2("refund", **refund))["msg"]
    await rsa_shop.sandbox.pay(made["pay_info"], wallet="alipay")
    first = await rsa_shop.v2("refund", **refund)
    again = await rsa_shop.v2("refund", **refund)
    assert (first["code"], again["refund_no"]) == (0, first["refund_no"]), "the same number is the same refund"
    assert "不一致" in (await rsa_shop.v2("refund", **refund | {"money": "40.00"}))["msg"]
    assert (await rsa_shop.v2("refundquery", out_refund_no="R-1"))["status"] == 0
    night.advance(seconds=2)
    order = rsa_shop.sandbox.core.ledger.find("epay-v2", "NIGHT-0001")
    assert order is not None
    await until(lambda: order.refunds[0].settled_at_ms is not None)
    found = await rsa_shop.v2("refundquery", out_refund_no="R-1")
    assert (found["status"], found["money"], found["out_trade_no"]) == (1, "30.00", "NIGHT-0001")


async def test_a_close_keeps_the_customer_out(rsa_shop: Shop) -> None:
    made = await rsa_shop.v2_create()
    assert (await rsa_shop.v2("close", out_trade_no="NIGHT-0001"))["code"] == 0
    assert (await rsa_shop.sandbox.pay(made["pay_info"], wallet="alipay"))["result"] == "closed"
    assert (await rsa_shop.v2("query", out_trade_no="NIGHT-0001"))["status"] == 0
    other = await rsa_shop.v2_create("B")
    await rsa_shop.sandbox.pay(other["pay_info"], wallet="alipay")
    assert "已支付" in (await rsa_shop.v2("close", out_trade_no="B"))["msg"]


async def test_the_merchants_orders(rsa_shop: Shop) -> None:
    await rsa_shop.v2_create("A")
    await rsa_shop.v2_create("B")
    page = await rsa_shop.post("/api/merchant/orders", rsa_shop.rsa_signed({"limit": "1", "offset": "1"}))
    verify_rsa(page, rsa_shop.keys.platform_public_key)
    assert [order["out_trade_no"] for order in page["data"]] == ["A"]


async def test_faults_speak_this_familys_language(rsa_shop: Shop) -> None:
    await rsa_shop.sandbox.set_faults({"kind": "error_code", "code": "-1", "message": "通道维护中"})
    assert (await rsa_shop.v2_create())["msg"] == "通道维护中"
    await rsa_shop.sandbox.set_faults({"kind": "bad_signature"})
    with pytest.raises(InvalidSignature):
        await rsa_shop.v2_create()
    await rsa_shop.sandbox.set_faults({"kind": "http_5xx", "product": "epay_wechat"})
    assert (await rsa_shop.v2_create("C"))["code"] == 0, "the fault is about another product"
