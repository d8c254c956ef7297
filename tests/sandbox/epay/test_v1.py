"""V1 as shops have spoken it for years: MD5, submit.php, mapi.php, api.php."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from tests.sandbox.epay.shop import Shop

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.epay.orders import ORDER_LIFE_MS


async def test_a_shop_sells(shop: Shop) -> None:
    made = await shop.mapi()
    assert made["code"] == 1
    assert set(made) == {"code", "msg", "trade_no", "payurl"}, "exactly one way to pay"
    assert await shop.status() == 0
    assert (await shop.sandbox.pay(made["payurl"], wallet="alipay"))["result"] == "paid"
    order = await shop.api("order", trade_no=made["trade_no"])
    assert (order["status"], order["out_trade_no"], order["money"]) == (1, "NIGHT-0001", "129.00")
    assert order["endtime"] == "2026-11-09 20:37:00"


@pytest.mark.parametrize("offer", ["payurl", "qrcode", "urlscheme"])
async def test_each_offer_is_payable(shop: Shop, offer: str) -> None:
    shop.wire.offers = offer
    made = await shop.mapi(type="wxpay")
    assert (await shop.sandbox.pay(made[offer], wallet="wechat"))["result"] == "paid"


async def test_the_device_jump_always_gets_a_page(shop: Shop) -> None:
    shop.wire.offers = "qrcode"
    assert "payurl" in await shop.mapi(device="jump")


async def test_each_method_wants_its_own_wallet(shop: Shop) -> None:
    made = await shop.mapi(type="wxpay")
    assert (await shop.sandbox.pay(made["payurl"], wallet="alipay"))["result"] == "wrong_wallet"


async def test_a_customer_opens_a_signed_address(shop: Shop) -> None:
    address = f"{shop.sandbox.base_url}/submit.php?{urlencode(shop.md5_signed(shop.order()))}"
    assert (await shop.api("order", out_trade_no="NIGHT-0001"))["code"] == -1, "nobody has opened it yet"
    async with shop.sandbox.session.get(address) as page:
        assert page.status == 200
        assert "129.00" in await page.text()
    assert await shop.status() == 0
    assert (await shop.sandbox.pay(address, wallet="alipay"))["result"] == "paid"
    assert (await shop.sandbox.pay(address, wallet="alipay"))["result"] == "already_paid"


@pytest.mark.parametrize("change", [{"money": "0.01"}, {"sign": "0" * 32}, {"out_trade_no": "OTHER"}])
async def test_a_changed_address_leads_nowhere(shop: Shop, change: dict[str, str]) -> None:
    address = f"{shop.sandbox.base_url}/submit.php?{urlencode(shop.md5_signed(shop.order(), **change))}"
    assert (await shop.sandbox.pay(address, wallet="alipay"))["result"] == "not_found"
    async with shop.sandbox.session.get(address) as page:
        assert "签名校验失败" in await page.text()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"money": "0"}, "金额不合法"),
        ({"money": "1.234"}, "金额不合法"),
        ({"money": "-1"}, "金额不合法"),
        ({"name": ""}, "name不能为空"),
        ({"name": "好" * 43}, "127"),
        ({"notify_url": ""}, "notify_url不能为空"),
        ({"type": "gold"}, "支付方式"),
        ({"out_trade_no": "a b"}, "out_trade_no"),
    ],
)
async def test_nonsense_is_refused_in_the_platforms_own_words(shop: Shop, change: dict[str, str], words: str) -> None:
    refused = await shop.mapi(**change)
    assert refused["code"] == -1
    assert words in refused["msg"]


async def test_a_wrong_signature_or_merchant_is_refused(shop: Shop) -> None:
    params = shop.order()
    refused = await shop.post("/mapi.php", shop.md5_signed(params, money="1.00"))
    assert "签名校验失败" in refused["msg"]
    refused = await shop.post("/mapi.php", shop.md5_signed(params | {"pid": "77"}))
    assert "商户ID不存在" in refused["msg"]
    assert "密钥错误" in (await shop.api("order", out_trade_no="X", key="wrong"))["msg"]


async def test_the_same_number_again(shop: Shop) -> None:
    first = await shop.mapi()
    assert (await shop.mapi())["trade_no"] == first["trade_no"]
    assert "不一致" in (await shop.mapi(money="1.00"))["msg"]
    await shop.sandbox.pay(first["payurl"], wallet="alipay")
    assert "已完成支付" in (await shop.mapi())["msg"]


async def test_an_order_ends_by_the_platforms_own_clock(shop: Shop, night: ManualClock) -> None:
    made = await shop.mapi()
    night.advance(ms=ORDER_LIFE_MS)
    assert (await shop.sandbox.pay(made["payurl"], wallet="alipay"))["result"] == "expired"
    assert await shop.status() == 0, "V1 has no word for a closed order"


async def test_every_refund_call_is_another_refund(shop: Shop) -> None:
    """The trap that a V1 client must know: nothing names a refund."""
    made = await shop.mapi(money="100")
    assert "未支付" in (await shop.refund("30"))["msg"]
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    assert [(await shop.refund("30"))["code"] for _ in range(3)] == [1, 1, 1]
    order = await shop.api("order", out_trade_no="NIGHT-0001")
    assert (order["status"], order["refundmoney"]) == (1, "90.00")
    assert "不能大于" in (await shop.refund("30"))["msg"]
    assert (await shop.refund("10"))["code"] == 1
    order = await shop.api("order", out_trade_no="NIGHT-0001")
    assert order["status"] == 2
    assert "refundmoney" not in order
    assert "全额退款" in (await shop.refund("1"))["msg"]


async def test_platforms_that_differ(shop: Shop) -> None:
    shop.wire.refund_code, shop.wire.orders.shows_refunds = 0, False
    made = await shop.mapi()
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    assert (await shop.refund("129.00"))["code"] == 0
    assert await shop.status() == 1


async def test_the_merchants_account_and_orders(shop: Shop) -> None:
    for number in ("A-1", "A-2", "A-3"):
        await shop.mapi(number)
    account = await shop.api("query")
    assert (account["code"], account["orders"], account["key"]) == (1, 3, shop.keys.key)
    page = await shop.api("orders", limit="2", page="2")
    assert [order["out_trade_no"] for order in page["data"]] == ["A-1"]
    assert (await shop.api("dance"))["code"] == -5
