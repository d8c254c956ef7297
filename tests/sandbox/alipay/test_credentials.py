"""What the customer holds: a code, a link, a form, an order string. Each is paid as it was given out."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant

from payswitch.sandbox.alipay import CloseBeforeScan, Oddities


def _tampered(signed: str) -> str:
    """The same signed text, only cheaper."""
    assert "12.34" in signed
    return signed.replace("12.34", "0.01")


@pytest.mark.parametrize("product", ["wap", "page"])
async def test_a_signed_link_becomes_a_trade_when_it_is_opened(merchant: Merchant, product: str) -> None:
    link = merchant.link(product)
    assert (await merchant.query())["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert "直播间爆款" in await merchant.scan(link)
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY"
    result = await merchant.pay(link, "redirect")
    assert (result["result"], result["channel_order_no"], result["account"]) == ("paid", "T1", "alipay-main")
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"
    order = merchant.core.ledger.find("alipay-main", "T1")
    assert order is not None
    assert order.product == f"alipay_{product}"


async def test_in_certificate_mode_the_link_carries_its_serial_numbers(cert_merchant: Merchant) -> None:
    assert (await cert_merchant.pay(cert_merchant.link(), "redirect"))["result"] == "paid"


async def test_a_posted_form(merchant: Merchant) -> None:
    action, _, query = merchant.link("page").partition("?")
    assert (await merchant.pay(action, "form", dict(parse_qsl(query))))["result"] == "paid"


async def test_a_form_with_its_common_parameters_in_the_address(merchant: Merchant) -> None:
    action, _, query = merchant.link("page").partition("?")
    fields = dict(parse_qsl(query))
    biz = {"biz_content": fields.pop("biz_content")}
    assert (await merchant.pay(f"{action}?{urlencode(fields)}", "form", biz))["result"] == "paid"


async def test_an_apps_order_string(merchant: Merchant) -> None:
    order_string = merchant.order_string()
    assert (await merchant.query())["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert (await merchant.pay(order_string, "app"))["result"] == "paid"
    assert (await merchant.pay(order_string, "app"))["result"] == "already_paid"


@pytest.mark.parametrize("kind", ["redirect", "app"])
async def test_a_customer_who_changes_the_price_pays_nothing(merchant: Merchant, sandbox: Sandbox, kind: str) -> None:
    signed = merchant.link() if kind == "redirect" else merchant.order_string()
    result = await merchant.pay(_tampered(signed), kind)
    assert result["result"] == "not_found"
    assert "isv.invalid-signature" in result["message"]
    assert len(sandbox.core.ledger) == 0


@pytest.mark.parametrize(
    "content",
    [
        "https://qr.alipay.com/bax00000000000000000000",
        "https://elsewhere.example/pay",
        "http://[broken/gateway.do",
        "method=alipay.trade.app.pay&app_id=2021000000000000",
        "/gateway.do",
        "",
    ],
)
async def test_text_that_is_no_credential_leads_nowhere(merchant: Merchant, content: str) -> None:
    assert (await merchant.pay(content))["result"] == "not_found"


async def test_a_server_call_is_no_credential(merchant: Merchant) -> None:
    params = merchant.signed(merchant.common("alipay.trade.precreate", merchant.order()))
    result = await merchant.pay(f"{merchant.base}/gateway.do?{urlencode(params)}", "redirect")
    assert result["result"] == "not_found"


async def test_a_second_link_for_the_same_number_with_another_price_fails_in_the_wallet(merchant: Merchant) -> None:
    await merchant.scan(merchant.link())
    result = await merchant.pay(merchant.link(amount="1.00"), "redirect")
    assert result["result"] == "wallet_error"
    assert "ACQ.CONTEXT_INCONSISTENT" in result["message"]


async def test_a_closed_link(merchant: Merchant, sandbox: Sandbox) -> None:
    link = merchant.link()
    await merchant.scan(link)
    assert (await merchant.close())["code"] == "10000"
    assert (await merchant.pay(link, "redirect"))["result"] == "closed"
    sandbox.wire.behave(Oddities(close_before_scan=CloseBeforeScan.TOMBSTONE))
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED", "the flag changes nothing for existing trades"


async def test_instalments_need_huabei(merchant: Merchant) -> None:
    huabei = {"hb_fq_num": "6", "hb_fq_seller_percent": "0"}
    made = await merchant.precreate(amount="1200.00", extend_params=huabei)
    assert (await merchant.pay(made["qr_code"], wallet="alipay"))["result"] == "wrong_wallet"
    assert (await merchant.pay(made["qr_code"], wallet="huabei"))["result"] == "paid"
    node = await merchant.call("alipay.trade.query", {"out_trade_no": "T1"})
    assert node["hb_fq_pay_info"] == {"user_install_num": "6", "hb_fq_amount": "1200.00"}
    assert node["fund_bill_list"] == [{"amount": "1200.00", "fund_channel": "PCREDIT"}]


async def test_wechat_cannot_pay_alipay(merchant: Merchant) -> None:
    made = await merchant.precreate()
    assert (await merchant.pay(made["qr_code"], wallet="wechat"))["result"] == "wrong_wallet"


# -- in the browser ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("product", ["wap", "page"])
async def test_a_browser_is_led_from_the_link_to_the_wallet_and_pays(
    merchant: Merchant, session: aiohttp.ClientSession, product: str
) -> None:
    async with session.get(merchant.link(product, subject="爆款 & 赠品")) as answer:
        assert answer.url.path == "/wallet"
        page = await answer.text()
    assert "爆款 &amp; 赠品" in page
    content = re.search(r'name="c" value="([^"]+)"', page)
    assert content is not None
    form = {"c": content[1].replace("&amp;", "&"), "action": "confirm", "wallet": "alipay"}
    async with session.post(f"{merchant.base}/wallet", data=form) as answer:
        assert 'data-result="paid"' in await answer.text()
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"


async def test_a_browser_that_posts_the_form_is_led_there_too(
    merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    action, _, query = merchant.link("page").partition("?")
    async with session.post(action, data=dict(parse_qsl(query))) as answer:
        assert answer.url.path == "/wallet"
        assert "12.34" in await answer.text()


async def test_a_bad_link_shows_the_customer_a_page_and_the_merchant_nothing(
    merchant: Merchant, session: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    async with session.get(_tampered(merchant.link()), allow_redirects=False) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert 'data-sub-code="isv.invalid-signature"' in await answer.text()
    async with session.get(merchant.link(quit_url=""), allow_redirects=False) as answer:
        assert 'data-sub-code="ACQ.INVALID_PARAMETER"' in await answer.text()
    assert len(sandbox.core.ledger) == 0
