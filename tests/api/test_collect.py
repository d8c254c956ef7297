"""固定收款码: only for shops that want it, only amounts that are one, and not a thousand payments from one finger."""

from __future__ import annotations

import pytest

from payswitch.entry.checkout.collect import _amount
from tests.api.support import Evening
from tests.api.test_checkout import shows


@pytest.fixture
def open_shop(tonight: Evening) -> Evening:
    tonight.night.ctx.collecting_shops = frozenset({"shop-1"})
    return tonight


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12", 1_200),
        ("12.5", 1_250),
        ("¥1,200.00", 120_000),
        ("１２．５", 1_250),
        ("0.01", 1),
        ("50000", 5_000_000),
        ("50000.01", None),
        ("0", None),
        ("-1", None),
        ("1e3", None),
        ("12.345", None),
        ("", None),
        ("twelve", None),
    ],
)
def test_what_a_person_writes(typed: str, fen: int | None) -> None:
    assert _amount(typed) == fen


async def test_a_shop_that_did_not_ask_for_it_has_none(tonight: Evening) -> None:
    for path in ("/collect/shop-1", "/collect/shop-1/code", "/collect/nobody"):
        assert (await tonight.browser().get(path)).status == 404
    assert (await tonight.browser().submit("/collect/shop-1", amount="1")).status == 404
    assert (await tonight.shop.get("/v1/payments")).json["data"] == []


async def test_the_customer_enters_the_amount_and_is_sent_to_the_checkout(open_shop: Evening) -> None:
    asked = await open_shop.browser().get("/collect/shop-1")
    made = await open_shop.browser().submit("/collect/shop-1", amount="88.5", note=" 3  号桌 ")
    payment = (await open_shop.shop.get("/v1/payments")).json["data"][0]

    assert shows(asked, "云水茶铺", "付款金额")
    assert made.status == 303
    assert made.headers["location"] == payment["checkout_url"].removeprefix("https://pay.example")
    assert (payment["amount_fen"], payment["subject"]) == (8_850, "3 号桌")
    assert payment["out_trade_no"].startswith("QR")
    assert payment["metadata"] == {"collected_by": "static_code"}


async def test_a_wrong_amount_is_said_and_makes_nothing(open_shop: Evening) -> None:
    heard = await open_shop.browser().submit("/collect/shop-1", amount="<b>12", note="x")
    assert heard.status == 400
    assert shows(heard, "请输入 0.01 至 50,000.00 元之间的金额", 'value="&lt;b&gt;12"')
    assert (await open_shop.shop.get("/v1/payments")).json["data"] == []


async def test_a_finger_on_the_button_makes_one_payment_a_second(open_shop: Evening) -> None:
    answers = [await open_shop.browser().submit("/collect/shop-1", amount="1") for _ in range(5)]
    open_shop.night.clock.advance(seconds=2)
    later = await open_shop.browser().submit("/collect/shop-1", amount="1")

    assert [answer.status for answer in answers] == [303, 429, 429, 429, 429]
    assert later.status == 303
    assert shows(answers[1], "操作太快了，请稍候再试")


async def test_the_poster_carries_its_own_address(open_shop: Evening) -> None:
    heard = await open_shop.browser().get("/collect/shop-1/code")
    assert shows(heard, "云水茶铺", "扫码付款", 'class="qr"')
