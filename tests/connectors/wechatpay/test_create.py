"""The shop asks for a payment; the customer gets something to pay with."""

from __future__ import annotations

import pytest
from tests.connectors.wechatpay.conftest import OpenClient
from tests.connectors.wechatpay.fake_wechat import (
    APPID,
    MCHID,
    PUBLIC_KEY_ID,
    FakeWechat,
    merchant_public_key,
    paid_transaction,
    platform_signer,
)
from tests.connectors.wechatpay.orders import NOW_MS, NUMBER, REF, order

from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.products import TRADES
from payswitch.domain.channel import CredentialKind, Environment, Product
from payswitch.domain.channel_client import ChannelClient, OpenidNeeder
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import OutcomeKind

PREPAY = "wx26112221580621e9b071c00d9e093b0000"


async def test_a_desktop_customer_gets_a_code_to_scan(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"})
    answer = await client.create(order(Product.WECHAT_NATIVE), 400)

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.credential is not None
    assert (answer.credential.kind, answer.credential.content) == (
        CredentialKind.QR,
        "weixin://wxpay/bizpayurl?pr=p4lpSuKzz",
    )
    assert answer.credential.expires_at_ms == NOW_MS + 900_000, "the attempt's deadline comes before the code's 2 h"
    (request,) = wechat.requests
    assert (request.method, request.target) == ("POST", "/v3/pay/transactions/native")
    assert request.headers["Wechatpay-Serial"] == PUBLIC_KEY_ID
    assert 0 < request.timeout_ms <= 400
    assert request.json == {
        "appid": APPID,
        "mchid": MCHID,
        "description": "口红 #520 玫瑰豆沙",
        "out_trade_no": NUMBER,
        "time_expire": "2026-11-11T20:52:00+08:00",
        "notify_url": "https://pay.shop.example/notify/wechat-main",
        "amount": {"total": 12_900, "currency": "CNY"},
    }


async def test_a_customer_inside_wechat_gets_signed_jsapi_parameters(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"prepay_id": PREPAY})
    answer = await client.create(order(Product.WECHAT_JSAPI), 400)

    assert isinstance(client, OpenidNeeder)
    assert client.openid_space(Product.WECHAT_JSAPI) == OpenidSpace(APPID)
    assert wechat.requests[0].target == "/v3/pay/transactions/jsapi"
    assert wechat.requests[0].json["payer"] == {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.JSAPI
    params = answer.credential.params
    assert params.keys() == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert (params["appId"], params["package"], params["signType"]) == (APPID, f"prepay_id={PREPAY}", "RSA")
    text = f"{APPID}\n{params['timeStamp']}\n{params['nonceStr']}\nprepay_id={PREPAY}\n"
    assert merchant_public_key().verify(text.encode(), params["paySign"])


async def test_a_native_app_gets_what_the_wechat_sdk_takes(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"prepay_id": PREPAY})
    answer = await client.create(order(Product.WECHAT_APP), 400)

    assert wechat.requests[0].target == "/v3/pay/transactions/app"
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.APP
    params = answer.credential.params
    assert params["package"] == "Sign=WXPay"
    assert (params["appid"], params["partnerid"], params["prepayid"]) == (APPID, MCHID, PREPAY)
    text = f"{APPID}\n{params['timestamp']}\n{params['noncestr']}\n{PREPAY}\n"
    assert merchant_public_key().verify(text.encode(), params["sign"])


async def test_a_mobile_browser_gets_a_link_that_lives_five_minutes(client: ChannelClient, wechat: FakeWechat) -> None:
    link = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2"
    wechat.will_answer(200, {"h5_url": link})
    answer = await client.create(order(Product.WECHAT_H5), 400)

    assert wechat.requests[0].target == "/v3/pay/transactions/h5"
    assert wechat.requests[0].json["scene_info"] == {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}}
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.REDIRECT
    assert answer.credential.content == (
        f"{link}&redirect_url=https%3A%2F%2Fshop.example%2Fdone%3Fo%3D1%26x%3D%E4%B8%AD"
    )
    assert answer.credential.expires_at_ms == NOW_MS + 300_000


async def test_a_long_lived_payment_still_has_a_code_of_two_hours(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"code_url": "weixin://wxpay/bizpayurl?pr=x"})
    answer = await client.create(order(Product.WECHAT_NATIVE, expires_at_ms=NOW_MS + 86_400_000), 400)
    assert answer.credential is not None
    assert answer.credential.expires_at_ms == NOW_MS + 7_200_000


