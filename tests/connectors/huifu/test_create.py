"""Orders: what Huifu is asked for, and what the customer gets to see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.connectors.huifu.world import (
    APPID,
    HF_ID,
    HUIFU_ID,
    MINI_APPID,
    NOW_MS,
    ORDER_NO,
    order,
    shop_with_huifu,
)

from payswitch.connectors.huifu import CONNECTOR
from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Closing, CredentialKind, Method, Product
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import OutcomeKind

P = Product
WECHAT_PAGE = {
    "appId": APPID,
    "timeStamp": "1794400620",
    "nonceStr": "abc",
    "package": "prepay_id=wx111",
    "signType": "RSA",
    "paySign": "c2ln",
}
SHOWN: dict[Product, tuple[str, str]] = {
    P.WECHAT_JSAPI: ("T_JSAPI", json.dumps(WECHAT_PAGE)),
    P.WECHAT_MINI: ("T_MINIAPP", json.dumps(WECHAT_PAGE)),
    P.ALIPAY_JSAPI: ("A_JSAPI", '{"tradeNO":"2026111122001456231400000001"}'),
    P.ALIPAY_PRECREATE: ("A_NATIVE", "https://qr.alipay.com/bax03431ljhokirwl38f00a7"),
    P.UNIONPAY_QR: ("U_NATIVE", "https://qr.95516.com/00010002/01234"),
    P.UNIONPAY_JSAPI: ("U_JSAPI", "https://upay.example/jspay?token=abc&x=1"),
    P.ECNY_QR: ("D_NATIVE", "https://ecny.example/q/0123456789"),
}
CODES = (P.ALIPAY_PRECREATE, P.UNIONPAY_QR, P.ECNY_QR)


def taken(product: Product, **changes: Any) -> dict[str, Any]:
    """The answer to an order as Huifu's documentation shows it."""
    trade_type, shown = SHOWN[product]
    return {
        "resp_code": "00000100",
        "resp_desc": "下单成功",
        "req_seq_id": ORDER_NO,
        "req_date": "20261111",
        "hf_seq_id": HF_ID,
        "trade_type": trade_type,
        "trans_amt": "1299.00",
        "trans_stat": "P",
        "qr_code" if product in CODES else "pay_info": shown,
    } | changes


@pytest.mark.parametrize("product", SHOWN)
async def test_every_product_is_ordered_under_our_number_and_day(product: Product) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(product))
    answer = await client.create(order(product), 500)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert huifu.path == "/v2/trade/payment/jspay"
    asked = huifu.data
    assert (asked["req_seq_id"], asked["req_date"], asked["huifu_id"]) == (ORDER_NO, "20261111", HUIFU_ID)
    assert (asked["trade_type"], asked["trans_amt"]) == (SHOWN[product][0], "1299.00")
    assert (asked["goods_desc"], asked["time_expire"]) == ("秋冬外套 一件", "20261111205200")
    assert asked["notify_url"] == "https://pay.shop.example/notify/huifu-main"
    assert json.loads(asked["risk_check_data"]) == {"ip_addr": "203.0.113.9"}


@pytest.mark.parametrize("product", SHOWN)
async def test_the_customer_gets_what_the_product_promises(product: Product) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(product))
    credential = (await client.create(order(product), 500)).credential
    capability = CONNECTOR.capabilities[product]
    assert credential is not None
    assert credential.kind is capability.credential
    assert credential.expires_at_ms == NOW_MS + 900_000
    if credential.kind is CredentialKind.JSAPI:
        assert (credential.content, credential.params) == ("", json.loads(SHOWN[product][1]))
    else:
        assert (credential.content, credential.params) == (SHOWN[product][1], {})


