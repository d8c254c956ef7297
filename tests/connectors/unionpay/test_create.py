"""A customer is to pay: what UnionPay is asked, and what the customer is handed."""

from __future__ import annotations

import pytest
from tests.connectors.unionpay.world import (
    GATEWAY,
    MER_ID,
    NOW_MS,
    ORDER_NO,
    TXN_TIME,
    check,
    http,
    order,
    shop_with_unionpay,
)

from payswitch.connectors.transport import SendFailure
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.domain.channel import Closing, CredentialKind, Environment, Method, Product
from payswitch.domain.outcome import OutcomeKind

COMMON = {
    "version": "5.1.0",
    "encoding": "UTF-8",
    "signMethod": "01",
    "accessType": "0",
    "merId": MER_ID,
    "certId": "69629715588",
    "txnType": "01",
    "orderId": ORDER_NO,
    "txnTime": TXN_TIME,
    "txnAmt": "129900",
    "currencyCode": "156",
    "payTimeout": "20261111205200",
    "backUrl": "https://pay.shop.example/notify/unionpay-main",
}
IN_AN_APP = [
    (Product.UNIONPAY_APP, {"client_hint": "unionpay"}),
    (Product.APPLEPAY_APP, {"client_hint": "apple_pay"}),
    (Product.HUAWEIPAY_APP, {"client_hint": "huawei_pay", "se_type": "04"}),
    (Product.MIPAY_APP, {"client_hint": "mi_pay", "se_type": "25"}),
    (Product.SAMSUNGPAY_APP, {"client_hint": "samsung_pay", "se_type": "02"}),
    (Product.VIVOPAY_APP, {"client_hint": "vivo_pay", "se_type": "33"}),
]


@pytest.mark.parametrize(("product", "channel_type"), [(Product.UNIONPAY_WAP, "08"), (Product.UNIONPAY_WEB, "07")])
async def test_a_browser_posts_a_form_that_was_signed_here(product: Product, channel_type: str) -> None:
    client, unionpay = shop_with_unionpay()

    answer = await client.create(order(product), 500)

    assert unionpay.calls == []
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    credential = answer.credential
    assert credential is not None
    assert (credential.kind, credential.content) == (
        CredentialKind.FORM,
        GATEWAY + "/gateway/api/frontTransReq.do",
    )
    check("merchant", credential.params)
    assert {name: value for name, value in credential.params.items() if name != "signature"} == {
        **COMMON,
        "bizType": "000201",
        "txnSubType": "01",
        "channelType": channel_type,
        "frontUrl": "https://shop.example/orders/1?done=1&x=a b",
    }
    assert credential.expires_at_ms == NOW_MS + 900_000


async def test_the_form_of_the_same_order_is_the_same_form() -> None:
    client, _ = shop_with_unionpay()
    first = await client.create(order(Product.UNIONPAY_WAP), 500)
    assert first == await client.create(order(Product.UNIONPAY_WAP), 500)


async def test_without_a_return_address_the_customer_comes_to_our_own_front_door() -> None:
    client, _ = shop_with_unionpay()
    credential = (await client.create(order(Product.UNIONPAY_WAP, return_url=None), 500)).credential
    assert credential is not None
    assert credential.params["frontUrl"] == "https://pay.shop.example"


@pytest.mark.parametrize(("product", "hints"), IN_AN_APP)
async def test_an_app_gets_a_tn_and_which_pay_sheet_to_open(product: Product, hints: dict[str, str]) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(tn="710065895678926661300")

    credential = (await client.create(order(product), 500)).credential

    assert unionpay.url == GATEWAY + "/gateway/api/appTransReq.do"
    assert {name: value for name, value in unionpay.sent.items() if name != "signature"} == {
        **COMMON,
        "bizType": "000201",
        "txnSubType": "01",
        "channelType": "08",
    }
    assert credential is not None
    assert credential.kind is CredentialKind.APP
    assert credential.params == {"tn": "710065895678926661300", "mode": "00", **hints}


async def test_a_test_account_tells_the_app_to_use_the_test_system() -> None:
    client, unionpay = shop_with_unionpay(app_mode="01")
    unionpay.succeeds(tn="710065895678926661300")
    credential = (await client.create(order(), 500)).credential
    assert credential is not None
    assert credential.params["mode"] == "01"


async def test_a_desktop_gets_a_code_to_scan() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(qrCode="https://qr.95516.com/00010000/62222")

    credential = (await client.create(order(Product.UNIONPAY_QR), 500)).credential

    assert unionpay.url == GATEWAY + "/gateway/api/backTransReq.do"
    sent = unionpay.sent
    assert (sent["bizType"], sent["txnSubType"], sent["channelType"]) == ("000000", "07", "08")
    assert credential is not None
    assert (credential.kind, credential.content) == (CredentialKind.QR, "https://qr.95516.com/00010000/62222")