async def test_a_long_title_is_cut_between_characters(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"code_url": "weixin://wxpay/bizpayurl?pr=x"})
    await client.create(order(Product.WECHAT_NATIVE, subject="限量" * 60), 400)
    description = wechat.requests[0].json["description"]
    assert isinstance(description, str)
    assert description == ("限量" * 60)[:42]
    assert len(description.encode()) <= 127


async def test_a_certificate_account_asks_for_answers_signed_with_its_certificate(
    open_client: OpenClient, wechat: FakeWechat
) -> None:
    wechat.signer = platform_signer()
    wechat.will_answer(200, {"code_url": "weixin://wxpay/bizpayurl?pr=x"})
    answer = await open_client("certificate").create(order(Product.WECHAT_NATIVE), 400)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert wechat.requests[0].headers["Wechatpay-Serial"] == platform_signer().serial


@pytest.mark.parametrize("mini_appid", ["", "wx-mini-1"])
async def test_a_mini_program_pays_as_a_page_does_under_its_own_app_id(
    open_client: OpenClient, wechat: FakeWechat, mini_appid: str
) -> None:
    client = open_client(**({"mini_appid": mini_appid} if mini_appid else {}))
    wechat.will_answer(200, {"prepay_id": PREPAY})
    answer = await client.create(order(Product.WECHAT_MINI), 400)

    appid = mini_appid or APPID
    assert wechat.requests[0].target == "/v3/pay/transactions/jsapi"
    assert wechat.requests[0].json["appid"] == appid
    assert wechat.requests[0].json["payer"] == {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.JSAPI
    params = answer.credential.params
    assert params["appId"] == appid
    text = f"{appid}\n{params['timeStamp']}\n{params['nonceStr']}\nprepay_id={PREPAY}\n"
    assert merchant_public_key().verify(text.encode(), params["paySign"])

    wechat.will_answer(200, paid_transaction(NUMBER, appid=appid))
    assert (await client.query(REF, 400)).merchant_ok


async def test_a_title_is_one_line_because_it_stands_in_the_daily_bill(
    client: ChannelClient, wechat: FakeWechat
) -> None:
    wechat.will_answer(200, {"code_url": "weixin://wxpay/bizpayurl?pr=x"})
    await client.create(order(Product.WECHAT_NATIVE, subject="上衣\n裙子\u2028鞋\x00"), 400)
    assert wechat.requests[0].json["description"] == "上衣 裙子 鞋 "


@pytest.mark.parametrize("product", [Product.WECHAT_JSAPI, Product.WECHAT_MINI])
async def test_jsapi_without_the_customers_openid_is_not_sent(
    client: ChannelClient, wechat: FakeWechat, product: Product
) -> None:
    answer = await client.create(order(product, openid=None), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "openid_missing")
    assert wechat.requests == []


async def test_a_product_of_another_family_is_not_sent(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = await client.create(order(Product.ALIPAY_WAP), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "product_not_supported")
    assert wechat.requests == []


@pytest.mark.parametrize("product", TRADES)
@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"", b"<html>", b'{"prepay_id":1,"code_url":[],"h5_url":{}}'])
async def test_a_signed_answer_without_a_credential_leaves_the_order_unknown(
    client: ChannelClient, wechat: FakeWechat, product: Product, body: bytes
) -> None:
    wechat.will_answer(200, body)
    answer = await client.create(order(product), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")
    assert answer.credential is None


def test_what_the_products_can_do() -> None:
    table = CONNECTOR.capabilities
    assert {product: capability.environments for product, capability in table.items()} == {
        Product.WECHAT_JSAPI: {Environment.WECHAT},
        Product.WECHAT_MINI: {Environment.WECHAT_MINI},
        Product.WECHAT_NATIVE: {Environment.DESKTOP, Environment.MOBILE, Environment.RESTRICTED},
        Product.WECHAT_H5: {Environment.MOBILE},
        Product.WECHAT_APP: {Environment.APP},
        Product.WECHAT_CODE: {Environment.COUNTER},
    }
    assert all(capability.server_created for capability in table.values())
    assert [product for product, capability in table.items() if not capability.push] == [Product.WECHAT_CODE]
    needy = [product for product, capability in table.items() if capability.needs_openid]
    assert needy == [Product.WECHAT_JSAPI, Product.WECHAT_MINI]