@pytest.mark.parametrize(
    ("product", "name", "inside"),
    [
        (
            P.WECHAT_JSAPI,
            "wx_data",
            {"sub_appid": APPID, "sub_openid": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "spbill_create_ip": "203.0.113.9"},
        ),
        (
            P.WECHAT_MINI,
            "wx_data",
            {"sub_appid": MINI_APPID, "sub_openid": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "spbill_create_ip": "203.0.113.9"},
        ),
        (P.ALIPAY_JSAPI, "alipay_data", {"subject": "秋冬外套 一件", "buyer_id": "2088302479956232"}),
        (P.ALIPAY_PRECREATE, "alipay_data", {"subject": "秋冬外套 一件"}),
        (
            P.UNIONPAY_JSAPI,
            "unionpay_data",
            {
                "customer_ip": "203.0.113.9",
                "user_id": "2088302479956232",
                "front_url": "https://shop.example/orders/1?done=1",
            },
        ),
    ],
)
async def test_each_wallet_is_told_about_its_customer(product: Product, name: str, inside: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(product))
    await client.create(order(product), 500)
    assert json.loads(huifu.data[name]) == inside
    assert len(set(huifu.data) & {"wx_data", "alipay_data", "unionpay_data", "dc_data"}) == 1


@pytest.mark.parametrize("product", [P.UNIONPAY_QR, P.ECNY_QR])
async def test_a_plain_code_needs_to_know_nobody(product: Product) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(product))
    answer = await client.create(order(product, openid=None, buyer_id=None), 500)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert not set(huifu.data) & {"wx_data", "alipay_data", "unionpay_data", "dc_data"}


async def test_what_the_contract_demands_beyond_is_an_account_setting() -> None:
    client, huifu = shop_with_huifu(ecny_bank_no="01002", unionpay_plate_url="https://shop.example/plate?n=1")
    huifu.answers(**taken(P.ECNY_QR))
    await client.create(order(P.ECNY_QR), 500)
    assert json.loads(huifu.data["dc_data"]) == {"digital_bank_no": "01002"}
    huifu.answers(**taken(P.UNIONPAY_JSAPI))
    await client.create(order(P.UNIONPAY_JSAPI), 500)
    assert json.loads(huifu.data["unionpay_data"])["qr_code"] == "https://shop.example/plate?n=1"


def test_it_says_whose_openid_it_needs() -> None:
    client, _ = shop_with_huifu()
    assert client.openid_space(P.WECHAT_JSAPI) == OpenidSpace(APPID)
    assert client.openid_space(P.WECHAT_MINI) == OpenidSpace(MINI_APPID)
    assert client.openid_space(P.ALIPAY_JSAPI) is None


@pytest.mark.parametrize(
    ("product", "changes", "code"),
    [
        (P.WECHAT_JSAPI, {"openid": None}, "openid_missing"),
        (P.WECHAT_MINI, {"openid": ""}, "openid_missing"),
        (P.ALIPAY_JSAPI, {"buyer_id": None}, "buyer_id_missing"),
        (P.UNIONPAY_JSAPI, {"buyer_id": None}, "buyer_id_missing"),
        (P.WECHAT_H5, {}, "unsupported_product"),
    ],
)
async def test_an_order_that_cannot_be_made_is_not_sent(product: Product, changes: dict[str, Any], code: str) -> None:
    client, huifu = shop_with_huifu()
    outcome = (await client.create(order(product, **changes), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, code)
    assert huifu.calls == []


async def test_an_order_with_less_than_a_minute_left_is_not_sent() -> None:
    """Huifu would call it a wrong parameter, and a wrong parameter takes the channel out."""
    client, huifu = shop_with_huifu()
    outcome = (await client.create(order(expires_at_ms=NOW_MS + 60_000), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_ORDER, "expires_too_soon")
    assert huifu.calls == []


async def test_a_subject_that_nobody_can_print_becomes_one_that_everybody_can() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(P.ECNY_QR))
    await client.create(order(subject="\x00\ud800\n" + "衣" * 300), 500)
    assert huifu.data["goods_desc"] == "衣" * 127
    await client.create(order(subject="\u202e\x07"), 500)
    assert huifu.data["goods_desc"] == f"订单 {ORDER_NO}"


async def test_the_day_is_the_orders_and_beijings() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(P.ECNY_QR))
    half_past_midnight = 1_794_328_200_000
    await client.create(order(created_at_ms=half_past_midnight), 500)
    assert huifu.data["req_date"] == "20261111", "2026-11-10 16:30 in UTC is the 11th in Beijing"


