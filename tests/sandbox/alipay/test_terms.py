"""Every business parameter of an order: what is taken, and the words of the refusal when it is not."""

from __future__ import annotations

import pytest
from tests.sandbox.alipay.conftest import START_MS
from tests.sandbox.alipay.merchant import Merchant

from payswitch.kit.clock import beijing
from payswitch.sandbox.alipay.codes import Refused
from payswitch.sandbox.alipay.terms import read_terms

SELLER = "2088000000000001"
PRECREATE = "alipay.trade.precreate"
HUABEI = {"hb_fq_num": "3", "hb_fq_seller_percent": "0"}


def _refusal(method: str, biz: dict[str, object], **params: str) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        read_terms({"method": method, **params}, biz, SELLER)
    assert caught.value.problem.code == "40004"
    return caught.value.problem.sub_code, caught.value.problem.sub_msg


def _order(**changes: object) -> dict[str, object]:
    biz = {"out_trade_no": "T1", "total_amount": "100.00", "subject": "连衣裙"} | changes
    return {name: value for name, value in biz.items() if value is not None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("out_trade_no", None),
        ("out_trade_no", "含汉字"),
        ("out_trade_no", "a-b"),
        ("out_trade_no", "x" * 65),
        ("out_trade_no", ["T1"]),
        ("total_amount", None),
        ("total_amount", "0"),
        ("total_amount", "0.00"),
        ("total_amount", "-1.00"),
        ("total_amount", "1.001"),
        ("total_amount", " 1.00"),
        ("total_amount", "1e2"),
        ("total_amount", "100000000.01"),
        ("total_amount", {"yuan": "1"}),
        ("subject", None),
        ("subject", ""),
        ("subject", "长" * 257),
        ("subject", "half a pair \ud83d"),
        ("subject", True),
        ("product_code", "FAST_INSTANT_TRADE_PAY"),
        ("time_expire", "tomorrow"),
        ("time_expire", "2026-13-01 00:00:00"),
        ("timeout_express", "90"),
        ("timeout_express", "16d"),
        ("qr_code_timeout_express", "0m"),
        ("qr_code_timeout_express", "1c"),
        ("passback_params", "x" * 513),
        ("extend_params", "hb_fq_num=3"),
    ],
)
def test_a_parameter_that_cannot_be_taken_is_named(name: str, value: object) -> None:
    sub_code, sub_msg = _refusal(PRECREATE, _order(**{name: value}))
    assert sub_code == "ACQ.INVALID_PARAMETER"
    assert name in sub_msg


@pytest.mark.parametrize(
    ("amount", "fen"), [("0.01", 1), ("1", 100), ("12.5", 1_250), ("100000000.00", 10_000_000_000)]
)
def test_amounts_are_taken_to_the_fen(amount: str, fen: int) -> None:
    assert read_terms({"method": PRECREATE}, _order(total_amount=amount), SELLER).amount_fen == fen


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "shop.example/notify", "http://[broken", "http:///path", "http://" + "x" * 250]
)
@pytest.mark.parametrize("name", ["notify_url", "return_url"])
def test_addresses_must_be_web_addresses(name: str, address: str) -> None:
    assert name in _refusal(PRECREATE, _order(), **{name: address})[1]


def test_the_mobile_page_needs_a_product_code_and_a_way_back() -> None:
    method = "alipay.trade.wap.pay"
    assert "product_code" in _refusal(method, _order())[1]
    assert "quit_url" in _refusal(method, _order(product_code="QUICK_WAP_WAY"))[1]
    terms = read_terms({"method": method}, _order(product_code="QUICK_WAP_WAY", quit_url="https://a.example"), SELLER)
    assert (terms.product, terms.switch_product()) == ("wap", "alipay_wap")


def test_the_desktop_page_has_its_own_product_code() -> None:
    method = "alipay.trade.page.pay"
    assert "product_code" in _refusal(method, _order(product_code="QUICK_WAP_WAY"))[1]
    assert read_terms({"method": method}, _order(product_code="FAST_INSTANT_TRADE_PAY"), SELLER).product == "page"


def test_only_the_applications_own_seller_is_paid() -> None:
    assert _refusal(PRECREATE, _order(seller_id="2088000000000002"))[0] == "ACQ.SELLER_NOT_EXIST"
    assert read_terms({"method": PRECREATE}, _order(seller_id=SELLER), SELLER).seller_id == SELLER


@pytest.mark.parametrize("number", ["3", "6", "12"])
def test_huabei_instalments(number: str) -> None:
    terms = read_terms({"method": PRECREATE}, _order(extend_params=HUABEI | {"hb_fq_num": number}), SELLER)
    assert (terms.instalments, terms.switch_product()) == (int(number), "huabei_precreate")


@pytest.mark.parametrize(
    "extend",
    [
        HUABEI | {"hb_fq_num": "4"},
        HUABEI | {"hb_fq_num": 3},
        HUABEI | {"hb_fq_num": ["3"]},
        HUABEI | {"hb_fq_seller_percent": "50"},
        {"hb_fq_num": "3"},
    ],
)
def test_other_instalments_do_not_exist(extend: dict[str, object]) -> None:
    assert _refusal(PRECREATE, _order(extend_params=extend))[0] == "ACQ.INVALID_PARAMETER"


def test_small_amounts_cannot_be_paid_in_instalments() -> None:
    assert _refusal(PRECREATE, _order(total_amount="99.99", extend_params=HUABEI))[0] == (
        "ACQ.PRODUCT_AMOUNT_LIMIT_ERROR"
    )


async def test_an_order_that_expired_before_it_began(merchant: Merchant) -> None:
    node = await merchant.precreate(time_expire=f"{beijing(START_MS):%Y-%m-%d %H:%M:%S}")
    assert node["sub_code"] == "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR"


@pytest.mark.parametrize(
    "method", ["query", "close", "cancel", "refund", "fastpay.refund.query"], ids=lambda method: str(method)
)
async def test_a_call_must_say_which_trade(merchant: Merchant, method: str) -> None:
    node = await merchant.call(f"alipay.trade.{method}", {"refund_amount": "1.00"})
    assert (node["code"], node["sub_code"]) == ("40004", "ACQ.INVALID_PARAMETER")


async def test_a_refund_query_must_say_which_refund(merchant: Merchant) -> None:
    node = await merchant.call("alipay.trade.fastpay.refund.query", {"out_trade_no": "T1"})
    assert "out_request_no" in node["sub_msg"]
