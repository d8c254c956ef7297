"""A customer is about to pay: what Allinpay is asked for, and what the customer is given."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.connectors.quickpay.world import (
    APPID,
    CHANNEL,
    CUSID,
    NOTIFY_URL,
    NOW_MS,
    ORDER_NO,
    FakeAllinpay,
    open_client,
    order,
    rsa_account,
    shop_with_allinpay,
)

from payswitch.connectors.quickpay import CONNECTOR
from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Closing, CredentialKind, Environment, Product
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import OutcomeKind

CODE = "weixin://wxpay/bizpayurl?pr=04IPMKM"
PAGE = {"appId": "wx1", "timeStamp": "1794400620", "nonceStr": "n", "package": "prepay_id=wx2", "paySign": "s"}


async def test_the_customer_gets_a_code_that_ends_with_the_order() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", payinfo=CODE)
    answer = await client.create(order(), 500)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, "0000 means made, not paid"
    assert answer.credential is not None
    assert (answer.credential.kind, answer.credential.content) == (CredentialKind.QR, CODE)
    assert answer.credential.expires_at_ms == NOW_MS + 900_000
    assert allinpay.paths == ["unitorder/pay"]
    sent = allinpay.sent
    assert sent.pop("sign")
    assert len(sent.pop("randomstr")) == 32
    assert sent == {
        "cusid": CUSID,
        "appid": APPID,
        "version": "11",
        "signtype": "RSA",
        "reqsn": ORDER_NO,
        "trxamt": "129900",
        "paytype": "W01",
        "body": "秋冬外套 一件",
        "expiretime": "20261111205200",
        "notify_url": NOTIFY_URL,
        "cusip": "117.136.40.221",
    }


@pytest.mark.parametrize(
    ("product", "paytype", "payinfo", "content", "params"),
    [
        (Product.WECHAT_NATIVE, "W01", CODE, CODE, {}),
        (Product.WECHAT_JSAPI, "W02", json.dumps(PAGE), "", PAGE),
        (Product.WECHAT_MINI, "W06", json.dumps(PAGE), "", PAGE),
        (Product.ALIPAY_PRECREATE, "A01", "https://qr.alipay.com/bax1", "https://qr.alipay.com/bax1", {}),
        (Product.ALIPAY_JSAPI, "A02", "2026111122001", "", {"tradeNO": "2026111122001"}),
        (Product.UNIONPAY_QR, "U01", "https://qr.95516.com/1", "https://qr.95516.com/1", {}),
        (Product.UNIONPAY_JSAPI, "U02", "https://qr.95516.com/2", "https://qr.95516.com/2", {}),
    ],
)
async def test_every_product_has_its_paytype_and_its_kind_of_credential(
    product: Product, paytype: str, payinfo: str, content: str, params: dict[str, str]
) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", payinfo=payinfo)
    credential = (await client.create(order(product), 500)).credential
    assert credential is not None
    assert (credential.content, credential.params) == (content, params)
    assert credential.kind is CONNECTOR.capabilities[product].credential
    assert allinpay.sent["paytype"] == paytype


async def test_pages_inside_wallets_name_their_customer() -> None:
    client, allinpay = shop_with_allinpay(sub_appid="wxpage", mini_sub_appid="wxmini")
    assert client.openid_space(Product.WECHAT_JSAPI) == OpenidSpace("wxpage")
    assert client.openid_space(Product.WECHAT_MINI) == OpenidSpace("wxmini")
    assert client.openid_space(Product.ALIPAY_JSAPI) is None
    allinpay.says("0000", payinfo=json.dumps(PAGE))
    await client.create(order(Product.WECHAT_JSAPI), 500)
    assert allinpay.sent["acct"] == "oZnC40ZBIXEN0ZvT9wLPMbMlnva8"
    assert allinpay.sent["sub_appid"] == "wxpage"
    assert allinpay.sent["front_url"] == "https://shop.example/orders/1?done=1"
    await client.create(order(Product.WECHAT_MINI), 500)
    assert allinpay.sent["sub_appid"] == "wxmini"
    await client.create(order(Product.ALIPAY_JSAPI), 500)
    assert allinpay.sent["acct"] == "2088302479956232"
    assert "sub_appid" not in allinpay.sent


@pytest.mark.parametrize(
    ("product", "missing", "code"),
    [
        (Product.WECHAT_JSAPI, "openid", "openid_missing"),
        (Product.WECHAT_MINI, "openid", "openid_missing"),
        (Product.ALIPAY_JSAPI, "buyer_id", "buyer_id_missing"),
        (Product.UNIONPAY_JSAPI, "buyer_id", "buyer_id_missing"),
        (Product.ALIPAY_WAP, "openid", "product_not_supported"),
        (Product.ECNY_QR, "openid", "product_not_supported"),
    ],
)
async def test_what_cannot_be_asked_for_is_not_asked_for(product: Product, missing: str, code: str) -> None:
    client, allinpay = shop_with_allinpay()
    answer = await client.create(order(product, **{missing: None}), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, code)
    assert allinpay.requests == []


async def test_an_order_whose_time_is_over_is_not_sent() -> None:
    client, allinpay = shop_with_allinpay()
    answer = await client.create(order(expires_at_ms=NOW_MS), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_ORDER, "expired")
    assert allinpay.requests == []


async def test_e_cny_is_asked_for_only_with_the_merchants_own_paytype() -> None:
    allinpay = FakeAllinpay()
    channel = msgspec.structs.replace(CHANNEL, products=frozenset({Product.ECNY_QR}))
    client = open_client(rsa_account(ecny_paytype="S01"), allinpay, channel)
    allinpay.says("0000", payinfo="https://syb.allinpay.com/dcep/1")
    answer = await client.create(order(Product.ECNY_QR), 500)
    assert answer.credential is not None
    assert allinpay.sent["paytype"] == "S01"
    assert CONNECTOR.capabilities[Product.ECNY_QR].closing is Closing.NO


@pytest.mark.parametrize(("seconds", "minutes"), [(900, "15"), (899, "14"), (30, "1"), (200_000, "1440")])
async def test_contracts_that_know_only_minutes(seconds: int, minutes: str) -> None:
    client, allinpay = shop_with_allinpay(expiry_field="validtime")
    allinpay.says("0000", payinfo=CODE)
    answer = await client.create(order(expires_at_ms=NOW_MS + seconds * 1_000), 500)
    assert allinpay.sent["validtime"] == minutes
    assert "expiretime" not in allinpay.sent
    assert answer.credential is not None
    assert answer.credential.expires_at_ms <= NOW_MS + min(seconds, int(minutes) * 60, 7_200) * 1_000


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("外套&trxstatus=0000&z=", "外套 trxstatus 0000 z"),
        ("多行\n标题\t", "多行 标题"),
        ("长" * 80, "长" * 50),
        ("&=", f"订单 {ORDER_NO}"),
    ],
)
async def test_a_title_cannot_smuggle_fields_into_signed_texts(subject: str, sent: str) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", payinfo=CODE)
    await client.create(order(subject=subject), 500)
    assert allinpay.sent["body"] == sent


@pytest.mark.parametrize(
    ("product", "payinfo"),
    [
        (Product.WECHAT_NATIVE, ""),
        (Product.WECHAT_JSAPI, "weixin://not-json"),
        (Product.WECHAT_JSAPI, "[]"),
        (Product.WECHAT_JSAPI, '{"appId": "wx1"}'),
        (Product.ALIPAY_JSAPI, ""),
    ],
)
async def test_an_order_without_a_usable_credential_is_unknown(product: Product, payinfo: str) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("0000", payinfo=payinfo)
    answer = await client.create(order(product), 500)
    assert answer.outcome.kind is OutcomeKind.UNKNOWN
    assert answer.credential is None


async def test_a_code_for_somebody_elses_order_is_not_shown() -> None:
    client, allinpay = shop_with_allinpay()
    for other in ("PS-OTHER", None):
        allinpay.says("0000", payinfo=CODE, reqsn=other)
        answer = await client.create(order(), 500)
        assert answer.outcome.kind is OutcomeKind.UNTRUSTED
        assert answer.credential is None


@pytest.mark.parametrize(
    ("sent", "code", "kind"),
    [(False, "connect_failed", OutcomeKind.NOT_SENT), (True, "timeout", OutcomeKind.UNKNOWN)],
)
async def test_no_answer(sent: bool, code: str, kind: OutcomeKind) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.breaks(SendFailure(sent=sent, code=code, latency_ms=3.0))
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)


def test_where_each_product_can_be_shown() -> None:
    table = CONNECTOR.capabilities
    assert all(capability.server_created for capability in table.values())
    pull = {product for product, capability in table.items() if not capability.push}
    assert pull == {Product.QUICKPAY_CARD, Product.WECHAT_CODE, Product.ALIPAY_CODE, Product.UNIONPAY_CODE}
    assert {p for p, c in table.items() if c.needs_openid} == {Product.WECHAT_JSAPI, Product.WECHAT_MINI}
    assert {p for p, c in table.items() if c.needs_buyer_id} == {Product.ALIPAY_JSAPI, Product.UNIONPAY_JSAPI}
    assert Environment.MOBILE not in table[Product.ALIPAY_PRECREATE].environments
