"""A customer is about to pay: what Alipay is asked for, and what the customer is given."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.connectors.alipay.world import (
    APP_ID,
    GATEWAY,
    NOW_MS,
    ORDER_NO,
    canonical,
    check,
    http,
    order,
    shop_with_alipay,
)

from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Closing, CredentialKind, Environment, Method, Product
from payswitch.domain.outcome import OutcomeKind

QR = "https://qr.alipay.com/bax03431ljhokirwl38f00a7"


async def test_the_customer_gets_a_qr_code_that_ends_with_the_order() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)

    answer = await client.create(order(), 500)

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.QR
    assert answer.credential.content == QR
    assert answer.credential.expires_at_ms == NOW_MS + 900_000
    assert alipay.content == {
        "out_trade_no": ORDER_NO,
        "total_amount": "1299.00",
        "subject": "秋冬外套 一件",
        "product_code": "FACE_TO_FACE_PAYMENT",
        "time_expire": "2026-11-11 20:52:00",
        "qr_code_timeout_express": "15m",
    }
    sent = alipay.requests[0]
    assert sent["method"] == "alipay.trade.precreate"
    assert sent["timestamp"] == "2026-11-11 20:37:00"
    assert sent["sign_type"] == "RSA2"
    assert sent["notify_url"] == "https://pay.shop.example/notify/alipay-main"
    assert "return_url" not in sent
    assert "app_cert_sn" not in sent


@pytest.mark.parametrize(
    ("seconds", "minutes", "code_lives_s"),
    [(900, "15m", 900), (899, "14m", 840), (61, "1m", 60), (30, "1m", 30)],
)
async def test_a_code_never_outlives_its_order(seconds: int, minutes: str, code_lives_s: int) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)

    answer = await client.create(order(expires_at_ms=NOW_MS + seconds * 1_000), 500)

    assert alipay.content["qr_code_timeout_express"] == minutes
    assert answer.credential is not None
    assert answer.credential.expires_at_ms == NOW_MS + code_lives_s * 1_000


async def test_a_shop_with_the_newer_contract_sends_its_own_product_code() -> None:
    client, alipay = shop_with_alipay(precreate_product_code="QR_CODE_OFFLINE")
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)
    await client.create(order(), 500)
    assert alipay.content["product_code"] == "QR_CODE_OFFLINE"


LOCALLY_SIGNED = [
    (Product.ALIPAY_WAP, "alipay.trade.wap.pay", "QUICK_WAP_WAY", False),
    (Product.ALIPAY_PAGE, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY", False),
    (Product.HUABEI_WAP, "alipay.trade.wap.pay", "QUICK_WAP_WAY", True),
    (Product.HUABEI_PAGE, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY", True),
]


def signed_params(text: str) -> dict[str, str]:
    params = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
    check("app", canonical(params, "sign"), params["sign"])
    return params


@pytest.mark.parametrize(("product", "method", "product_code", "huabei"), LOCALLY_SIGNED)
async def test_a_page_to_open_is_signed_here_without_a_call(
    product: Product, method: str, product_code: str, huabei: bool
) -> None:
    client, alipay = shop_with_alipay()

    answer = await client.create(order(product), 500)

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert alipay.requests == []
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.REDIRECT
    assert answer.credential.expires_at_ms == NOW_MS + 900_000
    url = urlsplit(answer.credential.content)
    assert f"{url.scheme}://{url.netloc}{url.path}" == GATEWAY
    params = signed_params(url.query)
    content = json.loads(params["biz_content"])
    assert (params["app_id"], params["method"]) == (APP_ID, method)
    assert params["return_url"] == "https://shop.example/orders/1?done=1&x=a b"
    assert content["product_code"] == product_code
    assert content["time_expire"] == "2026-11-11 20:52:00"
    assert ("extend_params" in content) is huabei


@pytest.mark.parametrize("product", [Product.ALIPAY_APP, Product.HUABEI_APP])
async def test_an_app_gets_a_signed_order_string(product: Product) -> None:
    client, alipay = shop_with_alipay()

    answer = await client.create(order(product), 500)

    assert alipay.requests == []
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.APP
    params = signed_params(answer.credential.content)
    assert params["method"] == "alipay.trade.app.pay"
    assert "return_url" not in params
    assert json.loads(params["biz_content"])["product_code"] == "QUICK_MSECURITY_PAY"


async def wap_content(**changes: Any) -> dict[str, Any]:
    client, _ = shop_with_alipay()
    answer = await client.create(order(Product.ALIPAY_WAP, **changes), 500)
    assert answer.credential is not None
    found: dict[str, Any] = json.loads(signed_params(urlsplit(answer.credential.content).query)["biz_content"])
    return found


async def test_a_customer_who_leaves_the_mobile_page_comes_back_to_the_shop() -> None:
    assert (await wap_content())["quit_url"] == "https://shop.example/orders/1?done=1&x=a b"
    assert (await wap_content(return_url=None))["quit_url"] == "https://pay.shop.example"


@pytest.mark.parametrize(
    ("buyer", "field"),
    [("2088102146225135", "buyer_id"), ("074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWY", "buyer_open_id")],
)
async def test_a_customer_inside_alipay_gets_a_trade_that_exists_at_once(buyer: str, field: str) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, trade_no="2026111122001456231400000001")

    answer = await client.create(order(Product.ALIPAY_JSAPI, buyer_id=buyer), 500)

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.JSAPI
    assert answer.credential.params == {"tradeNO": "2026111122001456231400000001"}
    assert answer.credential.expires_at_ms == NOW_MS + 900_000
    assert alipay.requests[0]["method"] == "alipay.trade.create"
    assert alipay.requests[0]["notify_url"] == "https://pay.shop.example/notify/alipay-main"
    assert alipay.content == {
        "out_trade_no": ORDER_NO,
        "total_amount": "1299.00",
        "subject": "秋冬外套 一件",
        "product_code": "JSAPI_PAY",
        "time_expire": "2026-11-11 20:52:00",
        field: buyer,
        "op_app_id": APP_ID,
    }


async def test_the_mini_program_may_be_another_application() -> None:
    client, alipay = shop_with_alipay(op_app_id="2021999888777666")
    alipay.succeeds(out_trade_no=ORDER_NO, trade_no="2026111122001456231400000001")
    await client.create(order(Product.ALIPAY_JSAPI, buyer_id="2088102146225135"), 500)
    assert alipay.content["op_app_id"] == "2021999888777666"


async def test_without_the_customers_id_no_trade_is_asked_for() -> None:
    client, alipay = shop_with_alipay()
    answer = await client.create(order(Product.ALIPAY_JSAPI), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "buyer_id_missing")
    assert alipay.requests == []


async def test_a_trade_without_a_number_is_unknown() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO)
    answer = await client.create(order(Product.ALIPAY_JSAPI, buyer_id="2088102146225135"), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")
    alipay.refuses("ACQ.BUYER_NOT_EXIST")
    answer = await client.create(order(Product.ALIPAY_JSAPI, buyer_id="2088102146225135"), 500)
    assert answer.outcome.kind is OutcomeKind.REFUSED_PAYER


@pytest.mark.parametrize(("asked", "sent"), [(None, "3"), (3, "3"), (6, "6"), (12, "12")])
async def test_huabei_instalments_are_sent_as_text(asked: int | None, sent: str) -> None:
    client, alipay = shop_with_alipay(hb_fq_seller_percent="100")
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)
    await client.create(order(Product.HUABEI_PRECREATE, instalments=asked), 500)
    assert alipay.content["extend_params"] == {"hb_fq_num": sent, "hb_fq_seller_percent": "100"}


async def test_the_customer_pays_for_instalments_unless_the_shop_says_otherwise() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)
    await client.create(order(Product.HUABEI_PRECREATE), 500)
    assert alipay.content["extend_params"]["hb_fq_seller_percent"] == "0"


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("杯子 & 勺子 = 一套/两件", "杯子 勺子 一套 两件"),
        ("a\nb\tc\x00d", "a b c d"),
        ("\ud83d half a character", "half a character"),
        ("字" * 300, "字" * 256),
        ("///", f"订单 {ORDER_NO}"),
        # The daily bill separates its columns with commas and quotes nothing.
        ("毛衣,红色,L", "毛衣，红色，L"),
    ],
)
async def test_a_subject_that_alipay_would_refuse_is_cleaned(subject: str, sent: str) -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO, qr_code=QR)
    await client.create(order(subject=subject), 500)
    assert alipay.content["subject"] == sent


@pytest.mark.parametrize("product", [Product.ALIPAY_PRECREATE, Product.ALIPAY_WAP])
async def test_an_order_whose_time_is_over_is_not_made(product: Product) -> None:
    client, alipay = shop_with_alipay()
    answer = await client.create(order(product, expires_at_ms=NOW_MS), 500)
    assert answer.outcome.kind is OutcomeKind.REFUSED_ORDER
    assert answer.credential is None
    assert alipay.requests == []


async def test_a_product_of_another_family_is_refused_without_a_call() -> None:
    client, alipay = shop_with_alipay()
    answer = await client.create(order(Product.WECHAT_NATIVE), 500)
    assert answer.outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert alipay.requests == []


async def test_a_signed_answer_about_another_order_is_not_believed() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no="SOMEONE-ELSES", qr_code=QR)
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_order_no")
    assert answer.credential is None


async def test_a_success_without_a_code_is_unknown() -> None:
    client, alipay = shop_with_alipay()
    alipay.succeeds(out_trade_no=ORDER_NO)
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")


@pytest.mark.parametrize(
    ("code", "sent", "kind", "transient"),
    [
        ("connect_failed", False, OutcomeKind.NOT_SENT, True),
        ("pool_timeout", False, OutcomeKind.NOT_SENT, False),
        ("timeout", True, OutcomeKind.UNKNOWN, False),
        ("connection_lost", True, OutcomeKind.UNKNOWN, True),
    ],
)
async def test_a_broken_connection_says_only_what_it_proves(
    code: str, sent: bool, kind: OutcomeKind, transient: bool
) -> None:
    client, alipay = shop_with_alipay()
    alipay.breaks(SendFailure(sent=sent, code=code, latency_ms=3.0))
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (kind, code, transient)


@pytest.mark.parametrize(("status", "transient"), [(502, True), (503, True), (404, False), (302, False)])
async def test_a_machine_in_front_of_the_gateway_proves_nothing(status: int, transient: bool) -> None:
    client, alipay = shop_with_alipay()
    alipay.breaks(http(b"<html>busy</html>", status))
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (OutcomeKind.UNKNOWN, f"http_{status}", transient)


def test_the_capability_table_says_where_each_product_helps() -> None:
    table = CONNECTOR.capabilities
    assert len(table) == 10
    for product, capability in table.items():
        if product is Product.ALIPAY_CODE:
            continue  # a debit: see test_debit.py
        at_once = product is Product.ALIPAY_JSAPI
        assert capability.needs_buyer_id is at_once
        assert capability.closing is (Closing.YES if at_once else Closing.AFTER_SCAN)
        huabei = product.value.startswith("huabei")
        assert capability.product is product
        assert capability.push
        assert capability.method is (Method.HUABEI if huabei else Method.ALIPAY)
        assert capability.min_fen == (10_000 if huabei else 1)
        assert capability.server_created is (at_once or product.value.endswith("precreate"))
        assert not capability.needs_openid
    # A customer cannot scan the screen that shows the code.
    assert Environment.MOBILE not in table[Product.ALIPAY_PRECREATE].environments
    assert table[Product.ALIPAY_WAP].environments == {Environment.MOBILE, Environment.ALIPAY}