@pytest.mark.parametrize(
    ("product", "changes"),
    [
        (P.ECNY_QR, {"qr_code": ""}),
        (P.WECHAT_JSAPI, {"pay_info": ""}),
        (P.WECHAT_JSAPI, {"pay_info": "prepay_id=wx1"}),
        (P.WECHAT_JSAPI, {"pay_info": "[1]"}),
        (P.WECHAT_JSAPI, {"pay_info": "[" * 50_000}),
        (P.UNIONPAY_JSAPI, {"pay_info": "javascript:alert(1)"}),
        (P.UNIONPAY_JSAPI, {"pay_info": '{"appId":"x"}'}),
    ],
)
async def test_an_order_that_nobody_could_pay_is_no_success(product: Product, changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(product, **changes))
    answer = await client.create(order(product), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")
    assert answer.credential is None


async def test_page_parameters_are_texts_even_where_huifu_writes_numbers() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(P.WECHAT_JSAPI, pay_info='{"timeStamp":1794400620,"package":"prepay_id=1","x":{}}'))
    credential = (await client.create(order(P.WECHAT_JSAPI), 500)).credential
    assert credential is not None
    assert credential.params == {"timeStamp": "1794400620", "package": "prepay_id=1"}


@pytest.mark.parametrize("changes", [{"req_seq_id": "PS-OTHER"}, {"req_seq_id": ""}, {"huifu_id": "6666"}])
async def test_an_answer_about_somebody_elses_order_is_not_believed(changes: dict[str, str]) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(P.ECNY_QR, **changes))
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_order_no")
    assert answer.credential is None


@pytest.mark.parametrize(("stat", "kind"), [("F", OutcomeKind.REFUSED_CHANNEL), ("S", OutcomeKind.DUPLICATE)])
async def test_a_code_beside_a_dead_or_a_paid_order_is_not_shown(stat: str, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(**taken(P.ECNY_QR, trans_stat=stat, bank_message="渠道失败"))
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.message) == (kind, "渠道失败")
    assert answer.credential is None


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (SendFailure(sent=False, code="connect_failed", latency_ms=1), OutcomeKind.NOT_SENT),
        (SendFailure(sent=True, code="timeout", latency_ms=250), OutcomeKind.UNKNOWN),
    ],
)
async def test_a_line_that_breaks_says_whether_anything_left(failure: SendFailure, kind: OutcomeKind) -> None:
    client, huifu = shop_with_huifu()
    huifu.breaks(failure)
    assert (await client.create(order(), 500)).outcome.kind is kind


def test_nothing_is_said_to_close_at_once() -> None:
    """The first minute is when customers switch, and Huifu closes nothing in it."""
    closing = {product: capability.closing for product, capability in CONNECTOR.capabilities.items()}
    assert closing == {
        P.WECHAT_JSAPI: Closing.AFTER_SCAN,
        P.WECHAT_MINI: Closing.AFTER_SCAN,
        P.ALIPAY_JSAPI: Closing.AFTER_SCAN,
        P.ALIPAY_PRECREATE: Closing.AFTER_SCAN,
        P.UNIONPAY_QR: Closing.NO,
        P.UNIONPAY_JSAPI: Closing.NO,
        P.ECNY_QR: Closing.NO,
    }
    assert CONNECTOR.capabilities[P.ECNY_QR].method is Method.ECNY
    assert all(capability.push and capability.server_created for capability in CONNECTOR.capabilities.values())