async def test_the_shops_free_text_never_enters_a_signed_message() -> None:
    """UnionPay signs values unescaped: a subject with `&` could be cut into other fields."""
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(tn="1")
    await client.create(order(subject="&txnAmt=1&"), 500)
    assert all("&txnAmt" not in value for value in unionpay.sent.values())


def test_what_each_product_can_do() -> None:
    table = CONNECTOR.capabilities
    assert set(table) == {
        Product.UNIONPAY_WAP,
        Product.UNIONPAY_WEB,
        Product.UNIONPAY_QR,
        Product.UNIONPAY_CODE,
        *(product for product, _ in IN_AN_APP),
    }
    for product, capability in table.items():
        assert capability.product is product
        assert capability.push is (product is not Product.UNIONPAY_CODE)
        assert capability.closing is Closing.NO
        assert capability.server_created is (product not in (Product.UNIONPAY_WAP, Product.UNIONPAY_WEB))
    assert table[Product.UNIONPAY_WAP].environments == {Environment.MOBILE, Environment.UNIONPAY}
    assert table[Product.UNIONPAY_WEB].environments == {Environment.DESKTOP}
    assert table[Product.UNIONPAY_QR].environments == {Environment.DESKTOP, Environment.RESTRICTED}
    for product in (Product.UNIONPAY_QR, Product.UNIONPAY_CODE):
        assert table[product].refund.days == 30
    assert table[Product.UNIONPAY_WAP].refund.days == 90
    assert (table[Product.UNIONPAY_WAP].late_s, table[Product.UNIONPAY_APP].late_s) == (600, 0)
    assert table[Product.APPLEPAY_APP].method is Method.APPLE_PAY
    assert table[Product.HUAWEIPAY_APP].method is Method.HUAWEI_PAY
    assert table[Product.MIPAY_APP].method is Method.MI_PAY
    assert table[Product.SAMSUNGPAY_APP].method is Method.SAMSUNG_PAY
    assert table[Product.VIVOPAY_APP].method is Method.VIVO_PAY
    assert table[Product.UNIONPAY_APP].method is Method.UNIONPAY


@pytest.mark.parametrize("number", ["P1234", "P" * 33, "P-12345678", "P_12345678", "订单12345678", ""])
async def test_a_number_that_unionpay_would_not_take_is_not_sent(number: str) -> None:
    client, _ = shop_with_unionpay()
    outcome = (await client.create(order(channel_order_no=number), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, "order_no_format")


async def test_an_order_that_is_over_already_is_not_sent() -> None:
    client, _ = shop_with_unionpay()
    outcome = (await client.create(order(expires_at_ms=NOW_MS), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_ORDER, "expired")


async def test_a_product_of_another_family_is_refused() -> None:
    client, _ = shop_with_unionpay()
    outcome = (await client.create(order(Product.WECHAT_NATIVE), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, "unsupported_product")


@pytest.mark.parametrize("product", [Product.UNIONPAY_APP, Product.UNIONPAY_QR])
async def test_a_success_without_a_credential_is_no_success(product: Product) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    answer = await client.create(order(product), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")
    assert answer.credential is None


@pytest.mark.parametrize("echo", [{"orderId": "P0000SOMEONEELSES"}, {"txnTime": "20261111203659"}])
async def test_an_answer_about_another_order_is_not_believed(echo: dict[str, str]) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds(tn="1", **echo)
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.credential) == (OutcomeKind.UNTRUSTED, None)


@pytest.mark.parametrize(
    ("failure", "kind", "transient"),
    [
        (SendFailure(sent=False, code="connect_failed", latency_ms=1.0), OutcomeKind.NOT_SENT, True),
        (SendFailure(sent=True, code="timeout", latency_ms=500.0), OutcomeKind.UNKNOWN, False),
        (http(b"<html>502</html>", 502), OutcomeKind.UNKNOWN, True),
        (http(b"<html>404</html>", 404), OutcomeKind.UNKNOWN, False),
        (http(b"<html>maintenance</html>"), OutcomeKind.UNKNOWN, False),
        (http(b""), OutcomeKind.UNKNOWN, False),
    ],
)
async def test_trouble_on_the_way_is_told_as_it_is(failure: SendFailure, kind: OutcomeKind, transient: bool) -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.breaks(failure)
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (kind, transient)
